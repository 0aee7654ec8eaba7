"""Floor 0: the words. Every state, role and reason once, with the label staff read and the label patients read.

A member is written `NAME = code, words for the patient, words for staff`; where both read the same, one label.
Codes follow FHIR R4 and IHE 360X where they have one (see docs/case.md).
"""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class TwoLabels(TextChoices):
    """Choices with `label` (staff) and `for_patient`."""

    def __new__(cls, value, for_patient=None):
        member = str.__new__(cls, value)
        member._value_ = value
        member._for_patient = for_patient
        return member

    @property
    def for_patient(self):
        return self._for_patient or self.label


class Role(TextChoices):
    """What a person does at a clinic. A person without a membership is a patient."""

    COORDINATOR = "coordinator", _("Coordinator")
    TRIAGE_CLINICIAN = "triage_clinician", _("Triage clinician")
    SPECIALIST = "specialist", _("Specialist")
    QUALITY_READER = "quality_reader", _("Quality reader")
    LEAD = "lead", _("Lead")


class CaseStatus(TwoLabels):
    DRAFT = "draft", _("Not sent yet"), _("Draft")
    SUBMITTED = "submitted", _("Sent"), _("New")
    TRIAGE = "triage", _("We are reading it"), _("In triage")
    INFO_NEEDED = "info_needed", _("We need something from you"), _("Patient to answer")
    ROUTING = "routing", _("Finding the right specialist"), _("Ready to match")
    IN_REVIEW = "in_review", _("A specialist is reading"), _("Reading")
    CLARIFICATION = "clarification", _("The specialist asked for more"), _("Question out")
    DELIVERED = "delivered", _("Your opinion is ready"), _("Delivered")
    CLOSED = "closed", _("Closed"), _("Closed")
    DECLINED = "declined", _("We cannot help with this"), _("Declined")
    WITHDRAWN = "withdrawn", _("You took it back"), _("Withdrawn")
    LAPSED = "lapsed", _("Closed because we heard nothing"), _("Lapsed")
    ENTERED_IN_ERROR = "entered_in_error", _("Removed"), _("Entered in error")


# Where nothing more is owed by anybody.
ENDED = frozenset(
    {
        CaseStatus.CLOSED,
        CaseStatus.DECLINED,
        CaseStatus.WITHDRAWN,
        CaseStatus.LAPSED,
        CaseStatus.ENTERED_IN_ERROR,
    }
)
# What staff have on their list: sent, and not yet delivered or ended.
WORKING = frozenset(
    {
        CaseStatus.SUBMITTED,
        CaseStatus.TRIAGE,
        CaseStatus.INFO_NEEDED,
        CaseStatus.ROUTING,
        CaseStatus.IN_REVIEW,
        CaseStatus.CLARIFICATION,
    }
)


class BallHolder(TwoLabels):
    """Who must act next (CASE.md 2.2)."""

    PATIENT = "patient", _("You"), _("Patient")
    STAFF = "staff", _("The care team"), _("Staff")
    SPECIALIST = "specialist", _("The specialist"), _("Specialist")
    NOBODY = "nobody", _("Nobody"), _("Nobody")


class ReferralStatus(TextChoices):
    PREPARED = "prepared", _("Prepared")
    OFFERED = "offered", _("Offer out")
    DECLINED = "declined", _("Declined")
    EXPIRED = "expired", _("No reply")
    IN_REVIEW = "in_review", _("Reading")
    PAUSED = "paused", _("Waiting for an answer")
    SIGNED = "signed", _("Signed")
    TAKEN_BACK = "taken_back", _("Given to someone else")
    CANCELLED = "cancelled", _("Cancelled")


LIVE_REFERRAL = frozenset(
    {ReferralStatus.PREPARED, ReferralStatus.OFFERED, ReferralStatus.IN_REVIEW, ReferralStatus.PAUSED}
)
# While one of these holds, the specialist may open the records.
READING_REFERRAL = frozenset({ReferralStatus.IN_REVIEW, ReferralStatus.PAUSED})


class Situation(TwoLabels):
    """What happened, in the six ways the article tells it. Only `trust` has a private reason."""

    SURGERY = "surgery", _("Surgery was advised"), _("Surgery")
    CANCER = "cancer", _("I was told it is cancer"), _("Cancer")
    UNCLEAR = "unclear", _("No one can say what it is"), _("Unclear diagnosis")
    NOT_WORKING = "not_working", _("Treatment isn’t working"), _("Treatment not working")
    CHILD = "child", _("It is about my child"), _("Child")
    TRUST = "trust", _("I don’t feel sure about my doctor"), _("Trust")


