"""Floor 1: what there is. Fields, constraints and querysets with adjectives; no acts, no mails."""

from .audit import AuditEvent
from .case import AvoidedName, Case, CaseQuestion, FirstOpinion, HeldPlace, StatusChange
from .citation import Citation
from .decision import Decision
from .file import StoredFile, Upload, UploadLink
from .imaging import FlagAnswer, Instance, Series
from .information import InfoItem, InfoRequest
from .keeping import Erasure, LegalHold, RetentionRule
from .opinion import Opinion, OpinionAnswer, OpinionVersion
from .pack import CarryPack, PackedRecord
from .paper import Authorisation, AuthorisationPart, GoWithout, Letter
from .people import Clinic, Invitation, Membership, Person, SpecialistProfile, Specialty
from .record import ChecklistItem, PagePicture, Record, RecordPage, RecordReading
from .referral import Referral
from .reminder import OutgoingMail, Reminder, ReminderPreference
from .source import RecordSource, SourceContact
from .specimen import Specimen, SpecimenMove
from .upkeep import Heartbeat

__all__ = [
    "AuditEvent",
    "Authorisation",
    "AuthorisationPart",
    "AvoidedName",
    "CarryPack",
    "Case",
    "CaseQuestion",
    "ChecklistItem",
    "Citation",
    "Clinic",
    "Decision",
    "Erasure",
    "FirstOpinion",
    "FlagAnswer",
    "GoWithout",
    "Heartbeat",
    "HeldPlace",
    "InfoItem",
    "InfoRequest",
    "Instance",
    "Invitation",
    "LegalHold",
    "Letter",
    "Membership",
    "Opinion",
    "OpinionAnswer",
    "OpinionVersion",
    "OutgoingMail",
    "PackedRecord",
    "PagePicture",
    "Person",
    "Record",
    "RecordPage",
    "RecordReading",
    "RecordSource",
    "Referral",
    "Reminder",
    "ReminderPreference",
    "RetentionRule",
    "Series",
    "SourceContact",
    "SpecialistProfile",
    "Specialty",
    "Specimen",
    "SpecimenMove",
    "StatusChange",
    "StoredFile",
    "Upload",
    "UploadLink",
]
