"""The mails: their words, their links, and what is never in them."""

import datetime as dt
import html
import re

import pytest
from django.test import override_settings

from referrals.models import Authorisation, CaseQuestion, FirstOpinion, HeldPlace, Reminder, Specimen
from referrals.reminders import mails, words
from referrals.rules import catalogue
from referrals.rules.roads import CASE
from referrals.rules.workflow import take
from tests.build import (
    NOW,
    later,
    make_case,
    make_draft,
    make_info_request,
    make_offer,
    make_record,
    make_source,
    make_upload,
)

MARKERS = {
    "first_opinion": {
        "doctor_name": "DOCTORNAME Hale",
        "practice": "PRACTICENAME",
        "diagnosis": "ILLNESSNAME",
        "plan": "PLANWORDS",
    },
    "questions": ("QUESTIONWORDS?",),
    "story": "STORYWORDS",
    "tried": "TRIEDWORDS",
    "matters_most": "MATTERSWORDS",
    "trust_reason": "TRUSTWORDS",
    "subject_name": "SUBJECTNAME",
    "located_in": "PLACENAME",
    "cover_note": "COVERNOTE",
    "symptoms_since": "SYMPTOMWORDS",
}


def every_reminder(ana, tess, dr_vega):
    """A reminder of each rule and step there is, on cases full of markers."""
    dr_vega.specialist_profile.specialty.name = "FIELDNAME"
    dr_vega.specialist_profile.specialty.save()
    dr_vega.name, ana.name = "Mara DOCTORSECOND", "Ana FAMILYNAME"
    dr_vega.save()
    ana.save()
    cases = [make_draft(ana, **MARKERS)]
    make_record(cases[0], name="FILENAME.exe", status="refused", refusal="program", checked_at=NOW)
    make_upload(cases[0], name="FILENAME.dcm", folder="FOLDERNAME")
    catalogue.plan(cases[0], now=NOW)
    for status in ("info_needed", "clarification", "delivered"):
        cases.append(make_case(ana, status, staff=tess, specialist=dr_vega, **MARKERS))
    for urgency in ("routine", "urgent"):
        case = make_case(ana, "triage", staff=tess, **MARKERS)
        take(CASE, "prioritise", case, by=tess, now=NOW, changes={"urgency": urgency})
        take(CASE, "ask", case, by=tess, now=NOW)
        make_info_request(case, by=tess, items=("ITEMWORDS one", "ITEMWORDS two"))
        cases.append(case)
    declined = make_case(ana, "triage", staff=tess, **MARKERS)
    take(
        CASE,
        "decline",
        declined,
        by=tess,
        now=NOW,
        reason="scope",
        sentence="SENTENCEWORDS",
        note="NOTEWORDS",
    )
    routing = make_case(ana, "routing", staff=tess, **MARKERS)
    make_offer(routing, dr_vega, by=tess, note="OFFERNOTE")
    reading = make_case(ana, "routing", staff=tess, **MARKERS)
    offer = make_offer(reading, dr_vega, by=tess)
    from referrals.rules.roads import REFERRAL

    take(REFERRAL, "accept", offer, by=dr_vega, now=NOW)
    take(CASE, "begin_review", reading, by=dr_vega, now=NOW)
    chased = chased_case(ana, tess)
    for case in (*cases, declined, routing, reading, chased):
        make_record(case, name="FILENAME.pdf", text="FILETEXT")
    declined.records.update(keep_until_on=later(days=60).date())
    catalogue.plan(declined, now=NOW)
    return Reminder.objects.select_related("case__clinic", "case__patient", "recipient").order_by("pk")


def chased_case(ana, tess):
    """A case on which everything about sources is to be said."""
    case = make_case(ana, "triage", staff=tess, **MARKERS)
    day = NOW.date()
    kinds = {
        "own_copy": {"status": "requested", "requested_on": day},
        "treatment": {"status": "requested", "requested_on": day},
        "authorisation": {"status": "authorisation_needed", "routed_at": NOW},
    }
    for route, fields in kinds.items():
        make_source(case, name="SOURCENAME", note="SOURCENOTE", route=route, **fields)
    for status, fields in (
        ("signed", {"expires_on": day + dt.timedelta(days=40)}),
        ("revoked", {"days_after_delivery": 90, "ended_at": NOW}),
    ):
        state = "signed" if status == "signed" else "authorisation_needed"
        source = make_source(case, name="SOURCENAME", route="authorisation", status=state)
        Authorisation.objects.create(
            source=source, text="FORMTEXT", sha256="0" * 64, status=status, signed_by=ana, signed_name="SIGNERNAME",
            signed_at=NOW, **fields,
        )  # fmt: skip
    Specimen.objects.create(
        case=case, kind="slides", label="LABELWORDS", status="read", moved_at=NOW, added_by=tess
    )
    catalogue.plan(case, now=NOW)
    return case


