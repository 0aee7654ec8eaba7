"""Who holds records, how we ask for them, and what we write."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from referrals.vocabulary.labels import TwoLabels


class SourceKind(TextChoices):
    """Who holds records."""

    HOSPITAL = "hospital", _("Hospital")
    PRACTICE = "practice", _("Doctor’s office")
    IMAGING = "imaging", _("Imaging center")
    LAB = "lab", _("Lab")
    PHARMACY = "pharmacy", _("Pharmacy")
    OTHER = "other", _("Somebody else")


class SourceStatus(TwoLabels):
    IDENTIFIED = "identified", _("Not asked yet"), _("Not asked yet")
    AUTHORISATION_NEEDED = "authorisation_needed", _("Waits for your signature"), _("To be signed")
    SIGNED = "signed", _("You signed"), _("Signed, to send")
    REQUESTED = "requested", _("Asked"), _("Asked")
    ACKNOWLEDGED = "acknowledged", _("They are on it"), _("They are on it")
    PARTIAL = "partial", _("Part of it is here"), _("Part is here")
    RECEIVED = "received", _("All is here"), _("All is here")
    UNREADABLE = "unreadable", _("What came can’t be read"), _("Can’t be read")
    UNAVAILABLE = "unavailable", _("Can’t be had"), _("Can’t be had")
    WAIVED = "waived", _("Not needed"), _("Not needed")


# Asked, and something is still to come: K3 runs.
WAITING = frozenset({SourceStatus.REQUESTED, SourceStatus.ACKNOWLEDGED, SourceStatus.PARTIAL})
# Somebody has still to do something before it is asked.
NOT_ASKED = frozenset({SourceStatus.IDENTIFIED, SourceStatus.AUTHORISATION_NEEDED, SourceStatus.SIGNED})
SETTLED = frozenset({SourceStatus.RECEIVED, SourceStatus.UNAVAILABLE, SourceStatus.WAIVED})


class SourceRoute(TwoLabels):
    """On which ground records are asked for (45 CFR 164)."""

    OWN_COPY = "own_copy", _("I ask for my own copy"), _("The patient asks for their own copy (164.524)")
    AUTHORISATION = (
        "authorisation",
        _("The clinic asks, and I sign a form"),
        _("We ask with a signed authorisation (164.508)"),
    )
    TREATMENT = (
        "treatment",
        _("The clinic asks as one doctor asks another"),
        _("We ask as one care provider asks another (164.506)"),
    )


class Sensitivity(TwoLabels):
    """Records that the law guards more closely: named on each paper that goes out."""

    NONE = "", _("Nothing special"), _("Nothing special")
    PART_2 = "part_2", _("Treatment for alcohol or drug use"), _("Substance use (42 CFR Part 2)")
    MENTAL = "mental", _("Mental health care"), _("Mental health")
    HIV = "hiv", _("HIV tests or care"), _("HIV")
    REPRODUCTIVE = "reproductive", _("Birth control, pregnancy, fertility"), _("Reproductive health")
    GENETIC = "genetic", _("Genetic tests"), _("Genetic tests")


class ContactKind(TwoLabels):
    """What happened between us and a source."""

    CALLED = "called", _("I called them"), _("Called them")
    NO_REPLY = "no_reply", _("I called, nobody answered"), _("Called, nobody answered")
    WROTE = "wrote", _("I wrote to them"), _("Wrote to them")
    THEY_CALLED = "they_called", _("They called"), _("They called")
    THEY_WROTE = "they_wrote", _("They wrote"), _("They wrote")
    NOTE = "note", _("A note"), _("Note")


class AuthorisationStatus(TwoLabels):
    SIGNED = "signed", _("Signed"), _("Signed")
    REVOKED = "revoked", _("Taken back"), _("Revoked")
    EXPIRED = "expired", _("Run out"), _("Expired")


class AuthorisationElement(TextChoices):
    """What an authorisation must say (45 CFR 164.508(c)), in the order of the paper."""

    DESCRIPTION = "description", _("What is to be sent")
    DISCLOSER = "discloser", _("Who is to send it")
    RECIPIENT = "recipient", _("Who is to get it")
    PURPOSE = "purpose", _("What it is for")
    EXPIRY = "expiry", _("Until when this holds")
    REVOCATION = "revocation", _("How to take it back")
    CONDITIONING = "conditioning", _("Nothing depends on it")
    REDISCLOSURE = "redisclosure", _("What may happen afterwards")
    SENSITIVE = "sensitive", _("Records that are guarded more closely")
    AUTHORITY = "authority", _("Right to sign for somebody else")
    SIGNATURE = "signature", _("Signature and date")


class LetterKind(TwoLabels):
    AUTHORISATION = "authorisation", _("The form you signed"), _("Authorisation")
    OWN_COPY = "own_copy", _("Ask for your own copy"), _("Request for the patient’s own copy")
    REQUEST = "request", _("We ask for your records"), _("Request for records")
    CHASE = "chase", _("Ask again, kindly"), _("First reminder")
    FORMAL = "formal", _("Ask again, with the dates of the law"), _("Formal reminder with dates")
    EXTENSION = "extension", _("Their longer time, noted"), _("Extension noted")
    REVOCATION = "revocation", _("Your signature is taken back"), _("Authorisation revoked")


class LetterStatus(TwoLabels):
    PLANNED = "planned", _("Being made"), _("Being made")
    READY = "ready", _("Ready"), _("Ready")
    STOPPED = "stopped", _("Stopped: the signature was taken back"), _("Stopped, signature taken back")
    FAILED = "failed", _("Could not be made"), _("Could not be made")


class ConsentStatus(TwoLabels):
    """What the patient said to going on without some records."""

    OPEN = "open", _("Waiting for your answer"), _("Patient to answer")
    YES = "yes", _("You said: go on without"), _("Patient said yes")
    NO = "no", _("You said: wait"), _("Patient wants to wait")
    CLOSED = "closed", _("No longer asked"), _("No longer asked")


class SpecimenKind(TextChoices):
    SLIDES = "slides", _("Glass slides")
    BLOCKS = "blocks", _("Tissue blocks")
    OTHER = "other", _("Something else")


class SpecimenStatus(TwoLabels):
    EXPECTED = "expected", _("Asked for"), _("Asked for")
    SENT = "sent", _("On the way to us"), _("On the way")
    ARRIVED = "arrived", _("Arrived"), _("Arrived")
    READ = "read", _("Read"), _("Read")
    RETURNED = "returned", _("Sent back"), _("Returned")
    LOST = "lost", _("Lost. We look for it"), _("Lost")
