"""What it costs, and the last page before sending."""

from django import forms
from django.utils.translation import gettext_lazy as _

from referrals.intake import disclaimer, wording
from referrals.intake.forms.base import StepForm
from referrals.vocabulary import Cover, Emergency
from referrals.widgets import Radios


class CostForm(StepForm):
    case_fields = ("cover", "cover_note")

    cover = forms.ChoiceField(
        label=_("Who is to pay?"),
        choices=wording.of_enum(Cover),
        widget=Radios(small=wording.small(wording.COVER_SMALL)),
        error_messages={"required": _("Choose who is to pay")},
    )
    cover_note = forms.CharField(
        label=_("What the insurer said"),
        help_text=_("Name of the plan, who you spoke to, a reference number."),
        max_length=200,
        required=False,
        widget=forms.TextInput({"dir": "auto"}),
    )


class CheckForm(StepForm):
    """The question about warning signs, the notice, and consent."""

    case_fields = ("emergency",)

    emergency = forms.ChoiceField(
        label=_("Do you have any of these now?"),
        help_text=_(
            "Chest pain · can’t breathe well · heavy bleeding · one side weak or numb · sudden loss of sight "
            "or speech · thoughts of ending your life · a child who can hardly be woken"
        ),
        choices=wording.of_enum(Emergency),
        widget=Radios(small=wording.small(wording.EMERGENCY_SMALL)),
        error_messages={"required": _("Answer the question about warning signs")},
    )
    notice = forms.BooleanField(
        label=_("I have read the notice above"),
        error_messages={"required": _("Read the notice and tick the box")},
    )
    consent = forms.BooleanField(
        label=_("I agree that one specialist and the care team read my records for this opinion"),
        error_messages={"required": _("Tick the box to let us read your records")},
    )

    def initial_of(self):
        case = self.case
        agreed = {"notice": case.disclaimer_version == disclaimer.CURRENT, "consent": bool(case.consented_at)}
        return super().initial_of() | agreed

    def keep(self, now):
        changed = super().keep(now)
        case, agreed = self.case, {}
        version = disclaimer.CURRENT if self.cleaned_data.get("notice") else ""
        if case.disclaimer_version != version:
            agreed["disclaimer_version"] = version
        if bool(case.consented_at) != bool(self.cleaned_data.get("consent")):
            agreed["consented_at"] = now if self.cleaned_data.get("consent") else None
        for name, value in agreed.items():
            setattr(case, name, value)
        if agreed:
            case.save(update_fields=list(agreed))
        return changed + list(agreed)
