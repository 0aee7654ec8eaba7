"""Mails about records that others hold, through a real server: to whom, when, and nothing that says who or what."""

import pytest

from referrals.reminders import actions as reminders
from referrals.sources import actions
from tests.build import NOW, later, make_case, make_source


@pytest.fixture
def case(ana, tess):
    """The patient asked one place herself, the clinic another; both on Tuesday morning."""
    case = make_case(ana, "records_pending", staff=tess)
    for name, route, by in (("SOURCENAME One", "own_copy", ana), ("SOURCENAME Two", "treatment", tess)):
        source = make_source(case, route=route, name=name, note="SOURCENOTE")
        actions.request(source=source, by=by, now=NOW)
    return case


def sent(catcher, now):
    before = len(catcher.mails)
    while reminders.send_due(now=now):
        pass
    return [(str(mail["To"]), str(mail["Subject"])) for mail in catcher.mails[before:]]


def test_each_is_written_to_on_their_days_and_in_their_hours(case, ana, tess, catcher):
    assert not [to for to, _subject in sent(catcher, later(days=4)) if to == tess.email]
    assert sent(catcher, later(days=5, hours=-10)) == []  # Sunday, at night
    [(to, subject)] = sent(catcher, later(days=6))
    assert to == tess.email
    assert case.reference in subject
    found = sent(catcher, later(days=7))
    assert (ana.email, "Ask them again: you asked on 24 November") in found
    assert sent(catcher, later(days=7)) == []  # once
    raw = "".join(mail.as_string() for mail in catcher.mails)
    assert "SOURCENAME" not in raw
    assert "SOURCENOTE" not in raw


def test_nothing_goes_out_once_it_is_here(case, ana, tess, catcher):
    for source in case.sources.all():
        actions.came(source=source, is_all=True, by=tess, now=later(days=1))
    sent(catcher, later(days=3))  # what else is due to a patient meanwhile
    assert not [
        subject for _to, subject in sent(catcher, later(days=32)) if "Ask" in subject or "Chase" in subject
    ]


def test_after_an_outage_only_the_last_step_goes(case, ana, tess, catcher):
    found = sent(catcher, later(days=29))
    assert sum(to == tess.email for to, _subject in found) == 1


def test_who_lost_the_case_is_not_written_to(case, tess, catcher):
    tess.memberships.update(ended_at=later(days=1))
    assert not [to for to, _subject in sent(catcher, later(days=6)) if to == tess.email]
