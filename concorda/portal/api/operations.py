"""What the API does with what tools offer: list, read, create, change, remove, verbs, figures and files."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.core.signing import BadSignature, Signer
from django.db import models
from django.db.models import QuerySet
from django.forms import Field as FormField
from django.http import Http404, HttpResponse, QueryDict
from django.urls import Resolver404, resolve
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from concorda.foundation.partnerships.access import Ability
from concorda.foundation.partnerships.models import Entry
from concorda.foundation.partnerships.timeline import visible
from concorda.foundation.process.errands import Errand, Outcome, run, run_register
from concorda.foundation.process.resources import Figures, Kind, Offer, Resource, Verb, View
from concorda.foundation.process.stages import Tool
from concorda.portal.api.asking import Sent, as_posted, body_of, closed, form_schema, kind_schema, offered_by, posted
from concorda.portal.api.entrance import Answer, Call, etag_of, matches
from concorda.portal.api.problems import Problem, in_forms
from concorda.portal.api.showing import Schema, column_schema, fetched, fields_of, plain, show

Text = str | Promise
Fields = dict[str, FormField | None]
MOST = 100
USUAL = 25


@dataclass(frozen=True)
class Operation:
    """One method at one address: what it does, and what the schema says of it."""

    method: str
    path: str
    name: str
    summary: Text
    act: Callable[[Call], Answer]
    tag: Text = ""
    tool: Tool | None = None
    ability: Ability | None = None
    query: Mapping[str, Schema] = field(default_factory=dict)
    body: Callable[[], Schema | None] = lambda: None
    answers: str = "object"
    """The schema of the answer: a component's name, "list of …", "file" or "object"."""
    status: int = 200
    files: bool = False
    guarded: bool = False
    """Whether If-Match has to say which state is to be changed."""
    open: bool = False

    @property
    def writes(self) -> bool:
        return self.method not in ("GET", "HEAD") and not self.open


# Pages of a list


def cursor_of(pk: int, *, newest: bool) -> str:
    """An opaque mark of a place in a list; what is added before or after it moves nothing."""
    return (
        urlsafe_b64encode(Signer(salt="api.cursor").sign(f"{'-' if newest else ''}{pk}").encode()).decode().rstrip("=")
    )


def read_cursor(text: str) -> tuple[int, bool]:
    try:
        mark = Signer(salt="api.cursor").unsign(urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode())
    except (BadSignature, ValueError) as error:
        raise Problem(422, _("This cursor is not one of ours. Begin again without it.")) from error
    return abs(int(mark)), mark.startswith("-")


def limit_of(call: Call) -> int:
    text = call.asked.get("limit", str(USUAL))
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= MOST:
        raise Problem(422, _("“limit” is a number from 1 to %(most)s.") % {"most": MOST})
    return int(text)


def page_of(call: Call, rows: QuerySet[Any], show_one: Callable[[Any], Any]) -> Answer:
    """A page of rows in the order of their numbers, with the cursor of the next one."""
    newest = call.asked.get("order") == "-id"
    if "cursor" in call.asked:
        after, newest = read_cursor(call.asked["cursor"])
        rows = rows.filter(pk__lt=after) if newest else rows.filter(pk__gt=after)
    limit = limit_of(call)
    found = list(rows.order_by("-pk" if newest else "pk")[: limit + 1])
    following = cursor_of(found[limit - 1].pk, newest=newest) if len(found) > limit else None
    body = {"items": [show_one(row) for row in found[:limit]], "next": following}
    headers = {"ETag": etag_of(body)}
    if following:
        asked = call.request.GET.copy()
        asked["cursor"] = following
        headers["Link"] = f'<{call.request.path}?{asked.urlencode()}>; rel="next"'
    return Answer(body=body, headers=headers)


PAGING: Mapping[str, Schema] = {
    "cursor": {"type": "string", "description": gettext_lazy("Where the page before ended: its “next”.")},
    "limit": {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL},
    "order": {"type": "string", "enum": ["id", "-id"], "default": "id"},
}