def whole(mail):
    """Subject, headers, both parts and the raw message, as anybody on the way could read it."""
    message = mail.message()
    parts = [part.get_payload(decode=True).decode() for part in message.walk() if not part.is_multipart()]
    return "\n".join([message.as_string(), *parts])


def test_s24_no_mail_names_an_illness_a_field_a_file_or_anything_typed(ana, tess, dr_vega):
    rows = every_reminder(ana, tess, dr_vega)
    assert {row.rule for row in rows} == set(catalogue.RULES)
    for row in rows:
        said = whole(mails.mail_for(row, now=NOW))
        assert re.findall(r"[A-Z]{5,}(?:NAME|WORDS|NOTE|TEXT|SECOND)\w*", said) == [], (row.rule, row.step)


def test_every_step_of_every_rule_has_words_of_its_own_and_both_parts_say_the_same(ana, tess, dr_vega):
    for row in every_reminder(ana, tess, dr_vega):
        mail = mails.mail_for(row, now=NOW)
        said = words.words_for(row, now=NOW)
        look = html.unescape(mail.alternatives[0].content)
        for text in (
            said.lead,
            said.text,
            said.act,
            said.why,
            said.then,
            "555 014 2200",
            "Fernhollow Clinic",
        ):
            assert text in mail.body, (row.rule, row.step)
            assert text in look, (row.rule, row.step)
        assert mail.subject == said.subject
        assert 10 < len(mail.subject) < 75
        assert "%(" not in mail.body + mail.subject
        assert "None" not in mail.body


def test_there_is_one_button_and_it_leads_to_our_own_address(ana, tess, dr_vega):
    with override_settings(PUBLIC_URL="https://opinions.example.org"):
        for row in every_reminder(ana, tess, dr_vega):
            mail = mails.mail_for(row, now=NOW)
            look = mail.alternatives[0].content
            links = re.findall(r'href="([^"]+)"', look)
            assert look.count('class="em-btn"') == 1
            assert {link.split("/")[2] for link in links if link.startswith("http")} == {
                "opinions.example.org"
            }
            assert not [
                link for link in links if not link.startswith(("https://opinions.example.org/", "tel:"))
            ]
            assert "<img" not in look
            assert "<script" not in look
            assert "<link" not in look
            assert mail.extra_headers["Message-ID"] == f"<{row.key.hex}@opinions.example.org>"


BUTTONS = {
    "P1": "/cases/{reference}/", "P2": "/cases/{reference}/", "P3": "/cases/{reference}/",
    "P10": "/records/{reference}/", "P25": "/records/{reference}/add/",
    "P9": "/cases/{reference}/", "N1": "/cases/{reference}/", "N2": "/cases/{reference}/",
    **dict.fromkeys(("P7", "P8", "P11", "S5", "S17", "S18"), "/sources/{reference}/"),
    "P14": "/decision/{reference}/", "P22": "/keeping/{reference}/mine/", "D1": "/review/offers/",
    "D3": "/review/{reference}/",
}  # fmt: skip


def test_the_button_opens_the_page_where_it_can_be_done(ana, tess, dr_vega):
    for row in every_reminder(ana, tess, dr_vega):
        path = words.words_for(row, now=NOW).path
        wanted = BUTTONS[row.rule].format(reference=row.case.reference)
        assert path.startswith(wanted), (row.rule, path)


def test_only_what_reminds_can_be_stopped_and_says_how(ana, tess, dr_vega):
    for row in every_reminder(ana, tess, dr_vega):
        mail = mails.mail_for(row, now=NOW)
        may_stop = catalogue.RULES[row.rule].may_be_stopped
        assert ("Stop reminders of this kind" in mail.body) is may_stop
        assert ("Remind me tomorrow" in mail.body) is may_stop
        assert ("List-Unsubscribe" in mail.extra_headers) is may_stop
        assert "Change reminders" in mail.body


