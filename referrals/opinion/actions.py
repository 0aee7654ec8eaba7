"""Saving what is written, and signing it."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from referrals.models import Case, Citation, Opinion, OpinionAnswer, OpinionVersion, Record, RecordReading
from referrals.opinion import body
from referrals.rules import audit, citations, opinion_parts
from referrals.rules.roads import CASE, REFERRAL
from referrals.rules.workflow import StepNotPossible, take
from referrals.vocabulary import READING_REFERRAL, Act, OpinionStatus, ReferralStatus

NOTED_AGAIN_AFTER = dt.timedelta(minutes=10)


class EditConflict(Exception):
    """The text was saved elsewhere since this one was read; `opinion` is what is saved now."""

    def __init__(self, opinion):
        super().__init__(_("This opinion was saved somewhere else since you opened it here."))
        self.opinion = opinion


@transaction.atomic
def save(*, referral, by, now, edit, texts, answers, is_autosave=False):
    """Keep what is written, if nobody saved since `edit` was read; else raise EditConflict and keep nothing.

    `texts`: fields of the opinion. `answers`: question id -> text. Saving the same words again changes nothing.
    """
    opinion = _locked(referral, by, now)
    if _says(opinion, texts, answers):
        return opinion
    if opinion.status == OpinionStatus.SIGNED:
        raise StepNotPossible(_("This opinion is signed. What is signed does not change."))
    if opinion.edit != edit:
        raise EditConflict(opinion)
    noted = opinion.saved_at
    for name, value in {**texts, "edit": edit + 1, "saved_at": now}.items():
        setattr(opinion, name, value)
    opinion.save(update_fields=[*texts, "edit", "saved_at"])
    OpinionAnswer.objects.bulk_create(
        [OpinionAnswer(opinion=opinion, question_id=pk, text=text) for pk, text in answers.items()],
        update_conflicts=True, unique_fields=["opinion", "question"], update_fields=["text"],
    )  # fmt: skip
    if not is_autosave or noted is None or now - noted >= NOTED_AGAIN_AFTER:
        _note(Act.SAVE_OPINION, opinion, by=by, now=now, detail={"edit": opinion.edit})
    return opinion


@transaction.atomic
def sign(*, referral, by, now, edit, pins=None):
    """Sign the text as it was read (`edit`, with the `pins` it quoted): the version, the opinion's end, delivery and
    the referral's end. Where a record that it quotes has gone since, that is an EditConflict as well.

    A second signature of the same opinion returns the version that is there.
    """
    opinion = _locked(referral, by, now)
    if opinion.status == OpinionStatus.SIGNED:
        return opinion.versions.get()
    if opinion.edit != edit or pins not in (None, quoted_in(opinion)):
        raise EditConflict(opinion)
    for part in opinion_parts.parts_of(opinion, opinion.case.questions.all()):
        if not part.is_done:
            raise StepNotPossible(part.lacks)
    text = body_now(opinion, now=now)
    Opinion.objects.filter(pk=opinion.pk, status=OpinionStatus.DRAFTING).update(status=OpinionStatus.SIGNED)
    version = OpinionVersion.objects.create(
        opinion=opinion, body=text, sha256=body.sha256_of(text), signed_by=by, signed_at=now
    )
    pins_of(opinion).update(version=version)
    _note(Act.SIGN_OPINION, opinion, by=by, now=now, detail={"sha256": version.sha256})
    take(CASE, "deliver", opinion.case, by=by, now=now)
    take(REFERRAL, "sign", referral, by=by, now=now)
    return version


def note_wrong_password(*, referral, by, now):
    """Somebody at this account tried to sign and did not know its password."""
    audit.record(
        Act.SIGN_IN_FAILED, by=by, now=now, case=referral.case, subject_kind="opinion", subject_key=referral.key,
        detail={"to": "sign"},
    )  # fmt: skip


def body_now(opinion, *, now):
    """The body of this text at this moment, with what its author has read."""
    records = list(Record.objects.ready().filter(case=opinion.case).order_by("dated_on", "added_at", "pk"))
    readings = RecordReading.objects.filter(person=opinion.author, record__case=opinion.case)
    read_ids = set(readings.values_list("record_id", flat=True))
    pins = pins_of(opinion).select_related("record").order_by("number")
    return body.body_of(opinion, records=records, read_ids=read_ids, pins=pins, now=now)


def quoted_in(opinion):
    """The numbers of the pins that the texts cite and that are there, in a line."""
    return " ".join(map(str, pins_of(opinion).order_by("number").values_list("number", flat=True)))


def pins_of(opinion):
    """The author's pins that the texts cite."""
    numbers = citations.all_cited_in(opinion)
    return Citation.objects.filter(case=opinion.case, by=opinion.author, number__in=numbers)


def _locked(referral, by, now):
    """The opinion of a referral that is being read, its case locked first as every step does."""
    case = Case.objects.select_for_update(of=("self",)).select_related("clinic").get(pk=referral.case_id)
    referral.refresh_from_db()
    if referral.specialist_id != by.pk or referral.status not in READING_REFERRAL | {ReferralStatus.SIGNED}:
        raise StepNotPossible(_("This case is no longer yours to read."))
    opinion, _new = Opinion.objects.get_or_create(referral=referral, defaults={"case": case, "author": by})
    opinion.case, opinion.author = case, by
    if referral.status == ReferralStatus.SIGNED and opinion.status != OpinionStatus.SIGNED:
        raise StepNotPossible
    return opinion


def _says(opinion, texts, answers):
    """Whether the saved opinion says the very same."""
    saved = {answer.question_id: answer.text for answer in opinion.answers.all()}
    return all(getattr(opinion, name) == value for name, value in texts.items()) and all(
        saved.get(pk, "") == text for pk, text in answers.items()
    )


def _note(act, opinion, *, by, now, detail):
    audit.record(
        act, by=by, now=now, case=opinion.case, subject_kind="opinion", subject_key=opinion.referral.key,
        detail=detail,
    )  # fmt: skip