# Records


class Records:
    """The operations on one resource of a tool (or of the partnership itself, without a tool)."""

    def __init__(self, tool: Tool | None, resource: Resource) -> None:
        self.tool, self.resource = tool, resource
        self.space = f"{tool.key}_{resource.name}" if tool else resource.name
        self.space = self.space.replace("-", "_")
        home = f"/partnerships/{{here}}/{tool.key.replace('_', '-')}" if tool else "/partnerships/{here}"
        self.path, self.one_path = f"{home}/{resource.name}", f"{home}/{resource.name}/{{id}}"

    @property
    def tag(self) -> Text:
        return self.tool.title if self.tool else gettext_lazy("Partnership")

    @property
    def schema_name(self) -> str:
        return "".join(part.capitalize() for part in self.space.split("_"))

    @property
    def where(self) -> dict[str, str]:
        return {"stage": self.tool.stage, "tool": self.tool.key} if self.tool else {}

    # Reading

    def rows(self, call: Call) -> QuerySet[Any]:
        """The rows this person may read: the question the pages ask."""
        if self.resource.rows:
            rows = self.resource.rows(call.access)
        elif self.resource.register:
            rows = self.register(call).rows()
        else:
            rows = self.resource.model.objects.all()  # type: ignore[attr-defined]
        return fetched(self.resource, rows)

    def register(self, call: Call) -> Any:
        assert self.resource.register
        register = self.resource.register(role="list")
        register.setup(Errand(call.request, "GET", asked=call.request.GET))
        return register

    def row(self, call: Call) -> Any:
        row = self.rows(call).filter(pk=call.named["id"]).first()
        if row is None:
            raise Http404
        return row

    def list(self, call: Call) -> Answer:
        for name in call.asked:
            if name not in self.query:
                raise Problem(422, _("There is no “%(name)s” to ask for here.") % {"name": name})
        rows = self.rows(call)
        for name, column in self.filters.items():
            if name in call.asked:
                rows = rows.filter(**{column.name: self.wanted(name, call.asked[name])})
        if call.asked.get("q"):
            rows = self.register(call).searched(rows)
        return page_of(call, rows, lambda row: show(self.resource, row))

    def wanted(self, name: str, text: str) -> Any:
        column = self.filters[name]
        if isinstance(column, models.BooleanField):
            if text not in ("true", "false"):
                raise Problem(422, _("“%(name)s” is true or false.") % {"name": name})
            return text == "true"
        if isinstance(column, models.ForeignKey | models.IntegerField):
            if not (text.isascii() and text.isdigit() and len(text) < 18):
                raise Problem(422, _("“%(name)s” is a number.") % {"name": name})
            return int(text)
        return text

    @cached_property
    def filters(self) -> dict[str, Any]:
        """The fields a list can be narrowed by: relations, choices, yes or no."""
        found = {}
        for one in fields_of(self.resource):
            columns = {column.name: column for column in self.resource.model._meta.concrete_fields}
            column = columns.get(one.path[0]) if len(one.path) == 1 else None
            if column is not None and (
                isinstance(column, models.ForeignKey | models.BooleanField)
                or (column.choices and column.name == one.name)
            ):
                found[one.name] = column
        return found

    @cached_property
    def query(self) -> dict[str, Schema]:
        searched: dict[str, Schema] = (
            {"q": {"type": "string"}} if self.resource.register and self.resource.register.search else {}
        )
        narrow = {
            name: {"type": "integer"} if isinstance(column, models.ForeignKey) else column_schema(column)
            for name, column in self.filters.items()
        }
        return {**PAGING, **searched, **narrow}

    def read(self, call: Call) -> Answer:
        return self.shown(self.row(call))

    def shown(self, row: Any, status: int = 200) -> Answer:
        body = show(self.resource, row)
        return Answer(status, body, {"ETag": etag_of(body)})

    def address(self, call: Call, pk: int) -> str:
        slug = call.access.partnership.slug
        return "/api/v1" + self.one_path.replace("{here}", slug).replace("{id}", str(pk))

    # Writing

    def create(self, call: Call) -> Answer:
        """Through the form of the page that adds one; 201 with the record and its address."""
        if self.resource.create:
            outcome, made = do(call, self.resource.create), None
        else:
            outcome = self.through_register(call, "new", keep=True)
            made = outcome.row
        pk = made.pk if isinstance(made, self.resource.model) else self.made_by(call, outcome)
        may_read = call.access.can(self.resource.read, **self.where)
        row = self.rows(call).filter(pk=pk).first() if pk and may_read else None
        if row is None:
            return told(call, outcome)
        answer = self.shown(row, 201)
        answer.headers["Location"] = self.address(call, row.pk)
        return answer

    def made_by(self, call: Call, outcome: Outcome) -> int | None:
        """The number of the row that was made: the timeline says it, or the page that follows."""
        label = self.resource.model._meta.label_lower
        for entry in entries_since(call):
            if entry.target == label:
                return entry.target_id
        try:
            match = resolve(outcome.response.headers.get("Location", "").partition("#")[0].partition("?")[0])
        except Resolver404:
            return None
        leads_here = getattr(match.func, "model", None) is self.resource.model
        return match.kwargs.get("pk") if leads_here else None

    def change(self, call: Call) -> Answer:
        """PATCH keeps what is not sent, PUT empties it; both only from the state that If-Match names."""
        self.demand_state(call)
        keep = call.request.method == "PATCH"
        if self.resource.change:
            do(call, self.resource.change, pk=call.named["id"], keep=keep)
        else:
            self.through_register(call, "edit", keep=keep, pk=call.named["id"])
        return self.shown(self.row(call))

    def remove(self, call: Call) -> Answer:
        self.demand_state(call)
        if self.resource.remove:
            do(call, self.resource.remove, pk=call.named["id"])
        else:
            self.through_register(call, "delete", pk=call.named["id"])
        return Answer(204)

    def demand_state(self, call: Call) -> None:
        """The row must still be as the caller read it; it stays locked until the change is made."""
        given = call.request.headers.get("If-Match", "")
        call.entered = last_line(call)
        self.resource.model._base_manager.select_for_update().filter(pk=call.named["id"]).values("pk").first()
        tag = self.shown(self.row(call)).headers["ETag"]
        if not given:
            raise Problem(428, _("Send If-Match with the ETag of what you read."), headers={"ETag": tag})
        if not matches(given, tag):
            raise Problem(412, _("It is not what you read any more. Read it again."), headers={"ETag": tag})

    def through_register(self, call: Call, role: str, *, keep: bool = False, **named: Any) -> Outcome:
        kind = self.resource.register
        assert kind
        sent, asked = Sent(call.request), QueryDict(mutable=True)
        extra = take_asked(sent.values, self.resource.asked, asked)
        call.entered = last_line(call)
        offered = QueryDict(mutable=True)
        fields: Fields = {}
        if role != "delete":
            look = run_register(kind, role, Errand(call.request, "GET", asked=asked), **named)
            offered, fields = offered_by([look.shown["form"]] if "form" in look.shown else [])
        data = posted(extra, fields, offered if keep else only_base(offered))
        errand = Errand(call.request, "POST", asked=asked, sent=data, files=sent.files)
        return done(run_register(kind, role, errand, **named))

    # What the schema says

    def operations(self) -> Iterator[Operation]:
        one, what = self.resource, self.resource.model._meta
        plural, single = what.verbose_name_plural or one.name, what.verbose_name or one.name
        facts: dict[str, Any] = {"tag": self.tag, "tool": self.tool, "ability": one.read}
        free = facts | {"ability": None}  # what is needed to do it, the page says itself
        home, path, space, answers = self.path, self.one_path, self.space, self.schema_name
        several = facts | {"query": self.query, "answers": f"list of {answers}"}
        yield Operation("GET", home, f"list_{space}", plural, self.list, **several)
        yield Operation("GET", path, f"read_{space}", single, self.read, answers=answers, **facts)
        if one.has("new") or one.create:
            made = free | {"body": self.create_body, "answers": answers, "status": 201, "files": self.takes_files}
            yield Operation("POST", home, f"create_{space}", format_lazy("+ {}", single), self.create, **made)
        if one.has("edit") or one.change:
            changed = facts | {"answers": answers, "guarded": True}
            words = format_lazy("± {}", single)
            yield Operation("PATCH", path, f"patch_{space}", words, self.change, body=self.patch_body, **changed)
            yield Operation("PUT", path, f"put_{space}", words, self.change, body=self.put_body, **changed)
        if one.has("delete") or one.remove:
            gone = facts | {"status": 204, "guarded": True, "answers": "nothing"}
            yield Operation("DELETE", path, f"remove_{space}", format_lazy("− {}", single), self.remove, **gone)
        for name, verb in one.acts.items():
            words = format_lazy("{} · {}", single, name)
            yield verb_operation(verb, f"{path}/{name}", f"{space}_{name}", words, free)
        for name, view in one.documents.items():
            words = format_lazy("{} · {}", single, name)
            yield document_operation(view, f"{path}/{name}", f"{space}_{name}", words, free)

    @property
    def takes_files(self) -> bool:
        return self.resource.create is not None and has_file(self.resource.create)

    def create_body(self) -> Schema:
        if self.resource.create:
            return body_of(self.resource.create)
        assert self.resource.register
        schema = form_schema(self.resource.register.form)
        schema["properties"] |= {name: kind_schema(kind) for name, kind in self.resource.asked.items()}
        return closed(schema, more=False)

    def put_body(self) -> Schema:
        if self.resource.change:
            return body_of(self.resource.change)
        assert self.resource.register
        return closed(form_schema(self.resource.register.form), more=False)

    def patch_body(self) -> Schema:
        return {key: value for key, value in self.put_body().items() if key != "required"}


