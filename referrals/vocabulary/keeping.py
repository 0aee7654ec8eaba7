"""How long what is handed in is kept, and why it goes."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from referrals.vocabulary.labels import TwoLabels


class RecordClass(TextChoices):
    """What the law tells apart when it says how long."""

    CLINICAL = "clinical", _("Clinical record")
    IMAGING = "imaging", _("Images")
    PATHOLOGY = "pathology", _("Pathology")
    DRAFT = "draft", _("Never sent")


class EraseReason(TwoLabels):
    """Why a record was deleted."""

    TIME_OVER = "time_over", _("The time we must keep it is over"), _("Retention is over")
    WRONG_PERSON = "wrong_person", _("It was another person’s"), _("Another person’s record")
    ASKED = "asked", _("You asked us to"), _("The patient asked for it")
    DUPLICATE = "duplicate", _("It was here twice"), _("Here twice")
    VIRUS = "virus", _("It held a virus"), _("Held a virus")
