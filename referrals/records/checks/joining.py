"""The third step of a DICOM file: its frames are decoded where they must be, and it joins its study.

The first file's own record becomes the study; every other file's record goes once the file is in.
"""

from dataclasses import replace

import structlog
from django.db import transaction

from referrals import storage
from referrals.models import Case, Instance, PagePicture, Record, RecordReading, Upload
from referrals.records import decoder_client, dicom_facts, picturing, studies
from referrals.records.checks import claims
from referrals.records.decoder import limits
from referrals.rules import audit, checklists, completeness
from referrals.vocabulary import Act, FileKind, ImageProblem, PageScale, RecordStatus, RecordType

log = structlog.get_logger("referrals.records")
SLOWEST_DECODING = 4 * limits.MIB  # decoded bytes a second
DECODER_MEMORY = 1024 * limits.MIB
SCALES = (PageScale.NORMAL, PageScale.THUMB)


def join(work):
    record = work.record
    facts = dicom_facts.believed(record.study, size=record.size, key=record.key)
    frames_key = None
    if facts.decode and not _is_here(record, facts):
        facts, frames_key = _decoded(work, facts)
    try:
        study, is_new = _join(work, facts, frames_key)
    except BaseException:
        _forget(frames_key)
        raise
    if not is_new:
        _forget(frames_key)
    elif _wants_a_picture(study):
        _draw(study)


def _forget(frames_key):
    if frames_key is not None:
        storage.delete(frames_key)


def _is_here(record, facts):
    """The same bytes are in the study already: nothing need be decoded for them."""
    same = Instance.objects.filter(series__record__case=record.case, sha256=record.sha256)
    return same.exclude(series__record__status__in=studies.APART).exclude(key=record.key).exists()


# --- frames -----------------------------------------------------------------------------------------


def _decoded(work, facts):
    """(facts, key of the frames), or the problem instead of frames. A codec that crashes is tried again first."""
    kept = []
    try:
        answer = decoder_client.run(
            "decode_frames", work.record.key, still_mine=work.renew, memory=DECODER_MEMORY, most_blobs=1,
            on_blob=lambda _meta, stream: kept.append(storage.put(stream)),
            seconds=limits.SECONDS + facts.frame_count * facts.frame_bytes // SLOWEST_DECODING,
            largest_blob=facts.frame_count * facts.frame_bytes,
        )  # fmt: skip
        code = answer.get("refusal")
        if not code:
            changed = answer.get("look") if isinstance(answer.get("look"), dict) else {}
            look = dicom_facts.look(facts.look | changed)
            broken = dicom_facts.broken(answer.get("broken"), facts.frame_count)
            studies.check_frames(kept[0] if kept else None, facts, look)
            if len(broken) < min(facts.frame_count, dicom_facts.MOST_BROKEN):
                return replace(facts, look=look | ({"broken": broken} if broken else {})), kept[0].key
    except BaseException as error:
        for stored in kept:
            storage.delete(stored.key)
        if not isinstance(error, decoder_client.Stuck) or work.record.attempts < claims.MOST_ATTEMPTS:
            raise
        return _unshown(facts, ImageProblem.BROKEN), None
    for stored in kept:
        storage.delete(stored.key)
    return _unshown(facts, ImageProblem.TOO_LARGE if code == "too_many_pixels" else ImageProblem.BROKEN), None


def _unshown(facts, problem):
    return replace(facts, problem=problem, frame_bytes=0, decode=False, look={})


# --- joining ----------------------------------------------------------------------------------------


