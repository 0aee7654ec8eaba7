"""Whose turn it is: who holds the ball in each state of a case. By when is `Case.due_at`."""

from referrals.vocabulary import ENDED, AskedOf, BallHolder, CaseStatus, ConsentStatus

HOLDERS = {
    CaseStatus.DRAFT: BallHolder.PATIENT,
    CaseStatus.SUBMITTED: BallHolder.STAFF,
    CaseStatus.TRIAGE: BallHolder.STAFF,
    CaseStatus.INFO_NEEDED: BallHolder.PATIENT,
    CaseStatus.ROUTING: BallHolder.STAFF,
    CaseStatus.IN_REVIEW: BallHolder.SPECIALIST,
    CaseStatus.DELIVERED: BallHolder.PATIENT,
}


def holder(case, *, asked_of="", consent="", is_asked=True):
    """Who must act next.

    `asked_of` says of whom the open request of a clarification was asked; '' once answered. Of a case that waits for
    records, `consent` is how the question to go without stands, and `is_asked` whether any source was asked.
    """
    if case.status in ENDED:
        return BallHolder.NOBODY
    if case.status == CaseStatus.CLARIFICATION:
        return {AskedOf.PATIENT: BallHolder.PATIENT, AskedOf.STAFF: BallHolder.STAFF}.get(
            asked_of, BallHolder.SPECIALIST
        )
    if case.status == CaseStatus.RECORDS_PENDING:
        if consent == ConsentStatus.OPEN:
            return BallHolder.PATIENT
        return BallHolder.SOURCE if is_asked and consent != ConsentStatus.YES else BallHolder.STAFF
    if case.status == CaseStatus.ROUTING and case.offer_due_at:
        return BallHolder.SPECIALIST
    return HOLDERS[case.status]