def test_the_last_step_says_that_a_person_takes_over(ana, tess):
    case = make_case(ana, "info_needed", staff=tess)
    row = case.reminders.select_related("case__clinic", "recipient").get(rule="P9", step="7d")
    assert "a person from our team will look into it" in mails.mail_for(row, now=NOW).body
    row.recipient.phone = "555"
    assert "a person from our team will call you" in mails.mail_for(row, now=NOW).body


def test_a_draft_is_told_until_when_it_is_kept(ana):
    case = make_draft(ana, situation="trust", decide_by_on=None)
    catalogue.plan(case, now=NOW)
    row = case.reminders.select_related("case__clinic", "recipient").get(step="kept-7d")
    assert mails.mail_for(row, now=NOW).subject == "We keep your request until 24 December"


def test_dates_are_the_recipients(ana, tess, dr_vega):
    case = make_case(ana, "routing", staff=tess)
    make_offer(case, dr_vega, by=tess, expires_at=dt.datetime(2026, 11, 26, 2, 30, tzinfo=dt.UTC))
    row = case.reminders.select_related("case__clinic", "recipient").get(rule="D1")
    assert mails.mail_for(row, now=NOW).subject == "A case is offered to you. Reply by Wed 25 Nov, 20:30"
    row.recipient.zone = "Europe/Berlin"
    assert mails.mail_for(row, now=NOW).subject == "A case is offered to you. Reply by Thu 26 Nov, 03:30"


def test_days_are_counted_when_it_is_sent(ana):
    case = make_draft(ana, decide_by_on=dt.date(2026, 12, 15))
    catalogue.plan(case, now=NOW)
    row = case.reminders.select_related("case__clinic", "recipient").get(rule="P2", step="10d")
    assert "9 days until 15 December." in mails.mail_for(row, now=later(days=12)).body


@pytest.mark.parametrize(
    ("name", "hello"),
    [
        ("Juniper Ashgrove", "Hello Juniper,"),
        ("Ann-Marie O’Neil", "Hello Ann-Marie,"),
        ("ليلى حداد", "Hello ليلى,"),
        ("http://evil.example win", "Hello,"),
        ("<b>Bob</b>", "Hello,"),
        ("x\r\nBcc: all@evil.example", "Hello x,"),
        ("", "Hello,"),
    ],
)
def test_s19_a_name_is_said_only_where_it_looks_like_one(ana, name, hello):
    case = make_draft(ana, situation="trust", decide_by_on=None)
    catalogue.plan(case, now=NOW)
    row = case.reminders.select_related("case__clinic", "recipient").get(step="1d")
    row.recipient.name = name
    mail = mails.mail_for(row, now=NOW)
    assert mail.body.startswith(hello + "\n")
    assert "evil.example" not in whole(mail)


def test_a_clinics_name_can_not_add_a_header(ana):
    case = make_draft(ana, situation="trust", decide_by_on=None)
    catalogue.plan(case, now=NOW)
    row = case.reminders.select_related("case__clinic", "recipient").get(step="1d")
    row.case.clinic.name = "Fern, Hollow & <Co>"
    message = mails.mail_for(row, now=NOW).message()
    assert message["From"] == '"Fern, Hollow & <Co>" <portal@fernhollow.example>'


def test_styles_are_in_the_tags_and_the_narrow_screen_is_kept(ana):
    case = make_draft(ana, situation="trust", decide_by_on=None)
    catalogue.plan(case, now=NOW)
    row = case.reminders.select_related("case__clinic", "recipient").get(step="1d")
    look = mails.mail_for(row, now=NOW).alternatives[0].content
    assert 'style="margin: 0;background: #e8eeeb' in look
    assert "@media (max-width: 480px)" in look
    assert "{%" not in look
    assert len(look) < 12_000


def test_nothing_of_the_case_is_asked_that_is_not_there(ana):
    """A bare draft, with no first opinion, no place, no question."""
    case = make_draft(ana, situation="trust", decide_by_on=None)
    FirstOpinion.objects.all().delete()
    CaseQuestion.objects.all().delete()
    HeldPlace.objects.all().delete()
    catalogue.plan(case, now=NOW)
    for row in case.reminders.select_related("case__clinic", "recipient"):
        assert mails.mail_for(row, now=NOW).body
