"""Living through one case of the demo with the portal's own acts, each at its own time.

A case is a chain of stages; every stage happens some hours after the one before, so that clocks, reminders and the
log read as if it had been so.
"""

import datetime as dt
import io

from referrals import storage
from referrals.decision import actions as decision
from referrals.intake import actions as intake
from referrals.intake import forms, steps
from referrals.management.demo import chasing, files
from referrals.management.demo.opinions import BY_FIELD
from referrals.management.demo.typist import Typist
from referrals.models import Specialty
from referrals.opinion import actions as opinion
from referrals.records import actions as records
from referrals.records import checks
from referrals.review import actions as review
from referrals.rules import checklists, reading
from referrals.triage import actions as triage
from referrals.vocabulary import AskedOf, CaseStatus, DeclineReason, OfferDeclineReason, Urgency, VoidReason

S = CaseStatus
SENT = frozenset(S) - {S.DRAFT, S.LAPSED}
TRIAGED = SENT - {S.SUBMITTED, S.WITHDRAWN, S.ENTERED_IN_ERROR}
ACCEPTED = frozenset({S.ROUTING, S.IN_REVIEW, S.CLARIFICATION, S.DELIVERED, S.CLOSED})
TAKEN = ACCEPTED - {S.ROUTING}
SIGNED = frozenset({S.DELIVERED, S.CLOSED})
SENTENCES = {
    DeclineReason.SCOPE: "None of our specialists treats teeth. Your dental school’s clinic gives second opinions; ask for the "
    "consultant of the day.",
    DeclineReason.NEEDS_EXAM: "A rash must be seen and touched to be named. Please see a skin doctor this week; a walk-in clinic "
    "can help if nobody has time.",
}