def has_file(verb: Verb) -> bool:
    return any("contentMediaType" in one for one in body_of(verb)["properties"].values())


def only_base(offered: QueryDict) -> QueryDict:
    """The revision a form started from, and nothing else it offers."""
    kept = QueryDict(mutable=True)
    for name in ("base", "loaded"):
        if name in offered:
            kept.setlist(name, offered.getlist(name))
    return kept


# Verbs


def take_asked(values: dict[str, Any], named: Mapping[str, Kind], asked: QueryDict) -> dict[str, Any]:
    """Move what a page reads from its address out of the values; returns the rest."""
    for name in named:
        text = as_posted(values.get(name)) if not isinstance(values.get(name), list) else None
        if text is not None:
            asked[name] = text
    return {name: value for name, value in values.items() if name not in named}


def do(call: Call, verb: Verb, *, keep: bool = True, **named: Any) -> Outcome:
    """Run a page's view with what was sent; what the page offers stands for what was left out."""
    if verb.password and call.token and not call.person.has_usable_password():
        raise Problem(403, _("This asks again who you are: do it in the browser, or set a password first."))
    sent, asked = Sent(call.request), QueryDict(mutable=True)
    values = take_asked(sent.values, verb.asked, asked)
    call.entered = last_line(call)
    offered = QueryDict(mutable=True)
    fields: Fields = {}
    if verb.has_page:
        look = run(verb.view, Errand(call.request, "GET", asked=asked), **named)
        offered, fields = offered_by(look.forms)
        offered = offered if keep else only_base(offered)
    else:
        fields = {name: one for form in verb.forms for name, one in form.base_fields.items()}  # type: ignore[attr-defined]
    fields |= dict.fromkeys(verb.takes)
    if verb.more and not verb.has_page:
        fields |= dict.fromkeys(name for name in values if name not in fields)
    data = posted(values, fields, offered)
    return done(run(verb.view, Errand(call.request, "POST", asked=asked, sent=data, files=sent.files), **named))


