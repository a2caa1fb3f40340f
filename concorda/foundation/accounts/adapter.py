"""What Concorda asks of the account library."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest

from concorda.foundation.accounts.models import Person


class Adapter(DefaultAccountAdapter):
    def save_user(self, request: HttpRequest, user: Person, form: Any, commit: bool = True) -> Person:
        user.name = form.cleaned_data["name"]
        user.language = request.LANGUAGE_CODE
        return super().save_user(request, user, form, commit)

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return settings.SIGN_UP

    def get_user_search_fields(self) -> list[str]:
        return ["email", "name"]

    def format_email_subject(self, subject: str) -> str:
        """The subject alone: no name of a site before it."""
        return subject
