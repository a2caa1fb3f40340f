"""What the pages at the entrance ask about this installation."""

from typing import NamedTuple

from django import template
from django.conf import settings
from django.utils.translation import gettext as _

from concorda.foundation.accounts.models import Person

register = template.Library()
# Who shows most of what there is, first; the last three see least of this partnership, or nothing.
FIRST = ("priya", "tom", "denise", "farida", "luc", "lena", "jo", "walter", "maya", "stranger")


class Guest(NamedTuple):
    name: str
    first: str
    email: str
    part: str


@register.simple_tag
def outbox_open() -> bool:
    """Whether letters are kept on a page instead of being sent."""
    return bool(settings.OUTBOX)


@register.simple_tag
def sign_up_open() -> bool:
    """Whether strangers may open an account."""
    return bool(settings.SIGN_UP)


@register.simple_tag
def demo_people() -> list[Guest]:
    """The best known people of the demo with their organization; nobody outside a demo installation."""
    if not settings.DEMO:
        return []
    addresses = [f"{key}@concorda.example" for key in FIRST]
    people = {
        person.email: person
        for person in Person.objects.filter(email__in=addresses).prefetch_related("memberships__organization")
    }
    return [guest(people[address]) for address in addresses if address in people]


def guest(person: Person) -> Guest:
    membership = next(iter(person.memberships.all()), None)
    if person.is_steward and not membership:
        return Guest(person.name, person.name.split()[0], person.email, _("Network steward"))
    part = ", ".join(filter(None, [membership.title, membership.organization.short])) if membership else ""
    return Guest(person.name, person.name.split()[0], person.email, part)
