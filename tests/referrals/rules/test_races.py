"""Two at once on a real database: one wins, the other is told, and what is written fits together."""

import threading

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction

from referrals.models import Case, OpinionVersion, Referral, StatusChange
from referrals.rules import information
from referrals.rules.roads import CASE, REFERRAL
from referrals.rules.workflow import StepNotPossible, take
from tests.build import NOW, make_case, make_draft, make_offer, make_opinion

pytestmark = pytest.mark.django_db(transaction=True)


def race(*acts):
    """Run all at once, each on a connection of its own; what each raised or None."""
    start, ends = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place, act):
        try:
            start.wait(10)
            with transaction.atomic():
                act()
        except Exception as error:
            ends[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
        assert not thread.is_alive(), "they wait for each other"
    return ends


def one_wins(ends, *, told=(StepNotPossible,)):
    lost = [error for error in ends if error is not None]
    assert len(lost) == len(ends) - 1, ends
    assert all(isinstance(error, told) for error in lost), lost


def stepper(road, act, row, by, **more):
    fresh = type(row).objects.get(pk=row.pk)
    return lambda: take(road, act, fresh, by=by, now=NOW, **more)


def steps(act):
    return StatusChange.objects.filter(act=act).count()


def test_r40_two_send_the_same_draft(ana):
    case = make_draft(ana)
    one_wins(race(*[stepper(CASE, "submit", case, ana)] * 2))
    assert (Case.objects.get().status, steps("submit")) == ("submitted", 1)


def test_r40_two_claim(ana, sam, tess):
    case = make_case(ana)
    one_wins(race(*(stepper(CASE, "claim", case, by, changes={"claimed_by": by}) for by in (sam, tess))))
    winner = StatusChange.objects.get(act="claim").by
    assert Case.objects.get().claimed_by == winner


def test_r40_two_ask(ana, sam, tess):
    case = make_case(ana)
    one_wins(race(*(stepper(CASE, "ask", case, by) for by in (sam, tess))))
    assert steps("ask") == 1


def test_r40_accepted_and_declined_at_once(ana, tess, lea):
    case = make_case(ana, "triage", staff=tess)
    case.checklist.update(state="have")
    take(CASE, "prioritise", case, by=tess, now=NOW, changes={"urgency": "soon"})
    ends = race(
        stepper(CASE, "accept", case, tess),
        stepper(CASE, "decline", case, lea, reason="scope", sentence="No."),
    )
    # accepted first and then declined is a way there is; the other way round is not
    assert ends[1] is None or isinstance(ends[1], StepNotPossible)
    assert Case.objects.get().status == ("declined" if ends[1] is None else "routing")


def test_r40_two_offers_for_one_case(ana, sam, tess, dr_vega, dr_stone):
    case = make_case(ana, "routing", staff=tess)
    ends = race(
        lambda: make_offer(Case.objects.get(pk=case.pk), dr_vega, by=tess),
        lambda: make_offer(Case.objects.get(pk=case.pk), dr_stone, by=sam),
    )
    one_wins(ends, told=(IntegrityError, StepNotPossible))
    assert Referral.objects.get().status == "offered"


def offered(ana, tess, dr_vega):
    case = make_case(ana, "routing", staff=tess)
    return case, make_offer(case, dr_vega, by=tess)


def test_r40_an_offer_taken_twice(ana, tess, dr_vega):
    _case, referral = offered(ana, tess, dr_vega)
    one_wins(race(*[stepper(REFERRAL, "accept", referral, dr_vega)] * 2))
    assert (Referral.objects.get().status, steps("accept")) == (
        "in_review",
        2,
    )  # the case's and one of the referral


@pytest.mark.parametrize("other", ["decline", "recall", "expire"])
def test_r40_an_offer_taken_while_it_ends(other, ana, tess, dr_vega):
    _case, referral = offered(ana, tess, dr_vega)
    by = {"decline": dr_vega, "recall": tess, "expire": None}[other]
    more = {"reason": "time", "changes": {"decline_reason": "time"}} if other == "decline" else {}
    end = stepper(REFERRAL, other, referral, by, **more)
    if other == "expire":
        fresh = Referral.objects.get()

        def end():
            take(REFERRAL, "expire", fresh, by=None, now=fresh.expires_at)

    one_wins(
        race(stepper(REFERRAL, "accept", referral, dr_vega), end), told=(StepNotPossible, PermissionDenied)
    )
    assert Referral.objects.get().status in ("in_review", "declined", "cancelled", "expired")


def test_r40_taken_back_by_the_patient_while_a_specialist_accepts(ana, tess, dr_vega):
    case, referral = offered(ana, tess, dr_vega)
    fresh = Referral.objects.get()

    def accept():
        take(REFERRAL, "accept", fresh, by=dr_vega, now=NOW)
        take(CASE, "begin_review", fresh.case, by=dr_vega, now=NOW)

    ends = race(stepper(CASE, "withdraw", case, ana), accept)
    assert ends[0] is None  # a patient may always
    assert ends[1] is None or isinstance(ends[1], StepNotPossible | PermissionDenied)
    assert (Case.objects.get().status, Referral.objects.get().status) == ("withdrawn", "cancelled")
    assert not case.reminders.filter(status="planned").exists()


def test_r40_two_sign(ana, tess, dr_vega):
    case = make_case(ana, "in_review", staff=tess, specialist=dr_vega)
    make_opinion(case, signed=True)
    referral = case.referrals.get()

    def sign():
        take(CASE, "deliver", Case.objects.get(pk=case.pk), by=dr_vega, now=NOW)
        take(REFERRAL, "sign", Referral.objects.get(pk=referral.pk), by=dr_vega, now=NOW)

    one_wins(race(sign, sign), told=(StepNotPossible, PermissionDenied))
    assert (Case.objects.get().status, OpinionVersion.objects.count(), steps("deliver")) == (
        "delivered",
        1,
        1,
    )


def test_r40_signed_while_it_is_given_to_someone_else(ana, tess, dr_vega):
    case = make_case(ana, "in_review", staff=tess, specialist=dr_vega)
    make_opinion(case, signed=True)

    def sign():
        take(CASE, "deliver", Case.objects.get(pk=case.pk), by=dr_vega, now=NOW)
        take(REFERRAL, "sign", Referral.objects.get(), by=dr_vega, now=NOW)

    def reassign():
        take(CASE, "reassign", Case.objects.get(pk=case.pk), by=tess, now=NOW, reason="overdue")
        take(REFERRAL, "take_back", Referral.objects.get(), by=tess, now=NOW)

    one_wins(race(sign, reassign), told=(StepNotPossible, PermissionDenied))
    assert (Case.objects.get().status, Referral.objects.get().status) in {
        ("delivered", "signed"), ("routing", "taken_back"),
    }  # fmt: skip


def test_r40_an_answer_while_the_patient_takes_it_all_back(ana, sam, tess):
    """Each locks the case first: neither waits for the other in a ring."""
    case = make_case(ana, "info_needed", staff=tess)
    item = case.info_requests.get().items.get()

    def answer():
        information.answer_item(item=item, by=sam, now=NOW, text="Ten minutes")
        information.send_answer(request=case.info_requests.get(), by=sam, now=NOW)

    ends = race(answer, stepper(CASE, "withdraw", case, ana))
    assert ends[1] is None
    assert ends[0] is None or isinstance(ends[0], StepNotPossible)
    assert Case.objects.get().status == "withdrawn"
