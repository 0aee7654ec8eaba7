"""Another person's study, in a browser: seen where files are added and before sending, answered, seen by staff."""

import pytest
from django.urls import reverse
from django.utils import timezone

from referrals.models import FlagAnswer
from referrals.vocabulary import CaseStatus, RecordType
from tests import build
from tests.browser.look import PHONE, WIDE
from tests.referrals.records import samples

OTHER = {"people": [[["Smith^John"], "1950-01-01"]]}


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_a_patient_says_that_a_study_is_theirs(size, cast, patient, visit):
    person = patient()
    case = build.make_draft(person, now=timezone.now(), clinic=cast.clinic)
    samples.study(case, **OTHER)
    samples.ready(case, samples.pdf(1), pages=1, type=RecordType.IMAGING_REPORT)
    window = visit("rosa", person, size=size)
    window.go(reverse("records:add", args=[case.reference]))
    window.says("Another name is on this scan", "On the scan: John Smith.", "It is mine", "3 images")
    window.look("flags-records")
    window.go(reverse("intake:step", args=[case.reference, "check"]))
    window.says("Another date of birth is on this scan").look("flags-check")
    window.press("It is mine").says("Check your answers, then send")
    assert FlagAnswer.objects.filter(by=person).count() == 1


def test_staff_see_it_at_triage(cast, patient, visit):
    case = build.make_case(patient(), CaseStatus.SUBMITTED, now=timezone.now())
    samples.study(case, **OTHER)
    window = visit("tess", cast.tess)
    for name in ("home:staff_case", "home:staff_records"):
        window.go(reverse(name, args=[case.reference]))
        window.says("Another name on this study", "It is theirs").look(f"flags-{name.partition(':')[2]}")
