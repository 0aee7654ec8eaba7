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
    RECORD_CHECKED = "record_checked", _("a record was checked")
    CHECKLIST = "checklist", _("changed the checklist")
    SOURCE = "source", _("changed who is asked for records")
    CONTACT = "contact", _("noted a contact about records")
    SIGN_AUTHORISATION = "sign_authorisation", _("signed a form to release records")
    REVOKE_AUTHORISATION = "revoke_authorisation", _("took back a form to release records")
    WRITE_LETTER = "write_letter", _("had a letter made")
    OPEN_LETTER = "open_letter", _("opened a letter")
    CARRY_PACK = "carry_pack", _("took the records along as a pack")
    CONSENT = "consent", _("answered whether to go on without records")
    SPECIMEN = "specimen", _("changed where slides or blocks are")
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
