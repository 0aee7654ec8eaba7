"""Living through the demo's cases with the portal's own acts, each at its own time.

`Demo(now).fill()` makes the clinic, the people and all cases of `stories`. A case is a chain of stages;
every stage happens some hours after the one before, so that clocks, reminders and the log read as if it had been so.
"""

import datetime as dt
import io

from referrals import storage
from referrals.decision import actions as decision
from referrals.intake import actions as intake
from referrals.intake import forms, steps
from referrals.management.demo import files
from referrals.management.demo.opinions import BY_FIELD
from referrals.management.demo.people import PATIENTS, SPECIALISTS, STAFF, address
from referrals.management.demo.stories import STORIES
from referrals.models import Clinic, Membership, Person, Reminder, SpecialistProfile, Specialty
from referrals.opinion import actions as opinion
from referrals.records import actions as records
from referrals.records import checks
from referrals.review import actions as review
from referrals.rules import checklists, reading
from referrals.triage import actions as triage
from referrals.vocabulary import (
    AskedOf,
    CaseStatus,
    DeclineReason,
    OfferDeclineReason,
    ReminderStatus,
    Role,
    Urgency,
    VoidReason,
)

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


class Demo:
    """`now` is the moment of seeding; everything else lies before it. `say` gets a line for each tenth case."""

    def __init__(self, now, password, say=lambda line: None):
        self.now, self.password, self.say = now, password, say
        self.people = {}

    def fill(self):
        self.clinic = self._open_clinic()
        self._hire()
        for number, story in enumerate(STORIES, 1):
            Life(self, story, number).live()
            if number % 10 == 0:
                self.say(f"{number} of {len(STORIES)} cases")
        self._leave_the_past_alone()

    def _open_clinic(self):
        clinic = Clinic.objects.order_by("pk").first() or Clinic()
        clinic.name, clinic.phone = "Fernhollow Clinic", "555 014 2200"
        clinic.phone_hours, clinic.emergency_number = "Monday to Saturday, 8 to 8", "911"
        clinic.price_note = "$480, all in. You pay when a specialist has said yes, not before."
        clinic.zone = "America/Chicago"
        clinic.save()
        return clinic

    def _hire(self):
        for login, name, role in STAFF:
            self._work_here(self.person(login, name), role)
        for one in SPECIALISTS:
            person = self.person(one.login, one.name)
            self._work_here(person, Role.SPECIALIST)
            SpecialistProfile.objects.create(
                person=person, specialty=Specialty.objects.get(code=one.specialty), focus=one.focus,
                practice=one.practice, licence=one.licence, training=one.training, past_practices=one.past,
                most_cases=one.most_cases,
            )  # fmt: skip
        for login, name in PATIENTS:
            self.person(login, name)

    def _work_here(self, person, role):
        Membership.objects.create(
            person=person, clinic=self.clinic, role=role, since=self.now - dt.timedelta(days=200)
        )

    def person(self, login, name):
        """An account of the demo; the same login is the same person."""
        if login not in self.people:
            joined = self.now - dt.timedelta(days=200)
            person = Person.objects.create_user(
                address(login), self.password, name=name, zone=self.clinic.zone, joined_at=joined
            )
            person.emailaddress_set.create(email=person.email, verified=True, primary=True)
            self.people[login] = person
        return self.people[login]

    def _leave_the_past_alone(self):
        """What would have gone out before today has: the ledger shows it, and no flood of mail follows."""
        for reminder in Reminder.objects.filter(status=ReminderStatus.PLANNED, due_at__lte=self.now):
            reminder.status, reminder.sent_at, reminder.ended_at = (
                ReminderStatus.SENT,
                reminder.due_at,
                reminder.due_at,
            )
            reminder.save(update_fields=["status", "sent_at", "ended_at"])


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
            if data := self._typed(slug):
                form = forms.posted_form(slug, data, case=self.case, today=now.date())
                intake.save_step(case=self.case, form=form, slug=slug, by=self.patient, now=now)
                self.case.refresh_from_db()
        self._hand_in()

    def _typed(self, slug):
        """What the patient writes on a step. Drafts stop where their words stop."""
        story = self.story
        if slug in ("dates", "cost", "check") and not story.questions:
            return {}
        return getattr(self, f"_type_{slug.replace('-', '_')}", dict)()

    def _type_about(self):
        story, child = self.story, self.story.situation == "child"
        return {
            "subject": "child" if child else "self", "authority": "parent" if child else "", "subject_name": story.name,
            **day("subject_born_on", dt.date.fromisoformat(story.born)), "subject_sex": story.sex,
            "located_in": "Illinois, US", "phone": "555 014 0133", "zone": self.demo.clinic.zone,
        }  # fmt: skip

    def _type_first_opinion(self):
        story = self.story
        if not (story.diagnosis or story.questions):
            return {}
        unknown = story.diagnosis.startswith("Nobody")
        return {
            "doctor_name": story.doctor, "practice": story.practice, "advice": story.advice, "plan": story.plan,
            **day("given_on", (self.clock - dt.timedelta(days=9)).date()),
            "diagnosis": "" if unknown else story.diagnosis, **({"no_diagnosis": "on"} if unknown else {}),
            "story": "It began in the summer and has grown worse. I would like somebody else to look at it.",
            "symptoms_since": "Since the summer", "tried": "Tablets, rest, and six weeks of training", "wish": "both",
            "was_normal": "Blood and heart", "trust_reason": "I felt rushed, and my questions were brushed aside.",
            "avoid": "Lowmeadow Hospital" if story.situation == "trust" else "",
        }  # fmt: skip

    def _type_dates(self):
        if self.story.decide_in is None:
            return {"no_decision_date": "on"}
        decide = (self.demo.now + dt.timedelta(days=self.story.decide_in)).date()
        place = "1" * 32
        held = {
            "places": place, f"place-{place}-where": f"{self.story.practice}, surgery",
            **day(f"place-{place}-held_on", decide + dt.timedelta(days=3)),
            **day(f"place-{place}-cancel_by_on", decide),
        } if self.story.login and self.story.advice == "surgery" else {}  # fmt: skip
        return {**day("decide_by_on", decide), **held}

    def _type_questions(self):
        return {
            "matters_most": self.story.matters,
            **{f"question_{n}": text for n, text in enumerate(self.story.questions, 1)},
        }

    def _type_cost(self):
        return {"cover": "self_pay"}

    def _type_check(self):
        if self.story.status == S.DRAFT:
            return {}
        return {"emergency": "none", "notice": "on", "consent": "on"}

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
        for line in checklists.missing_records(case):
            reason = "The letter tells enough for this question."
            triage.waive(case=case, item=line, reason=reason, by=self.tess, now=self.clock)
        triage.accept(case=case, by=self.tess, now=self.tick())

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
        review.open_request(referral=self.referral, by=self.reader, now=self.tick())
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
        if self.story.twist == "opened" or self.story.status == S.CLOSED:
            decision.open_opinion(case=self.case, version=version, by=self.patient, now=self.tick())

    def _decide(self):
        choice = self.story.more.get("choice", "switch")
        decision.decide(case=self.case, choice=choice, note="", by=self.patient, now=self.tick())


def day(name, date):
    """A date as the three boxes post it."""
    return {f"{name}_day": str(date.day), f"{name}_month": str(date.month), f"{name}_year": str(date.year)}
