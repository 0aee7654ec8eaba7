"""The words of each paper, as blocks that the page and the PDF show alike.

Their shape is told in `typesetting`.
"""

import datetime as dt

from django.utils import dateformat
from django.utils.translation import gettext as _

from referrals.rules import source_words, sources
from referrals.vocabulary import AuthorisationElement, LetterKind, RecordType, Sensitivity, SourceRoute


def _authorisation(source, authorisation):
    parts = {part.element: part.text for part in authorisation.parts.all()}
    facts = [[str(AuthorisationElement(name).label), text] for name, text in parts.items()]
    at = authorisation.signed_at.astimezone(dt.UTC)
    proof = [
        [_("Name typed"), authorisation.signed_name],
        [_("Signed at"), f"{at:%Y-%m-%d %H:%M:%S} UTC"],
        [_("From the address"), authorisation.signed_from or _("not known")],
        [_("SHA-256 of the text"), authorisation.sha256],
    ]
    blocks = [
        *_part_2(source),
        ["facts", facts],
        ["p", authorisation.text.rsplit("\n\n", 1)[-1]],
        ["h", _("How it was signed")],
    ]
    return _("Permission to send my health records"), [*blocks, ["facts", proof]]


def _own_copy(source, _authorisation):
    return _("Request for a copy of my health records"), [
        ["p", _("To the medical records department:")],
        ["p", _("I ask for a copy of my health records under 45 CFR 164.524, the right of access.")],
        ["facts", [*_whose(source), [_("Send it as"), _("electronic files: documents as PDF, images as DICOM")]]],
        *_for_a_child(source),
        ["p", _(
            "You have 30 calendar days from the day you get this. If you need longer, tell me in writing why, and by "
            "which day: one extension of up to 30 days is allowed."
        )],
        ["p", _(
            "A fee may cover only the cost of making the copy. For electronic copies you may charge a flat fee of up "
            "to $6.50 instead of working it out. Tell me before you charge me."
        )],
        *_part_2(source),
        ["sign", _("Signature and date"), source.case.patient.shown_name],
    ]  # fmt: skip


def _request(source, authorisation):
    ground = (
        _("The signed permission (45 CFR 164.508) comes with this letter.")
        if authorisation
        else _(
            "We ask as one care provider asks another for treatment (45 CFR 164.506(c)). No form is needed for that."
        )
    )
    return _("Request for health records"), [
        ["p", _("To the medical records department:")],
        ["p", _("We are writing a second opinion for your patient, and ask for these records.")],
        ["facts", [*_whose(source), [_("Ground"), ground]]],
        ["p", _("Please send originals: images as DICOM, documents as PDF. If something can’t be had, tell us which.")],
        *_part_2(source),
        ["sign", _("For the clinic"), source.case.clinic.name],
    ]  # fmt: skip


def _chase(source, _authorisation):
    words = {"day": day(source.requested_on), "due": day(source.due_on)}
    return _("A question about our request for records"), [
        ["p", _("On %(day)s you were asked for the records below. Not all of them are here yet.") % words],
        ["facts", _whose(source)],
        ["p", _("When may we expect them? A reading waits for them. The day to answer by is %(due)s.") % words],
        *_part_2(source),
        ["sign", _("With thanks"), _signer(source)],
    ]  # fmt: skip


def _formal(source, _authorisation):
    facts = [[_("Asked on"), day(source.requested_on)], [_("To be answered by"), day(source.due_on)]]
    if source.extra_days:
        facts.insert(1, [_("Your extension"), _("%(days)d days") % {"days": source.extra_days}])
    law = (
        _("By 45 CFR 164.524(b)(2) such a request is answered within 30 calendar days, with one extension.")
        if source.route == SourceRoute.OWN_COPY
        else _("The patient agreed to this, and the reading of the case waits for it.")
    )
    return _("Second request: the time to answer has passed"), [
        ["p", _("The records below were asked for, and have not all come.")],
        ["facts", [*_whose(source), *facts]],
        ["p", law],
        ["p", _(
            "Please send them within seven days, or say in writing why not. A complaint can be made to the Office for "
            "Civil Rights, www.hhs.gov/ocr."
        )],
        *_part_2(source),
        ["sign", _("Signature and date"), _signer(source)],
    ]  # fmt: skip


def _extension(source, _authorisation):
    facts = [
        [_("Asked on"), day(source.requested_on)], [_("Your letter of"), day(source.extended_on)],
        [_("Reason you gave"), source.extension_reason], [_("New day to answer by"), day(source.due_on)],
    ]  # fmt: skip
    return _("Your extension is noted"), [
        ["p", _("You wrote that you need longer. We noted it as below. It is the one extension that the rule allows.")],
        ["facts", [*_whose(source), *facts]],
        ["sign", _("With thanks"), _signer(source)],
    ]  # fmt: skip


def _revocation(source, authorisation):
    return _("Permission taken back"), [
        ["p", _("The permission below was taken back in writing. Please send nothing more on its strength.")],
        ["facts", [
            [_("Signed on"), day(sources.today_of(source.case, authorisation.signed_at))],
            [_("Taken back on"), day(sources.today_of(source.case, authorisation.ended_at))],
            [_("SHA-256 of the text"), authorisation.sha256], *_whose(source),
        ]],
        ["p", _("What was sent before that day may stay where it is. The date counts from when you get this letter.")],
        *_part_2(source),
        ["sign", _("Signed"), source.case.patient.shown_name],
    ]  # fmt: skip


WORDS = {
    LetterKind.AUTHORISATION: _authorisation, LetterKind.OWN_COPY: _own_copy, LetterKind.REQUEST: _request,
    LetterKind.CHASE: _chase, LetterKind.FORMAL: _formal, LetterKind.EXTENSION: _extension,
    LetterKind.REVOCATION: _revocation,
}  # fmt: skip


def _whose(source):
    case = source.case
    kinds = "; ".join(str(RecordType(each).for_patient) for each in source.types)
    facts = [
        [_("Patient"), case.about], [_("Born"), day(case.subject_born_on) if case.subject_born_on else ""],
        [_("Records"), kinds], [_("From about"), source.about_when], [_("Our number"), case.reference],
    ]  # fmt: skip
    return [pair for pair in facts if pair[1]]


def _for_a_child(source):
    case = source.case
    if not case.is_child:
        return []
    return [
        [
            "p",
            _("I ask for %(name)s. %(authority)s.")
            % {"name": case.about, "authority": case.get_authority_display()},
        ]
    ]


def _part_2(source):
    """The notice that goes with such records (42 CFR 2.32), and the other labels by their name."""
    if source.sensitivity == Sensitivity.PART_2:
        return [["note", source_words.PART_2_NOTICE]]
    if source.sensitivity:
        return [
            [
                "note",
                _("Guarded more closely by law: %(what)s.") % {"what": Sensitivity(source.sensitivity).label},
            ]
        ]
    return []


def _signer(source):
    is_own = source.route == SourceRoute.OWN_COPY
    return source.case.patient.shown_name if is_own else source.case.clinic.name


def fax(source):
    return _("Fax %(number)s") % {"number": source.fax} if source.fax else ""


def day(value):
    return dateformat.format(value, "j F Y")
