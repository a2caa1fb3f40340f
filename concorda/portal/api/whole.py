"""What belongs to no single tool: the partnership itself, its people and timeline; the directory; oneself."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from concorda.foundation.organizations import queries as directory
from concorda.foundation.organizations.forms import LANGUAGES, ClaimForm, InviteForm, NewForm, ProfileForm
from concorda.foundation.organizations.models import Membership, Organization
from concorda.foundation.organizations.views import directory as pages
from concorda.foundation.organizations.views import people as people_pages
from concorda.foundation.partnerships import timeline
from concorda.foundation.partnerships.access import Ability, Access
from concorda.foundation.partnerships.models import Entry, Participant, Partnership
from concorda.foundation.partnerships.queries import present
from concorda.foundation.process.models import EarlyEntry, Element
from concorda.foundation.process.progress import overview, waiting_for
from concorda.foundation.process.resources import Figures, Offer, Resource, Verb
from concorda.portal import partnership_views, views
from concorda.portal import thread as threads
from concorda.portal.api.asking import body_of
from concorda.portal.api.entrance import Answer, Call, etag_of, matches
from concorda.portal.api.operations import PAGING, Operation, do, limit_of, page_of
from concorda.portal.api.problems import Problem
from concorda.portal.api.showing import fetched, plain, schema_of, show
from concorda.portal.forms import AgreedForm, EarlyEntryForm, ElementForm, RolesForm, SettingsForm, StartForm
from concorda.portal.map import stage_sentence, standing
from concorda.portal.queries import waiting_everywhere
from concorda.portal.search import found_by

# Inside a partnership


def progress(access: Access) -> Any:
    """The map: four stages of four elements, each with its sentence."""
    stages = overview(access.partnership)
    sentences = standing(stages)
    return {
        "standing": f"{sentences['lead']} {sentences['rest']}",
        "stages": [
            {
                "stage": one.stage.key,
                "title": one.stage.title,
                "state": one.state,
                "sentence": stage_sentence(one),
                "elements": [
                    {
                        "tool": tool.key,
                        "title": tool.title,
                        "state": found.state,
                        "sentence": found.sentence,
                        "done": found.done,
                        "total": found.total,
                    }
                    for tool, found in one.tools
                ],
            }
            for one in stages
        ],
    }


def thread(access: Access) -> Any:
    """Need, goal, action, indicator, result, with every break named."""
    found = threads.build(access.partnership)
    lead, rest = threads.sentence(found)
    return {
        "standing": f"{lead} {rest}".strip(),
        "strands": [node_of(node) for node in found.strands],
        "loose": [node_of(node) for node in found.loose],
    }


def node_of(node: threads.Node) -> dict[str, Any]:
    words = ("kind", "title", "figure", "gap", "waits", "refers", "url")
    return {name: getattr(node, name) for name in words} | {"children": [node_of(child) for child in node.children]}


def waiting(access: Access) -> Any:
    """What waits for me here."""
    return [
        {"tool": tool.key, "what": one.label, "detail": one.detail, "due": one.due, "late": one.late, "url": one.url}
        for tool, one in waiting_for(access)
    ]


def participants(access: Access) -> QuerySet[Participant]:
    return present(access.partnership)


def entries(access: Access) -> QuerySet[Entry]:
    return timeline.visible(access.partnership, access.own_organizations)


def shown_entry(entry: Entry) -> dict[str, Any]:
    return show(TIMELINE, entry) | {"sentence": entry.sentence}


TIMELINE = Resource(
    "timeline",
    Entry,
    ("number", "at", "by", "by_name", "organization_name", "tool", "sentence", "about=target", "about_id=target_id",
     "previous", "hash"),
    rows=entries,
)  # fmt: skip

HERE = Offer(
    resources=(
        TIMELINE,
        Resource(
            "participants",
            Participant,
            ("person", "email=person.email", "organization", "title", "roles=roles.role", "joined_on"),
            rows=participants,
            verbs={"roles": Verb(partnership_views.roles, RolesForm, takes={"leave": bool})},
        ),
        Resource("elements", Element, ("tool", "left_out_because", "agreed_on", "agreed_by", "agreed_in", "review_on")),
        Resource("early-entries", EarlyEntry, ("stage", "reason", "by", "at")),
    ),
    figures={
        "map": Figures(progress, Ability.OBSERVE),
        "thread": Figures(thread),
        "waiting": Figures(waiting, Ability.OBSERVE),
    },
    verbs={"settings": Verb(partnership_views.settings, SettingsForm)},
)

# Partnerships, oneself, the directory


def outside(view: Any, form: Any) -> Verb:
    """A page outside any partnership: one that shows its form before it is posted."""
    view.methods = ("GET", "POST")
    return Verb(view, form)


NEW, EDIT, CLAIM = outside(pages.new, NewForm), outside(pages.edit, ProfileForm), outside(pages.claim, ClaimForm)
INVITE, START = outside(people_pages.people, InviteForm), outside(views.start, StartForm)
ELEMENT = Verb(partnership_views.element, ElementForm, takes={"again": bool})
AGREED = Verb(partnership_views.agreed_before, AgreedForm, takes={"undo": bool})
EARLY = Verb(partnership_views.stage, EarlyEntryForm)

PARTNERSHIP = Resource(
    "partnerships",
    Partnership,
    ("slug", "name", "short_name", "purpose", "origin", "status", "time_zone", "place_name", "started_on",
     "length", "head"),
)  # fmt: skip
ORGANIZATION = Resource(
    "organizations",
    Organization,
    ("slug", "name", "short_name", "other_names", "kind", "activities", "mandate", "vision", "values", "website",
     "languages", "place=place.code", "area", "postcode", "income", "registered_on", "terms", "populations",
     "looking_for", "active", "changed_at"),
)  # fmt: skip


def list_partnerships(call: Call) -> Answer:
    rows = Partnership.objects.visible_to(call.person)
    if call.token and call.token.partnership_id:
        rows = rows.filter(pk=call.token.partnership_id)
    return page_of(call, rows, lambda row: show(PARTNERSHIP, row))


def read_partnership(call: Call) -> Answer:
    body = show(PARTNERSHIP, call.access.partnership) | {"roles": sorted(call.access.roles)}
    return Answer(body=body, headers={"ETag": etag_of(body)})


def start_partnership(call: Call) -> Answer:
    outcome = do(call, START)
    slug = outcome.response.headers["Location"].strip("/").split("/")[-1]
    row = Partnership.objects.visible_to(call.person).get(slug=slug)
    return Answer(201, show(PARTNERSHIP, row), {"Location": f"/api/v1/partnerships/{slug}"})


def me(call: Call) -> Answer:
    person = call.person
    works = Membership.objects.filter(person=person).select_related("organization").order_by("organization__name")
    body = {
        "id": person.pk,
        "name": person.name,
        "email": person.email,
        "language": person.language,
        "time_zone": person.time_zone,
        "organizations": [{**plain(one.organization), "role": one.role} for one in works],
        "token": {"name": call.token.name, "scope": call.token.scope, "expires_on": plain(call.token.expires_on)}
        if call.token
        else None,
    }
    return Answer(body=body, headers={"ETag": etag_of(body)})


def everything_waiting(call: Call) -> Answer:
    only = call.token.partnership_id if call.token else None
    body = [
        {"partnership": here.slug, "tool": tool.key, "what": one.label, "detail": one.detail, "due": plain(one.due),
         "late": one.late, "url": one.url}
        for here, tool, one in waiting_everywhere(call.person)
        if only in (None, here.pk)
    ]  # fmt: skip
    return Answer(body=body, headers={"ETag": etag_of(body)})


ASKED: dict[str, Any] = {
    "q": {"type": "string", "description": gettext_lazy("Words; the best first, without further pages.")},
    "kind": {"type": "string", "enum": Organization.Kind.values},
    "area": {"type": "string"},
    "language": {"type": "string", "enum": [code for code, _label in LANGUAGES]},
}


def list_organizations(call: Call) -> Answer:
    asked = {name: call.asked[name] for name in ASKED if call.asked.get(name)}
    found = fetched(ORGANIZATION, directory.directory(asked).organizations)
    if "q" in asked:
        rows = [show(ORGANIZATION, row) for row in found[: limit_of(call)]]
        return Answer(body={"items": rows, "next": None})
    return page_of(call, found, lambda row: show(ORGANIZATION, row))


def organization_of(call: Call) -> Organization:
    row = fetched(ORGANIZATION, Organization.objects.all()).filter(slug=call.named["organization"]).first()
    if row is None:
        raise Http404
    return row


def read_organization(call: Call) -> Answer:
    body = show(ORGANIZATION, organization_of(call))
    return Answer(body=body, headers={"ETag": etag_of(body)})


def new_organization(call: Call) -> Answer:
    do(call, NEW)
    row = Organization.objects.of(call.person).order_by("-pk")[0]
    return Answer(201, show(ORGANIZATION, row), {"Location": f"/api/v1/organizations/{row.slug}"})


def enter_organization(call: Call) -> Organization:
    """As the door of an organization's own rooms: who does not work there is told that it does not exist."""
    membership = (
        Membership.objects.select_related("organization")
        .filter(person=call.person, organization__slug=call.named["organization"])
        .first()
    )
    if membership is None:
        organization_of(call)
        raise Problem(403, _("Only people who work there can do this."))
    request: Any = call.request
    request.membership, request.organization = membership, membership.organization
    return membership.organization


