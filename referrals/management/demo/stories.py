"""What sixty invented people ask. Each line is one case; `status` says how far it has come.

Times are days before the day of seeding.
"""

from dataclasses import dataclass, field

from referrals.vocabulary import CaseStatus as S


@dataclass(frozen=True)
class Story:
    """One case: who asks, about whom, what for, how far it came, and when it began (days ago)."""

    status: str
    days: float
    name: str
    born: str
    sex: str
    specialty: str
    situation: str
    diagnosis: str
    advice: str
    plan: str
    questions: tuple
    decide_in: int | None = 21
    login: str = ""
    doctor: str = "Corvin Hale"
    practice: str = "Millpond Medical Center"
    reader: str = ""
    files: tuple = ("letter",)
    matters: str = ""
    twist: str = ""  # what is special about it, for `life`
    more: dict = field(default_factory=dict)


def told(status, days, name, born, sex, specialty, situation, diagnosis, advice, plan, *questions, **rest):
    return Story(
        status, days, name, born, sex, specialty, situation, diagnosis, advice, plan, questions, **rest
    )


CANCER = ("letter", "pathology", "report", "ct")
BACK = ("letter", "report", "mr", "photo")
STORIES = (
    # the cast
    told(S.CLARIFICATION, 5, "Ana Thornbury", "1968-03-03", "female", "orthopaedics", "surgery",
         "Slipped bone in the lower back (L4 and L5)", "surgery", "Widen the canal and hold the bones with screws and rods",
         "Do I really need the screws and rods?", "Is there a safe way to wait and try something else first?",
         login="ana", reader="vega", files=(*BACK, "medicines"), matters="Walking without pain, and going back to work in spring"),
    told(S.CLOSED, 75, "Ana Thornbury", "1968-03-03", "female", "gastroenterology", "unclear",
         "Nobody can say what it is", "nothing", "", "What else could the pain after meals be?",
         login="ana", reader="reyes", decide_in=None, files=("letter", "lab")),
    told(S.DELIVERED, 12, "Ben Oduya-Lark", "1971-07-19", "male", "cardiology", "surgery",
         "A heart valve that leaks", "surgery", "Open surgery in January to mend the valve",
         "Can it be done through the groin?", "What do I risk if I wait until summer?",
         login="ben", reader="amory", decide_in=16, files=("letter", "report", "heart"), matters="To see my daughter’s wedding in May"),
    told(S.DRAFT, 2, "Ben Oduya-Lark", "1971-07-19", "male", "orthopaedics", "not_working",
         "A sore knee", "treatment", "Twelve weeks of training", "Should I have an operation after all?",
         login="ben", decide_in=None, files=()),
    told(S.IN_REVIEW, 6, "Fenwick Winterbourne", "2017-05-02", "male", "paediatrics", "child",
         "A small hole in the heart", "wait", "Look again in six months", "Is it safe to wait?", "May he play football?",
         login="pia", reader="sable", files=("letter", "heart", "photo"), matters="That he can be with the other children"),
    told(S.SUBMITTED, 0.2, "Cordelia Winterbourne", "2021-09-14", "female", "paediatrics", "child",
         "Water behind both ear drums", "surgery", "Small tubes in both ears", "Can we wait for the summer?",
         login="pia", decide_in=28, files=("letter",)),
    # waiting for a first look
    told(S.SUBMITTED, 0.1, "Wendel Thornby", "1955-02-11", "male", "cardiology", "surgery", "A narrow heart valve", "surgery",
         "Open surgery", "Valve surgery, or through the groin?", decide_in=4, files=("letter", "report")),
    told(S.SUBMITTED, 0.3, "Amos Winterhall", "1978-10-01", "male", "gastroenterology", "unclear", "Nobody can say what it is",
         "nothing", "", "What is causing the pain?", decide_in=None, files=()),
    told(S.SUBMITTED, 0.4, "Beatrix Elmhurst", "1985-04-23", "female", "oncology", "cancer", "An early melanoma", "surgery",
         "Cut it out with a wide edge", "Is the report of the mole right?", decide_in=19, files=("photo",)),
    told(S.SUBMITTED, 0.6, "Philippa Oakenshaw", "1966-12-30", "female", "orthopaedics", "surgery", "Worn joints in the back",
         "surgery", "Fuse two levels", "Injections or surgery?", decide_in=None, files=("letter", "photo")),
    told(S.SUBMITTED, 0.9, "ليلى الحداد", "1979-06-08", "female", "gynaecology", "surgery", "أورام ليفية في الرحم", "surgery",
         "استئصال الرحم", "هل توجد طريقة أخرى غير الجراحة؟", decide_in=23, files=("letter",), twist="rtl"),
    told(S.SUBMITTED, 1.2, "Maximiliana Theodora Featherstonehaugh-Cholmondeley von und zu Hohenlohe-Waldenburg", "1949-01-17",
         "female", "neurology", "not_working", "Shaking of the right hand", "treatment", "A stronger dose of the same tablets",
         "The tablets make me so tired that I sleep through the afternoon, and the shaking is still there in the evening; is there another medicine or another way?",
         decide_in=30, files=("letter", "medicines"), twist="long"),
    told(S.SUBMITTED, 2.5, "Jory Penhallow", "1997-03-30", "male", "orthopaedics", "surgery", "A torn knee ligament", "surgery",
         "Make a new ligament from a tendon", "Repair the ligament, or train?", decide_in=15, files=("report", "mr")),
    told(S.SUBMITTED, 0.7, "Siân Gwyneth Llewelyn", "1944-05-27", "female", "rheumatology", "not_working", "Stiff hands", "treatment",
         "More of the same tablets", "Is there another way for my hands?", decide_in=None, files=("photo", "medicines")),
    # being read by triage
    told(S.TRIAGE, 1.5, "Perpetua Vane", "1960-08-15", "female", "oncology", "cancer", "A shadow in the lung", "surgery",
         "Remove one lobe", "Is it safe to remove the lobe?", decide_in=6, files=CANCER),
    told(S.TRIAGE, 2, "Rosamund Pyke", "1980-05-05", "female", "rheumatology", "unclear", "Sore joints", "nothing", "",
         "Which illness is it?", decide_in=None, files=("letter", "lab")),
    told(S.TRIAGE, 2.2, "Isolde Marchbank", "1982-11-21", "female", "oncology", "cancer", "Breast cancer, one side", "treatment",
         "Chemo before surgery", "Chemo before surgery, or after?", decide_in=5, files=(*CANCER, "medicines")),
    told(S.TRIAGE, 1.1, "Tamsin Ravensdale", "1993-02-02", "female", "neurology", "unclear", "Perhaps MS", "treatment",
         "Start tablets", "Is it really MS?", decide_in=22, files=("letter", "report", "mr")),
    told(S.TRIAGE, 0.8, "דוד לוינסון", "1962-04-12", "male", "urology", "trust", "הגדלה של הערמונית", "surgery", "ניתוח",
         "האם באמת צריך לנתח עכשיו?", decide_in=18, files=("letter",), twist="rtl"),
    # accepted, and waiting for records that others hold
    told(S.RECORDS_PENDING, 15, "Leonora Ashdown", "1959-02-17", "female", "oncology", "cancer", "Breast cancer, two spots", "surgery",
         "Remove the breast", "Could both spots be taken out alone?", decide_in=24, files=("letter",), twist="chased"),
    told(S.RECORDS_PENDING, 9, "Ephraim Goodacre", "1973-08-08", "male", "orthopaedics", "surgery", "A worn disc", "surgery", "Fuse it",
         "Would training do as well?", decide_in=13, files=("letter", "report"), twist="without"),
    # the patient is asked
    told(S.INFO_NEEDED, 4, "Casimir Holt", "1968-06-28", "male", "urology", "cancer", "Prostate cancer, small", "surgery",
         "Take the prostate out", "Surgery, or watch and wait?", decide_in=7, files=("letter",)),
    told(S.INFO_NEEDED, 3, "Osric Bellwether", "1964-01-31", "male", "gastroenterology", "cancer", "Bowel cancer", "surgery",
         "Operate first", "Operate before chemo, or after?", decide_in=11, files=("pathology", "report")),
    told(S.INFO_NEEDED, 2, "Ambrose Tarn", "1974-03-18", "male", "cardiology", "surgery", "A slow heartbeat", "surgery", "A pacemaker",
         "Is a pacemaker the only way?", decide_in=30, files=("report",)),
    told(S.INFO_NEEDED, 8, "Leopold Inkpen", "1987-10-10", "male", "gastroenterology", "not_working", "Crohn’s disease", "treatment",
         "A new drug", "The new drug didn’t help. What next?", decide_in=None, files=("letter", "lab")),
    # ready to match, offers out
    told(S.ROUTING, 2.5, "Bram Thistlewood", "1959-05-04", "male", "urology", "cancer", "Prostate cancer, Gleason 3+3, 2 of 12 cores",
         "surgery", "Remove the prostate", "My cancer is small and slow, they say. Can I stay on checks instead?", "What would I risk?",
         decide_in=14, doctor="Auberon Slate", practice="Lowmeadow Hospital", files=(*CANCER, "letter2", "medicines")),
    told(S.ROUTING, 3, "Linnea Foxworth", "1989-08-26", "female", "endocrinology", "surgery", "A lump in the thyroid", "surgery",
         "Remove the whole gland", "The whole gland, or half?", decide_in=9, files=("letter", "pathology", "report")),
    told(S.ROUTING, 2, "Hester Quill", "1971-12-24", "female", "oncology", "cancer", "Breast cancer, removed", "treatment", "Radiation",
         "Do I need radiation after surgery?", decide_in=18, files=CANCER, twist="offered", reader="oakley"),
    told(S.ROUTING, 2.1, "Ottoline Fairweather", "1975-02-28", "female", "gynaecology", "surgery", "Fibroids", "surgery",
         "Take the womb out", "Are there other ways than removal?", decide_in=14, files=("letter", "report"), twist="offered", reader="pell"),
    told(S.ROUTING, 1.5, "Barnaby Dewhurst", "1965-11-05", "male", "orthopaedics", "surgery", "A slipped disc", "surgery", "Fuse the back",
         "Injections or surgery? I can’t sit for more than ten minutes.", decide_in=26, doctor="Ines Brook", practice="Brookfall Spine",
         files=BACK, twist="offered", reader="vega"),
    told(S.ROUTING, 3.2, "Evander Locke", "1992-01-09", "male", "neurosurgery", "not_working", "Pain after a disc operation", "surgery",
         "Operate once more", "They want to go in again. Is there another way, and what if I wait?", decide_in=None,
         practice="Brookfall Spine", files=("letter", "mr"), twist="offered", reader="stone"),
    told(S.ROUTING, 4, "Mirabel Stoker", "1961-06-16", "female", "neurology", "unclear", "Numb feet", "nothing", "",
         "Is it the back or the nerves?", decide_in=20, files=("letter", "lab"), twist="declined", reader="ives"),
    told(S.ROUTING, 6, "Godfrey Allard", "1953-09-29", "male", "cardiology", "surgery", "A wide main artery", "wait", "Look again in a year",
         "Is it safe to wait a year?", decide_in=10, files=("letter", "report", "heart"), twist="expired", reader="amory"),
    # specialists at work
    told(S.IN_REVIEW, 5, "Corin Hartwell", "1974-04-04", "male", "orthopaedics", "surgery", "A pinched nerve", "surgery", "Fuse two levels",
         "Fuse, or free the nerve?", decide_in=9, reader="vega", files=BACK, twist="half_written"),
    told(S.IN_REVIEW, 3, "Sabine Orchard", "1981-03-21", "female", "orthopaedics", "unclear", "Pain in the groin", "nothing", "",
         "Is it the hip or the back?", decide_in=None, reader="vega", files=("letter", "mr", "photo")),
    told(S.IN_REVIEW, 8, "Maude Larkspur", "1947-10-12", "female", "internal-medicine", "unclear", "Weight loss", "nothing", "",
         "What has not been looked for?", decide_in=12, reader="hollis", files=("letter", "lab", "report"), twist="half_written"),
    told(S.IN_REVIEW, 4, "Silas Greenhalgh", "1963-07-23", "male", "urology", "cancer", "A lump in the kidney", "surgery", "Take the kidney out",
         "Take part of it, or all?", decide_in=27, reader="crane", files=CANCER),
    told(S.IN_REVIEW, 9, "Edmund Brackenbury", "1952-05-30", "male", "neurology", "trust", "Early dementia", "treatment", "Tablets",
         "Is this the right name for it?", decide_in=None, reader="ives", files=("letter", "report", "lab"), twist="half_written"),
    told(S.IN_REVIEW, 7, "Constance Applegarth-Whitmore", "1958-02-14", "female", "oncology", "cancer", "Cancer of the ovary", "treatment",
         "Six rounds of chemo", "Surgery first, or chemo first?", "Is there a trial for me?", decide_in=8, reader="oakley",
         files=("many",), twist="forty"),
    told(S.IN_REVIEW, 2, "Gideon Marsh", "1990-12-02", "male", "gastroenterology", "not_working", "Ulcers that come back", "treatment",
         "The same tablets again", "Why does it come back?", decide_in=None, reader="reyes", files=("letter", "medicines")),
    told(S.CLARIFICATION, 6, "Rufus Elderfield", "1955-01-28", "male", "neurosurgery", "surgery", "A narrow spinal canal", "surgery",
         "Widen the canal", "Should they operate at my age?", decide_in=17, reader="stone", files=("letter", "mr", "report")),
    told(S.CLARIFICATION, 7, "Mabel Crossways", "1960-06-06", "female", "orthopaedics", "surgery", "Two worn discs", "surgery",
         "Fuse one of them", "Which level is it?", decide_in=31, reader="vega", files=("letter", "photo"), twist="ask_staff"),
    # opinions that are ready
    told(S.DELIVERED, 9, "Juniper Ashgrove", "1968-03-03", "female", "orthopaedics", "surgery", "Slipped bone at L4 and L5", "surgery",
         "Screws and rods", "Do I really need the screws and rods?", "Is there a safe way to wait?", decide_in=21, reader="vega",
         files=BACK, twist="opened"),
    told(S.DELIVERED, 14, "Algernon Tisdale", "1950-08-08", "male", "cardiology", "surgery", "Three narrow arteries", "surgery", "A bypass",
         "Bypass or stents?", decide_in=6, reader="amory", files=("letter", "heart"), twist="opened"),
    told(S.DELIVERED, 11, "Clementine Harrowgate", "1976-11-11", "female", "gynaecology", "surgery", "A cyst", "wait", "Look again in spring",
         "Is it safe to wait?", decide_in=None, reader="pell", files=("letter", "report")),
    told(S.DELIVERED, 16, "Thaddeus Bloom", "1969-04-17", "male", "oncology", "cancer", "Throat cancer", "treatment", "Radiation and chemo",
         "Is surgery a choice?", decide_in=3, reader="rune", files=CANCER, twist="opened"),
    # decided
    told(S.CLOSED, 40, "Marguerite Sorrel", "1957-09-19", "female", "orthopaedics", "surgery", "A torn shoulder tendon", "surgery",
         "Sew it up", "Do I need surgery?", decide_in=None, reader="vega", files=("letter", "mr"), more={"choice": "switch"}),
    told(S.CLOSED, 55, "Horatio Pemberton", "1946-03-12", "male", "urology", "surgery", "A large prostate", "surgery", "Laser",
         "Laser, or tablets?", decide_in=None, reader="crane", files=("letter",), more={"choice": "stay"}),
    told(S.CLOSED, 33, "Sunniva Dahl", "1988-07-01", "female", "gynaecology", "not_working", "Endometriosis", "treatment", "Hormones",
         "What else is there?", decide_in=None, reader="pell", files=("letter", "report"), more={"choice": "talk"}),
    told(S.CLOSED, 62, "Lysander Crumb", "1972-10-25", "male", "neurology", "unclear", "Dizzy spells", "nothing", "",
         "What could it be?", decide_in=None, reader="ives", files=("letter", "lab"), more={"choice": "one_more"}),
    # ended another way
    told(S.DECLINED, 10, "Fitzroy Underhill", "1983-02-20", "male", "internal-medicine", "trust", "A broken tooth", "treatment", "A crown",
         "Is a crown the right thing?", decide_in=None, files=("photo",), more={"reason": "scope"}),
    told(S.DECLINED, 6, "Araminta Ferrars", "1991-05-15", "female", "internal-medicine", "unclear", "A rash", "nothing", "",
         "What is this rash?", decide_in=None, files=("photo",), more={"reason": "needs_exam"}),
    told(S.WITHDRAWN, 8, "Percival Snow", "1979-12-12", "male", "orthopaedics", "surgery", "A sore elbow", "surgery", "Free the nerve",
         "Can it wait?", decide_in=None, files=("letter",)),
    told(S.ENTERED_IN_ERROR, 3, "Percival Snow", "1979-12-12", "male", "orthopaedics", "surgery", "A sore elbow", "surgery",
         "Free the nerve", "Can it wait?", decide_in=None, files=(), more={"reason": "duplicate"}),
    # not sent yet
    told(S.DRAFT, 0.5, "Dorothea Lind", "1984-01-22", "female", "oncology", "cancer", "Breast cancer", "surgery", "Remove the breast",
         "Could they save the breast?", decide_in=12, files=("letter", "pathology")),
    told(S.DRAFT, 5, "Ptolemy Grange", "1967-08-03", "male", "cardiology", "surgery", "", "surgery", "", decide_in=20, files=()),
    told(S.DRAFT, 9, "Ailsa Macrae-Thorne", "1995-06-19", "female", "neurology", "unclear", "", "nothing", "", decide_in=None, files=()),
    told(S.DRAFT, 20, "Octavian Reed", "1970-02-09", "male", "urology", "trust", "", "nothing", "", decide_in=None, files=()),
    told(S.LAPSED, 45, "Winifred Chase", "1953-11-30", "female", "orthopaedics", "surgery", "A worn knee", "surgery", "A new knee",
         decide_in=None, files=()),
    told(S.LAPSED, 60, "Ulric Bramble", "1986-04-14", "male", "gastroenterology", "unclear", "", "nothing", "", decide_in=None, files=()),
)  # fmt: skip
