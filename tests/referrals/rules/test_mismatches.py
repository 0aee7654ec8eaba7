"""Another person's study, a report without its images: found, and not found where names are only written otherwise."""

import datetime as dt

import pytest

from referrals.rules import mismatches, names
from referrals.vocabulary import ChecklistState, RecordType
from tests import build

pytestmark = pytest.mark.django_db

ONE = [
    ("Reyes^Ana", "Ana Reyes"), ("REYES^ANA^MARIA^Dr", "ana reyes"), ("Müller^Jürgen", "Juergen Mueller"),
    ("Reyes^A", "Ana Reyes"), ("Reyes", "Ana Reyes"), ("LI^XIAO MING", "Xiaoming Li"), ("O'Brien^Sean", "Seán O’Brien"),
    ("Ramirez-Lopez^Maria", "María López"), ("Nguyen^Van^Anh", "Anh Nguyen Van"), ("Jonsson^Eva", "Eva Johnsson"),
    ("Stein^Alexander", "Alex Stein"), ("Łukasz^Żak", "Lukasz Zak"),
]  # fmt: skip
TWO = [
    ("Reyes^Carlos", "Ana Reyes"),
    ("Smith^John", "Ana Reyes"),
    ("Ali^Ben", "Ben Stone"),
    ("Ray^Ann", "Ann Roy"),
]
NEITHER = [
    ("", "Ana Reyes"),
    ("ANONYMOUS", "Ana Reyes"),
    ("山田^太郎", "Taro Yamada"),
    ("Иванова^Анна", "Anna Ivanova"),
]


@pytest.mark.parametrize(("there", "here"), ONE)
def test_names_of_one_person(there, here):
    assert names.may_be_one(there, here) is True


@pytest.mark.parametrize(("there", "here"), TWO)
def test_names_of_two(there, here):
    assert names.may_be_one(there, here) is False


@pytest.mark.parametrize(("there", "here"), NEITHER)
def test_names_of_which_nothing_can_be_said(there, here):
    assert names.may_be_one(there, here) is None


@pytest.fixture
def case(ana):
    ana.name = "Ana Reyes"
    ana.save()
    return build.make_draft(ana)


def study(case, name="Reyes^Ana", born="1968-03-03", *, images=3, **fields):
    told = {"people": [[name.split("=") if name else [], born]], "date": "2026-11-06", "images": images}
    return build.make_record(
        case, name=f"scan {name}", kind="dicom", study_uid=f"1.{case.records.count()}", study=told, page_count=images,
        dated_on=dt.date(2026, 11, 6), **{"type": RecordType.IMAGES, **fields},
    )  # fmt: skip


def codes(case):
    return [str(flag.code) for flag in mismatches.open_flags(case)]


def test_own_study_is_no_matter(case):
    study(case)
    assert codes(case) == []


def test_other_name_is_told_with_both(case):
    study(case, "Smith^John^^Dr", "1968-03-04")
    name, day = mismatches.open_flags(case)
    assert (name.code, name.says) == ("other_name", "On the scan: John Smith. In the request: Ana Reyes.")
    assert (day.code, day.says) == (
        "other_birth_date", "On the scan: born on 4 March 1968. In the request: 3 March 1968.",
    )  # fmt: skip


def test_another_surname_with_the_same_birth_date_is_a_wedding(case):
    study(case, "Miller^Ana")
    assert codes(case) == []


def test_a_name_in_two_writings_counts_where_one_fits(case):
    study(case, "Reyes^Ana=山田^太郎")
    assert codes(case) == []


def test_what_the_file_leaves_out_is_no_matter(case):
    study(case, "", "")
    assert codes(case) == []


def test_of_a_child_it_is_the_childs_name(ana, case):
    case.subject, case.subject_name, case.subject_born_on = "child", "Leo Reyes", dt.date(2018, 5, 1)
    case.save()
    study(case, "Reyes^Leo", "2018-05-01")
    assert codes(case) == []
    study(case, "Reyes^Ana", "1968-03-03")
    assert codes(case) == ["other_name", "other_birth_date"]


def test_every_person_in_a_study_is_looked_at(case):
    record = study(case)
    record.study["people"].append([["Smith^John"], ""])
    record.save()
    assert codes(case) == ["other_name"]


def test_a_report_without_images_is_told_until_somebody_says_where_they_are(case):
    build.make_record(case, type=RecordType.IMAGING_REPORT)
    assert codes(case) == ["only_report"]
    line = case.checklist.get(type=RecordType.IMAGES)
    for state in (ChecklistState.ON_ITS_WAY, ChecklistState.CANT_GET, ChecklistState.HAVE):
        case.checklist.filter(pk=line.pk).update(state=state)
        assert codes(case) == []
    case.checklist.filter(pk=line.pk).update(state=ChecklistState.TO_COME)
    study(case)
    assert codes(case) == []


def test_where_images_do_not_help_a_lone_report_is_fine(case):
    case.checklist.filter(type=RecordType.IMAGES).delete()
    build.make_record(case, type=RecordType.IMAGING_REPORT)
    assert codes(case) == []


def test_a_study_without_pictures_is_told_unless_those_of_the_day_are_here(case):
    study(case, images=0, type=RecordType.OTHER)
    assert "no_pictures" in codes(case)
    study(case)
    assert codes(case) == []


def test_a_report_of_another_time_than_the_images_is_told(case):
    study(case)
    report = build.make_record(
        case, name="report", type=RecordType.IMAGING_REPORT, dated_on=dt.date(2019, 3, 1), dated_by_hand=True
    )
    flag = mismatches.open_flags(case)[0]
    assert (flag.code, flag.record) == ("only_report", report)
    assert flag.says == "The report is of 1 March 2019. The images are of 6 November 2026."
    report.dated_by_hand = False  # a PDF's own date is the day it was printed
    report.save()
    assert codes(case) == []


def test_what_was_answered_is_told_no_more(case, ana):
    record = study(case, "Smith^John")
    record.flag_answers.create(flag="other_name", by=ana, at=build.NOW)
    assert codes(case) == []
    assert [flag.answer.by for flag in mismatches.of_case(case)] == [ana]


@pytest.mark.parametrize("count", [1, 25, 100])
def test_it_asks_the_same_three_things_however_many_records(case, count, django_assert_num_queries):
    for _n in range(count):
        study(case, "Smith^John")
    assert case.patient.name  # the pages bring it along
    with django_assert_num_queries(3):
        assert len(mismatches.open_flags(case)) == count
