"""The answers as they are read before sending: a section a step, what is missing tinted and linked."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from referrals.intake import queries, steps
from referrals.intake.forms.days import in_words
from referrals.rules import clocks
from referrals.vocabulary import (
    Advice,
    Authority,
    ChecklistState,
    Cover,
    RecordType,
    Sex,
    Situation,
    Subject,
    Wish,
)


def sections(case, lacks, *, now):
    """[{slug, title, change_url, rows}] for `parts/answers.html`."""
    missing = {}
    for step, sentence in lacks:
        missing.setdefault(step.slug, []).append(sentence)
    made = (
        ("what-happened", _what_happened(case)),
        ("first-opinion", _first_opinion(case)),
        ("dates", _dates(case)),
        ("questions", _questions(case)),
        ("records", _records(case, now)),
        ("about", _about(case)),
        ("cost", _cost(case)),
    )
    return [_section(case, steps.BY_SLUG[slug], rows, missing.get(slug, [])) for slug, rows in made]


def _section(case, step, rows, missing):
    url = step.url(case) + "?back=check"
    rows = [row for row in rows if row]
    rows += [
        {
            "question": _("Still missing"),
            "answer": sentence,
            "is_missing": True,
            "url": url,
            "act": _("Mend it"),
        }
        for sentence in missing
    ]
    if not rows:
        rows = [{"question": _("Nothing here yet"), "answer": _("That is fine.")}]
    return {"slug": step.slug, "title": step.title_for(case), "change_url": url, "rows": rows}


def _row(question, answer):
    return {"question": question, "answer": str(answer)} if answer else None


def _word(enum, code):
    return enum(code).for_patient if code else ""


def _what_happened(case):
    return [_row(_("Why now"), _word(Situation, case.situation))]


def _first_opinion(case):
    first = case.first_opinion
    said_by = ", ".join(text for text in (first.doctor_name, first.practice) if text)
    private = _("Noted. Only the clinic’s staff read it, never the specialist.")
    contact = (
        _("You may write to them about my case")
        if case.may_contact_first_doctor
        else _("Don’t contact them unless I say so")
    )
    wish = case.wish if case.situation == Situation.CANCER else ""
    trust = case.situation == Situation.TRUST
    avoided = trust and list(case.avoided_names.values_list("name", flat=True))
    return [
        _row(_("In your words"), case.story),
        _row(
            _("What they say your child has") if case.is_child else _("What they say you have"),
            first.diagnosis,
        ),
        _row(_("A name for it"), _("Nobody knows yet") if first.no_diagnosis else ""),
        _row(_("What should be checked"), _word(Wish, wish)),
        _row(_("What they want to do"), _word(Advice, first.advice)),
        _row(_("The plan"), first.plan),
        _row(_("Since when"), case.symptoms_since),
        _row(_("What was tried"), case.tried),
        _row(_("What was normal"), case.was_normal),
        _row(_("Who said it"), said_by),
        _row(_("When"), in_words(first.given_on) if first.given_on else ""),
        _row(_("Your first doctor"), contact),
        _row(_("Why you don’t feel sure"), private if trust and case.trust_reason else ""),
        {"question": _("Not to be sent to"), "answers": avoided} if avoided else None,
    ]


def _dates(case):
    first = case.first_opinion
    places = [
        _("%(where)s, %(date)s") % {"where": place.where, "date": in_words(place.held_on)}
        + (
            _(", can be canceled until %(date)s") % {"date": in_words(place.cancel_by_on)}
            if place.cancel_by_on
            else ""
        )
        for place in case.held_places.all()
    ]
    decide = (
        in_words(case.decide_by_on)
        if case.decide_by_on
        else _("There is no date")
        if case.no_decision_date
        else ""
    )
    return [
        _row(_("Decide by"), decide),
        _row(_("Treatment starts"), in_words(first.starts_on) if first.starts_on else ""),
        _row(_("Somebody looks again"), in_words(first.look_again_on) if first.look_again_on else ""),
        {"question": _("Places held elsewhere"), "answers": places} if places else None,
    ]


def _questions(case):
    texts = [question.text for question in case.questions.all()]
    return [
        {"question": _("You ask"), "answers": texts} if texts else None,
        _row(_("What matters most to you"), case.matters_most),
    ]


def _records(case, now):
    found = queries.records_of(case, now=now)
    files, missing = found["files"], found["missing"]
    rows = []
    if files:
        words = ngettext("%(count)d file", "%(count)d files", len(files)) % {"count": len(files)}
        rows.append(
            {
                "question": _("Here"),
                "pill": words,
                "tone": "ok",
                "answer": ", ".join(f.name for f in files[:20]),
            }
        )
    if found["refused"]:
        rows.append(_refused(found["refused"]))
    return rows + [_not_here(line) for line in missing]


def _not_here(line):
    state, answer = ChecklistState(line.state), _("You can send now and add it later.")
    tone = "idle" if state == ChecklistState.WAIVED else "warn"
    if line.way:
        tone, answer = "info", _("You can send now. It goes on by itself, or where it stopped.")
    return {
        "question": RecordType(line.type).for_patient, "pill": line.way or state.for_patient, "tone": tone,
        "answer": answer,
    }  # fmt: skip


def _refused(files):
    """Those a specialist would never see: better known before sending than after."""
    words = ngettext("%(count)d can’t be read", "%(count)d can’t be read", len(files)) % {"count": len(files)}
    names = ", ".join(file.name for file in files[:20])
    return {
        "question": _("Not added"), "pill": words, "tone": "warn",
        "answer": _("%(names)s. Under “Change” you see why.") % {"names": names},
    }  # fmt: skip


def _about(case):
    born = in_words(case.subject_born_on) if case.subject_born_on else ""
    name = (
        f"{case.subject_name}, {_('born %(date)s') % {'date': born}}"
        if born and case.subject_name
        else case.subject_name or born
    )
    child = case.subject == Subject.CHILD
    return [
        _row(_("About"), _word(Subject, case.subject)),
        _row(_("Name"), name),
        _row(_("Why you may ask"), Authority(case.authority).label if child and case.authority else ""),
        _row(_("Sex"), Sex(case.subject_sex).label if case.subject_sex else ""),
        _row(_("Where you are"), case.located_in),
        _row(_("Reach me by"), ", ".join(text for text in (case.patient.email, case.patient.phone) if text)),
    ]


def _cost(case):
    return [_row(_("Who pays"), _word(Cover, case.cover)), _row(_("What the insurer said"), case.cover_note)]


def what_happens_next(case, now):
    """When a person answers if it is sent now: the clinic's own clocks, nothing promised beyond them."""
    hours = clocks.clinic_hours(case.clinic)
    urgency = clocks.proposed_urgency(case.decide_by_on, now, hours.zone)
    return {
        "acknowledge": clocks.acknowledge_due(now, urgency, hours),
        "triage": clocks.triage_due(now, urgency, hours),
    }
