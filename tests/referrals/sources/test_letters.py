"""Letters: when each may be written, what it says, and the PDF that a worker makes of it."""

import io

import pikepdf
import pypdfium2
import pytest
from django.urls import reverse

from referrals import storage
from referrals.models import AuditEvent, Letter
from referrals.rules import clocks
from referrals.sources import actions, letters, papers, tasks, wording
from referrals.vocabulary import LetterKind
from tests.build import make_case, make_source
from tests.referrals.sources.conftest import at, fresh, url

K = LetterKind


def text_of(pdf):
    document = pypdfium2.PdfDocument(pdf)
    return " ".join(" ".join(page.get_textpage().get_text_range() for page in document).split())


def made(letter, now):
    papers.make(key=letter.key, now=now)
    assert fresh(letter).status == "ready"
    with storage.open(letter.file_key) as file:
        return file.read()


def own(case, now, **fields):
    return make_source(case, now=now, route="own_copy", **fields)


def test_the_request_for_an_own_copy_says_what_the_law_gives(case, ana, now):
    letter = letters.ask_for(source=own(case, now), kind=K.OWN_COPY, by=ana, now=now)
    pdf = made(letter, now)
    said = text_of(pdf)
    for words in (
        "45 CFR 164.524", "30 calendar days", "$6.50", "Millpond Imaging", "Born", "3 March 1968",
        "The scan or X-ray images",
        case.reference, ana.email,
    ):  # fmt: skip
        assert words in said, words
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert document.Root.MarkInfo.Marked
        assert "/StructTreeRoot" in document.Root
        assert str(document.Root.Lang) == "en"
        assert document.open_metadata()["pdfuaid:part"] == "1"
        assert document.docinfo["/Title"] == "Request for a copy of my health records"
    assert (letter.size, letter.sha256) == (len(pdf), storage.sha256(letter.file_key))


def test_what_was_signed_stands_in_its_pdf_word_for_word(to_sign, ana, now):
    from tests.referrals.sources.test_signing import sign

    signed = sign(to_sign, ana, now)
    said = text_of(made(Letter.objects.get(kind="authorisation"), now))
    for part in signed.parts.all():
        assert " ".join(part.text.split()) in said
    assert signed.sha256 in said.replace(" ", "")


@pytest.mark.parametrize("name", ["ليلى الحداد", "क्षत्रिय देवनागरी", "דוד לוינסון", "Siân Łoś Привет"])
def test_names_of_many_scripts_are_drawn_and_can_be_read_again(name, case, now):
    content = letters.draft(own(case, now, name=name), K.OWN_COPY, now=now)
    said = text_of(papers.pdf_of(content))
    assert "?" not in said
    assert all(word in said or set(word) <= set(said) for word in name.split())


@pytest.mark.parametrize(
    "name", ["#panic() *bold* $x$ \\ @ref <l>", "患者😀\x00\x07\u202e", "a" * 3000, '#read("/etc/passwd")']
)
def test_hostile_names_are_text_and_never_stop_a_letter(name, case, now):
    content = letters.draft(own(case, now), K.OWN_COPY, now=now)
    content["to"] = [name]
    said = text_of(papers.pdf_of(content))
    assert "root:" not in said
    if name.startswith("#panic"):
        assert "#panic() *bold* $x$" in said


def test_a_kind_chase_and_a_formal_one_with_its_dates(case, ana, tess, now):
    source = own(case, now)
    with_reason = {"source": source, "by": ana, "now": now}
    for kind in (K.CHASE, K.FORMAL):
        assert letters.why_not(source, kind, by=ana, now=now)
    actions.request(on=(now - 12 * clocks.DAY).date(), **with_reason)
    assert not letters.why_not(source, K.CHASE, by=ana, now=now)
    assert "until" in letters.why_not(source, K.FORMAL, by=ana, now=now)
    assert "until" in letters.why_not(
        source, K.FORMAL, by=ana, now=now + 18 * clocks.DAY
    )  # the last day is theirs
    late = now + 20 * clocks.DAY
    assert not letters.why_not(source, K.FORMAL, by=ana, now=late)
    chase = text_of(made(letters.ask_for(source=source, kind=K.CHASE, by=ana, now=now), now))
    assert wording.day(source.requested_on) in chase
    assert wording.day(source.due_on) in chase
    actions.extend(days=10, reason="Moving house", on=now.date(), **with_reason)
    extension = text_of(made(letters.ask_for(source=source, kind=K.EXTENSION, by=ana, now=now), now))
    assert "Moving house" in extension
    assert wording.day(source.due_on) in extension
    formal = letters.draft(source, K.FORMAL, now=late)
    assert ["Your extension", "10 days"] in formal["blocks"][1][1]
    assert "Office for Civil Rights" in str(formal)


