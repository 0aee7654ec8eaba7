"""Print every step of the roads as Markdown tables: what docs/case.md shows."""

from django.core.management.base import BaseCommand

from referrals.rules.roads import CASE, REFERRAL

HEAD = "| Act | From | To | Who | Owes | ServiceRequest / Task / business status / 360X |\n|---|---|---|---|---|---|"


def table(road):
    return "\n".join([f"### The {road.name}", "", HEAD, *(row(step, road) for step in road.steps)])


def row(step, road):
    order = list(road.model._meta.get_field("status").flatchoices)
    sources = ", ".join(str(code) for code, _label in order if code in step.sources)
    owes = [*(["a reason"] if step.reasons else []), *(["a sentence for the patient"] if step.told else [])]
    codes = " / ".join(code or "–" for code in step.codes)
    cells = (step.act, sources, step.target or "stays", who(step.who), " and ".join(owes), codes)
    return f"| {' | '.join(str(cell) for cell in cells)} |"


WORDS = {
    "is_patient_of": "the patient",
    "is_staff_for": "staff",
    "is_triage_for": "triage clinician, lead",
    "is_lead_for": "lead",
    "is_reading": "the specialist who reads",
    "is_referred_to": "the specialist asked",
    "is_system": "the system",
    "staff_for_its_case": "staff",
    "triage_or_its_specialist": "triage clinician, lead, the specialist",
    "its_specialist_or_system": "the specialist, the system",
    "whoever_ends_the_case": "follows the end of the case",
}


def who(predicate):
    """Who may, in words; a predicate without words here is a fault."""
    name = predicate.__name__
    if name in WORDS:
        return WORDS[name]
    return ", ".join(WORDS[f"is_{part}"] for part in name.removeprefix("is_").split("_or_is_"))


class Command(BaseCommand):
    help = "Print the steps of a case and of a referral."

    def handle(self, *args, **options):
        self.stdout.write("\n\n".join(table(road) for road in (CASE, REFERRAL)))
