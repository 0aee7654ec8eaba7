"""Who did or saw what: one function that adds a row. The program never reads these rows to decide anything."""

from contextvars import ContextVar

from referrals.models import AuditEvent
from referrals.vocabulary import Act

# Where the request that is being served comes from: {"address": …, "request_id": …}. Set by the roof's middleware.
origin = ContextVar("audit_origin", default=None)

# To see or to take what is somebody's: patients and staff read who did, and when.
LOOKING = (
    Act.OPEN_CASE, Act.OPEN_RECORD, Act.DOWNLOAD, Act.CARRY_PACK, Act.OPEN_LETTER, Act.OPEN_OPINION,
    Act.PRINT_OPINION,
)  # fmt: skip


def record(act, *, by, now, case=None, subject_kind="", subject_key="", clinic_id=None, detail=None):
    """Add one event, in the caller's transaction.

    `by` is a Person or None for the system. `detail` holds codes and keys only: no names, no health data.
    """
    return AuditEvent.objects.create(
        at=now,
        act=act,
        clinic_id=case.clinic_id if case else clinic_id,
        case_reference=case.reference if case else "",
        subject_kind=subject_kind or ("case" if case else ""),
        subject_key=str(subject_key)[:60],
        detail=detail or {},
        **_person(by),
        **(origin.get() or {}),
    )


def _person(by):
    if by is None or not by.is_authenticated:
        return {}
    roles = sorted({membership.role for membership in by.memberships_now}) or ["patient"]
    return {"person_id": by.pk, "person_name": by.shown_name[:200], "roles": ",".join(roles)}
