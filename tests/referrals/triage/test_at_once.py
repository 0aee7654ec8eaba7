"""Two people at the same moment: one wins, the other is told (R40)."""

import threading

import pytest
from django.db import connection
from django.utils import timezone

from referrals.models import Case, Referral, StatusChange
from referrals.rules.workflow import StepNotPossible
from referrals.triage import actions
from referrals.vocabulary import Role
from tests.build import make_case, make_clinic, make_person, make_specialist

pytestmark = pytest.mark.django_db(transaction=True)


def race(*acts):
    """Run all acts at once; what each ended with: None, or its error."""
    start, ends = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place, act):
        start.wait()
        try:
            act()
        except Exception as error:
            ends[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    return ends


def one_wins(ends):
    assert sum(end is None for end in ends) == 1, ends
    assert all(isinstance(end, StepNotPossible) for end in ends if end is not None), ends


@pytest.fixture
def cast():
    make_clinic()
    return {
        "ana": make_person("ana"),
        "sam": make_person("sam", Role.COORDINATOR),
        "tess": make_person("tess", Role.TRIAGE_CLINICIAN),
        "lea": make_person("lea", Role.LEAD),
    }


def own(case):
    return Case.objects.select_related("clinic", "claimed_by").get(pk=case.pk)


def test_r40_two_claims(cast):
    case, now = make_case(cast["ana"], now=timezone.now()), timezone.now()
    ends = race(
        *(
            lambda who=who: actions.claim(case=own(case), by=cast[who], now=now)
            for who in ("sam", "tess", "lea")
        )
    )
    one_wins(ends)
    case.refresh_from_db()
    assert case.claimed_by
    assert StatusChange.objects.filter(case=case, act="claim").count() == 1
    assert all(case.claimed_by.shown_name in str(end) for end in ends if end)


def test_r40_two_offers(cast):
    case, now = make_case(cast["ana"], "routing", staff=cast["tess"], now=timezone.now()), timezone.now()
    readers = [make_specialist("vega"), make_specialist("stone")]
    one_wins(
        race(
            *(
                lambda who=who, reader=reader: actions.offer(
                    case=own(case), specialist=reader, by=cast[who], now=now
                )
                for who, reader in zip(("sam", "tess"), readers, strict=True)
            )
        )
    )
    assert Referral.objects.filter(status="offered").count() == Referral.objects.count() == 1


def test_r40_accepting_and_declining(cast):
    case, now = make_case(cast["ana"], "triage", staff=cast["tess"], now=timezone.now()), timezone.now()
    case.checklist.update(state="have")
    actions.set_urgency(case=own(case), urgency="soon", reason="x", by=cast["tess"], now=now)
    ends = race(
        lambda: actions.accept(case=own(case), by=cast["tess"], now=now),
        lambda: actions.accept(case=own(case), by=cast["lea"], now=now),
    )
    one_wins(ends)
    assert StatusChange.objects.filter(case=case, act="accept").count() == 1


def test_r40_giving_and_taking(cast):
    case, now = make_case(cast["ana"], now=timezone.now()), timezone.now()
    one_wins(
        race(
            lambda: actions.claim(case=own(case), by=cast["sam"], now=now),
            lambda: actions.assign(case=own(case), to=cast["lea"], was="", by=cast["tess"], now=now),
        )
    )


def test_r40_a_question_is_asked_once(cast):
    case, now = make_case(cast["ana"], now=timezone.now()), timezone.now()
    one_wins(
        race(
            *(
                lambda who=who: actions.ask(case=own(case), items=["One"], by=cast[who], now=now)
                for who in ("sam", "tess")
            )
        )
    )
    assert case.info_requests.count() == 1
