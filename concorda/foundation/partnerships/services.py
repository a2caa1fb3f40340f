"""Starting a partnership; organizations and people coming in and leaving."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext_noop

from concorda.foundation.accounts.models import Person
from concorda.foundation.core import clock
from concorda.foundation.core.scoping import scopes_disabled
from concorda.foundation.core.text import free_slug
from concorda.foundation.organizations.models import Membership, Organization
from concorda.foundation.partnerships.access import Role
from concorda.foundation.partnerships.models import Participant, Partner, Partnership, RoleHeld
from concorda.foundation.partnerships.timeline import record


@transaction.atomic
def start(*, by: Person, organization: Organization, name: str, **facts: object) -> Partnership:
    """Begin a partnership: the person's organization convenes it, the person coordinates and represents."""
    partnership = Partnership.objects.create(name=name, slug=free_slug(Partnership, name), **facts)
    with scopes_disabled():
        Partner.objects.create(
            partnership=partnership,
            organization=organization,
            status=Partner.Status.COMMITTED,
            convenes=True,
            joined_on=clock.today(),
        )
    roles = [Role.COORDINATOR, Role.REPRESENTATIVE, Role.SIGNATORY]
    take_in(partnership, by, organization=organization, roles=roles, by=by, tell=False)
    record(partnership, by, gettext_noop("started the partnership"), about=partnership)
    return partnership


@transaction.atomic
def take_in(
    partnership: Partnership,
    person: Person,
    *,
    organization: Organization | None,
    roles: Iterable[Role],
    by: Person,
    title: str = "",
    tell: bool = True,
) -> Participant:
    """Make a person a participant (again), with these roles added."""
    with scopes_disabled():
        if not title and organization:
            membership = Membership.objects.filter(person=person, organization=organization).first()
            title = membership.title if membership else ""
        participant, _ = Participant.objects.update_or_create(
            partnership=partnership,
            person=person,
            defaults={"organization": organization, "left_on": None, "title": title},
        )
        for role in roles:
            RoleHeld.objects.get_or_create(partnership=partnership, participant=participant, role=role)
    if tell:
        record(partnership, by, gettext_noop("brought in %(person)s"), about=participant, person=person.name)
    return participant


@transaction.atomic
def set_roles(participant: Participant, roles: Iterable[Role], *, by: Person) -> None:
    """Replace a participant's roles. A partnership keeps at least one coordinator."""
    wanted = set(roles)
    others = RoleHeld.objects.filter(role=Role.COORDINATOR, participant__left_on=None).exclude(participant=participant)
    if Role.COORDINATOR not in wanted and not others.exists():
        raise LastCoordinator
    participant.roles.exclude(role__in=wanted).delete()
    for role in wanted:
        RoleHeld.objects.get_or_create(partnership=participant.partnership, participant=participant, role=role)
    names = ", ".join(sorted(str(Role(role).label) for role in wanted))
    message = gettext_noop("changed the roles of %(person)s to: %(roles)s")
    record(participant.partnership, by, message, about=participant, person=participant.person.name, roles=names)


class LastCoordinator(Exception):
    """A partnership would be left without a coordinator."""


@transaction.atomic
def leave(participant: Participant, *, by: Person) -> None:
    """A person stops taking part; what they did stays."""
    others = RoleHeld.objects.filter(role=Role.COORDINATOR, participant__left_on=None).exclude(participant=participant)
    if participant.roles.filter(role=Role.COORDINATOR).exists() and not others.exists():
        raise LastCoordinator
    participant.left_on = clock.today()
    participant.save(update_fields=["left_on"])
    record(
        participant.partnership,
        by,
        gettext_noop("noted that %(person)s left"),
        about=participant,
        person=participant.person.name,
    )