class Life:
    """One case, from its first step to where its story leaves it."""

    def __init__(self, demo, story, number):
        self.demo, self.story = demo, story
        self.clock = demo.now - dt.timedelta(days=story.days)
        self.rest = min(
            (demo.now - self.clock) / 40, dt.timedelta(hours=3)
        )  # between two acts; the last is past
        login = story.login or f"patient-{number:02}"
        self.patient = demo.person(login, story.name)
        self.sam, self.tess, self.lea = demo.people["sam"], demo.people["tess"], demo.people["lea"]
        self.reader = demo.people[story.reader] if story.reader else None

    def tick(self):
        self.clock += self.rest
        return self.clock

    def live(self):
        story = self.story
        self._write()
        if story.status == S.LAPSED:
            intake.lapse_silent_drafts(now=self.clock + dt.timedelta(days=31))
        if story.status not in SENT:
            return
        self.case = intake.submit(case=self.case, by=self.patient, now=self.tick())
        if story.status == S.WITHDRAWN:
            intake.withdraw(case=self.case, by=self.patient, now=self.tick())
        if story.status == S.ENTERED_IN_ERROR:
            triage.void(case=self.case, reason=VoidReason.DUPLICATE, by=self.lea, now=self.tick())
        if story.status in TRIAGED:
            self._triage()

    # --- the patient ---

    def _write(self):
        story, now = self.story, self.clock
        self.case = intake.start(by=self.patient, now=now, situation=story.situation, clinic=self.demo.clinic)
        for slug in steps.BY_SLUG:
            if data := Typist(self.demo, self.story, self.clock).typed(slug):
                form = forms.posted_form(slug, data, case=self.case, today=now.date())
                intake.save_step(case=self.case, form=form, slug=slug, by=self.patient, now=now)
                self.case.refresh_from_db()
        self._hand_in()

    def _hand_in(self):
        story, asked_on = self.story, self.clock.date()
        if story.twist == "forty":
            made = list(files.forty(story, asked_on))
        else:
            made = [
                file for n, kind in enumerate(story.files) for file in files.all_of(kind, story, asked_on, n)
            ]
        for name, record_type, body in made:
            stored = storage.put(io.BytesIO(body))
            added = records.add(
                case=self.case, stored=stored, name=name, by=self.patient, now=self.clock, type=record_type
            )
            if story.status in SIGNED:  # an opinion rests on what could be read; the worker checks the others
                checks.check(key=added.record.key, clock=lambda: self.clock)

    # --- the clinic ---

    def _triage(self):
        story, case = self.story, self.case
        triage.claim(case=case, by=self.sam if story.status == S.INFO_NEEDED else self.tess, now=self.tick())
        self._read_some(self.tess)
        if story.status == S.DECLINED:
            reason = story.more["reason"]
            triage.decline(
                case=case, reason=reason, sentence=SENTENCES[reason], by=self.tess, now=self.tick()
            )
        if story.status == S.INFO_NEEDED:
            items = ["The report of your last scan", "Since when is it worse, and what makes it better?"]
            triage.ask(
                case=case,
                items=items,
                by=self.sam,
                now=self.tick(),
                text="Two things help the specialist most.",
            )
        if story.status == S.RECORDS_PENDING:
            chasing.wait(self)
        if story.status in ACCEPTED:
            self._accept()
            self._offer()
        if story.status in TAKEN:
            self._review()
        if story.status in SIGNED:
            self._sign()
        if story.status == S.CLOSED:
            self._decide()

    def _accept(self):
        self._judge()
        for line in checklists.missing_records(self.case):
            reason = "The letter tells enough for this question."
            triage.waive(case=self.case, item=line, reason=reason, by=self.tess, now=self.clock)
        triage.accept(case=self.case, by=self.tess, now=self.tick())

    def _judge(self):
        case, days = self.case, self.story.decide_in
        field = Specialty.objects.get(code=self.story.specialty)
        triage.set_specialty(case=case, specialty=field, by=self.tess, now=self.tick())
        urgency = Urgency.ROUTINE if days is None or days > 14 else Urgency.SOON
        triage.set_urgency(
            case=case,
            urgency=urgency,
            reason="By the day of the decision; no warning signs.",
            by=self.tess,
            now=self.tick(),
        )

    def _offer(self):
        twist = self.story.twist
        if self.reader is None:
            return
        at = self.demo.now - dt.timedelta(hours=2) if twist == "offered" else self.tick()
        runs_out = at + dt.timedelta(hours=4 if twist == "expired" else 20)
        self.referral = triage.offer(
            case=self.case, specialist=self.reader, by=self.sam, now=at, expires_at=runs_out,
            note="The questions are clear, the records complete.",
        )  # fmt: skip
        if twist == "declined":
            why = OfferDeclineReason.TIME
            review.decline(
                referral=self.referral, by=self.reader, now=self.tick(), reason=why, who="Dr. Stone"
            )
        if twist == "expired":
            review.expire(referral=self.referral, now=runs_out + dt.timedelta(minutes=1))

    def _review(self):
        review.accept(referral=self.referral, by=self.reader, now=self.tick())
        review.enter(referral=self.referral, by=self.reader, now=self.tick())
        self._read_some(self.reader)
        if self.story.twist == "half_written":
            self._write_opinion(whole=False)
        if self.story.status == S.CLARIFICATION:
            of = AskedOf.STAFF if self.story.twist == "ask_staff" else AskedOf.PATIENT
            item = "The bending X-rays from Brookfall" if of == AskedOf.STAFF else (
                "How far can you walk before you need to sit down? And does leaning on a shopping cart make it easier?"
            )  # fmt: skip
            review.ask(referral=self.referral, asked_of=of, items=[item], by=self.reader, now=self.tick())

    def _read_some(self, person):
        for record in self.case.records.ready().order_by("pk")[:5]:
            reading.note_opening(record=record, by=person, now=self.clock)

    def _write_opinion(self, *, whole):
        story, draft = self.story, BY_FIELD[self.story.specialty]
        texts = {
            "diagnosis_stance": "agree" if story.diagnosis else "cant_tell",
            "diagnosis": f"{story.diagnosis or 'No clear cause yet'}. The records show it well.",
            "plan_stance": {"wait": "agree", "treatment": "in_part"}.get(story.advice, "differ"),
            "advice": draft.advice,
        }
        answers = {}
        if whole:
            texts |= {
                "why": draft.why, "alternatives": draft.alternatives, "confidence": "fairly",
                "would_change": draft.would_change, "safe_to_wait": "for_a_time", "safe_to_wait_note": draft.wait,
                "warning_signs": "\n".join(draft.signs),
                "plain_words": f"Thank you for your trust. I have read your records myself.\n\n{draft.plain}",
            }  # fmt: skip
            questions = self.case.questions.order_by("position", "pk")
            answers = {one.pk: draft.answers[n % len(draft.answers)] for n, one in enumerate(questions)}
        return opinion.save(
            referral=self.referral, by=self.reader, now=self.tick(), edit=0, texts=texts, answers=answers
        )

    def _sign(self):
        written = self._write_opinion(whole=True)
        version = opinion.sign(referral=self.referral, by=self.reader, now=self.tick(), edit=written.edit)
        self.case.refresh_from_db()
        chasing.slides_back(self)
        if self.story.twist == "opened" or self.story.status == S.CLOSED:
            decision.open_opinion(case=self.case, version=version, by=self.patient, now=self.tick())

    def _decide(self):
        choice = self.story.more.get("choice", "switch")
        decision.decide(case=self.case, choice=choice, note="", by=self.patient, now=self.tick())
