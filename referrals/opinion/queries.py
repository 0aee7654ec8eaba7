"""What the pages of the opinion show."""

import datetime as dt
from types import SimpleNamespace
from urllib.parse import urlencode

from django.urls import reverse

from referrals.models import Opinion
from referrals.opinion import plain
from referrals.opinion.forms import OpinionForm
from referrals.rules import citations, opinion_parts
from referrals.rules.access import visible_citations, visible_opinions, visible_readings
from referrals.vocabulary import Advice, CaseStatus, Confidence, OpinionStatus, SafeToWait, Stance


def readings(person):
    """The referrals under which a person writes, or has signed, with all that an opinion speaks of."""
    return visible_readings(person).select_related(
        "case__clinic", "case__patient", "case__first_opinion",
        "specialist__specialist_profile__specialty", "opinion",
    ).prefetch_related("case__questions", "opinion__answers")  # fmt: skip


def signed_opinions(person):
    """Signed opinions for those who work with them; the patient reads theirs beside the first one."""
    opinions = visible_opinions(person).filter(status=OpinionStatus.SIGNED)
    return opinions.exclude(case__patient=person).select_related("case__clinic", "author", "referral")


def drafts(person):
    """What was written and not signed, for its author and the lead; kept when the case went to someone else."""
    return (
        visible_opinions(person)
        .filter(status=OpinionStatus.DRAFTING)
        .select_related(
            "case__clinic", "case__first_opinion", "author__specialist_profile__specialty", "referral"
        )
        .prefetch_related("case__questions", "answers")
    )


def writing(referral, *, form=None):
    """The form in its parts, and how far it has come."""
    opinion = getattr(referral, "opinion", None)
    questions = list(referral.case.questions.all())
    parts = opinion_parts.parts_of(opinion, questions)
    return {
        "referral": referral,
        "case": referral.case,
        "opinion": opinion,
        "form": form or OpinionForm(opinion=opinion, questions=questions),
        "parts": {part.code: part for part in parts},
        "done": opinion_parts.done_count(parts),
        "of": len(parts),
        "missing": [part for part in parts if not part.is_done],
        "cites": cites(referral, opinion),
        "hint": plain.hint_for(opinion.plain_words if opinion else ""),
        "is_asking": referral.case.status == CaseStatus.CLARIFICATION,
    }


def cites(referral, opinion):
    """{code of a part: [{title, url}]}: the pins that each part cites, with their page in the reading room."""
    cited, room = citations.cited_in(opinion), reverse("review:room", args=[referral.case.reference])
    pins = visible_citations(referral.specialist).filter(case=referral.case, by=referral.specialist)
    known = {pin.number: pin for pin in pins.select_related("record")} if any(cited.values()) else {}
    return {
        code: [_cite(known[number], room) for number in numbers if number in known]
        for code, numbers in cited.items()
    }


def _cite(pin, room):
    where = {"record": pin.record.key, "page": pin.page or 1, "pane": "page", "pin": pin.key}
    return {"title": citations.title_of(citations.as_source(pin)), "url": f"{room}?{urlencode(where)}"}


def draft_of(referral):
    """The opinion of a referral, or an empty one where nothing was written yet."""
    opinion = getattr(referral, "opinion", None)
    return opinion or Opinion(case=referral.case, referral=referral, author=referral.specialist)


def differences(form, opinion):
    """Where the text of a form and the saved one differ: the bound field, and both in words."""
    saved = OpinionForm(opinion=opinion, questions=form.questions).initial
    found = []
    for bound in form:
        if bound.name == "edit" or form.cleaned_data[bound.name] == saved[bound.name]:
            continue
        found.append(
            SimpleNamespace(
                field=bound, saved=_words(bound, saved[bound.name]),
                mine=_words(bound, form.cleaned_data[bound.name]),
            )
        )  # fmt: skip
    return found


def _words(bound, value):
    return dict(getattr(bound.field, "choices", ())).get(value, value)


def shown(body):
    """A body for the page: days as dates, codes as words the patient reads."""
    first = body["first_opinion"]
    return {
        **body,
        "first_opinion": {
            **first,
            "given_on": _date(first["given_on"]),
            "starts_on": _date(first["starts_on"]),
            "advice_words": Advice(first["advice"]).for_patient if first["advice"] else "",
        },
        "diagnosis_pill": _member(Stance, body["diagnosis"]["stance"]),
        "plan_pill": _member(Stance, body["plan"]["stance"]),
        "certainty_words": _patient_words(Confidence, body["certainty"]["level"]),
        "safe_words": _patient_words(SafeToWait, body["safe_to_wait"]["level"]),
        "sources": [{**source, "dated_on": _date(source["dated_on"])} for source in body["sources"]],
        "cited": citations.links(body["reference"], body.get("citations", [])),
        "signed_at": dt.datetime.fromisoformat(body["signed_at"]),
    }


def _date(text):
    return dt.date.fromisoformat(text) if text else None


def _member(words, code):
    return words(code) if code else ""


def _patient_words(words, code):
    return words(code).for_patient if code else ""
