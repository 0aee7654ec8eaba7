"""What scans are called, why an image can't be shown, and what may be odd about a study."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from referrals.vocabulary.labels import TwoLabels


class ImageProblem(TextChoices):
    """Why the pictures of a file aren't shown here. The file itself is kept and can be downloaded."""

    FILM = "film", _("This is a film. Films can’t be played here yet.")
    ELSEWHERE = "elsewhere", _("The file only says where its pictures lie. It does not hold them.")
    PACKING = "packing", _("The pictures are packed in a way that can’t be opened here.")
    TOO_LARGE = "too_large", _("The pictures are too large to open safely.")
    TOO_MANY_FRAMES = "too_many_frames", _("There are more pictures in this file than can be opened safely.")
    VALUES = "values", _("The pictures hold numbers of a kind that can’t be shown here.")
    COLOURS = "colours", _("The pictures are in colors that can’t be shown here.")
    BROKEN = "broken", _("The pictures are damaged.")
    COPY = "copy", _("This is another copy of an image that is here already. The two files differ.")


class StudyFlag(TwoLabels):
    """What may be wrong with what came, asked before sending and at triage."""

    OTHER_NAME = "other_name", _("Another name is on this scan"), _("Another name on this study")
    OTHER_BIRTH_DATE = (
        "other_birth_date",
        _("Another date of birth is on this scan"),
        _("Another birth date on this study"),
    )
    NO_PICTURES = (
        "no_pictures",
        _("There are no images in this scan"),
        _("Only the report came, no images"),
    )
    ONLY_REPORT = (
        "only_report",
        _("We have a report, but not the images"),
        _("Only the report came, no images"),
    )


# DICOM modality codes (PS3.3 C.7.3.1.1.1).
MODALITIES = {
    "CT": _("CT scan"),
    "MR": _("MRI"),
    "PT": _("PET scan"),
    "NM": _("Nuclear medicine scan"),
    "US": _("Ultrasound"),
    "IVUS": _("Ultrasound from inside a vessel"),
    "CR": _("X-ray"),
    "DX": _("X-ray"),
    "RG": _("X-ray"),
    "PX": _("X-ray"),
    "IO": _("X-ray"),
    "MG": _("Mammogram"),
    "RF": _("X-ray in motion"),
    "XA": _("X-ray of the vessels"),
    "BMD": _("Bone density scan"),
    "ES": _("Pictures from an endoscopy"),
    "XC": _("Photos"),
    "GM": _("Microscope pictures"),
    "SM": _("Slides under the microscope"),
    "OP": _("Photos of the eye"),
    "OPT": _("Eye scan"),
    "OCT": _("Light scan of tissue"),
    "ECG": _("ECG"),
    "SR": _("Report from the scanner"),
    "DOC": _("Document from the scanner"),
    "RTDOSE": _("Radiotherapy doses"),
    "RTPLAN": _("Radiotherapy plan"),
    "RTSTRUCT": _("Radiotherapy outlines"),
    "RTIMAGE": _("Radiotherapy images"),
    "SEG": _("Marked regions"),
}
PET_CT = _("PET-CT scan")
# They come along with other images, and don't name a study.
BY_THE_WAY = frozenset(("SR", "DOC", "PR", "KO", "OT", "SEG", "REG", "FID", "RWV", "PLAN", "AU", ""))
# Words for what the body part codes mean (PS3.16 annex L), fit to follow “of the”.
PARTS = (
    (_("head"), "HEAD SKULL BRAIN"),
    (_("face"), "FACE FACIALBONES ORBIT SINUS SINUSES JAW MANDIBLE MAXILLA"),
    (_("neck"), "NECK CAROTID THYROID LARYNX CSPINE CERVICALSPINE"),
    (_("upper back"), "TSPINE THORACICSPINE DORSALSPINE"),
    (_("lower back"), "LSPINE LUMBARSPINE LUMBAR LUMBOSACRALSPINE LSSPINE LSPNE LSPINESACRUM"),
    (_("spine"), "SPINE WHOLESPINE SPINALCORD"),
    (_("base of the spine"), "SSPINE SACRUM COCCYX SIJOINT SACROILIACJOINT"),
    (_("chest"), "CHEST THORAX RIB RIBS STERNUM MEDIASTINUM"),
    (_("lungs"), "LUNG LUNGS"),
    (_("heart"), "HEART CORONARYARTERY CARDIAC"),
    (_("breast"), "BREAST BREASTS"),
    (_("belly"), "ABDOMEN STOMACH PANCREAS SPLEEN BOWEL COLON"),
    (_("belly and hips"), "ABDOMENPELVIS ABDOMENANDPELVIS ABDPELV"),
    (_("chest and belly"), "CHESTABDOMEN"),
    (_("chest, belly and hips"), "CHESTABDPELVIS CHESTABDOMENPELVIS CAP"),
    (_("liver"), "LIVER GALLBLADDER BILEDUCT"),
    (_("kidneys"), "KIDNEY KIDNEYS URETER"),
    (_("bladder"), "BLADDER"),
    (_("pelvis"), "PELVIS UTERUS OVARY PROSTATE RECTUM"),
    (_("hip"), "HIP HIPS"),
    (_("thigh"), "THIGH FEMUR UPPERLEG"),
    (_("knee"), "KNEE KNEES PATELLA"),
    (_("lower leg"), "LEG CALF TIBIA FIBULA TIBFIB LOWERLEG LOWEREXTREMITY"),
    (_("ankle"), "ANKLE"),
    (_("foot"), "FOOT FEET TOE HEEL CALCANEUS"),
    (_("shoulder"), "SHOULDER CLAVICLE SCAPULA ACJOINT"),
    (_("upper arm"), "ARM HUMERUS UPPERARM UPPEREXTREMITY"),
    (_("elbow"), "ELBOW"),
    (_("forearm"), "FOREARM RADIUS ULNA"),
    (_("wrist"), "WRIST SCAPHOID"),
    (_("hand"), "HAND HANDS FINGER THUMB"),
    (_("whole body"), "WHOLEBODY"),
    (_("eye"), "EYE EYES"),
    (_("ear"), "EAR IAC TEMPORALBONE"),
    (_("aorta"), "AORTA"),
)
PART_OF_CODE = {code: words for words, codes in PARTS for code in codes.split()}
