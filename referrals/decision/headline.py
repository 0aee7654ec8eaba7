"""How the second reading stands to the first, in one sentence. Nobody is wrong, and nobody is a he or a she."""

from django.utils.translation import gettext_lazy as _

from referrals.vocabulary import Stance

AGREE, IN_PART, DIFFER, CANT_TELL = Stance.AGREE, Stance.IN_PART, Stance.DIFFER, Stance.CANT_TELL

# (stance on the cause, stance on the plan)
SENTENCES = {
    (AGREE, AGREE): _("%(doctor)s agrees on the cause and on the plan."),
    (AGREE, IN_PART): _("%(doctor)s agrees on the cause, and would change a part of the plan."),
    (AGREE, DIFFER): _("%(doctor)s agrees on the cause, and would treat it in another way."),
    (AGREE, CANT_TELL): _("%(doctor)s agrees on the cause, and can’t judge the plan from the records."),
    (IN_PART, AGREE): _("%(doctor)s agrees on a part of the cause, and on the plan."),
    (IN_PART, IN_PART): _("%(doctor)s agrees in part, on the cause and on the plan."),
    (IN_PART, DIFFER): _("%(doctor)s agrees on a part of the cause, and would treat it in another way."),
    (IN_PART, CANT_TELL): _("%(doctor)s agrees on a part of the cause, and can’t judge the plan from the records."),
    (DIFFER, AGREE): _("%(doctor)s sees another cause, and agrees with the plan."),
    (DIFFER, IN_PART): _("%(doctor)s sees another cause, and would change a part of the plan."),
    (DIFFER, DIFFER): _("%(doctor)s sees another cause, and would treat it in another way."),
    (DIFFER, CANT_TELL): _("%(doctor)s sees another cause, and can’t judge the plan from the records."),
    (CANT_TELL, AGREE): _("%(doctor)s can’t tell the cause from the records, and agrees with the plan."),
    (CANT_TELL, IN_PART): _("%(doctor)s can’t tell the cause from the records, and would change a part of the plan."),
    (CANT_TELL, DIFFER): _("%(doctor)s can’t tell the cause from the records, and would treat it in another way."),
    (CANT_TELL, CANT_TELL): _("%(doctor)s can’t tell the cause or judge the plan from the records."),
}  # fmt: skip

# Where the first doctor had no diagnosis to agree with.
WITHOUT_A_FIRST_DIAGNOSIS = {
    AGREE: _("%(doctor)s says what it may be, and agrees with the plan."),
    IN_PART: _("%(doctor)s says what it may be, and would change a part of the plan."),
    DIFFER: _("%(doctor)s says what it may be, and would treat it in another way."),
    CANT_TELL: _("%(doctor)s says what it may be, and can’t judge the plan from the records."),
}


def headline(*, doctor, diagnosis, plan, first_had_diagnosis=True):
    """`diagnosis` and `plan` are stances; a sentence without a stance says only whose opinion it is."""
    if not first_had_diagnosis and diagnosis in (AGREE, IN_PART, DIFFER):
        sentence = WITHOUT_A_FIRST_DIAGNOSIS.get(plan)
    else:
        sentence = SENTENCES.get((diagnosis, plan))
    return (sentence or _("Your second opinion from %(doctor)s")) % {"doctor": doctor}
