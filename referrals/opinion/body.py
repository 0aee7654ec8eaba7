"""The text of a signed opinion: all that the patient reads, as data, and its hash.

A version's `body` (format 2; format 1 has no `citations`) holds, in words as they stood at the signature:

    format        1
    reference     SO-7K3M-92QX
    clinic        name, phone
    patient       name, born_on (YYYY-MM-DD or ""), is_child
    asked_on      the day the request was sent, on the clinic's calendar
    first_opinion doctor, practice, given_on, diagnosis, no_diagnosis, advice (code), advice_words, plan,
                  starts_on; empty texts where nothing was said
    diagnosis     stance (agree, in_part, differ, cant_tell), text
    plan          stance, text (what the specialist advises), why, alternatives
    certainty     level (very, fairly, not_very), would_change
    safe_to_wait  level (yes, for_a_time, no, cant_tell), note
    warning_signs a list of sentences
    questions     a list of {question, answer}, in the patient's order
    plain_words   what the specialist says to the patient
    sources       a list of {key, name, type, type_words, kind, dated_on, added_on, pages, sha256, read};
                  `read` says whether the signer opened it
    citations     a list of {number, key, record (its key), name, page, frame, region, quote, note}: the pins
                  that the texts cite as [number]; region is [x, y, width, height] in thousandths of the page
                  or image; frame is which image of its series, as the viewer counts them
    limits        a list of sentences: what this opinion does not rest on
    signer        name, title, specialty, licence, practice
    signed_at     ISO 8601, UTC

`sha256` of the version is of `canonical(body)`: JSON in UTF-8 with sorted keys and no spaces. Anybody who
has the body can reckon it again.
"""

import datetime as dt
import hashlib
import json
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from referrals.rules import citations
from referrals.vocabulary import Advice, RecordType

FORMAT = 2


def canonical(body):
    """The bytes that are hashed."""
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def sha256_of(body):
    return hashlib.sha256(canonical(body)).hexdigest()


def body_of(opinion, *, records, read_ids, pins, now):
    """The body as it would be signed at this moment.

    `read_ids`: the records the author has opened. `pins`: those the texts cite, by number.
    """
    case, profile = opinion.case, opinion.author.specialist_profile
    zone = ZoneInfo(case.clinic.zone)
    return {
        "format": FORMAT,
        "reference": case.reference,
        "clinic": {"name": case.clinic.name, "phone": case.clinic.phone},
        "patient": {
            "name": case.about,
            "born_on": _day(case.subject_born_on),
            "is_child": case.is_child,
        },
        "asked_on": _day(case.submitted_at.astimezone(zone).date()),
        "first_opinion": _first_opinion(getattr(case, "first_opinion", None)),
        "diagnosis": {"stance": opinion.diagnosis_stance, "text": opinion.diagnosis},
        "plan": {
            "stance": opinion.plan_stance,
            "text": opinion.advice,
            "why": opinion.why,
            "alternatives": opinion.alternatives,
        },
        "certainty": {"level": opinion.confidence, "would_change": opinion.would_change},
        "safe_to_wait": {"level": opinion.safe_to_wait, "note": opinion.safe_to_wait_note},
        "warning_signs": [line.strip() for line in opinion.warning_signs.splitlines() if line.strip()],
        "questions": _questions(opinion),
        "plain_words": opinion.plain_words,
        "sources": [_source(record, record.pk in read_ids, zone) for record in records],
        "citations": [{**citations.as_source(pin), "note": ""} for pin in pins],
        "limits": _limits(records, read_ids),
        "signer": {
            "name": opinion.author.shown_name,
            "title": profile.title,
            "specialty": profile.specialty.name,
            "licence": profile.licence,
            "practice": profile.practice,
        },
        "signed_at": now.astimezone(dt.UTC).isoformat(timespec="seconds"),
    }


def _day(value):
    return value.isoformat() if value else ""


def _first_opinion(first):
    if first is None:
        return {
            **dict.fromkeys(
                (
                    "doctor",
                    "practice",
                    "given_on",
                    "diagnosis",
                    "advice",
                    "advice_words",
                    "plan",
                    "starts_on",
                ),
                "",
            ),
            "no_diagnosis": True,
        }
    return {
        "doctor": first.doctor_name,
        "practice": first.practice,
        "given_on": _day(first.given_on),
        "diagnosis": first.diagnosis,
        "no_diagnosis": first.no_diagnosis,
        "advice": first.advice,
        "advice_words": str(Advice(first.advice).for_patient) if first.advice else "",
        "plan": first.plan,
        "starts_on": _day(first.starts_on),
    }


def _questions(opinion):
    answers = {answer.question_id: answer.text for answer in opinion.answers.all()} if opinion.pk else {}
    return [
        {"question": question.text, "answer": answers.get(question.pk, "")}
        for question in opinion.case.questions.all()
    ]


def _source(record, read, zone):
    return {
        "key": str(record.key),
        "name": record.name,
        "type": record.type,
        "type_words": str(RecordType(record.type).label),
        "kind": record.kind,
        "dated_on": _day(record.dated_on),
        "added_on": _day(record.added_at.astimezone(zone).date()),
        "pages": 0 if record.is_study else record.page_count,
        "sha256": record.sha256,
        "read": read,
    }


def _limits(records, read_ids):
    limits = [_("The specialist did not examine you in person. This opinion rests on your records alone.")]
    if not records:
        limits.append(_("There were no records to read, only what you wrote."))
    elif any(record.pk not in read_ids for record in records):
        limits.append(_("Not every record was opened. The list says which."))
    return limits
