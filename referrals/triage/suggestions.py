"""Words to begin from: what a patient may read when a clinic can't take the case. Staff change them as they like."""

from django.utils.translation import gettext_lazy as _

from referrals.vocabulary import DeclineReason

SENTENCES = {
    DeclineReason.SCOPE: _(
        "Your question is outside what our specialists treat. "
        "Your own doctor can name a center that knows it well."
    ),
    DeclineReason.NEEDS_EXAM: _(
        "Nobody can answer this well without examining you. "
        "Ask your own doctor to refer you to a specialist you can see in person."
    ),
    DeclineReason.URGENT_CARE: _(
        "This should not wait for a written opinion. See a doctor today. "
        "If it gets worse, call your local emergency number."
    ),
    DeclineReason.LOCATION: _(
        "The law does not let us advise people where you are. A clinic in your own state or country can help."
    ),
    DeclineReason.RECORDS: _(
        "The records we have are not enough to give an opinion you can rely on. "
        "You can ask again once you have more."
    ),
    DeclineReason.CONFLICT: _(
        "We know people who treat you, so we would not be independent. "
        "Another clinic can read your case with fresh eyes."
    ),
}
