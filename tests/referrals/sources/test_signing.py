"""The form a patient signs: whole or not at all, exactly what was seen, once, and taken back at any time."""

import datetime as dt
import hashlib
import re
import threading

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, connections, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.dateformat import format as date_format

from referrals.models import AuditEvent, Authorisation, AuthorisationPart, Letter, Reminder
from referrals.rules import clocks, sources
from referrals.rules.workflow import StepNotPossible
from referrals.sources import actions, letters, papers, signing
from referrals.sources.tasks import end_authorisations
from referrals.vocabulary import AuthorisationElement, LetterKind
from tests.build import make_case, make_person, make_source
from tests.referrals.sources.conftest import at, fresh, url

E = AuthorisationElement
ENDS = signing.Ends()


def today(source, now):
    return sources.today_of(source.case, now)


def sign(source, by, now, ends=ENDS, **fields):
    seen = signing.sum_of(signing.text_of(source, ends, today=today(source, now)))
    values = {"name": "Ana", "seen": seen, "address": "192.0.2.7", **fields}
    return signing.sign(source=source, ends=ends, by=by, now=now, **values)


def test_every_element_of_the_law_is_a_row_with_its_words(to_sign, ana, now):
    signed = sign(to_sign, ana, now)
    parts = dict(signed.parts.values_list("element", "text"))
    assert set(parts) == {*signing.ALWAYS, E.SIGNATURE}
    assert all(text.strip() for text in parts.values())
    assert "Ana, born 3 March 1968" in parts[E.DESCRIPTION]
    assert parts[E.DISCLOSER] == "Millpond Imaging, 1 Mill Lane, Millpond"
    assert parts[E.RECIPIENT].startswith("Fernhollow Clinic")
    assert "90 days after" in parts[E.EXPIRY]
    assert "in writing" in parts[E.REVOCATION]
    assert (signed.signed_name, signed.signed_from, signed.signed_at) == ("Ana", "192.0.2.7", now)
    assert signed.sha256 == hashlib.sha256(signed.text.encode()).hexdigest()
    for element, text in parts.items():
        assert element == E.SIGNATURE or text in signed.text
    assert fresh(to_sign).status == "signed"
    assert AuditEvent.objects.get(act="sign_authorisation").detail == {"sha256": signed.sha256}
    assert Letter.objects.get(kind="authorisation").status == "planned"  # their copy, at once


GONE = {
    E.DESCRIPTION: lambda s: setattr(s.case, "subject_born_on", None),
    E.DISCLOSER: lambda s: setattr(s, "name", "  "),
    E.RECIPIENT: lambda s: setattr(s.case.clinic, "name", ""),
    E.REVOCATION: lambda s: setattr(s.case.clinic, "name", ""),
    E.EXPIRY: lambda s: None,
    E.AUTHORITY: lambda s: (setattr(s.case, "subject", "child"), setattr(s.case, "authority", "")),
}


@pytest.mark.parametrize("element", [*signing.ALWAYS, E.AUTHORITY, E.SENSITIVE])
def test_with_an_element_missing_nothing_is_made_and_the_sentence_names_it(
    element, to_sign, now, monkeypatch
):
    ends = signing.Ends(days=None) if element == E.EXPIRY else ENDS
    if element in GONE:
        GONE[element](to_sign)
    else:
        real = signing.elements
        monkeypatch.setattr(signing, "elements", lambda *a, **k: {**real(*a, **k), element: ""})
        to_sign.sensitivity = "hiv"
    sentence = signing.lacking(to_sign, ends, today=today(to_sign, now))
    assert str(signing.LACKS[element]) in sentence
    with pytest.raises(signing.ElementMissing, match="can’t be made"):
        signing.text_of(to_sign, ends, today=today(to_sign, now))
    assert not Authorisation.objects.exists()


def test_a_day_that_is_over_is_no_expiry(to_sign, now):
    for on in (today(to_sign, now), today(to_sign, now) - clocks.DAY):
        assert "until when" in signing.lacking(
            to_sign, signing.Ends(on=on, days=None), today=today(to_sign, now)
        )


