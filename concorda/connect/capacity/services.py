"""Listing, changing and sharing what an organization offers and seeks."""

from collections.abc import Mapping
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from concorda.connect.capacity.models import AuthorityLimit, Item, Readiness
from concorda.foundation.accounts.models import Person
from concorda.foundation.core import clock
from concorda.foundation.core.moments import say_day
from concorda.foundation.organizations.models import Organization
from concorda.foundation.partnerships.models import Partnership
from concorda.foundation.partnerships.timeline import record
from concorda.foundation.process.models import Element


@transaction.atomic
def list_item(item: Item, *, by: Person) -> Item:
    """Write down what an organization offers or seeks; only its own people learn of it until it is shared."""
    item.save()
    offers = gettext_noop("listed an offer: %(what)s")
    seeks = gettext_noop("listed what they look for: %(what)s")
    record(
        item.partnership,
        by,
        offers if item.direction == Item.Direction.OFFER else seeks,
        about=item,
        private_to=None if item.shared else item.organization,
        what=item.what,
    )
    return item


@transaction.atomic
def set_limit(limit: AuthorityLimit, *, by: Person) -> AuthorityLimit:
    """Write down what a representative may commit without asking."""
    limit.save()
    record(
        limit.partnership,
        by,
        gettext_noop("said what can be committed without asking: %(what)s"),
        about=limit,
        private_to=None if limit.shared else limit.organization,
        what=limit.what,
    )
    return limit


@transaction.atomic
def rate(
    here: Partnership,
    organization: Organization,
    answers: Mapping[str, int | None],
    *,
    shared: bool,
    by: Person,
) -> None:
    """Keep an organization's answers on its readiness; what was left open stays open."""
    for question, value in answers.items():
        if value is None:
            Readiness.objects.filter(partnership=here, organization=organization, question=question).delete()
            continue
        facts = {"value": value, "shared": shared, "answered_at": clock.now()}
        Readiness.objects.update_or_create(
            partnership=here, organization=organization, question=question, defaults=facts
        )
    record(
        here,
        by,
        gettext_noop("said how ready %(organization)s is"),
        tool="capacity",
        private_to=None if shared else organization,
        organization=organization.short,
    )


@transaction.atomic
def look_again(here: Partnership, on: date, *, by: Person) -> None:
    """Set the day on which the partners look at their offers again. ValidationError if it has passed."""
    if on <= clock.today():
        raise ValidationError(_("Choose a day that is still to come."))
    element, _created = Element.objects.get_or_create(partnership=here, tool="capacity")
    element.review_on = on
    element.save()
    record(
        here,
        by,
        gettext_noop("set %(day)s to look at what everyone offers again"),
        about=element,
        tool="capacity",
        day=say_day(on),
    )
