"""allauth's forms in our words."""

from allauth.account import forms as allauth
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _

from referrals.models import Person
from referrals.widgets import CodeInput

PASSWORD_HELP = _("At least 8 characters. Three or four words are easy to remember and hard to guess.")
WHOLE_ADDRESS = _("Enter a whole e-mail address, like name@example.org")

LONGEST_ADDRESS = Person._meta.get_field("email").max_length


def reword(field, *, label=None, help_text=None, required=None, widget=None):
    """Give one of allauth's fields our words and its own attributes back."""
    if label:
        field.label = label
    field.help_text = help_text or ""
    field.error_messages["invalid"] = WHOLE_ADDRESS
    if required:
        field.error_messages["required"] = required
    if widget:
        field.widget = widget
    field.widget.attrs.pop("placeholder", None)


def reword_address(field, **words):
    """An address that we can keep whole: allauth would take a longer one, and cut it."""
    field.max_length = LONGEST_ADDRESS
    field.validators = [v for v in field.validators if not isinstance(v, MaxLengthValidator)]
    field.validators.append(MaxLengthValidator(LONGEST_ADDRESS, WHOLE_ADDRESS))
    reword(field, **words)


class SignUp(allauth.SignupForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        reword_address(
            self.fields["email"], label=_("E-mail"),
            help_text=_("We send a code there. Only you and the clinic see it."),
            required=_("Enter your e-mail address"),
        )  # fmt: skip
        reword(
            self.fields["password1"], label=_("Choose a password"), help_text=PASSWORD_HELP,
            required=_("Choose a password"),
        )  # fmt: skip


class SignIn(allauth.LoginForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        reword(
            self.fields["login"], label=_("E-mail"), help_text=_("The one you gave us when you started."),
            required=_("Enter your e-mail address"),
        )  # fmt: skip
        reword(self.fields["password"], label=_("Password"), required=_("Enter your password"))
        self.fields.pop("remember", None)


class AskForCode(allauth.RequestLoginCodeForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        reword_address(self.fields["email"], label=_("E-mail"), required=_("Enter your e-mail address"))


class _Code:
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        reword(
            self.fields["code"], label=_("Code from the mail"), required=_("Enter the code from the mail"),
            widget=CodeInput(digits=12),
        )  # fmt: skip


class SignInCode(_Code, allauth.ConfirmLoginCodeForm):
    pass


class ResetCode(_Code, allauth.ConfirmPasswordResetCodeForm):
    pass


class AddressCode(_Code, allauth.ConfirmEmailVerificationCodeForm):
    pass


class ResetPassword(allauth.ResetPasswordForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        reword_address(self.fields["email"], label=_("E-mail"), required=_("Enter your e-mail address"))


class _NewPassword:
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        reword(
            self.fields["password1"],
            label=_("New password"),
            help_text=PASSWORD_HELP,
            required=_("Choose a password"),
        )
        reword(
            self.fields["password2"],
            label=_("New password once more"),
            required=_("Enter the password once more"),
        )


class NewPassword(_NewPassword, allauth.ResetPasswordKeyForm):
    pass


class FirstPassword(_NewPassword, allauth.SetPasswordForm):
    pass


class ChangePassword(allauth.ChangePasswordForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        reword(
            self.fields["oldpassword"],
            label=_("Password you have now"),
            required=_("Enter the password you have now"),
        )
        reword(
            self.fields["password1"],
            label=_("New password"),
            help_text=PASSWORD_HELP,
            required=_("Choose a password"),
        )
        reword(
            self.fields["password2"],
            label=_("New password once more"),
            required=_("Enter the password once more"),
        )


class ChangeAddress(allauth.AddEmailForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        reword_address(
            self.fields["email"], label=_("New e-mail"), required=_("Enter the new e-mail address")
        )


class PasswordAgain(allauth.ReauthenticateForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        reword(self.fields["password"], label=_("Password"), required=_("Enter your password"))
