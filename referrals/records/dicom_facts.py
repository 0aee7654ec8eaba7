"""What the decoder says of a DICOM file, as far as it can be true: nobody believes it unseen."""

import math
from dataclasses import dataclass, field

from referrals.records.decoder_client import Stuck
from referrals.vocabulary import ImageProblem

LONGEST_UID = 64
MOST = 2**31 - 1
STUDY_TEXTS = ("patient", "patient_id", "sex", "title", "institution", "born_on", "date", "part", "modality")
LOOK_TEXTS = {"photometric": 16, "spacing_from": 10, "laterality": 16, "taken_at": 30}
LOOK_NUMBERS = ("slope", "intercept", "aspect")
LOOK_MAYBE = ("thickness", "frame_time")
LOOK_LISTS = {"padding": 2, "spacing": 2, "position": 3, "orientation": 6}
LOOK_COUNTS = ("rows", "columns", "samples", "bits", "stored")
VOI_FUNCTIONS = ("SIGMOID", "LINEAR_EXACT")
MOST_WINDOWS, MOST_FRAMES_TOLD, MOST_BROKEN = 8, 4000, 100


@dataclass(frozen=True)
class Facts:
    study_uid: str
    series_uid: str
    uid: str
    series: dict  # number, modality, title, body_part
    number: int | None
    position: float | None
    syntax: str
    frame_count: int
    frame_offset: int
    frame_bytes: int
    decode: bool
    problem: str
    look: dict
    told: dict = field(default_factory=dict)  # of the whole study


def believed(study, *, size, key):
    """From `study` as the decoder told it. What names no study is one of its own."""
    file = study.get("file") if isinstance(study.get("file"), dict) else {}
    frame_count, problem = _count(file.get("frame_count")), file.get("problem")
    problem = problem if problem in ImageProblem.values else ""
    own = f"2.25.{key.int}"
    frame_bytes = 0 if problem or not frame_count else _count(file.get("frame_bytes"))
    facts = Facts(
        study_uid=_text(study.get("study"), LONGEST_UID) or own,
        series_uid=_text(study.get("series"), LONGEST_UID) or own,
        uid=_text(study.get("instance"), LONGEST_UID) or own,
        series={
            "number": _whole(study.get("series_number")), "modality": _text(study.get("modality"), 16),
            "title": _text(study.get("series_title"), 200), "body_part": _text(study.get("part"), 64),
        },
        number=_whole(study.get("instance_number")), position=_number(file.get("position")),
        syntax=_text(file.get("syntax"), 64), frame_count=frame_count,
        frame_offset=_count(file.get("frame_offset")), frame_bytes=frame_bytes,
        decode=bool(frame_bytes and file.get("decode")), problem=problem if frame_count else "",
        look=look(file.get("look")) if frame_bytes else {}, told=_told(study),
    )  # fmt: skip
    _refuse_nonsense(facts, size)
    return facts


def _refuse_nonsense(facts, size):
    if not facts.frame_count or facts.problem:
        return
    if not facts.frame_bytes or (not facts.decode and not fits(facts.look, facts.frame_bytes)):
        raise Stuck
    if not facts.decode and facts.frame_offset + facts.frame_count * facts.frame_bytes > size:
        raise Stuck


def fits(look, frame_bytes):
    """Whether frames that look so take so many bytes."""
    if look.get("bits") not in (8, 16) or look.get("samples") not in (1, 3):
        return False
    return look["rows"] * look["columns"] * look["samples"] * look["bits"] // 8 == frame_bytes


def look(said):
    """`Instance.look`, each value of its type and size."""
    said = said if isinstance(said, dict) else {}
    made = {name: _count(said.get(name)) for name in LOOK_COUNTS}
    made |= {name: _text(said.get(name), most) for name, most in LOOK_TEXTS.items()}
    made |= {name: _number(said.get(name)) for name in (*LOOK_NUMBERS, *LOOK_MAYBE)}
    made |= {name: _numbers(said.get(name), count) for name, count in LOOK_LISTS.items()}
    made |= {"signed": said.get("signed") is True, "lossy": said.get("lossy") is True}
    made |= {
        "slope": made["slope"] or 1.0,
        "intercept": made["intercept"] or 0.0,
        "aspect": made["aspect"] or 1.0,
    }
    return made | _voi(said) | _of_frames(said)


def broken(said, frame_count):
    several = said if isinstance(said, list) else []
    return sorted({n for n in several[:MOST_BROKEN] if type(n) is int and 0 <= n < frame_count})


def _of_frames(said):
    made, places, scales = {}, said.get("frame_positions"), said.get("frame_scales")
    if isinstance(places, list) and 0 < len(places) <= MOST_FRAMES_TOLD:
        if (found := _numbers(places, len(places))) is not None:
            made["frame_positions"] = found
    if isinstance(scales, list) and 0 < len(scales) <= MOST_FRAMES_TOLD:
        found = [_numbers(scale, 2) for scale in scales]
        if all(found):
            made["frame_scales"] = found
    return made


def _voi(said):
    made = {"windows": _windows(said.get("windows")), "voi": said.get("voi")}
    if made["voi"] not in VOI_FUNCTIONS:
        made["voi"] = ""
    curve = said.get("curve")
    if isinstance(curve, list) and len(curve) == 256 and all(type(n) is int and 0 <= n < 256 for n in curve):
        made["curve"] = curve
    return made


def _windows(said):
    made = []
    for each in (said if isinstance(said, list) else [])[:MOST_WINDOWS]:
        if isinstance(each, list) and len(each) == 3 and (pair := _numbers(each[:2], 2)) and pair[1] > 0:
            made.append([*pair, _text(each[2], 40)])
    return made


def _told(study):
    made = {name: _text(study.get(name), 200) for name in STUDY_TEXTS}
    names = study.get("names") if isinstance(study.get("names"), list) else []
    return made | {"names": [_text(name, 200) for name in names[:3]]}


def _text(value, most):
    return value.replace("\x00", "")[:most] if isinstance(value, str) else ""


def _count(value):
    return value if type(value) is int and 0 <= value <= 2**53 else 0


def _whole(value):
    return value if type(value) is int and abs(value) <= MOST else None


def _number(value):
    return (
        float(value) if type(value) in (int, float) and math.isfinite(value) and abs(value) < 1e300 else None
    )


def _numbers(value, count):
    if not isinstance(value, list) or len(value) != count:
        return None
    made = [_number(each) for each in value]
    return None if None in made else made