@pytest.mark.parametrize(
    ("sensitivity", "words"), [("part_2", "42 CFR part 2"), ("hiv", "Guarded more closely by law: HIV")]
)
def test_guarded_kinds_print_their_notice(sensitivity, words, case, now):
    for kind in (K.OWN_COPY, K.REQUEST):
        source = own(case, now, sensitivity=sensitivity)
        assert words in text_of(papers.pdf_of(letters.draft(source, kind, now=now)))


@pytest.mark.parametrize("gone", ["name", "types", "born"])
def test_a_letter_that_lacks_something_is_never_made_and_says_what(gone, case, ana, now):
    source = own(case, now)
    if gone == "born":
        source.case.subject_born_on = None
    else:
        setattr(source, gone, "" if gone == "name" else [])
    words = {"name": "who is to send it", "types": "what is to be sent", "born": "the date of birth"}[gone]
    assert words in letters.why_not(source, K.OWN_COPY, by=ana, now=now)


def test_the_clinics_letter_is_not_the_patients_to_write(case, ana, tess, ben, now):
    doctor = make_source(case, now=now, route="treatment")
    assert at(ana).get(url("write", doctor, "request")).status_code == 403
    assert at(ben).get(url("write", doctor, "request")).status_code == 404
    assert at(tess).get(url("write", doctor, "magic")).status_code == 404
    assert at(tess).get(url("write", doctor, "chase")).status_code == 409
    page = at(tess).get(url("write", doctor, "request")).content.decode()
    assert "164.506(c)" in page
    assert at(tess).post(url("write", doctor, "request")).url == url("source", doctor)
    assert Letter.objects.get().kind == "request"


def test_a_letter_is_handed_out_once_it_is_made_and_each_time_is_noted(case, ana, ben, dr_vega, tess, now):
    letter = letters.ask_for(source=own(case, now), kind=K.OWN_COPY, by=ana, now=now)
    page = reverse("sources:letter", args=[case.reference, letter.key])
    assert at(ana).get(page).status_code == 409
    body = made(letter, now)
    answer = at(ana).get(page)
    assert b"".join(answer.streaming_content) == body
    assert answer["Content-Disposition"] == f'attachment; filename="own_copy-{case.reference}.pdf"'
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert AuditEvent.objects.get(act="open_letter").person_id == ana.pk
    assert at(tess).get(page).status_code == 200
    for person in (ben, dr_vega):
        assert at(person).get(page).status_code == 404


def test_a_worker_finds_what_a_lost_nudge_left_and_two_make_one(case, ana, now):
    letter = letters.ask_for(source=own(case, now), kind=K.OWN_COPY, by=ana, now=now)
    tasks.make_waiting_letters()
    key = fresh(letter).file_key
    assert key
    tasks.make_letter(key=str(letter.key))
    assert fresh(letter).file_key == key


def test_a_claim_that_nobody_ended_is_taken_over_and_the_first_writes_nothing(case, ana, now):
    letter = letters.ask_for(source=own(case, now), kind=K.OWN_COPY, by=ana, now=now)
    Letter.objects.filter(pk=letter.pk).update(claimed_at=now)
    assert not papers.waiting(now=now + clocks.HOUR / 60)
    assert list(papers.waiting(now=now + clocks.HOUR)) == [letter.key]
    papers.make(key=letter.key, now=now + clocks.HOUR)
    assert fresh(letter).claimed_at == now + clocks.HOUR
    assert not papers._kept(letter, storage.put(io.BytesIO(b"late")), now)


def test_a_letter_that_can_not_be_made_is_given_up_after_some_tries(case, ana, now, caplog):
    letter = letters.ask_for(source=own(case, now), kind=K.OWN_COPY, by=ana, now=now)
    Letter.objects.filter(pk=letter.pk).update(content={"title": "SECRETWORDS"})
    for n in range(papers.MOST_TRIES):
        papers.make(key=letter.key, now=now + n * clocks.HOUR)
    assert fresh(letter).status == "failed"
    assert "SECRETWORDS" not in caplog.text


def test_a_childs_letter_names_the_right_to_ask(ana, tess, now):
    case = make_case(
        ana, "triage", staff=tess, now=now, subject="child", subject_name="Fen", authority="guardian"
    )
    said = str(letters.draft(own(case, now), K.OWN_COPY, now=now))
    assert "I ask for Fen. I am the legal guardian" in said