def test_a_guarded_kind_and_a_child_are_named(ana, tess, now):
    case = make_case(
        ana, "triage", staff=tess, now=now, subject="child", subject_name="Fen", authority="parent"
    )
    source = make_source(case, sensitivity="part_2")
    actions.choose_route(source=source, route="authorisation", by=ana, now=now)
    parts = dict(sign(source, ana, now).parts.values_list("element", "text"))
    assert "alcohol or drug" in parts[E.SENSITIVE]
    assert "against me in court" in parts[E.REDISCLOSURE]
    assert parts[E.AUTHORITY].startswith("I sign for Fen. I am a parent")


def test_nobody_else_signs_and_only_what_waits_for_it(to_sign, ben, tess, ana, now):
    for person in (ben, tess):
        with pytest.raises(PermissionDenied):
            sign(to_sign, person, now)
    sign(to_sign, ana, now)
    with pytest.raises(StepNotPossible, match="signed already"):
        sign(to_sign, ana, now)


def test_a_text_that_changed_meanwhile_is_not_signed(to_sign, ana, now):
    seen = signing.sum_of(signing.text_of(to_sign, ENDS, today=today(to_sign, now)))
    type(to_sign).objects.filter(pk=to_sign.pk).update(types=["lab"])
    with pytest.raises(signing.TextHasChanged):
        sign(to_sign, ana, now, seen=seen)
    assert not Authorisation.objects.exists()


def test_what_was_signed_is_never_altered(to_sign, ana, now):
    signed = sign(to_sign, ana, now)
    for change in (
        lambda: Authorisation.objects.filter(pk=signed.pk).update(text="I sell my soul"),
        lambda: Authorisation.objects.filter(pk=signed.pk).update(signed_name="Ben"),
        lambda: AuthorisationPart.objects.filter(authorisation=signed).update(text="x"),
        lambda: AuthorisationPart.objects.filter(authorisation=signed).delete(),
        lambda: Authorisation.objects.filter(pk=signed.pk).delete(),
    ):
        with pytest.raises(Exception, match="annot"), transaction.atomic():
            change()


# --- the page -------------------------------------------------------------------------------------


def test_the_page_shows_the_whole_text_and_signs_it(to_sign, ana):
    page = at(ana).get(url("sign", to_sign)).content.decode()
    seen = re.search(r'name="seen" value="(\w{64})"', page)[1]
    for element in signing.ALWAYS:
        assert str(E(element).label) in page
    answer = at(ana).post(
        url("sign", to_sign), {"seen": seen, "ends": "event", "name": "  ANA ", "agree": "on"}
    )
    assert answer.url == url("source", to_sign)
    signed = Authorisation.objects.get()
    assert (signed.sha256, signed.signed_name, signed.signed_from) == (seen, "ANA", "127.0.0.1")
    assert at(ana).get(url("sign", to_sign)).status_code == 409


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": "Ana"}, "Tick the box"),
        ({"agree": "on"}, "Type your name"),
        ({"agree": "on", "name": "Ben"}, "as it stands in your details"),
    ],
)
def test_a_signature_owes_the_name_and_the_yes(typed, said, to_sign, ana):
    answer = at(ana).post(url("sign", to_sign), {"seen": "0" * 64, "ends": "event", **typed})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Authorisation.objects.exists()


def test_another_text_than_the_one_seen_is_shown_again(to_sign, ana):
    typed = {"seen": "0" * 64, "ends": "event", "name": "Ana", "agree": "on"}
    answer = at(ana).post(url("sign", to_sign), typed)
    assert answer.status_code == 409
    assert "has changed since you read it" in answer.content.decode()


def seen_on(page):
    return re.search(r'name="seen" value="(\w{64})"', page.content.decode())[1]


def until(day):
    return {"ends": "day", "on_day": day.day, "on_month": day.month, "on_year": day.year}


def test_the_end_is_chosen_with_the_rest_and_is_part_of_the_text(to_sign, ana, now):
    day = today(to_sign, now) + 100 * clocks.DAY
    typed = {"name": "Ana", "agree": "on", **until(day)}
    again = at(ana).post(url("sign", to_sign), {**typed, "seen": seen_on(at(ana).get(url("sign", to_sign)))})
    assert again.status_code == 409, "the text with this end was on no screen yet"
    page = again.content.decode()
    assert 'value="Ana"' in page and "Until " + date_format(day, "j F Y") in page
    assert not again.context["form"]["agree"].value(), "a yes to the other text is none to this"
    at(ana).post(url("sign", to_sign), {**typed, "seen": seen_on(again)})
    signed = Authorisation.objects.get()
    assert (signed.expires_on, signed.days_after_delivery) == (day, None)


