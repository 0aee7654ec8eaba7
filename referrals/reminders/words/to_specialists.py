"""What is written to specialists."""

from django.urls import reverse
from django.utils.translation import gettext as _

from referrals.reminders.words import saying
from referrals.reminders.words.saying import Words


def _referral_of(reminder):
    return next((row for row in reminder.case.referrals.all() if row.key.hex == reminder.occasion), None)


def offer_waits(reminder, now):
    referral = _referral_of(reminder)
    until = saying.moment(referral.expires_at) if referral and referral.expires_at else ""
    return Words(
        subject=_("A case is offered to you. Reply by %(moment)s") % {"moment": until},
        lead=_("Can you read one more case?"),
        text=_(
            "The offer %(reference)s runs until %(moment)s. If you can’t take it, say so: it never counts against you."
        )
        % {"reference": reminder.case.reference, "moment": until},
        act=_("See the offer"),
        path=reverse("review:offer", args=[referral.key]) if referral else reverse("review:inbox"),
        why=_("You get this because you read cases for %(clinic)s.") % {"clinic": reminder.case.clinic.name},
    )


def review_due(reminder, now):
    case = reminder.case
    due = saying.moment(case.review_due_at or reminder.ruled_at)
    subject, text = {
        "half": (
            _("Half of the time is over. Opinion due %(moment)s"),
            _(
                "Half of the time is over. If you need something from the patient, ask now. Your clock stands still "
                "until it comes."
            ),
        ),
        "24h": (
            _("An opinion is due soon: %(moment)s"),
            _("If you can’t finish it, tell the team today, so that the patient loses no time."),
        ),
        "due": (
            _("An opinion is due: %(moment)s"),
            _("If you can’t finish it, give it back or call the team. The patient waits for it."),
        ),
    }[reminder.step]
    return Words(
        subject=subject % {"moment": due},
        lead=_("Your opinion on %(reference)s is due %(moment)s.")
        % {"reference": case.reference, "moment": due},
        text=text,
        act=_("Open the case"),
        path=reverse("review:room", args=[case.reference]),
        why=_("You get this because you took this case."),
        then=_("This is our last mail about it. The team will call you.") if reminder.step == "due" else "",
    )