def change_organization(call: Call) -> Answer:
    Organization.objects.select_for_update().filter(slug=call.named["organization"]).values("pk").first()
    tag = read_organization(call).headers["ETag"]
    enter_organization(call)
    given = call.request.headers.get("If-Match", "")
    if not given:
        raise Problem(428, _("Send If-Match with the ETag of what you read."), headers={"ETag": tag})
    if not matches(given, tag):
        raise Problem(412, _("It is not what you read any more. Read it again."), headers={"ETag": tag})
    do(call, EDIT, keep=call.request.method == "PATCH")
    return read_organization(call)


def claim_organization(call: Call) -> Answer:
    organization_of(call)
    outcome = do(call, CLAIM, slug=call.named["organization"])
    return Answer(body={"said": outcome.words, "timeline": [], "once": {}})


def people_of(call: Call) -> Answer:
    organization = enter_organization(call)
    works = organization.memberships.select_related("person").order_by("pk")
    return page_of(
        call, works, lambda one: {"id": one.pk, "person": plain(one.person), "role": one.role, "title": one.title}
    )


def invite_person(call: Call) -> Answer:
    enter_organization(call)
    outcome = do(call, INVITE)
    return Answer(body={"said": outcome.words, "timeline": [], "once": {}})


def search(call: Call) -> Answer:
    query = call.asked.get("q", "").strip()[:200]
    hits = found_by(call.access, query) if query else []
    items = [{"tool": hit.tool.key, "kind": hit.kind, "label": hit.label, "url": hit.url} for hit in hits]
    return Answer(body={"items": items, "next": None})


