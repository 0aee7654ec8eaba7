"""Having a pack made, fetching it, and the end of those that are over."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from referrals.models import CarryPack, Case, PackedRecord
from referrals.rules import access, audit, erasure
from referrals.rules.nudges import nudge
from referrals.rules.workflow import StepNotPossible
from referrals.vocabulary import Act, PackStatus

MAKE = "referrals.records.tasks.make_pack"
KEPT = dt.timedelta(days=7)


@transaction.atomic
def ask_for(*, case, by, now):
    """Have one made of all the records this person may see, in the order of their days. A second wish is the first."""
    Case.objects.select_for_update().get(pk=case.pk)
    if running := case.packs.to_make().first():
        return running
    keys = list(records_for(case, by).order_by("dated_on", "added_at", "pk").values_list("pk", flat=True))
    if not keys:
        raise StepNotPossible(_("No record is ready yet. There is nothing to take along."))
    pack = CarryPack.objects.create(case=case, by=by, asked_at=now, expires_at=now + KEPT)
    PackedRecord.objects.bulk_create(
        PackedRecord(pack=pack, record_id=key, number=number) for number, key in enumerate(keys, 1)
    )
    _note(Act.MAKE_PACK, pack, by, now)
    nudge(MAKE, key=str(pack.key))
    return pack


def records_for(case, by):
    """What would be in a pack that this person asks for now."""
    return access.visible_records(by).filter(case=case).ready().with_bytes()


def why_not(pack, by):
    """The sentence that stands against handing it out; '' where nothing does."""
    if pack.status != PackStatus.READY:
        return _("This pack is not ready yet.")
    return "" if is_whole(pack, by) else _("This pack holds what is not there any more. Make a new one.")


def is_whole(pack, by):
    """Whether all that is in it may still be seen."""
    return access.visible_records(by).filter(packs=pack).ready().count() == pack.entries.count()


def take(*, pack, by, now):
    """Somebody fetches it: the zip is streamed after this."""
    if objection := why_not(pack, by):
        raise StepNotPossible(objection)
    _note(Act.CARRY_PACK, pack, by, now)


def end_those_over(*, now):
    """Delete what was kept long enough. Returns how many."""
    keys = list(CarryPack.objects.over(now=now).values_list("pk", flat=True)[:500])
    for key in keys:
        with transaction.atomic():
            for pack in CarryPack.objects.select_for_update().filter(pk=key):
                erasure.end_pack(pack)
    return len(keys)


def _note(act, pack, by, now):
    audit.record(act, by=by, now=now, case=pack.case, subject_kind="pack", subject_key=pack.key)
