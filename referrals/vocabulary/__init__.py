"""Floor 0: the words. Every state, role and reason once, with the label staff read and the label patients read.

A member is written `NAME = code, words for the patient, words for staff`; where both read the same, one label.
Codes follow FHIR R4 and IHE 360X where they have one (see docs/case.md).
"""

from .audit import (
    Act,
)
from .case import (
    ENDED,
    LIVE_REFERRAL,
    READING_REFERRAL,
    WORKING,
    Advice,
    AskedOf,
    Authority,
    BallHolder,
    CaseStatus,
    Cover,
    DeclineReason,
    Emergency,
    InfoRequestStatus,
    ItemStatus,
    OfferDeclineReason,
    PlaceStatus,
    ReassignReason,
    ReferralStatus,
    Sex,
    Situation,
    Subject,
    Urgency,
    VoidReason,
    Wish,
)
from .imaging import (
    BY_THE_WAY,
    MODALITIES,
    PART_OF_CODE,
    PET_CT,
    ImageProblem,
    StudyFlag,
)
from .keeping import (
    EraseReason,
    RecordClass,
)
from .labels import (
    TwoLabels,
)
from .opinion import (
    Choice,
    Confidence,
    OpinionStatus,
    SafeToWait,
    Stance,
)
from .people import (
    Role,
)
from .records import (
    CHECKING,
    MISSING,
    STOPPED,
    ChecklistState,
    FileKind,
    PageScale,
    RecordStatus,
    RecordType,
    UploadStatus,
    VirusScan,
    WayIn,
)
from .writing import (
    MailStatus,
    ReminderStatus,
)

__all__ = [
    "Act",
    "Advice",
    "AskedOf",
    "Authority",
    "BY_THE_WAY",
    "BallHolder",
    "CHECKING",
    "CaseStatus",
    "ChecklistState",
    "Choice",
    "Confidence",
    "Cover",
    "DeclineReason",
    "ENDED",
    "Emergency",
    "EraseReason",
    "FileKind",
    "ImageProblem",
    "InfoRequestStatus",
    "ItemStatus",
    "LIVE_REFERRAL",
    "MISSING",
    "MODALITIES",
    "MailStatus",
    "OfferDeclineReason",
    "OpinionStatus",
    "PART_OF_CODE",
    "PET_CT",
    "PageScale",
    "PlaceStatus",
    "READING_REFERRAL",
    "ReassignReason",
    "RecordClass",
    "RecordStatus",
    "RecordType",
    "ReferralStatus",
    "ReminderStatus",
    "Role",
    "STOPPED",
    "SafeToWait",
    "Sex",
    "Situation",
    "Stance",
    "StudyFlag",
    "Subject",
    "TwoLabels",
    "UploadStatus",
    "Urgency",
    "VirusScan",
    "VoidReason",
    "WORKING",
    "WayIn",
    "Wish",
]