class Urgency(TwoLabels):
    """FHIR request-priority: asap, urgent, routine; here by the words of the clinic."""

    URGENT = "urgent", _("Urgent"), _("Urgent")
    SOON = "soon", _("Soon"), _("Soon")
    ROUTINE = "routine", _("Routine"), _("Routine")


class Subject(TwoLabels):
    SELF = "self", _("Me"), _("The patient")
    CHILD = "child", _("My child"), _("A child")


class Sex(TextChoices):
    """FHIR administrative-gender."""

    FEMALE = "female", _("Female")
    MALE = "male", _("Male")
    OTHER = "other", _("Other")
    UNKNOWN = "unknown", _("I’d rather not say")


class Authority(TextChoices):
    """Why an adult may ask for a child (45 CFR 164.502(g))."""

    PARENT = "parent", _("I am a parent with the right to decide about health care")
    GUARDIAN = "guardian", _("I am the legal guardian")
    COURT = "court", _("A court gave me the right to decide")


class Advice(TwoLabels):
    """What the first doctor wants to do."""

    SURGERY = "surgery", _("Surgery"), _("Surgery")
    TREATMENT = "treatment", _("Medicine or other treatment"), _("Treatment")
    WAIT = "wait", _("Wait and watch"), _("Wait and watch")
    NOTHING = "nothing", _("Nothing yet"), _("Nothing yet")


class Wish(TwoLabels):
    """What the second reading is to look at."""

    DIAGNOSIS = "diagnosis", _("Read my results again"), _("Diagnosis")
    PLAN = "plan", _("Look at the plan"), _("Plan")
    BOTH = "both", _("Both"), _("Diagnosis and plan")


class Cover(TwoLabels):
    """Who is to pay, as far as the patient knows."""

    SELF_PAY = "self_pay", _("I pay myself"), _("Pays without insurance")
    ASKED = "asked", _("I asked my insurer"), _("Insurer asked")
    ASKING = "asking", _("I still have to ask my insurer"), _("Insurer not asked yet")
    HARDSHIP = "hardship", _("I can’t pay this"), _("Asks for help with the price")


class Emergency(TwoLabels):
    """The answer to the question that comes before sending."""

    NONE = "none", _("No, none of these"), _("None")
    PRESENT = "present", _("Yes, at least one of these"), _("Warning signs")


class PlaceStatus(TwoLabels):
    """A place held with another doctor or hospital while the opinion is written."""

    HELD = "held", _("I hold it"), _("Held")
    KEPT = "kept", _("I keep it"), _("Kept")
    CANCELLED = "cancelled", _("I cancelled it"), _("Cancelled")


class RecordStatus(TwoLabels):
    RECEIVED = "received", _("Checking"), _("Checking")
    READY = "ready", _("Ready"), _("Ready")
    REFUSED = "refused", _("Can’t be read"), _("Refused")


class FileKind(TextChoices):
    """What a file is, by its content."""

    PDF = "pdf", _("PDF")
    JPEG = "jpeg", _("Photo")
    PNG = "png", _("Picture")
    TIFF = "tiff", _("Scan")
    HEIC = "heic", _("Photo")
    DICOM = "dicom", _("Scan images")
    DOCX = "docx", _("Word document")
    TEXT = "text", _("Text")


class RecordType(TwoLabels):
    """What a record is about: the lines of the checklist."""

    LETTER = "letter", _("Letter from your doctor"), _("Doctor’s letter")
    IMAGING_REPORT = "imaging_report", _("Report of a scan or X-ray"), _("Imaging report")
    IMAGES = "images", _("The scan or X-ray images"), _("Images")
    PATHOLOGY = "pathology", _("Pathology report"), _("Pathology report")
    LAB = "lab", _("Blood and lab results"), _("Lab results")
    MEDICINES = "medicines", _("List of your medicines"), _("Medicines")
    PLAN = "plan", _("The treatment plan"), _("Treatment plan")
    OTHER = "other", _("Something else"), _("Other")


class ChecklistState(TwoLabels):
    TO_COME = "to_come", _("Not yet"), _("Missing")
    HAVE = "have", _("I have it"), _("Here")
    ON_ITS_WAY = "on_its_way", _("On its way"), _("On its way")
    CANT_GET = "cant_get", _("I don’t have this"), _("Patient can’t get it")
    WAIVED = "waived", _("Not needed"), _("Waived")


# What the triage clinician must answer for before a case goes on.
MISSING = frozenset({ChecklistState.TO_COME, ChecklistState.ON_ITS_WAY, ChecklistState.CANT_GET})


