"""The states, reasons and parties of a case and its referrals."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from referrals.vocabulary.labels import TwoLabels


class CaseStatus(TwoLabels):
    DRAFT = "draft", _("Not sent yet"), _("Draft")
    SUBMITTED = "submitted", _("Sent"), _("New")
    TRIAGE = "triage", _("We are reading it"), _("In triage")
    INFO_NEEDED = "info_needed", _("We need something from you"), _("Patient to answer")
    RECORDS_PENDING = "records_pending", _("Waiting for records"), _("Waiting for records")
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
        CaseStatus.RECORDS_PENDING,
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
    SOURCE = "source", _("Whoever holds your records"), _("Source of records")
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
    CANCELLED = "cancelled", _("Canceled")


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
    CANCELLED = "cancelled", _("I canceled it"), _("Canceled")


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
    LICENCE = "licence", _("No license where the patient is")
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
