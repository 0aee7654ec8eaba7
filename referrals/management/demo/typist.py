"""What the demo's patients write, step by step of the wizard, as their browsers post it."""

import datetime as dt

from referrals.vocabulary import CaseStatus


class Typist:
    """One patient at the keyboard; drafts stop where their words stop."""

    def __init__(self, demo, story, began_at):
        self.demo, self.story, self.began_at = demo, story, began_at

    def typed(self, slug):
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
            **day("given_on", (self.began_at - dt.timedelta(days=9)).date()),
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
        if self.story.status == CaseStatus.DRAFT:
            return {}
        return {"emergency": "none", "notice": "on", "consent": "on"}


def day(name, date):
    """A date as the three boxes post it."""
    return {f"{name}_day": str(date.day), f"{name}_month": str(date.month), f"{name}_year": str(date.year)}
