"""The mail server is away, refuses, or speaks without TLS: retried, visible, nothing lost, nothing said."""

import datetime as dt

import pytest

from referrals.models import OutgoingMail, Reminder
from referrals.reminders import actions, posting
from referrals.rules import catalogue
from tests.build import NOW, later, make_draft


@pytest.fixture
def draft(ana):
    case = make_draft(ana, situation="trust", decide_by_on=None)
    catalogue.plan(case, now=NOW)
    return case


def first(case):
    return case.reminders.get(rule="P1", step="1d")


def test_r41_a_server_that_is_away_delays_and_loses_nothing(draft, catcher):
    catcher.stop()
    now, waits = later(days=1), []
    for _n in range(5):
        assert actions.send_due(now=now) == 0
        row = first(draft)
        assert (row.status, row.last_error) == ("planned", "ConnectionRefusedError")
        waits.append(int((row.due_at - now).total_seconds() // 60))
        now = row.due_at
    assert waits == [1, 5, 15, 60, 240]
    catcher.start()
    actions.send_due(now=now)
    assert len(catcher.mails) == 1
    assert (first(draft).status, first(draft).last_error) == ("sent", "")


def test_r41_all_that_was_claimed_waits_when_the_server_is_away(ana, ben, pia, catcher):
    for person in (ana, ben, pia):
        catalogue.plan(make_draft(person, situation="trust", decide_by_on=None), now=NOW)
    catcher.stop()
    actions.send_due(now=later(days=1))
    rows = Reminder.objects.filter(step="1d")
    assert {(row.status, row.attempts, row.last_error) for row in rows} == {
        ("planned", 1, "ConnectionRefusedError")
    }


def test_after_three_days_it_is_given_up_and_shown(draft, catcher):
    catcher.stop()
    now = began = later(days=1)
    while first(draft).status == "planned":
        now = max(now, first(draft).due_at)
        actions.send_due(now=now)
        Reminder.objects.exclude(step="1d").delete()
        now += dt.timedelta(seconds=1)
    row = first(draft)
    assert (row.status, row.last_error) == ("failed", "ConnectionRefusedError")
    assert dt.timedelta(days=3) <= row.ended_at - began <= dt.timedelta(days=8)  # quiet hours are no tries


def test_an_address_refused_for_good_is_not_tried_again(draft, catcher):
    catcher.refuse["ana@fernhollow.example"] = "550 No such user ana@fernhollow.example"
    actions.send_due(now=later(days=1))
    row = first(draft)
    assert (row.status, row.attempts, row.last_error) == ("failed", 1, "SMTPRecipientsRefused 550")
    actions.send_due(now=later(days=1, hours=9))
    assert first(draft).attempts == 1


def test_a_full_mailbox_is_tried_again(draft, catcher):
    catcher.refuse["ana@fernhollow.example"] = "452 Mailbox full"
    actions.send_due(now=later(days=1))
    assert (first(draft).status, first(draft).last_error) == ("planned", "SMTPRecipientsRefused 452")
    catcher.refuse.clear()
    actions.send_due(now=later(days=1, minutes=1))
    assert len(catcher.mails) == 1


def test_one_refused_address_holds_up_no_other(ana, ben, catcher):
    for person in (ana, ben):
        catalogue.plan(make_draft(person, situation="trust", decide_by_on=None), now=NOW)
    catcher.refuse["ana@fernhollow.example"] = "550 No"
    actions.send_due(now=later(days=1))
    assert [mail["To"] for mail in catcher.mails] == ["ben@fernhollow.example"]


def test_s24_without_tls_nothing_leaves(draft, catcher, settings):
    settings.EMAIL_USE_TLS = True
    actions.send_due(now=later(days=1))
    assert catcher.mails == []
    assert (first(draft).status, first(draft).last_error) == ("planned", "SMTPNotSupportedError")


def test_s23_no_address_and_no_words_of_the_server_are_kept_or_logged(draft, catcher, caplog):
    catcher.refuse["ana@fernhollow.example"] = "550 ana@fernhollow.example has MARKER-illness"
    actions.send_due(now=later(days=1))
    assert "MARKER" not in first(draft).last_error
    assert "@" not in first(draft).last_error
    assert not [record for record in caplog.records if "MARKER" in record.msg or record.args]


def test_waits_add_up_to_three_days():
    waits = [posting.wait_after(n) for n in range(1, posting.MOST_TRIES)]
    assert dt.timedelta(days=2, hours=20) <= sum(waits, dt.timedelta()) <= dt.timedelta(days=3, hours=4)


# --- other mail -----------------------------------------------------------------------------------


def post(**fields):
    values = {
        "to": "new@fernhollow.example",
        "subject": "Your code",
        "text": "123456",
        "html": "<p>123456</p>",
    }
    return OutgoingMail.objects.create(due_at=NOW, **{**values, **fields})


def test_waiting_mail_goes_once_and_its_words_are_forgotten(db, catcher):
    waiting = post()
    assert actions.deliver_mail(now=NOW) == 1
    assert actions.deliver_mail(now=NOW) == 0
    (mail,) = catcher.mails
    assert mail["Message-ID"] == f"<{waiting.key.hex}@127.0.0.1>"
    assert "123456" in mail.get_body(("plain",)).get_content()
    assert "<p>123456</p>" in mail.get_body(("html",)).get_content()
    waiting.refresh_from_db()
    assert (waiting.status, waiting.text, waiting.html) == ("sent", "", "")


def test_waiting_mail_keeps_its_words_while_the_server_is_away(db, catcher):
    waiting = post()
    catcher.stop()
    actions.deliver_mail(now=NOW)
    waiting.refresh_from_db()
    assert (waiting.status, waiting.text, waiting.last_error) == (
        "planned",
        "123456",
        "ConnectionRefusedError",
    )
    catcher.start()
    actions.deliver_mail(now=waiting.due_at)
    assert len(catcher.mails) == 1


def test_waiting_mail_that_is_refused_forgets_its_words(db, catcher):
    waiting = post()
    catcher.refuse[waiting.to] = "550 No"
    actions.deliver_mail(now=NOW)
    waiting.refresh_from_db()
    assert (waiting.status, waiting.text, waiting.html) == ("failed", "", "")
