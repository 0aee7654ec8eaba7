"""Files of one study become one record, in whatever order and however often they come.

Each file is whole before it joins: scanned, and decoded where it must be. Joining is one transaction under the
case's lock, so two workers, or the same disc sent twice, make one study.
"""

from django.contrib.postgres.aggregates import StringAgg
from django.db.models import CharField, Count, Func, Q, Sum

from referrals.models import Instance, Series
from referrals.records import dicom_facts
from referrals.records.decoder_client import Stuck
from referrals.rules import studies
from referrals.vocabulary import ImageProblem, RecordStatus, RecordType, VirusScan

APART = (RecordStatus.REFUSED, RecordStatus.QUARANTINED)
MOST_PEOPLE = 5


def study_for(record, facts):
    """The record that the file belongs to, locked; None where it is the first of its study."""
    if record.study_uid:
        return record
    others = record.case.records.exclude(status__in=APART).exclude(pk=record.pk)
    return others.select_for_update().filter(study_uid=facts.study_uid).first()


def twin_of(study, facts, sha256):
    """The instance that has these very bytes."""
    return Instance.objects.filter(series__record=study, series__uid=facts.series_uid, sha256=sha256).first()


def add_instance(study, record, facts, *, sha256, size, frames_key=None):
    """The file as an instance of its series. A second file for the same image is kept beside the first, as a copy."""
    series, _new = Series.objects.get_or_create(record=study, uid=facts.series_uid, defaults=facts.series)
    problem, shown = facts.problem, series.instances.shown().filter(uid=facts.uid).first()
    if shown and shown.problem and not problem:  # this one can be seen
        Instance.objects.filter(pk=shown.pk).update(problem=ImageProblem.COPY)
    elif shown:
        problem = ImageProblem.COPY
    return Instance.objects.create(
        series=series, key=record.key, uid=facts.uid, number=facts.number, position=facts.position,
        name=record.name, folder=record.folder, size=size, sha256=sha256, syntax=facts.syntax,
        frame_count=facts.frame_count, frames_key=frames_key, frame_offset=facts.frame_offset,
        frame_bytes=facts.frame_bytes, look=facts.look, problem=problem,
    )  # fmt: skip


def summed(study, told=None):
    """Fields of the record that follow from its instances, and from what its newest file told."""
    instances = Instance.objects.filter(series__record=study)
    whole = instances.aggregate(
        size=Sum("size"), files=Count("pk"), sum=Func(
            StringAgg("sha256", delimiter="\n", order_by="sha256"), output_field=CharField(),
            template="encode(sha256(convert_to(%(expressions)s, 'UTF8')), 'hex')",
        ),
    )  # fmt: skip
    is_shown = ~Q(instances__problem=ImageProblem.COPY)
    rows = list(
        Series.objects.filter(record=study)
        .annotate(images=Sum("instances__frame_count", filter=is_shown))
        .values_list("modality", "body_part", "images")
    )
    images = sum(row[2] or 0 for row in rows)
    facts = _merged(study.study if study.is_study else {}, told or {})
    facts |= {
        "modalities": _most_first((row[0], row[2]) for row in rows),
        "part": next(iter(_most_first((row[1], row[2]) for row in rows if row[1])), ""),
        "images": images, "series": len(rows), "files": whole["files"],
    }  # fmt: skip
    facts["modality"] = next(iter(facts["modalities"]), "")
    return {
        "size": whole["size"], "sha256": whole["sum"], "page_count": images, "study": facts,
        "name": studies.name_of(facts)[:255],
        "dated_on": study.dated_on if study.dated_by_hand else facts["date"] or None,
    }  # fmt: skip


def _merged(known, told):
    """What the first file said stays; what it left out is filled in. Every person the files name is kept."""
    facts = {name: known.get(name) or told.get(name) or "" for name in dicom_facts.STUDY_TEXTS}
    people, person = list(known.get("people") or []), [told.get("names") or [], told.get("born_on") or ""]
    if told and person not in people and len(people) < MOST_PEOPLE:
        people.append(person)
    return facts | {"people": people}


def _most_first(pairs):
    """Distinct words, those with most images first."""
    count = {}
    for word, images in pairs:
        count[word] = count.get(word, 0) + (images or 0)
    return sorted(count, key=lambda word: (-count[word], word))


def taken_over(study, record):
    """Fields of the study that a file which joins it changes."""
    changes = {"added_at": min(study.added_at, record.added_at)}
    changes["folder"] = _common(study.folder, record.folder)
    if record.scan == VirusScan.NOT_SCANNED:
        changes["scan"] = record.scan
    if study.info_item_id is None:
        changes["info_item_id"] = record.info_item_id
    if study.type == RecordType.OTHER:
        changes["type"] = record.type
    return changes


def _common(one, other):
    """The folder in which both lie."""
    parts = []
    for a, b in zip(one.split("/"), other.split("/"), strict=False):
        if a != b:
            break
        parts.append(a)
    return "/".join(parts)


def middle(study):
    """The key of the file whose middle frame stands for the study in lists."""
    shown = Instance.objects.filter(series__record=study, frame_count__gt=0, problem="")
    series = shown.values("series").annotate(images=Sum("frame_count")).order_by("-images", "series").first()
    if series is None:
        return None
    keys = list(shown.filter(series=series["series"]).in_order().values_list("key", flat=True))
    return keys[len(keys) // 2]


def check_frames(stored, facts, look):
    """Decoded frames must be as many bytes as they were said to be."""
    if stored is None or stored.size != facts.frame_count * facts.frame_bytes:
        raise Stuck
    if not dicom_facts.fits(look, facts.frame_bytes):
        raise Stuck
