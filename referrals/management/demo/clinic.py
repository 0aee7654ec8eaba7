"""The demo clinic: its people, and every case of `stories` lived through with the portal's own acts.

`Demo(now).fill()` makes it all. What would have gone out before today counts as sent.
"""

import datetime as dt

from referrals.management.demo.life import Life
from referrals.management.demo.people import PATIENTS, SPECIALISTS, STAFF, address
from referrals.management.demo.stories import STORIES
from referrals.models import Clinic, Membership, Person, Reminder, SpecialistProfile, Specialty
from referrals.vocabulary import ReminderStatus, Role


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