def test_the_form_with_another_end_can_be_read_before_a_name_is_typed(to_sign, ana, now):
    day = today(to_sign, now) + 100 * clocks.DAY
    page = at(ana).post(url("sign", to_sign), {"show": "1", "name": "Ana", "seen": "0" * 64, **until(day)})
    assert page.status_code == 200 and not page.context["form"].errors
    assert 'value="Ana"' in page.content.decode()
    assert "Until " + date_format(day, "j F Y") in page.content.decode()
    assert not Authorisation.objects.exists()


@pytest.mark.parametrize("button", [{}, {"show": "1"}])
@pytest.mark.parametrize(
    "on", [{}, {"on_day": 1, "on_month": 1, "on_year": 2020}, {"on_day": 1, "on_month": 1, "on_year": 2090}]
)
def test_an_end_that_is_none_is_told_beside_the_name(to_sign, ana, on, button):
    typed = {"seen": "0" * 64, "name": "Ana", "agree": "on", "ends": "day"}
    answer = at(ana).post(url("sign", to_sign), {**typed, **on, **button})
    assert answer.status_code == 422 and list(answer.context["form"].errors) == ["on"]
    assert 'value="Ana"' in answer.content.decode()
    assert not Authorisation.objects.exists()


def test_staff_read_whose_it_is_to_sign_and_strangers_nothing(to_sign, tess, ben, dr_vega):
    assert at(tess).get(url("sign", to_sign)).status_code == 403
    for person in (ben, dr_vega):
        assert at(person).get(url("sign", to_sign)).status_code == 404
        assert at(person).post(url("sign", to_sign), {"name": "Ana"}).status_code == 404


# --- taken back, run out --------------------------------------------------------------------------


def test_taking_it_back_stops_what_was_asked_tells_both_and_writes_a_letter(to_sign, ana, tess, now):
    signed = sign(to_sign, ana, now)
    actions.request(source=to_sign, by=tess, now=now)
    waiting = letters.ask_for(source=to_sign, kind=LetterKind.REQUEST, by=tess, now=now)
    assert at(ana).get(url("revoke", to_sign)).status_code == 200
    at(ana).post(url("revoke", to_sign))
    assert (fresh(signed).status, fresh(to_sign).status) == ("revoked", "authorisation_needed")
    assert fresh(waiting).status == "stopped"
    letter = Letter.objects.get(kind="revocation")
    assert letter.source == to_sign
    assert to_sign.contacts.get().text == "The signature was taken back."
    for page in (url("source", to_sign), reverse("sources:list", args=[to_sign.case.reference])):
        shown = at(ana).get(page).content.decode()
        assert "Signature taken back" in shown and "Waits for your signature" not in shown
    assert Reminder.objects.filter(rule="S18", recipient=tess, status="planned").exists()
    assert at(ana).post(url("revoke", to_sign)).status_code == 409
    with pytest.raises(StepNotPossible):
        actions.request(source=to_sign, by=tess, now=now)


def test_only_the_patient_takes_it_back(to_sign, ana, tess, ben, now):
    sign(to_sign, ana, now)
    assert at(tess).post(url("revoke", to_sign)).status_code == 403
    assert at(ben).post(url("revoke", to_sign)).status_code == 404
    assert Authorisation.objects.get().status == "signed"


def test_a_letter_that_was_made_does_not_go_out_after_the_signature_is_gone(to_sign, ana, tess, now):
    signed = sign(to_sign, ana, now)
    actions.request(source=to_sign, by=tess, now=now)
    letter = letters.ask_for(source=to_sign, kind=LetterKind.REQUEST, by=tess, now=now)
    papers.make(key=letter.key, now=now)
    page = reverse("sources:letter", args=[to_sign.case.reference, letter.key])
    assert at(tess).get(page).status_code == 200
    assert page in at(ana).get(url("source", to_sign)).content.decode()
    signing.revoke(authorisation=signed, by=ana, now=now)
    assert at(tess).get(page).status_code == 409
    for person in (ana, tess):
        shown = at(person).get(url("source", to_sign)).content.decode()
        assert page not in shown  # no link to a page that says no
        assert "It must not go out" in shown