def done(outcome: Outcome) -> Outcome:
    """The outcome, if something came of it; otherwise a Problem that says what is to be put right."""
    if outcome.done:
        return outcome
    errors = in_forms(outcome.forms)
    if errors:
        raise Problem(422, _("What was sent has mistakes."), errors=errors)
    if outcome.refusals:
        raise Problem(409, " ".join(outcome.refusals))
    status = outcome.response.status_code
    if status in (403, 404, 405):
        raise Problem(status, outcome.response.content.decode()[:200])
    raise Problem(422, _("Nothing was done: something needed is missing."))


def last_line(call: Call) -> int:
    here = getattr(call, "access", None)
    return here.partnership.length if here else 0


def entries_since(call: Call) -> list[Entry]:
    """The lines this call wrote into the timeline."""
    found = visible(call.access.partnership, call.access.own_organizations).filter(
        number__gt=call.entered, by=call.person
    )
    return list(found.order_by("number"))


def told(call: Call, outcome: Outcome) -> Answer:
    """What was done: the words of the page, the lines of the timeline, and what is shown once."""
    lines = [
        {"number": one.number, "sentence": one.sentence, "about": one.target, "id": one.target_id}
        for one in entries_since(call)
    ]
    return Answer(body={"said": outcome.words, "timeline": lines, "once": {}})


