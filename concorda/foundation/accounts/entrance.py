"""The account library's forms in our words: the label says it, so no field repeats it inside."""

from typing import Any

from allauth.account import forms
from django.utils.translation import gettext_lazy as _


class OurWords:
    """Say "E-mail" as everywhere else, and leave the fields empty."""

    fields: dict[str, Any]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            if name in ("login", "email"):
                field.label = _("E-mail")


class LoginForm(OurWords, forms.LoginForm):
    """Signing in."""


class SignupForm(OurWords, forms.SignupForm):
    """Opening an account."""


class ResetPasswordForm(OurWords, forms.ResetPasswordForm):
    """Asking for a new password."""


class AddEmailForm(OurWords, forms.AddEmailForm):
    """Adding an address."""
