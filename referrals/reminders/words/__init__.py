"""What each reminder says: once, for the mail's two parts, its subject and the ledger of staff.

Nothing here may name an illness, a field of medicine, a file or a department: a subject says what is waiting and by
when, never why. The words take the case's dates, its number and counts; nothing typed.
"""

from django.utils import timezone
from django.utils.translation import gettext_lazy

from referrals.reminders.words import about_records, to_patients, to_specialists
from referrals.rules import occasions

SAYS = {
    "P1": to_patients.draft_unfinished,
    "P2": to_patients.decision_near,
    "P3": to_patients.hold_a_place,
    "P7": about_records.form_not_signed,
    "P8": about_records.ask_them_again,
    "P11": about_records.form_runs_out,
    "S5": about_records.source_silent,
    "S17": about_records.slides_here,
    "S18": about_records.signature_gone,
    "P9": to_patients.we_need_something,
    "P10": to_patients.file_stopped,
    "P14": to_patients.opinion_ready,
    "P22": to_patients.files_end,
    "P25": about_records.upload_unfinished,
    "D1": to_specialists.offer_waits,
    "D3": to_specialists.review_due,
    "N1": to_patients.received,
    "N2": to_patients.declined,
}

# What a person may stop or put off, in their words.
KINDS = {
    "P1": gettext_lazy("A request you have not sent yet"),
    "P2": gettext_lazy("Your date comes near, and your request is not sent"),
    "P3": gettext_lazy("Hold a date somewhere while you decide"),
    "P7": gettext_lazy("A form waits for your signature"),
    "P8": gettext_lazy("Somebody you asked for records is silent"),
    "P11": gettext_lazy("A form you signed runs out"),
    "P9": gettext_lazy("We asked you for something and have no answer yet"),
    "P10": gettext_lazy("Something you added can’t be read"),
    "D3": gettext_lazy("An opinion you write is due"),
    "S5": gettext_lazy("Somebody we asked for records is silent"),
    "S17": gettext_lazy("Slides or blocks are to be sent back"),
}


def words_for(reminder, *, now):
    """The words of one reminder, with dates in the recipient's zone."""
    zone = occasions.zone_of(reminder.recipient, reminder.case.clinic)
    with timezone.override(zone):
        return SAYS[reminder.rule](reminder, now)
