"""What a reader does on a page: mark a spot, take the mark off again, correct the date, turn a page round."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from referrals.models import Case, Citation, Opinion, Record, RecordReading
from referrals.rules import access, audit, citations, clocks
from referrals.rules.workflow import StepNotPossible
from referrals.viewer import studies
from referrals.vocabulary import Act, RecordStatus

MOST_PINS = 200
NOT_YOURS = gettext_lazy("Only the specialist who reads this case can mark spots here.")


def may_pin(person, case):
    """Whoever reads the case now, until they have signed."""
    return access.is_reading(person, case)


def may_date(person, case):
    return (
        access.is_patient_of(person, case)
        or access.is_staff_for(person, case)
        or access.is_reading(person, case)
    )


@transaction.atomic
def pin(*, record, region, by, now, page=None, instance=None, frame=None, note=""):
    """Mark a region ([x, y, width, height] in thousandths) of a page, or of a frame of a study's file."""
    case = _locked(record, by)
    if record.status != RecordStatus.READY:
        raise StepNotPossible
    quote, target = "", {"instance": instance, "frame": frame}
    if instance is None:
        leaf = record.pages.filter(number=page).first()
        if leaf is None:
            raise StepNotPossible(_("There is no such page."))
        quote, target = citations.words_under(leaf.words, region), {"page": page}
    elif instance.series.record_id != record.pk or not 1 <= frame <= instance.frame_count:
        raise StepNotPossible(_("There is no such image."))
    else:
        target["image"] = studies.place_of(instance, frame)
    own, place = case.citations.filter(by=by), dict(zip(("x", "y", "width", "height"), region, strict=True))
    if same := own.filter(
        record=record, note=note, made_at__gt=now - clocks.SECOND_CLICK, **target, **place
    ).first():
        return same
    number, quoted = (own.aggregate(last=Max("number"))["last"] or 0) + 1, _quoted(case, by)
    while number in quoted:  # a number that a text already holds belongs to what it meant
        number += 1
    if own.count() >= MOST_PINS or number > 999:
        raise StepNotPossible(
            _("There are %(count)d pins on this case. Take one off first.") % {"count": MOST_PINS}
        )
    made = Citation.objects.create(
        case=case, by=by, number=number, record=record, quote=quote, note=note, made_at=now, **target, **place
    )  # fmt: skip
    _note(Act.PIN, made, by, now)
    return made


@transaction.atomic
def unpin(*, citation, by, now):
    """Take a pin off, unless the opinion quotes it. The others keep their numbers."""
    case = _locked(citation.record, by)
    held = Citation.objects.filter(pk=citation.pk).select_related("record").first()
    if held is None:
        raise StepNotPossible(_("This pin is gone already."))
    if held.by_id != by.pk:
        raise PermissionDenied(_("This pin is somebody else’s."))
    if held.version_id:
        raise StepNotPossible(_("Your signed opinion quotes this pin. What is signed does not change."))
    if held.number in _quoted(case, by):
        words = _("Your opinion quotes pin %(number)d. Take [%(number)d] out of the text first.")
        raise StepNotPossible(words % {"number": held.number})
    _note(Act.UNPIN, held, by, now)
    held.delete()


def _locked(record, by):
    case = Case.objects.select_for_update(of=("self",)).select_related("clinic").get(pk=record.case_id)
    if not may_pin(by, case):
        raise PermissionDenied(NOT_YOURS)
    return case


def _quoted(case, by):
    """Numbers that this author's opinions of the case hold, signed or not."""
    opinions = Opinion.objects.filter(case=case, author=by).prefetch_related("answers")
    return set().union(*(citations.all_cited_in(opinion) for opinion in opinions), set())


def _note(act, citation, by, now):
    audit.record(
        act, by=by, now=now, case=citation.case, subject_kind="record", subject_key=citation.record.key,
        detail={"pin": citation.number, "page": citation.page or 0},
    )  # fmt: skip


@transaction.atomic
def set_date(*, record, dated_on, by, now):
    """Say which day a record speaks of, or (None) that it names no day."""
    if not may_date(by, record.case):
        raise PermissionDenied(_("This is not yours to change."))
    if not Record.objects.filter(pk=record.pk, status=RecordStatus.READY).update(
        dated_on=dated_on, dated_by_hand=True
    ):
        raise StepNotPossible
    audit.record(
        Act.DATE_RECORD, by=by, now=now, case=record.case, subject_kind="record", subject_key=record.key,
    )  # fmt: skip


@transaction.atomic
def keep_turn(*, record, number, turns, by):
    """How somebody turned a page, for the next time they open it. Their own mark; nobody else sees it."""
    reading = RecordReading.objects.select_for_update().filter(record=record, person=by).first()
    if reading is None:
        return
    reading.turns.pop(str(number), None)
    if turns:
        reading.turns[str(number)] = turns
    reading.save(update_fields=["turns"])
