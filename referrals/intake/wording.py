"""Words that change with what happened. What isn't named for a situation is asked in the plain way."""

from django.utils.translation import gettext_lazy as _

from referrals.vocabulary import Advice, Cover, Emergency, Situation, Wish

# situation: (icon, a sentence under it); the same cards as on the front page
CARDS = {
    Situation.SURGERY: ("activity", _("Or you were told to wait, and you wonder if you should.")),
    Situation.CANCER: ("microscope", _("You want the name checked, the plan checked, or both.")),
    Situation.UNCLEAR: ("circle-question-mark", _("Tests came back clear, or doctors don’t agree.")),
    Situation.NOT_WORKING: ("pill", _("You follow the plan, and it doesn’t get better.")),
    Situation.CHILD: ("baby", _("You would like one more look, or were told to wait.")),
    Situation.TRUST: (
        "heart-handshake",
        _("You may keep the reason to yourself. It never goes in the file."),
    ),
}
ADVICE_SMALL = {
    Advice.SURGERY: _("An operation of any kind"),
    Advice.TREATMENT: _("Tablets, chemo, radiation, therapy"),
    Advice.WAIT: _("No treatment for now, with checks"),
    Advice.NOTHING: _("I’m still waiting for a clear answer"),
}
# Told to operate and told to wait are equals; a child's doctor often says wait.
ADVICE_ORDER = {
    Situation.SURGERY: (Advice.SURGERY, Advice.WAIT, Advice.TREATMENT, Advice.NOTHING),
    Situation.CHILD: (Advice.WAIT, Advice.TREATMENT, Advice.SURGERY, Advice.NOTHING),
    Situation.UNCLEAR: (Advice.NOTHING, Advice.WAIT, Advice.TREATMENT, Advice.SURGERY),
}
WISH_LABELS = {
    Wish.DIAGNOSIS: _("The diagnosis"),
    Wish.PLAN: _("The treatment"),
    Wish.BOTH: _("Both"),
}
WISH_SMALL = {
    Wish.DIAGNOSIS: _("Read my results again and check the name"),
    Wish.PLAN: _("The name is clear to me, look at the plan"),
    Wish.BOTH: _("The name and the plan"),
}
COVER_SMALL = {
    Cover.SELF_PAY: _("Without insurance. Nobody there is told"),
    Cover.ASKED: _("Note the answer and the reference number below"),
    Cover.ASKING: _("You can send now and ask meanwhile"),
    Cover.HARDSHIP: _("Tell us. It never changes who reads your case"),
}
EMERGENCY_SMALL = {
    Emergency.PRESENT: _("We tell you what to do now. Your request is kept"),
}

TITLES = {  # of the step about the first opinion
    Situation.SURGERY: _("What did the surgeon advise?"),
    Situation.CANCER: _("What were you told?"),
    Situation.UNCLEAR: _("What have doctors said so far?"),
    Situation.NOT_WORKING: _("What treatment do you have?"),
    Situation.CHILD: _("What did the child’s doctor advise?"),
}
TITLE = _("What did your doctor advise?")

STORY = {
    Situation.UNCLEAR: _("What troubles you?"),
    Situation.NOT_WORKING: _("What isn’t getting better?"),
    Situation.CHILD: _("What do you see in your child?"),
}
STORY_PLAIN = _("What happened, in your own words")
DIAGNOSIS_OF_A_CHILD = _("What did they say your child has?")
DIAGNOSIS_HELP = {
    Situation.CANCER: _(
        "Your own words are fine. If you have the pathology report, copy the type and the stage from it."
    ),
    Situation.UNCLEAR: _("A guess counts too. Leave it empty if there is none."),
}
DIAGNOSIS_HELP_PLAIN = _("Use your own words, or copy them from a letter.")
SINCE = {
    Situation.UNCLEAR: _("Since when do you have it?"),
    Situation.NOT_WORKING: _("Since when do you have this treatment?"),
    Situation.CHILD: _("Since when does your child have it?"),
}
TRIED = {
    Situation.SURGERY: _("What have you tried so far?"),
    Situation.UNCLEAR: _("What was tried?"),
    Situation.NOT_WORKING: _("What was tried, and what did it do?"),
    Situation.CHILD: _("What was tried?"),
}


def advice_choices(situation):
    order = ADVICE_ORDER.get(situation, tuple(Advice))
    return [(advice.value, advice.for_patient) for advice in order]


def of_enum(enum):
    """(code, words for the patient) of each member."""
    return [(member.value, member.for_patient) for member in enum]


def small(texts):
    return {member.value: text for member, text in texts.items()}
