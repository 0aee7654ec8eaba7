"""Flags on the pages, and the answers to them."""

import re

import pytest
from django.urls import reverse

from referrals.models import AuditEvent, FlagAnswer, LegalHold
from referrals.vocabulary import Act, RecordType
from tests import build
from tests.referrals.records import samples

pytestmark = pytest.mark.django_db
OTHER = {"people": [[["Smith^John"], "1950-01-01"]]}


def flag(record):
    return reverse("records:flag", args=[record.case.reference, record.key])


def say(client, record, code="other_name", **more):
    return client.post(flag(record), {"flag": code, **more})


def page(client, name, case, *args):
    return client.get(reverse(name, args=[case.reference, *args])).content.decode()


def test_patient_is_asked_where_files_are_added_and_before_sending(draft, ana, sign_in):
    record = samples.study(draft, **OTHER)
    for words in (
        page(sign_in(ana), "records:add", draft),
        page(sign_in(ana), "intake:step", draft, "check"),
    ):
        assert "Another name is on this scan" in words and "On the scan: John Smith." in words
        assert (
            flag(record) in words and reverse("records:remove", args=[draft.reference, record.key]) in words
        )


def test_patient_says_it_is_theirs(draft, ana, sign_in):
    record = samples.study(draft, **OTHER)
    answer = say(sign_in(ana), record, back="check")
    assert answer["Location"] == reverse("intake:step", args=[draft.reference, "check"])
    assert FlagAnswer.objects.get().by == ana
    assert AuditEvent.objects.get(act=Act.ANSWER_FLAG).detail == {"flag": "other_name"}
    words = page(sign_in(ana), "records:add", draft)
    assert "Another name is on this scan" not in words and "Another date of birth is on this scan" in words
    assert say(sign_in(ana), record).status_code == 302
    assert FlagAnswer.objects.count() == 1


def test_one_name_on_three_scans_is_one_question(draft, ana, sign_in):
    scans = [samples.study(draft, uid=f"1.2.{number}", people=[[["Smith^John"], ""]]) for number in range(3)]
    other = samples.study(draft, uid="1.2.9", people=[[["Jones^Mary"], ""]])
    client = sign_in(ana)
    words = page(client, "records:add", draft)
    assert words.count("On the scan: John Smith.") == 1 and "and 2 more" in words
    assert "On the scan: Mary Jones." in words
    say(client, scans[1])
    assert set(FlagAnswer.objects.values_list("record", flat=True)) == {each.pk for each in scans}
    assert AuditEvent.objects.filter(act=Act.ANSWER_FLAG).count() == 3
    words = page(client, "records:add", draft)
    assert "John Smith" not in words and "On the scan: Mary Jones." in words
    assert not other.flag_answers.exists()


def test_what_is_no_matter_cant_be_answered(draft, ana, sign_in):
    assert say(sign_in(ana), samples.study(draft)).status_code == 409
    assert say(sign_in(ana), samples.study(draft, uid="1.2.3"), "nonsense").status_code == 302
    assert not FlagAnswer.objects.exists()


def test_only_the_patient_and_staff_answer(ana, ben, sam, tess, dr_vega, dr_stone, quin, lea, sign_in):
    case = build.make_case(ana, "in_review", staff=tess, specialist=dr_vega, now=build.real_now())
    for number, (person, code) in enumerate(
        [
            (ana, 302),
            (sam, 302),
            (tess, 302),
            (lea, 302),
            (dr_vega, 403),
            (ben, 404),
            (dr_stone, 404),
            (quin, 404),
        ]
    ):
        record = samples.study(case, uid=f"1.2.{number}", slices=1, **OTHER)
        assert say(sign_in(person), record, back="staff").status_code == code, person
        assert FlagAnswer.objects.filter(record=record).exists() == (code == 302)


def test_staff_see_it_at_triage_and_with_the_records(ana, tess, dr_vega, sign_in):
    case = build.make_case(ana, now=build.real_now())
    samples.study(case, **OTHER)
    for name in ("home:staff_case", "home:staff_records"):
        words = page(sign_in(tess), name, case)
        assert "Another name on this study" in words and "It is theirs" in words


