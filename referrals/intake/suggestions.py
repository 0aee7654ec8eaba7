"""Good questions to offer, by what happened. A patient takes one with a tap and may change its words."""

from django.utils.translation import gettext_lazy as _

from referrals.vocabulary import Situation

ALWAYS = (("change-mind", _("What would change your mind?")),)
OFFERED = {
    Situation.SURGERY: (
        ("need", _("Do I need this operation?")),
        ("gain-risk", _("What may I gain, and what may go wrong?")),
        ("other-ways", _("Which other ways are there?")),
        ("wait", _("What happens if I wait?")),
    ),
    Situation.CANCER: (
        ("sure", _("Is the diagnosis certain, or should more tests be done?")),
        ("ways", _("Which treatments fit me, and what would each mean for my days?")),
        ("weeks", _("Would waiting two weeks change anything?")),
        ("trial", _("Is there a study I could take part in?")),
    ),
    Situation.UNCLEAR: (
        ("what", _("What could this be, and what can be ruled out?")),
        ("next-test", _("Which test would help most now?")),
        ("ease", _("What can ease my days in the meantime?")),
        ("who", _("What kind of doctor should I see next?")),
    ),
    Situation.NOT_WORKING: (
        ("right-name", _("Is it the right diagnosis?")),
        ("right-way", _("Is it the right treatment for me?")),
        ("how-long", _("How long should one try this before changing it?")),
        ("next", _("What would you try next?")),
    ),
    Situation.CHILD: (
        ("normal", _("What is normal at this age?")),
        ("watch", _("What should we watch for?")),
        ("again", _("When should somebody look again?")),
        ("may-do", _("What can my child go on doing?")),
    ),
    Situation.TRUST: (
        ("agree-name", _("Do you agree with the diagnosis?")),
        ("agree-plan", _("Would you plan it the same way?")),
        ("other-ways", _("Which other ways are there?")),
        ("ask-next", _("What should I ask at my next visit?")),
    ),
}


def offered(situation, asked=()):
    """(code, question) of those that aren't asked yet."""
    wanted = (*OFFERED.get(situation, OFFERED[Situation.TRUST]), *ALWAYS)
    return [(code, text) for code, text in wanted if str(text) not in asked]


def text_of(code, situation):
    return str(dict(offered(situation)).get(code, ""))
