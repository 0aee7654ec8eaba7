"""Names as they are compared: what is the same doctor or house, and what only looks like it."""

import pytest

from referrals.rules.independence import conflict, is_avoided, name_key, objection, person_key
from tests.build import make_draft


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Dr. Corvin Hale", "corvin hale"),
        ("Prof. Dr. Corvin Hale, M.D.", "Corvin Hale MD"),
        ("Hale, Corvin", "Corvin Hale"),
        ("Corvin J. Hale", "Corvin Hale"),
        ("Zoë Núñez", "Zoe Nunez"),
        ("Søren Łukasz", "Soren Lukasz"),
        ("Straße Groß", "Strasse Gross"),
        ("Mary O'Neill", "Mary O’Neill"),
        ("د. محمد علي", "محمد علي د."),
        ("مُحَمَّد علي", "محمد علي"),
        ("Ирина Петрова", "ИРИНА ПЕТРОВА"),
        ("Ｃｏｒｖｉｎ Ｈａｌｅ", "Corvin Hale"),
    ],
)
def test_the_same_doctor_written_otherwise(one, other):
    assert person_key(one) == person_key(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Corvin Hale", "Corvin Hall"),
        ("محمد علي", "عمر حسن"),
        ("Dr. محمد علي", "Dr. عمر حسن"),
        ("Ирина Петрова", "Ольга Петрова"),
        ("王芳", "王伟"),
        ("王 芳", "王 伟"),
    ],
)
def test_another_doctor_stays_another(one, other):
    assert person_key(one) != person_key(other)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("The Millpond Spine Center", "Millpond Spine", True),
        ("Hôpital Saint-Luc", "Hopital Saint Luc", True),
        ("Practice A", "Practice B", False),
        ("مستشفى النور", "مستشفى السلام", False),
        ("The Clinic", "The Hospital", False),
    ],
)
def test_houses(one, other, same):
    assert (name_key(one) == name_key(other)) is same


@pytest.mark.parametrize("text", ["", None, "   ", "…", "—"])
def test_nothing_is_no_name(text):
    assert name_key(text) == person_key(text) == ""


@pytest.fixture
def case(ana, dr_vega):
    return make_draft(ana)


def profile_of(person, name="Vega", **fields):
    profile = person.specialist_profile
    profile.person.name = name
    for field, value in fields.items():
        setattr(profile, field, value)
    return profile


@pytest.mark.parametrize(
    ("first", "profile", "found"),
    [
        ({"doctor_name": "Dr. Ilan Vega"}, {"name": "Ilan Vega"}, "first_doctor"),
        ({"doctor_name": "الدكتور محمد علي"}, {"name": "د. محمد علي"}, "first_doctor"),
        ({"doctor_name": "محمد علي"}, {"name": "محمد علي"}, "first_doctor"),
        ({"doctor_name": "محمد علي"}, {"name": "عمر حسن"}, ""),
        ({"practice": "The Vega House"}, {"practice": "Vega house"}, "practice"),
        ({"practice": "Old Mill"}, {"past_practices": "Elsewhere\n\nThe Old Mill Clinic\n"}, "past_practice"),
        ({"practice": "", "doctor_name": ""}, {"practice": "", "past_practices": "\n\n"}, ""),
        ({"practice": "…"}, {"practice": "—"}, ""),
    ],
)
def test_conflicts(case, dr_vega, first, profile, found):
    for field, value in first.items():
        setattr(case.first_opinion, field, value)
    assert conflict(profile_of(dr_vega, **profile), case.first_opinion) == found


def test_without_a_first_opinion_there_is_no_conflict(case, dr_vega):
    assert conflict(profile_of(dr_vega), None) == ""


@pytest.mark.parametrize(
    ("avoided", "found"),
    [
        (["Ilan Vega"], True),
        (["dr vega, ilan"], True),
        (["VEGA house"], True),
        (["Stone"], False),
        (["", "…"], False),
        ([], False),
    ],
)
def test_whom_the_patient_avoids(case, dr_vega, avoided, found):
    assert is_avoided(profile_of(dr_vega, name="Ilan Vega", practice="Vega House"), avoided) is found


def test_each_objection_in_its_own_words(case, dr_vega, ana):
    profile = profile_of(dr_vega, name="Ilan Vega")

    def said(**how):
        known = {"avoided_names": [], "open_cases": 0} | how
        return str(objection(case, profile, **known))

    assert said() == ""
    assert "no room" in said(open_cases=profile.most_cases)
    assert "knows people" in said(has_a_tie=True)
    assert "asked not to be sent" in said(avoided_names=["Ilan Vega"])
    case.first_opinion.doctor_name = "Ilan Vega"
    assert "not independent" in said()
    case.first_opinion.doctor_name = ""
    profile.taking_cases = False
    assert "no new cases" in said()
    case.patient = dr_vega
    assert "own request" in said()
