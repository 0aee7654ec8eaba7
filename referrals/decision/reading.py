"""A signed version as the page shows it.

The one place that knows the keys of a version's `body` (written by `opinion.body`); what an older body does
not hold is left out, never guessed.
"""

import datetime as dt
from dataclasses import dataclass

from django.utils import dateformat
from django.utils.translation import gettext as _

from referrals.decision.headline import headline
from referrals.rules import citations
from referrals.rules.opinion_parts import check_code
from referrals.vocabulary import Advice, Confidence, SafeToWait


@dataclass(frozen=True)
class Reading:
    """Both opinions, in words."""

    headline: str
    doctor: str  # Dr. Maren Oakley
    doctor_short: str  # Dr. Oakley
    credentials: str  # field, licence
    first_doctor: str
    first_on: dt.date | None
    rows: list  # of the comparison: label, first, second, stance
    letter: str
    questions: list  # of question, answer
    warning_signs: list
    sources: list
    limits: list
    citations: list  # the places it quotes, as the body keeps them
    cited: dict  # number -> title and address of each
    about: str
    born_on: dt.date | None
    signed_at: dt.datetime
    check_code: str
    read_count: int
    page_count: int


def reading_of(version):
    body = version.body
    signer, first = body.get("signer", {}), body.get("first_opinion", {})
    diagnosis, plan = body.get("diagnosis", {}), body.get("plan", {})
    doctor = with_title(signer.get("name") or version.signed_by.shown_name, signer.get("title", ""))
    short = short_name(doctor)
    sources = body.get("sources", [])
    read = [source for source in sources if source.get("read")]
    had_diagnosis = bool(first.get("diagnosis")) and not first.get("no_diagnosis")
    return Reading(
        headline=headline(
            doctor=short,
            diagnosis=diagnosis.get("stance"),
            plan=plan.get("stance"),
            first_had_diagnosis=had_diagnosis,
        ),
        doctor=doctor,
        doctor_short=short,
        credentials=_credentials(signer),
        first_doctor=first.get("doctor", ""),
        first_on=_date(first.get("given_on")),
        rows=_rows(body, first, diagnosis, plan, had_diagnosis),
        letter=body.get("plain_words", ""),
        questions=body.get("questions", []),
        warning_signs=body.get("warning_signs", []),
        sources=[{**source, "dated_on": _date(source.get("dated_on"))} for source in sources],
        limits=body.get("limits", []),
        citations=body.get("citations", []),
        cited=citations.links(body.get("reference", ""), body.get("citations", [])),
        about=body.get("patient", {}).get("name", ""),
        born_on=_date(body.get("patient", {}).get("born_on")),
        signed_at=version.signed_at,
        check_code=check_code(version.sha256),
        read_count=len(read),
        page_count=sum(source.get("pages") or 0 for source in read),
    )


def with_title(name, title):
    return name if not title or name.casefold().startswith(title.casefold()) else f"{title} {name}"


def short_name(doctor):
    """Dr. Oakley for Dr. Maren Oakley; a name without a title stays whole."""
    words = doctor.split()
    return f"{words[0]} {words[-1]}" if len(words) > 2 and words[0].endswith(".") else doctor


def _credentials(signer):
    licence = _("license %(number)s") % {"number": signer["licence"]} if signer.get("licence") else ""
    return ", ".join(part for part in (signer.get("specialty", ""), licence) if part)


def _date(text):
    return dt.date.fromisoformat(text) if text else None


def _joined(*parts):
    """Texts as one: a full stop where one is missing between them."""
    parts = [part.strip() for part in parts if part and part.strip()]
    return " ".join(
        part if part[-1] in ".?!…" or n == len(parts) else f"{part}." for n, part in enumerate(parts, 1)
    )


def _rows(body, first, diagnosis, plan, had_diagnosis):
    not_stated = _("Not stated")
    certainty, waiting = body.get("certainty", {}), body.get("safe_to_wait", {})
    starts_on = _date(first.get("starts_on"))
    starts_on = dateformat.format(starts_on, _("j F")) if starts_on else ""
    rows = [
        _row(
            _("What you have"),
            first.get("diagnosis") if had_diagnosis else _("No diagnosis yet"),
            diagnosis.get("text"),
            diagnosis.get("stance") if had_diagnosis or diagnosis.get("stance") == "cant_tell" else "",
        ),
        _row(_("What to do"), _first_plan(first), plan.get("text"), plan.get("stance")),
        _row(_("Why"), "", plan.get("why")),
        _row(_("Other ways"), "", plan.get("alternatives")),
        _row(
            _("When"),
            starts_on,
            _joined(_waiting_words(waiting.get("level")), waiting.get("note")),
        ),
        _row(
            _("How sure"),
            "",
            _joined(_label(Confidence, certainty.get("level")), certainty.get("would_change")),
        ),
    ]
    return [{**row, "first": row["first"] or not_stated} for row in rows if row["second"]]


def _row(label, first, second, stance=""):
    return {"label": label, "first": first, "second": second or "", "stance": stance or ""}


def _first_plan(first):
    words = first.get("advice_words") or _label(Advice, first.get("advice"))
    return _joined(words, first.get("plan"))


def _label(words, code):
    return str(words(code).for_patient) if code in words.values else ""


def _waiting_words(level):
    return {
        SafeToWait.YES: _("You can wait"),
        SafeToWait.FOR_A_TIME: _("You can wait for a time"),
        SafeToWait.NO: _("Don’t wait"),
        SafeToWait.CANT_TELL: _("Can’t tell from the records if it is safe to wait"),
    }.get(level, "")
