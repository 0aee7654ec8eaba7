"""The cast: who has an account at Fernhollow, and the twelve who read there."""

from dataclasses import dataclass

from referrals.vocabulary import Role

DOMAIN = "fernhollow.example"
PASSWORD = "second-opinion-demo"  # noqa: S105  made-up people have no secrets; it exists in demos alone


@dataclass(frozen=True)
class Specialist:
    login: str
    name: str
    specialty: str
    focus: str
    practice: str
    licence: str
    training: str = ""
    past: str = ""
    most_cases: int = 6


STAFF = (
    ("sam", "Sam Whitlock", Role.COORDINATOR),
    ("tess", "Tess Alder", Role.TRIAGE_CLINICIAN),
    ("quin", "Quin Marlow", Role.QUALITY_READER),
    ("lea", "Lea Moor", Role.LEAD),
)
PATIENTS = (("ana", "Ana Thornbury"), ("ben", "Ben Oduya-Lark"), ("pia", "Pia Winterbourne"))

SPECIALISTS = (
    Specialist(
        "vega", "Marisol Vega", "orthopaedics", "Slipped bones, worn backs, spine surgery",
        "Fernhollow Spine House", "Illinois, SP-00418 (sample)", "18 years as a spine surgeon; sees about 200 backs a year.",
    ),
    Specialist(
        "stone", "Corwin Stone", "neurosurgery", "Nerves of the back and neck, by operation",
        "Larkfield Hospital", "Illinois, SP-00377 (sample)", "Trained in neurosurgery; 15 years at Larkfield.", "Millpond Spine Center",
    ),
    Specialist("oakley", "Maren Oakley", "oncology", "Breast cancer", "Fernhollow Cancer House", "Illinois, SP-00502 (sample)"),
    Specialist("crane", "Elowen Crane", "urology", "Early prostate cancer", "Reedwater Clinic", "Illinois, SP-00391 (sample)"),
    Specialist("rune", "Jonas Rune", "oncology", "Radiation, lung and prostate", "Reedwater Clinic", "Iowa, SP-00455 (sample)"),
    Specialist("pell", "Hanne Pell", "gynaecology", "Womb and ovaries", "Alderbrook Women’s House", "Illinois, SP-00433 (sample)"),
    Specialist("voss", "Lucan Voss", "urology", "Kidney and bladder", "Lowmeadow Hospital", "Wisconsin, SP-00298 (sample)", "", "", 3),
    Specialist("amory", "Delphine Amory", "cardiology", "Heart valves", "Heronsgate Heart House", "Illinois, SP-00467 (sample)"),
    Specialist("sable", "Ivo Sable", "paediatrics", "Children’s hearts, ears and growth", "Dovecote Children’s Clinic", "Illinois, SP-00511 (sample)"),
    Specialist("ives", "Rowan Ives", "neurology", "MS, headaches, memory", "Larkfield Hospital", "Illinois, SP-00486 (sample)"),
    Specialist("reyes", "Anselm Reyes", "gastroenterology", "Stomach and bowel", "Fernhollow Clinic", "Illinois, SP-00349 (sample)"),
    Specialist("hollis", "Greta Hollis", "internal-medicine", "Illness that nobody can name yet", "Fernhollow Clinic", "Illinois, SP-00320 (sample)"),
)  # fmt: skip


def address(login):
    return f"{login}@{DOMAIN}"