def verb_operation(verb: Verb, path: str, name: str, summary: Text, facts: Mapping[str, Any]) -> Operation:
    def act(call: Call) -> Answer:
        named = {"pk": call.named["id"]} if "id" in call.named else {}
        outcome = do(call, verb, **named)
        answer = told(call, outcome)
        if verb.once and outcome.session.get(verb.once):
            answer.body["once"] = {verb.once: str(outcome.session[verb.once])}
        return answer

    return Operation(
        "POST", path, name.replace("-", "_"), summary, act,
        body=lambda: body_of(verb), answers="Done", files=has_file(verb), **facts,
    )  # fmt: skip


def document_operation(view: View, path: str, name: str, summary: Text, facts: Mapping[str, Any]) -> Operation:
    def act(call: Call) -> Answer:
        named = {"pk": call.named["id"]} if "id" in call.named else {}
        response = run(view, Errand(call.request, "GET", asked=call.request.GET), **named).response
        if response.status_code != 200:
            raise Problem(404, _("There is no such file."))
        return Answer(file=as_file(response))

    return Operation("GET", path, name.replace("-", "_").replace(".", "_"), summary, act, answers="file", **facts)


def as_file(response: HttpResponse) -> HttpResponse:
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    return response


def figures_operation(tool: Tool | None, figures: Figures, path: str, name: str, tag: Text) -> Operation:
    def act(call: Call) -> Answer:
        body = plain(figures.find(call.access))
        return Answer(body=body, headers={"ETag": etag_of(body)})

    summary = format_lazy("{} · {}", tag, path.rsplit("/", 1)[-1])
    return Operation("GET", path, name.replace("-", "_"), summary, act, tag, tool, figures.read, answers="figures")


def operations_of(tool: Tool | None, offer: Offer) -> Iterator[Operation]:
    """Every operation of what a tool offers."""
    home = f"/partnerships/{{here}}/{tool.key.replace('_', '-')}" if tool else "/partnerships/{here}"
    tag: Text = tool.title if tool else gettext_lazy("Partnership")
    space = f"{tool.key}_" if tool else ""
    facts: dict[str, Any] = {"tag": tag, "tool": tool}
    for resource in offer.resources:
        yield from Records(tool, resource).operations()
    for name, figures in offer.figures.items():
        yield figures_operation(tool, figures, f"{home}/{name}", f"{space}{name}", tag)
    for name, verb in offer.acts.items():
        yield verb_operation(verb, f"{home}/{name}", f"{space}{name}", format_lazy("{} · {}", tag, name), facts)
    for name, view in offer.documents.items():
        yield document_operation(view, f"{home}/{name}", f"{space}{name}", format_lazy("{} · {}", tag, name), facts)
