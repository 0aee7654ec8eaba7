"""Floor 1: what there is. Fields, constraints and querysets with adjectives; no acts, no mails."""

from .audit import AuditEvent
from .case import AvoidedName, Case, CaseQuestion, FirstOpinion, HeldPlace, StatusChange
from .citation import Citation
from .decision import Decision
from .file import StoredFile, Upload
from .imaging import FlagAnswer, Instance, Series
from .information import InfoItem, InfoRequest
from .keeping import Erasure, LegalHold, RetentionRule
from .opinion import Opinion, OpinionAnswer, OpinionVersion
from .people import Clinic, Invitation, Membership, Person, SpecialistProfile, Specialty
from .record import ChecklistItem, PagePicture, Record, RecordPage, RecordReading
from .referral import Referral
from .reminder import OutgoingMail, Reminder, ReminderPreference
from .upkeep import Heartbeat

__all__ = [
    "AuditEvent",
    "AvoidedName",
    "Case",
    "CaseQuestion",
    "ChecklistItem",
    "Citation",
    "Clinic",
    "Decision",
    "Erasure",
    "FirstOpinion",
    "FlagAnswer",
    "Heartbeat",
    "HeldPlace",
    "InfoItem",
    "InfoRequest",
    "Instance",
    "Invitation",
    "LegalHold",
    "Membership",
    "Opinion",
    "OpinionAnswer",
    "OpinionVersion",
    "OutgoingMail",
    "PagePicture",
    "Person",
    "Record",
    "RecordPage",
    "RecordReading",
    "Referral",
    "Reminder",
    "ReminderPreference",
    "RetentionRule",
    "Series",
    "SpecialistProfile",
    "Specialty",
    "StatusChange",
    "StoredFile",
    "Upload",
]