def test_once_a_signature_is_taken_back_the_page_promises_nothing_on_its_strength(to_sign, ana, tess, now):
    signed = sign(to_sign, ana, now)
    actions.request(source=to_sign, by=tess, now=now)
    assert "We hope for it by" in at(ana).get(url("source", to_sign)).content.decode()
    signing.revoke(authorisation=signed, by=ana, now=now)
    shown = at(ana).get(url("source", to_sign)).content.decode()
    assert "We hope for it by" not in shown
    assert "Holds until" not in shown
    assert "Held until" in shown


def test_a_form_that_ran_out_asks_for_a_new_one(to_sign, ana, tess, now):
    signed = sign(to_sign, ana, now, ends=signing.Ends(on=today(to_sign, now) + 20 * clocks.DAY, days=None))
    actions.request(source=to_sign, by=tess, now=now)
    steps = Reminder.objects.filter(rule="P11", status="planned")
    assert set(steps.values_list("step", flat=True)) == {"14d", "3d"}
    end_authorisations()
    assert fresh(signed).status == "signed"
    assert not list(signing.those_over(now=now + 20 * clocks.DAY))
    late = now + 22 * clocks.DAY
    for each in signing.those_over(now=late):
        signing.run_out(authorisation=each, now=late)
    assert (fresh(signed).status, fresh(to_sign).status) == ("expired", "authorisation_needed")
    assert not Reminder.objects.filter(rule="P11", status="planned").exists()


def test_a_form_that_hangs_on_the_opinion_ends_ninety_days_after_it(to_sign, ana, now):
    signed = sign(to_sign, ana, now)
    assert not list(signing.those_over(now=now + 900 * clocks.DAY))
    type(to_sign.case).objects.filter(pk=to_sign.case_id).update(delivered_at=now)
    assert not list(signing.those_over(now=now + 90 * clocks.DAY))
    assert list(signing.those_over(now=now + 92 * clocks.DAY)) == [signed]


# --- two at once ----------------------------------------------------------------------------------


def at_once(*acts):
    """What each said: '' or the name of its refusal."""
    said, start = [None] * len(acts), threading.Barrier(len(acts))

    def run(number, act):
        try:
            start.wait()
            act()
            said[number] = ""
        except Exception as error:
            said[number] = type(error).__name__
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    return said


@pytest.fixture
def committed(transactional_db):
    from tests.build import make_clinic

    make_clinic()
    ana, tess = make_person("ana"), make_person("tess", "triage_clinician")
    case = make_case(ana, "triage", staff=tess, now=timezone.now())
    source = make_source(case, now=timezone.now())
    actions.choose_route(source=source, route="authorisation", by=ana, now=timezone.now())
    return source, ana, tess


def test_two_signatures_at_once_are_one(committed):
    source, ana, _tess = committed
    now = timezone.now()
    copies = [
        type(source).objects.select_related("case__clinic", "case__patient").get(pk=source.pk)
        for _n in (1, 2)
    ]
    said = at_once(*(lambda copy=copy: sign(copy, ana, now) for copy in copies))
    assert sorted(said) == ["", "StepNotPossible"]
    assert Authorisation.objects.count() == Letter.objects.count() == 1


def test_taking_back_while_the_letter_is_made_lets_nothing_out(committed):
    source, ana, tess = committed
    now = timezone.now()
    signed = sign(source, ana, now)
    actions.request(source=source, by=tess, now=now)
    letter = letters.ask_for(source=source, kind=LetterKind.REQUEST, by=tess, now=now)
    assert at_once(
        lambda: papers.make(key=letter.key, now=timezone.now()),
        lambda: signing.revoke(authorisation=signed, by=ana, now=timezone.now()),
    ) == ["", ""]
    letter = Letter.objects.select_related("authorisation").get(pk=letter.pk)
    assert letter.status == "stopped" or not letters.may_go_out(letter)
    assert connection.ensure_connection() is None


def test_the_day_is_the_clinics(to_sign, ana):
    evening = dt.datetime(2026, 11, 25, 4, 0, tzinfo=dt.UTC)  # the 24th in Chicago
    signed = sign(to_sign, ana, evening)
    assert "24 November 2026" in signed.parts.get(element=E.SIGNATURE).text
    signed = signing.revoke(authorisation=signed, by=ana, now=evening + dt.timedelta(hours=1))
    content = str(letters.draft(signed.source, LetterKind.REVOCATION, now=evening, authorisation=signed))
    assert content.count("24 November 2026") == 3 and "25 November" not in content
