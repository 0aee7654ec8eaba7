"""Status pills: one to three words from the vocabulary, a tone, sometimes an icon. Never colour alone."""

from django.db.models import TextChoices
from django.utils.html import format_html

from referrals import vocabulary
from referrals.templatetags import _icons

# (tone, icon) by vocabulary and member
LOOKS = {
    "CaseStatus": {
        "draft": ("idle", ""),
        "submitted": ("info", ""),
        "triage": ("info", ""),
        "info_needed": ("warn", ""),
        "records_pending": ("warn", "clock"),
        "routing": ("ok", ""),
        "in_review": ("idle", "eye"),
        "clarification": ("info", "message-square"),
        "delivered": ("ok", "check"),
        "declined": ("warn", ""),
    },
    "ReferralStatus": {
        "offered": ("info", ""),
        "in_review": ("idle", "eye"),
        "signed": ("ok", "check"),
        "expired": ("warn", "clock"),
    },
    "Urgency": {"urgent": ("stop", "clock"), "soon": ("warn", "clock")},
    "RecordStatus": {
        "received": ("info", "loader-circle"),
        "identified": ("info", "loader-circle"),
        "scanned": ("info", "loader-circle"),
        "rendered": ("info", "loader-circle"),
        "ready": ("ok", "check"),
        "needs_you": ("warn", "lock"),
        "refused": ("stop", "circle-alert"),
        "quarantined": ("stop", "shield-alert"),
    },
    "UploadStatus": {"open": ("info", "cloud-upload"), "done": ("ok", "check")},
    "ChecklistState": {"have": ("ok", "check"), "on_its_way": ("info", ""), "to_come": ("warn", "")},
    "InfoRequestStatus": {"open": ("warn", ""), "answered": ("ok", "check")},
    "ItemStatus": {"open": ("warn", ""), "answered": ("ok", "check")},
    "OpinionStatus": {"signed": ("ok", "check")},
    "Stance": {
        "agree": ("ok", "check"),
        "in_part": ("warn", "scale"),
        "differ": ("warn", "scale"),
        "cant_tell": ("idle", ""),
    },
    "ReminderStatus": {
        "sending": ("info", ""),
        "sent": ("ok", "check"),
        "failed": ("stop", "circle-alert"),
    },
    "SourceStatus": {
        "authorisation_needed": ("warn", "pen-line"),
        "signed": ("info", ""),
        "requested": ("info", ""),
        "acknowledged": ("info", ""),
        "partial": ("info", ""),
        "received": ("ok", "check"),
        "unreadable": ("stop", "circle-alert"),
    },
    "AuthorisationStatus": {"signed": ("ok", "check")},
    "LetterStatus": {
        "planned": ("info", "loader-circle"),
        "ready": ("ok", "check"),
        "failed": ("stop", "circle-alert"),
    },
    "ConsentStatus": {"open": ("warn", ""), "yes": ("ok", "check")},
    "SpecimenStatus": {
        "sent": ("info", ""),
        "arrived": ("info", ""),
        "read": ("warn", ""),
        "returned": ("ok", "check"),
        "lost": ("stop", "circle-alert"),
    },
    "MailStatus": {"sending": ("info", ""), "sent": ("ok", "check"), "failed": ("stop", "circle-alert")},
}
# What patients see otherwise: calm first
FOR_PATIENTS = {
    "CaseStatus": {
        "draft": ("info", ""),
        "records_pending": ("info", ""),
        "routing": ("info", ""),
        "in_review": ("info", "eye"),
        "clarification": ("info", ""),
        "declined": ("idle", ""),
    },
}
# Which vocabulary an object's `status` speaks
SPEAKS = {
    "Case": "CaseStatus",
    "Referral": "ReferralStatus",
    "Record": "RecordStatus",
    "InfoRequest": "InfoRequestStatus",
    "InfoItem": "ItemStatus",
    "Opinion": "OpinionStatus",
    "Reminder": "ReminderStatus",
    "OutgoingMail": "MailStatus",
    "ChecklistItem": "ChecklistState",
    "RecordSource": "SourceStatus",
    "Authorisation": "AuthorisationStatus",
    "Letter": "LetterStatus",
    "GoWithout": "ConsentStatus",
    "Specimen": "SpecimenStatus",
}


def pill(status, tone="", icon=None, for_patient=False, of="CaseStatus"):
    """{% pill case %}, {% pill case.status for_patient=True %}, {% pill item.state of="ChecklistState" %},
    {% pill "Due tomorrow" tone="warn" icon="clock" %}"""
    member = _member(status, of)
    words = status if member is None else member.label
    if for_patient and hasattr(member, "for_patient"):
        words = member.for_patient
    usual_tone, usual_icon = _look(member, for_patient)
    picture = usual_icon if icon is None else icon
    return format_html(
        '<span class="so-pill" data-tone="{}">{}{}</span>',
        tone or usual_tone,
        _icons.icon(picture) if picture else "",
        words,
    )


def words(value, of, for_patient=False):
    """{% words letter.kind of="LetterKind" for_patient=is_own %}: a stored value in this reader's words."""
    member = _member(value, of)
    if member is None:
        return value
    return member.for_patient if for_patient and hasattr(member, "for_patient") else member.label


def tone_of(status):
    """{{ case|tone }}"""
    return _look(_member(status, "CaseStatus"))[0]


def _member(status, of):
    """The word of the vocabulary behind an object, a stored value or the word itself; None for free text."""
    if isinstance(status, TextChoices):
        return status
    if hasattr(status, "_meta"):
        of, thing = SPEAKS[type(status).__name__], status
        status = thing.state if hasattr(thing, "state") else thing.status
    words = getattr(vocabulary, of)
    return words(status) if status in words.values else None


def _look(member, for_patient=False):
    if member is None:
        return "idle", ""
    speech = type(member).__name__
    usual = LOOKS.get(speech, {}).get(member.value, ("idle", ""))
    return FOR_PATIENTS.get(speech, {}).get(member.value, usual) if for_patient else usual