class InfoRequestStatus(TwoLabels):
    OPEN = "open", _("Waiting for you"), _("Open")
    ANSWERED = "answered", _("Answered"), _("Answered")
    CLOSED = "closed", _("No longer needed"), _("Closed")


class AskedOf(TwoLabels):
    PATIENT = "patient", _("You"), _("The patient")
    STAFF = "staff", _("The care team"), _("The care team")


class ItemStatus(TwoLabels):
    OPEN = "open", _("To answer"), _("Open")
    ANSWERED = "answered", _("Answered"), _("Answered")
    CANT_GET = "cant_get", _("I can’t get this"), _("Patient can’t get it")
    WAIVED = "waived", _("Not needed"), _("Waived")


class DeclineReason(TwoLabels):
    """Why a clinic does not take a case (FHIR Task.statusReason)."""

    SCOPE = "scope", _("It is outside what our specialists treat"), _("Outside our scope")
    NEEDS_EXAM = "needs_exam", _("It needs an examination in person"), _("Needs an examination in person")
    URGENT_CARE = "urgent_care", _("It should not wait for a written opinion"), _("Needs care now")
    LOCATION = "location", _("The law does not let us advise where you are"), _("Place of the patient")
    RECORDS = "records", _("The records are not enough for an opinion"), _("Records not enough")
    CONFLICT = "conflict", _("We are not independent in this case"), _("Not independent")
    OTHER = "other", _("Another reason"), _("Another reason")


class OfferDeclineReason(TextChoices):
    """Why a specialist does not take a case. Never counts against anyone."""

    CONFLICT = "conflict", _("I know people involved")
    SCOPE = "scope", _("Not my field")
    TIME = "time", _("Too many cases now")
    AWAY = "away", _("I’m away")
    RECORDS = "records", _("Records are too thin")
    LICENCE = "licence", _("No licence where the patient is")
    OTHER = "other", _("Another reason")


class ReassignReason(TextChoices):
    GIVEN_BACK = "given_back", _("The specialist gave it back")
    OVERDUE = "overdue", _("The opinion is overdue")
    ABSENT = "absent", _("The specialist is away")
    CONFLICT = "conflict", _("A tie came to light")
    OTHER = "other", _("Another reason")


class VoidReason(TextChoices):
    DUPLICATE = "duplicate", _("Sent twice")
    WRONG_PERSON = "wrong_person", _("Wrong person")
    TEST = "test", _("A trial entry")


class OpinionStatus(TwoLabels):
    """FHIR DiagnosticReport: preliminary, final."""

    DRAFTING = "drafting", _("Being written"), _("Draft")
    SIGNED = "signed", _("Signed"), _("Signed")


class Stance(TwoLabels):
    """How the second reading stands to the first. Nobody is wrong."""

    AGREE = "agree", _("The same"), _("Agree")
    IN_PART = "in_part", _("Partly the same"), _("In part")
    DIFFER = "differ", _("Different"), _("Differ")
    CANT_TELL = "cant_tell", _("Can’t tell from the records"), _("Can’t tell")


class Confidence(TwoLabels):
    VERY = "very", _("Very sure"), _("Very")
    FAIRLY = "fairly", _("Fairly sure"), _("Fairly")
    NOT_VERY = "not_very", _("Not very sure"), _("Not very")


class SafeToWait(TwoLabels):
    YES = "yes", _("Yes"), _("Yes")
    FOR_A_TIME = "for_a_time", _("Yes, for a time"), _("For a time")
    NO = "no", _("No"), _("No")
    CANT_TELL = "cant_tell", _("Can’t tell from the records"), _("Can’t tell")


class Choice(TwoLabels):
    """What the patient decides. Only `need_time` keeps the case open."""

    STAY = "stay", _("Stay with my first doctor’s plan"), _("Stays")
    SWITCH = "switch", _("Follow the second opinion"), _("Switches")
    TALK = "talk", _("Let the two doctors talk"), _("Doctors to talk")
    ONE_MORE = "one_more", _("Ask one more specialist"), _("Third opinion")
    NEED_TIME = "need_time", _("I need time"), _("Needs time")


class ReminderStatus(TwoLabels):
    PLANNED = "planned", _("Planned"), _("Planned")
    SENDING = "sending", _("Being sent"), _("Sending")
    SENT = "sent", _("Sent"), _("Sent")
    DROPPED = "dropped", _("Not needed"), _("Not needed")
    FAILED = "failed", _("Could not be delivered"), _("Could not be delivered")


class MailStatus(TextChoices):
    PLANNED = "planned", _("Planned")
    SENDING = "sending", _("Sending")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Could not be delivered")


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
