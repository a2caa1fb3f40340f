"""An errand: a page's own view, run for a program. Rules, forms and services are the page's; no HTML is made."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib.messages import constants
from django.contrib.messages.storage.base import BaseStorage, Message
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.backends.django import DjangoTemplates, Template
from django.utils.datastructures import MultiValueDict

from concorda.foundation.partnerships.door import Visit
from concorda.foundation.process.pages import Register


class Said(BaseStorage):
    """What a view tells the person, kept for the answer instead of the next page."""

    def _get(self, *args: Any, **kwargs: Any) -> tuple[list[Message], bool]:
        return [], True

    def _store(self, messages: list[Message], response: HttpResponse, *args: Any, **kwargs: Any) -> list[Message]:
        return []

    @property
    def all(self) -> list[Message]:
        return list(self._queued_messages)  # type: ignore[attr-defined]


class Errand(Visit):
    """The request a view gets on an errand: who asks and what is sent, with a session of its own."""

    def __init__(
        self,
        visit: Any,
        method: str,
        *,
        asked: QueryDict | None = None,
        sent: QueryDict | None = None,
        files: MultiValueDict[str, Any] | None = None,
    ) -> None:
        super().__init__()
        self.method, self.META, self.path, self.path_info = method, visit.META, visit.path, visit.path_info
        self.GET, self.POST = asked or QueryDict(), sent or QueryDict()  # type: ignore[assignment]
        self._files = files or MultiValueDict()
        self.user, self.LANGUAGE_CODE = visit.user, visit.LANGUAGE_CODE
        for name in ("access", "partnership", "membership", "organization"):
            if hasattr(visit, name):
                setattr(self, name, getattr(visit, name))
        self.session: Any = {}
        self.said = self._messages = Said(self)
        self.shown: dict[str, Any] = {}

    @property
    def FILES(self) -> Any:  # noqa: N802  Django's own name
        return self._files

    @FILES.setter
    def FILES(self, files: Any) -> None:  # noqa: N802
        self._files = files


class Facts(Template):
    """A template that, on an errand, keeps what it would have shown."""

    def render(self, context: Any = None, request: HttpRequest | None = None) -> Any:
        if isinstance(request, Errand):
            request.shown = dict(context or {})
            return ""
        return super().render(context, request)


class Templates(DjangoTemplates):
    """Django's templates; on an errand the facts are kept and nothing is rendered."""

    def get_template(self, template_name: str) -> Facts:
        return Facts(super().get_template(template_name).template, self)


@dataclass(frozen=True)
class Outcome:
    """What came of an errand: the view's answer, what it would have shown, what it said, the row it left."""

    response: HttpResponse
    shown: Mapping[str, Any]
    said: list[Message]
    row: Any = None
    session: Mapping[str, Any] = field(default_factory=dict)

    @property
    def done(self) -> bool:
        """Views go elsewhere once something is done; who stays on the page was refused."""
        return self.response.status_code in (301, 302, 303) and not self.refusals

    @property
    def refusals(self) -> list[str]:
        return [str(message) for message in self.said if message.level >= constants.ERROR]

    @property
    def words(self) -> list[str]:
        return [str(message) for message in self.said if message.level < constants.ERROR]

    @property
    def forms(self) -> list[BaseForm]:
        return list(forms_in(self.shown))


def forms_in(shown: Mapping[str, Any]) -> Iterator[BaseForm]:
    """The forms of a page, each once; a formset is its forms and what manages them."""
    seen: set[int] = set()
    for value in shown.values():
        several = isinstance(value, list | tuple)
        for one in value if several else (value,):
            if isinstance(one, BaseForm) and id(one) not in seen:
                seen.add(id(one))
                yield one


def run(view: Callable[..., HttpResponse], errand: Errand, **named: Any) -> Outcome:
    """Let a page's view answer the errand."""
    response = view(errand, **named)
    return Outcome(response, errand.shown, errand.said.all, session=errand.session)


def run_register(kind: type[Register], role: str, errand: Errand, **named: Any) -> Outcome:
    """Let one page of a register answer the errand; `row` is the row it saved."""
    register = kind(role=role, ability=kind.ability_for(role))
    register.setup(errand, **named)
    response = register.dispatch(errand, **named)
    return Outcome(response, errand.shown, errand.said.all, row=register.row)
