"""Who signs is asked once more, at the moment of signing."""

from dataclasses import dataclass
from datetime import timedelta

from allauth.core import ratelimit
from django.utils.translation import gettext as _

from concorda.begin.agreements.forms import SignForm
from concorda.begin.agreements.models import Signature
from concorda.foundation.core import clock
from concorda.foundation.partnerships.door import Visit

RECENT = timedelta(minutes=10)


@dataclass(frozen=True)
class Identity:
    """How a person was identified; empty `means` when they were not."""

    means: str = ""

    @staticmethod
    def recent(request: Visit) -> bool:
        """Whether this person signed in less than ten minutes ago."""
        last = request.user.last_login if request.user.is_authenticated else None
        return last is not None and timedelta() <= clock.now() - last < RECENT


def identify(request: Visit, form: SignForm) -> Identity:
    """By the password in the form; for people who have none, by having signed in just before. Guessing is limited."""
    if not ratelimit.consume(request, action="reauthenticate", user=request.user):
        form.add_error(None, _("Too many attempts. Wait a few minutes, then try again."))
        return Identity()
    if not form.is_valid():
        return Identity()
    if "password" in form.fields:
        return Identity(Signature.Means.PASSWORD)
    if Identity.recent(request):
        return Identity(Signature.Means.SIGN_IN)
    form.add_error(None, _("You have no password. Sign out, sign in again by a new link, and sign within ten minutes."))
    return Identity()