def test_specialist_sees_it_on_the_study_and_cant_answer(ana, tess, dr_vega, sign_in):
    case = build.make_case(ana, "in_review", staff=tess, specialist=dr_vega, now=build.real_now())
    record = samples.study(case, **OTHER)
    words = page(sign_in(dr_vega), "records:read", case, record.key)
    assert "On the scan: John Smith." in words and flag(record) not in words


def test_a_report_without_images_points_the_way(draft, ana, sign_in):
    samples.ready(draft, samples.pdf(1), type=RecordType.IMAGING_REPORT, pages=1)
    words = page(sign_in(ana), "intake:step", draft, "check")
    assert "We have a report, but not the images" in words
    assert reverse("records:add", args=[draft.reference]) in words


def test_staff_take_another_persons_study_away_where_they_may(ana, sam, lea, tess, sign_in):
    case = build.make_case(ana, "triage", staff=tess, now=build.real_now())
    by_post = samples.study(case, uid="1.2.1", people=[[["Smith^John"], ""]])
    build.Record.objects.filter(pk=by_post.pk).update(way_in="post")
    own = samples.study(case, uid="1.2.2", people=[[["Jones^Mary"], ""]])
    remove = reverse("records:remove", args=[case.reference, by_post.key])
    erase = reverse("keeping:erase", args=[case.reference, own.key])
    for name in ("home:staff_case", "home:staff_records", "records:add"):
        words = page(sign_in(sam), name, case)
        assert remove in words and erase not in words and "The lead takes it away" in words
        words = page(sign_in(lea), name, case)
        assert remove in words and erase in words and "The lead takes it away" not in words
    for person, url in ((sam, remove), (lea, erase)):
        assert sign_in(person).get(url).status_code == 200
    LegalHold.objects.create(case=case, reason="x", placed_by=lea, placed_at=build.real_now())
    words = page(sign_in(lea), "home:staff_case", case)
    assert remove not in words and erase not in words and "Legal hold" in words


def test_the_question_about_a_flag_is_written_already_and_names_nobody(ana, sam, tess, sign_in):
    case = build.make_case(ana, "triage", staff=tess, now=build.real_now())
    record = samples.study(case, **OTHER)
    link = re.search(r'href="([^"]+flag=other_name[^"]+)"', page(sign_in(sam), "home:staff_case", case))[1]
    words = sign_in(sam).get(link.replace("&amp;", "&")).content.decode()
    assert f"Whose scan is this: {record.name}?" in words and "Smith" not in words
    ask = reverse("triage:ask", args=[case.reference])
    for odd in ("flag=other_name&of=x", f"flag=other_name&of={case.pk}", "flag=x", "flag=only_report"):
        assert sign_in(sam).get(f"{ask}?{odd}").status_code == 200


def test_what_was_answered_is_told_to_staff_and_reader_and_can_be_asked_again(
    ana, tess, sam, dr_vega, sign_in
):
    case = build.make_case(ana, "in_review", staff=tess, specialist=dr_vega, now=build.real_now())
    record = samples.study(case, **OTHER)
    say(sign_in(tess), record)
    room = reverse("review:room", args=[case.reference])
    for words in (
        page(sign_in(sam), "records:read", case, record.key),
        page(sign_in(dr_vega), "records:read", case, record.key),
        sign_in(dr_vega).get(room, {"record": record.key}).content.decode(),
    ):
        assert "On the scan: John Smith." in words and "Tess said on" in words
    assert "Ask about it again" not in page(sign_in(dr_vega), "records:read", case, record.key)
    assert say(sign_in(dr_vega), record, undo="1").status_code == 403
    assert FlagAnswer.objects.count() == 1
    say(sign_in(sam), record, undo="1")
    assert not FlagAnswer.objects.exists()
    assert AuditEvent.objects.filter(act=Act.ANSWER_FLAG).latest("pk").detail["taken_back"]
    assert "On the scan: John Smith." in page(sign_in(tess), "home:staff_case", case)
