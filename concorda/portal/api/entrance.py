"""The entrance: who asks, how often, in which language; every answer and every problem leaves through here."""

import json
import logging
import zoneinfo
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.utils import timezone, translation
from django.utils.decorators import method_decorator
from django.utils.http import parse_etags
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import View

from concorda.foundation.accounts.models import Person
from concorda.foundation.core import clock
from concorda.foundation.core.scoping import within
from concorda.foundation.partnerships.access import Ability, Access
from concorda.foundation.partnerships.door import access_of
from concorda.foundation.process.stages import Tool
from concorda.portal.api.models import ApiToken, KeptAnswer, digest_of
from concorda.portal.api.problems import MEDIA_TYPE, Problem, from_error

if TYPE_CHECKING:
    from concorda.portal.api.operations import Operation

log = logging.getLogger(__name__)
KEPT = timedelta(hours=24)
"""How long the answer to a POST with an Idempotency-Key is kept."""
WINDOW = 60


@dataclass
class Answer:
    """What is answered: JSON, or with `file` a response as a page makes it."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    file: HttpResponse | None = None


class Call:
    """One request to the API: who asks, through which token, and in which partnership."""

    access: Access

    def __init__(self, request: HttpRequest, named: Mapping[str, Any]) -> None:
        self.request, self.named = request, dict(named)
        self.token: ApiToken | None = None
        self.entered = 0  # how long the timeline was before this call wrote anything

    @property
    def person(self) -> Person:
        assert isinstance(self.request.user, Person)
        return self.request.user

    @cached_property
    def asked(self) -> dict[str, str]:
        """The query: each name at most once."""
        found = {}
        for name, values in self.request.GET.lists():
            if len(values) > 1 or "\x00" in values[0]:
                raise Problem(422, _("“%(name)s” can be given once.") % {"name": name})
            found[name] = values[0]
        return found

    def enter(self, scopes: ExitStack, tool: Tool | None, ability: Ability | None) -> None:
        """Go into the partnership the address names, as the door of the pages does; then see what is allowed there."""
        slug = self.named.pop("here", None)
        if slug is None:
            return
        access = access_of(self.person, slug)
        if access is None or (self.token and self.token.partnership_id not in (None, access.partnership.pk)):
            raise Http404
        self.access = access
        self.request.access, self.request.partnership = access, access.partnership  # type: ignore[attr-defined]
        scopes.enter_context(within(access.partnership, access.own_organizations))
        if ability is not None:
            self.demand(ability, tool)

    def demand(self, ability: Ability, tool: Tool | None) -> None:
        answer = self.access.can(ability, stage=tool.stage if tool else "", tool=tool.key if tool else "")
        if not answer:
            raise Problem(403, answer.reason)

    def demand_write(self, operation: "Operation") -> None:
        if self.token and not self.token.writes:
            raise Problem(403, _("This token may read, not write."))
        if self.token and self.token.partnership_id and "{here}" not in operation.path:
            raise Problem(403, _("This token is for one partnership alone."))


@method_decorator([csrf_exempt, login_not_required], name="dispatch")
class Entrance(View):
    """One address of the API, with what each method does there."""

    operations: Mapping[str, "Operation"] = {}

    def dispatch(self, request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
        call = Call(request, named)
        language = translation.get_language_from_request(request)
        limits: dict[str, str] = {}
        with translation.override(language), ExitStack() as scopes:
            request.LANGUAGE_CODE = language
            try:
                identify(call)
                limits = count(call)
                answer = self.answer(call, scopes)
            except Exception as error:  # every fault leaves as a problem; ours are logged
                answer = self.refusal(request, error)
                if answer.status >= 500:
                    log.exception("%s %s", request.method, request.path)
            response = respond(request, answer)
        for name, value in ({"Content-Language": language, "Cache-Control": "no-store"} | limits).items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Vary", "Accept-Language, Authorization, Cookie")
        return response

    def answer(self, call: Call, scopes: ExitStack) -> Answer:
        method = "GET" if call.request.method == "HEAD" else call.request.method or ""
        operation = self.operations.get(method)
        if operation is None:
            raise Problem(405, headers={"Allow": ", ".join(self.allowed())})
        if call.request.user.is_anonymous and not operation.open:
            raise Problem(401, _("Send a token, or sign in."), headers={"WWW-Authenticate": 'Bearer realm="concorda"'})
        if not operation.open:
            scopes.enter_context(timezone.override(zoneinfo.ZoneInfo(call.person.time_zone)))
        if operation.writes:
            call.demand_write(operation)
        call.enter(scopes, operation.tool, operation.ability)
        return within_one(call, operation) if operation.writes else operation.act(call)

    def allowed(self) -> list[str]:
        return sorted([*self.operations, *(["HEAD"] if "GET" in self.operations else [])])

    @staticmethod
    def refusal(request: HttpRequest, error: Exception) -> Answer:
        problem = from_error(error) or Problem(500)
        return Answer(problem.status, problem.body(request.path), {"Content-Type": MEDIA_TYPE, **problem.headers})


def respond(request: HttpRequest, answer: Answer) -> HttpResponse:
    """The answer as it leaves; a reading with an ETag the caller already holds is 304."""
    if answer.file is not None:
        return answer.file
    headers = dict(answer.headers)
    tag = headers.get("ETag")
    if tag and request.method in ("GET", "HEAD") and matches(request.headers.get("If-None-Match", ""), tag):
        return HttpResponse(status=304, headers={"ETag": tag})
    kind = headers.pop("Content-Type", "application/json")
    content = b"" if answer.status == 204 else json.dumps(answer.body, ensure_ascii=False).encode()
    response = HttpResponse(content, status=answer.status, content_type=kind, headers=headers)
    if answer.status == 204:
        del response.headers["Content-Type"]
    return response


def matches(given: str, tag: str) -> bool:
    return any(one in ("*", tag, f"W/{tag}") for one in parse_etags(given))


def etag_of(body: Any) -> str:
    return f'"{sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()[:32]}"'


# Who asks


def identify(call: Call) -> None:
    """By a token; otherwise by the session, and then what changes something needs the CSRF token of a page."""
    scheme, _space, secret = call.request.headers.get("Authorization", "").partition(" ")
    if not scheme:
        if call.request.user.is_authenticated:
            refuse_forged(call.request)
        return
    token = None
    if scheme.lower() == "bearer":
        found = ApiToken.objects.select_related("person").filter(digest=digest_of(secret.strip()))
        token = found.filter(person__is_active=True).first()
    if token is None or not token.works:
        call.request.user = AnonymousUser()
        count(call)
        raise Problem(
            401,
            _("This token does not work: it is unknown, revoked or expired."),
            headers={"WWW-Authenticate": 'Bearer realm="concorda", error="invalid_token"'},
        )
    call.token, call.request.user = token, token.person
    if token.used_at is None or clock.now() - token.used_at > timedelta(minutes=1):
        ApiToken.objects.filter(pk=token.pk).update(used_at=clock.now())


class Forged(CsrfViewMiddleware):
    def _reject(self, request: HttpRequest, reason: str) -> Any:
        return reason


def refuse_forged(request: HttpRequest) -> None:
    """Raise 403 when something is to be changed by a session without the CSRF token of our own pages."""
    check = Forged(lambda _request: HttpResponse())
    check.process_request(request)
    if check.process_view(request, HttpResponse, (), {}):
        raise Problem(403, _("With a session, send the header X-CSRFToken; or use a token."))


# How often


def count(call: Call) -> dict[str, str]:
    """Count this request against the limit of its token, person or address; the headers say what is left."""
    user = call.request.user
    if call.token:
        who = f"token:{call.token.pk}"
    else:
        who = f"person:{user.pk}" if user.is_authenticated else f"from:{call.request.META.get('REMOTE_ADDR', '')}"
    limit, now = settings.API_REQUESTS_A_MINUTE, int(clock.now().timestamp())
    window, left_in_window = now // WINDOW, WINDOW - now % WINDOW
    key = f"api:{who}:{window}"
    cache.add(key, 0, WINDOW * 2)
    try:
        used = cache.incr(key)
    except ValueError:  # it went out of the cache between the two
        used = 1
    headers = {
        "RateLimit-Policy": f'"requests";q={limit};w={WINDOW}',
        "RateLimit": f'"requests";r={max(limit - used, 0)};t={left_in_window}',
    }
    if used > limit:
        detail = _("At most %(limit)s requests a minute. Try again in %(seconds)s seconds.")
        facts = {"limit": limit, "seconds": left_in_window}
        raise Problem(429, detail % facts, headers={**headers, "Retry-After": str(left_in_window)})
    return headers


# Once


def within_one(call: Call, operation: "Operation") -> Answer:
    """Do it in one transaction; a POST with an Idempotency-Key is done once, and answered the same again."""
    key = call.request.headers.get("Idempotency-Key", "") if operation.method == "POST" else ""
    if len(key) > 255:
        raise Problem(422, _("An Idempotency-Key has at most 255 characters."))
    with transaction.atomic():
        kept = claim(call, key) if key else None
        if kept is not None and kept.status:
            return Answer(kept.status, kept.body, {**kept.headers, "Idempotent-Replayed": "true"})
        answer = operation.act(call)
        if kept is not None:
            kept.status, kept.body, kept.headers = answer.status, answer.body, answer.headers
            kept.save(update_fields=["status", "body", "headers"])
    return answer


def claim(call: Call, key: str) -> KeptAnswer:
    """The row of this key: new, or as it was answered; whoever comes second waits for the first to be done."""
    request = call.request
    digest = sha256(b"\n".join([request.path.encode(), request.body])).hexdigest()
    KeptAnswer.objects.filter(person=call.person, at__lt=clock.now() - KEPT).delete()
    kept, _new = KeptAnswer.objects.get_or_create(
        person=call.person, token=call.token, key=key, defaults={"digest": digest, "at": clock.now()}
    )
    if kept.digest != digest:
        raise Problem(422, _("This Idempotency-Key was used for another request."))
    return kept
