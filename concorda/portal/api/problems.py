"""What goes wrong, as problem details (RFC 9457)."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation, ValidationError
from django.db import DataError, IntegrityError
from django.db.models import ProtectedError
from django.forms import BaseForm
from django.http import Http404, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from concorda.foundation.partnerships.models import ChangedMeanwhile, Final
from concorda.foundation.partnerships.services import LastCoordinator

MEDIA_TYPE = "application/problem+json"
TITLES: Mapping[int, str | Promise] = {
    400: gettext_lazy("This request cannot be read"),
    401: gettext_lazy("Say who you are"),
    403: gettext_lazy("Not allowed"),
    404: gettext_lazy("There is nothing here"),
    405: gettext_lazy("This cannot be done here"),
    409: gettext_lazy("The records do not allow it"),
    412: gettext_lazy("Somebody changed it meanwhile"),
    413: gettext_lazy("This is too large"),
    415: gettext_lazy("This kind of content is not read here"),
    422: gettext_lazy("Something has to be put right"),
    428: gettext_lazy("Say which state you want to change"),
    429: gettext_lazy("Too many requests"),
    500: gettext_lazy("Something went wrong here"),
}


class Problem(Exception):
    """An answer that is a problem: status, one sentence, and what is wrong where."""

    def __init__(
        self,
        status: int,
        detail: object = "",
        *,
        errors: Sequence[Mapping[str, str]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(str(detail))
        self.status, self.detail, self.errors, self.headers = status, str(detail), list(errors), dict(headers or {})

    def body(self, path: str) -> dict[str, Any]:
        found: dict[str, Any] = {
            "type": f"/api/v1/docs#problem-{self.status}",
            "title": str(TITLES[self.status]),
            "status": self.status,
            "instance": path,
        }
        if self.detail:
            found["detail"] = self.detail
        if self.errors:
            found["errors"] = self.errors
        return found


def wrong(field: str, message: object) -> dict[str, str]:
    return {"field": field, "message": str(message)}


def in_forms(forms: Sequence[BaseForm]) -> list[dict[str, str]]:
    """What forms say has to be put right, under the names under which it was sent; "" for a form as a whole."""
    return [
        wrong("" if name == "__all__" else form.add_prefix(name), message)
        for form in forms
        if form.is_bound
        for name, messages in form.errors.items()
        for message in messages
    ]


def from_validation(error: ValidationError) -> Problem:
    if isinstance(error, Final):
        return Problem(409, " ".join(error.messages))
    if hasattr(error, "error_dict"):
        found = [wrong(name, text) for name, texts in error.message_dict.items() for text in texts]
        return Problem(422, _("What was sent has mistakes."), errors=found)
    return Problem(422, " ".join(error.messages))


KNOWN: Sequence[tuple[type[Exception] | tuple[type[Exception], ...], Callable[[Any], Problem]]] = (
    (Problem, lambda error: error),
    (Http404, lambda error: Problem(404, _("It does not exist, or not for you."))),
    (PermissionDenied, lambda error: Problem(403, error)),
    (ValidationError, from_validation),
    (ChangedMeanwhile, lambda error: Problem(412)),
    (LastCoordinator, lambda error: Problem(409, _("A partnership needs a coordinator."))),
    (ProtectedError, lambda error: Problem(409, _("Other records rest on it."))),
    (IntegrityError, lambda error: Problem(409, _("It contradicts what is stored, or is stored already."))),
    ((OverflowError, DataError), lambda error: Problem(422, _("A number is larger than what can be stored."))),
    (RequestDataTooBig, lambda error: Problem(413)),
    ((SuspiciousOperation, UnreadablePostError, MultiPartParserError), lambda error: Problem(400)),
)


def from_error(error: Exception) -> Problem | None:
    """The problem an exception stands for; None when it is a fault of ours."""
    return next((make(error) for kind, make in KNOWN if isinstance(error, kind)), None)
