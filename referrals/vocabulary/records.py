"""What is handed in, and how far it has come."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from referrals.vocabulary.labels import TwoLabels


class RecordStatus(TwoLabels):
    """How far a file has come: each step is a row's state, so that a killed worker loses nothing."""

    RECEIVED = "received", _("Waiting to be checked"), _("Waiting to be checked")
    IDENTIFIED = "identified", _("Checking for viruses"), _("Virus check")
    SCANNED = "scanned", _("Making the pages"), _("Making the pages")
    RENDERED = "rendered", _("Almost ready"), _("Almost ready")
    READY = "ready", _("Ready"), _("Ready")
    NEEDS_YOU = "needs_you", _("Needs you"), _("Needs a password")
    REFUSED = "refused", _("Can’t be read"), _("Refused")
    QUARANTINED = "quarantined", _("Locked away"), _("Locked away")


# On its way through the checks.
CHECKING = frozenset(
    {RecordStatus.RECEIVED, RecordStatus.IDENTIFIED, RecordStatus.SCANNED, RecordStatus.RENDERED}
)
# Where what stands against a file is said by a code, `Record.refusal`.
STOPPED = frozenset({RecordStatus.NEEDS_YOU, RecordStatus.REFUSED, RecordStatus.QUARANTINED})


class VirusScan(TwoLabels):
    NOT_SCANNED = "not_scanned", _("Not scanned for viruses"), _("Not scanned")
    CLEAN = "clean", _("Scanned, no virus found"), _("No virus found")
    INFECTED = "infected", _("A virus was found"), _("Virus found")


class WayIn(TwoLabels):
    """How a file reached us."""

    PORTAL = "portal", _("Added by you"), _("Added by the patient")
    POST = "post", _("Came by post"), _("By post")
    FAX = "fax", _("Came by fax"), _("By fax")
    BROUGHT = "brought", _("Handed in at the clinic"), _("Handed in")
    TOLD = "told", _("Written down on the phone"), _("Taken down by phone")
    SOURCE = "source", _("Sent by who holds it"), _("Sent by the source")


# What staff add for a patient, and say how it reached them.
BY_STAFF = (WayIn.POST, WayIn.FAX, WayIn.BROUGHT, WayIn.TOLD)


class UploadStatus(TwoLabels):
    OPEN = "open", _("On its way"), _("On its way")
    DONE = "done", _("Here"), _("Complete")
    CANCELLED = "cancelled", _("Canceled"), _("Canceled")
    EXPIRED = "expired", _("Given up after a long silence"), _("Expired")


class PackStatus(TwoLabels):
    PLANNED = "planned", _("Being made"), _("Being made")
    READY = "ready", _("Ready"), _("Ready")
    FAILED = "failed", _("Could not be made"), _("Could not be made")


class PageScale(TextChoices):
    """How large a page is drawn: longest side, in pixels, is in `records.decoder.limits`."""

    THUMB = "thumb", _("Small")
    NORMAL = "normal", _("Normal")
    SHARP = "sharp", _("Sharp")


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
    CCDA = "ccda", _("Health summary")
    FHIR = "fhir", _("Health data")
    ARCHIVE = "archive", _("Packed folder")


# What has pages that are drawn one by one when somebody wants to see them.
PAGED = frozenset({FileKind.PDF, FileKind.JPEG, FileKind.PNG, FileKind.TIFF, FileKind.HEIC})


class RecordType(TwoLabels):
    """What a record is about: the lines of the checklist."""

    LETTER = "letter", _("Letter from your doctor"), _("Doctor’s letter")
    IMAGING_REPORT = "imaging_report", _("Report of a scan or X-ray"), _("Imaging report")
    IMAGES = "images", _("The scan or X-ray images"), _("Images")
    PATHOLOGY = "pathology", _("Pathology report"), _("Pathology report")
    LAB = "lab", _("Blood and lab results"), _("Lab results")
    MEDICINES = "medicines", _("List of medicines"), _("Medicines")
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
