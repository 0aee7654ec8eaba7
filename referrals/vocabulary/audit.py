"""What the audit log says."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Act(TextChoices):
    """What the audit log says somebody did (FHIR AuditEvent subtype, in our words)."""

    SIGN_IN = "sign_in", _("signed in")
    SIGN_OUT = "sign_out", _("signed out")
    SIGN_IN_FAILED = "sign_in_failed", _("failed to sign in")
    PASSWORD_CHANGED = "password_changed", _("changed the password")
    SIGN_UP = "sign_up", _("opened an account")
    REFUSED = "refused", _("was refused")
    INVITE = "invite", _("invited somebody")
    JOIN = "join", _("accepted an invitation")
    END_MEMBERSHIP = "end_membership", _("ended a membership")
    START = "start", _("began a request")
    EDIT = "edit", _("changed the request")
    STEP = "step", _("moved the case")
    OPEN_CASE = "open_case", _("opened the request")
    OPEN_RECORD = "open_record", _("opened a record")
    DOWNLOAD = "download", _("downloaded a record")
    ADD_RECORD = "add_record", _("added a record")
    REMOVE_RECORD = "remove_record", _("removed a record")
    ERASE_RECORD = "erase_record", _("deleted a record")
    HOLD = "hold", _("changed a legal hold")
    KEEP_LONGER = "keep_longer", _("asked to keep records longer")
    DATE_RECORD = "date_record", _("corrected the date of a record")
    PIN = "pin", _("marked a spot on a record")
    UNPIN = "unpin", _("took a mark off a record")
    UNLOCK = "unlock", _("gave the password of a record")
    DECIDE_SCAN = "decide_scan", _("decided about a record that is too large for the virus check")
    RECORD_CHECKED = "record_checked", _("a record was checked")
    ANSWER_FLAG = "answer_flag", _("said that a flagged record is right")
    CHECKLIST = "checklist", _("changed the checklist")
    ASK = "ask", _("asked for something")
    ANSWER = "answer", _("answered")
    PRIORITISE = "prioritise", _("set the urgency")
    SAVE_OPINION = "save_opinion", _("saved the draft opinion")
    SIGN_OPINION = "sign_opinion", _("signed the opinion")
    OPEN_OPINION = "open_opinion", _("opened the opinion")
    PRINT_OPINION = "print_opinion", _("printed the opinion")
    DECIDE = "decide", _("recorded a decision")
    REMINDER_SENT = "reminder_sent", _("was written to")
    REMINDER_SETTING = "reminder_setting", _("changed reminders")