@transaction.atomic
def _join(work, facts, frames_key):
    """(the study, whether the file is new to it)."""
    record = work.record
    Case.objects.select_for_update().get(pk=record.case_id)
    if not work.renew():
        raise claims.Lost
    study = studies.study_for(record, facts)
    if study is None or study.pk == record.pk:
        return record, _become_the_study(work, facts, frames_key)
    if twin := studies.twin_of(study, facts, record.sha256):
        _go(work, study, {"same_as": str(twin.key)})
        key = record.key
        if twin.key != key:
            transaction.on_commit(lambda: storage.delete(key))
        return study, False
    _require_frames(facts, frames_key)
    studies.add_instance(study, record, facts, sha256=record.sha256, size=record.size, frames_key=frames_key)
    changes = studies.taken_over(study, record) | studies.summed(study, facts.told)
    Record.objects.filter(pk=study.pk).update(**changes | _typed(changes.get("type", study.type), changes))
    _go(work, study, {"joined": str(study.key)})
    study.refresh_from_db()
    completeness.came(record.case, study.type, now=work.clock())
    return study, True


def _become_the_study(work, facts, frames_key):
    """Whether this was new: a study that is checked again keeps what it has."""
    record, is_new = work.record, not Instance.objects.filter(key=work.record.key).exists()
    if is_new:
        _require_frames(facts, frames_key)
        studies.add_instance(
            record, record, facts, sha256=record.sha256, size=record.size, frames_key=frames_key
        )
    record.study, record.study_uid = {}, facts.study_uid
    changes = studies.summed(record, facts.told)
    work.move(RecordStatus.RENDERED, study_uid=facts.study_uid, **changes | _typed(record.type, changes))
    completeness.came(record.case, record.type, now=work.clock())
    return is_new


def _require_frames(facts, frames_key):
    """They were left out as the same file was here, which went at this very moment: once more, then."""
    if facts.decode and frames_key is None:
        raise decoder_client.Stuck


def _typed(type, changes):
    """A study with pictures is images, where nobody said otherwise."""
    is_images = type == RecordType.OTHER and changes["page_count"]
    return {"type": RecordType.IMAGES if is_images else type}


def _go(work, study, detail):
    """The file's own record goes; what pointed at it points at the study."""
    record = work.record
    Upload.objects.filter(record=record).update(record=study)
    read = RecordReading.objects.filter(record=study).values("person")
    RecordReading.objects.filter(record=record).exclude(person__in=read).update(record=study)
    pictures = list(record.picture_keys())
    if not work.rows.delete()[0]:
        raise claims.Lost
    work.at = None
    checklists.went(record.case, record.type)
    audit.record(
        Act.RECORD_CHECKED, by=None, now=work.clock(), case=record.case, subject_kind="record",
        subject_key=record.key, detail=detail,
    )  # fmt: skip
    transaction.on_commit(lambda: [storage.delete(key) for key in pictures])


# --- the picture for lists --------------------------------------------------------------------------


def _wants_a_picture(study):
    """The first time, and whenever the study has doubled."""
    files = study.study.get("files") or 1
    return files & (files - 1) == 0


def _draw(study):
    """The middle frame of the longest series. A study without a picture is a study all the same."""
    key, drawn = studies.middle(study), []
    if key is None:
        return
    file = Record(key=key, kind=FileKind.DICOM)
    try:
        for scale in SCALES:
            picturing.have_drawn(file, [1], scale, keep=drawn.append)
        if len(drawn) == len(SCALES):
            _put_up(study, drawn)
    except BaseException as error:
        for each in drawn:
            storage.delete(each.key)
        if not isinstance(error, decoder_client.Stuck):
            raise
        log.info("study_not_drawn", record=str(study.key))


@transaction.atomic
def _put_up(study, drawn):
    Record.objects.select_for_update().get(pk=study.pk)
    normal = next(each for each in drawn if each.scale == PageScale.NORMAL)
    size = {"width": normal.width, "height": normal.height}
    page, _new = study.pages.update_or_create(number=1, defaults=size)
    old = list(page.pictures.drawn().values_list("key", flat=True))
    page.pictures.all().delete()
    PagePicture.objects.bulk_create(
        PagePicture(page=page, scale=each.scale, key=each.key, width=each.width, height=each.height)
        for each in drawn
    )
    transaction.on_commit(lambda: [storage.delete(key) for key in old])
