"""Who must act next, and until when: no case without one until it ends (CASE.md 2.2, invariant 2).

`open_request` is the case's open InfoRequest, if there is one: the caller has it at hand, or asks
`case.info_requests.open().first()`.
"""

from referrals.vocabulary import AskedOf, BallHolder, CaseStatus

HOLDERS = {
    CaseStatus.DRAFT: BallHolder.PATIENT,
    CaseStatus.SUBMITTED: BallHolder.STAFF,
    CaseStatus.TRIAGE: BallHolder.STAFF,
    CaseStatus.INFO_NEEDED: BallHolder.PATIENT,
    CaseStatus.ROUTING: BallHolder.STAFF,
    CaseStatus.IN_REVIEW: BallHolder.SPECIALIST,
    CaseStatus.DELIVERED: BallHolder.PATIENT,
}
DUE = {
    CaseStatus.SUBMITTED: "acknowledge_due_at",
    CaseStatus.TRIAGE: "triage_due_at",
    CaseStatus.INFO_NEEDED: "answer_due_at",
    CaseStatus.ROUTING: "route_due_at",
    CaseStatus.IN_REVIEW: "review_due_at",
    CaseStatus.CLARIFICATION: "answer_due_at",
}


def ball_holder(case, open_request=None):
    """The patient, staff, the specialist, or nobody once it has ended."""
    if case.status == CaseStatus.CLARIFICATION:
        return _asked(open_request)
    return HOLDERS.get(case.status, BallHolder.NOBODY)


def next_due(case):
    """When whoever holds the ball should have acted; None where no clock runs."""
    field = DUE.get(case.status)
    return getattr(case, field) if field else None


def _asked(open_request):
    """An answered question lies with the specialist, who reads on; an open one with whoever was asked."""
    if open_request is None:
        return BallHolder.SPECIALIST
    return BallHolder.PATIENT if open_request.asked_of == AskedOf.PATIENT else BallHolder.STAFF