def element(call: Call) -> Answer:
    outcome = do(call, ELEMENT, tool=call.named["tool"])
    return Answer(body={"said": outcome.words, "timeline": [], "once": {}})


def agreed(call: Call) -> Answer:
    outcome = do(call, AGREED, tool=call.named["tool"])
    return Answer(body={"said": outcome.words, "timeline": [], "once": {}})


def early(call: Call) -> Answer:
    call.demand(Ability.STEER, None)
    outcome = do(call, EARLY, stage=call.named["stage"])
    return Answer(body={"said": outcome.words, "timeline": [], "once": {}})


def operations() -> Iterator[Operation]:
    """The operations that lie outside the tools."""
    partnership, people, mine = gettext_lazy("Partnership"), gettext_lazy("Organizations"), gettext_lazy("Me")
    home, one = "/partnerships", "/partnerships/{here}"
    firm = "/organizations/{organization}"
    yield Operation("GET", "/me", "me", gettext_lazy("Who I am"), me, mine, answers="Me")
    yield Operation(
        "GET", "/me/waiting", "my_waiting", gettext_lazy("What waits for me everywhere"), everything_waiting, mine,
        answers="figures",
    )  # fmt: skip
    yield Operation(
        "GET", "/organizations", "list_organizations", gettext_lazy("The directory"), list_organizations, people,
        query={**PAGING, **ASKED}, answers="list of Organization",
    )  # fmt: skip
    yield Operation(
        "POST", "/organizations", "create_organization", gettext_lazy("Name an organization"), new_organization, people,
        body=lambda: body_of(NEW), answers="Organization", status=201,
    )  # fmt: skip
    yield Operation(
        "GET", firm, "read_organization", gettext_lazy("A public profile"), read_organization, people,
        answers="Organization",
    )  # fmt: skip
    for method in ("PATCH", "PUT"):
        yield Operation(
            method, firm, f"{method.lower()}_organization", gettext_lazy("Change the public profile"),
            change_organization, people, answers="Organization", guarded=True,
            body=lambda: {
                key: value
                for key, value in body_of(EDIT).items()
                if key != "required"
            },
        )  # fmt: skip
    yield Operation(
        "POST", f"{firm}/claim", "claim_organization", gettext_lazy("Say that I work there"), claim_organization,
        people, body=lambda: body_of(CLAIM), answers="Done",
    )  # fmt: skip
    yield Operation(
        "GET", f"{firm}/people", "list_people", gettext_lazy("Who works there"), people_of, people,
        query=PAGING, answers="list of object",
    )  # fmt: skip
    yield Operation(
        "POST", f"{firm}/people", "invite_person", gettext_lazy("Invite somebody"), invite_person, people,
        body=lambda: body_of(INVITE), answers="Done",
    )  # fmt: skip
    yield Operation(
        "GET", home, "list_partnerships", gettext_lazy("My partnerships"), list_partnerships, partnership,
        query=PAGING, answers="list of Partnership",
    )  # fmt: skip
    yield Operation(
        "POST", home, "start_partnership", gettext_lazy("Start a partnership"), start_partnership, partnership,
        body=lambda: body_of(START), answers="Partnership", status=201,
    )  # fmt: skip
    yield Operation(
        "GET", one, "read_partnership", gettext_lazy("One partnership, and my roles in it"), read_partnership,
        partnership, ability=Ability.OBSERVE, answers="Partnership",
    )  # fmt: skip
    yield Operation(
        "GET", f"{one}/search", "search", gettext_lazy("Search what I may see"), search, partnership,
        ability=Ability.SEE, query={"q": {"type": "string"}}, answers="list of object",
    )  # fmt: skip
    yield Operation(
        "POST", f"{one}/elements/{{tool}}/leave-out", "leave_out_element",
        gettext_lazy("Leave an element out, or take it up again"), element, partnership,
        body=lambda: body_of(ELEMENT), answers="Done",
    )  # fmt: skip
    yield Operation(
        "POST", f"{one}/elements/{{tool}}/agreed-before", "record_agreed_element",
        gettext_lazy("Record that an element was agreed before, or take that back"), agreed, partnership,
        body=lambda: body_of(AGREED), answers="Done",
    )  # fmt: skip
    yield Operation(
        "POST", f"{one}/stages/{{stage}}/enter", "enter_stage_early", gettext_lazy("Enter a stage early"), early,
        partnership, body=lambda: body_of(EARLY), answers="Done",
    )  # fmt: skip


COMPONENTS = {"Organization": lambda: schema_of(ORGANIZATION), "Partnership": lambda: schema_of(PARTNERSHIP)}
TWINS = (ELEMENT, AGREED, EARLY, START, NEW, EDIT, CLAIM, INVITE)
"""Verbs of pages outside the tools that operations above stand for."""
