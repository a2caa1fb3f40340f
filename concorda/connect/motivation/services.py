"""Writing needs down, naming them, setting them aside; saying why an organization is here."""

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from concorda.connect.motivation.models import Expectation, Motive, Need, Standpoint, Support
from concorda.foundation.accounts.models import Person
from concorda.foundation.core import clock
from concorda.foundation.organizations.models import Organization
from concorda.foundation.partnerships.timeline import record


@transaction.atomic
def add_need(need: Need, *, by: Person) -> Need:
    """Write a need down. The organization that raises it names it as its own."""
    need.save()
    if need.raised_by:
        Support.objects.create(partnership=need.partnership, need=need, organization=need.raised_by)
    record(need.partnership, by, gettext_noop("wrote down a need: “%(need)s”"), about=need, need=need.statement)
    return need


@transaction.atomic
def support(need: Need, organization: Organization, *, by: Person) -> None:
    """An organization names a need as its own; naming it twice changes nothing."""
    refuse_set_aside(need)
    _support, created = Support.objects.get_or_create(
        partnership=need.partnership, need=need, organization=organization
    )
    if created:
        message = gettext_noop("named a need as their own: “%(need)s”")
        record(need.partnership, by, message, about=need, need=need.statement)


@transaction.atomic
def withdraw_support(need: Need, organization: Organization, *, by: Person) -> None:
    """An organization no longer names a need as its own."""
    deleted, _rows = Support.objects.filter(need=need, organization=organization).delete()
    if deleted:
        message = gettext_noop("no longer names this need as their own: “%(need)s”")
        record(need.partnership, by, message, about=need, need=need.statement)


@transaction.atomic
def set_aside(need: Need, reason: str, *, by: Person) -> None:
    """Stop pursuing a need for now; it stays on record with the reason."""
    refuse_set_aside(need)
    if not reason.strip():
        raise ValidationError(_("Say why the need is set aside; those who named it will want to know."))
    need.set_aside_because, need.set_aside_on = reason.strip(), clock.today()
    need.save(update_fields=["set_aside_because", "set_aside_on"])
    message = gettext_noop("set aside the need “%(need)s”: %(reason)s")
    record(need.partnership, by, message, about=need, need=need.statement[:120], reason=need.set_aside_because[:120])


@transaction.atomic
def take_up(need: Need, *, by: Person) -> None:
    """Pursue a need again that was set aside."""
    if need.set_aside_on is None:
        raise ValidationError(_("This need is not set aside."))
    need.set_aside_because, need.set_aside_on = "", None
    need.save(update_fields=["set_aside_because", "set_aside_on"])
    record(need.partnership, by, gettext_noop("took up the need “%(need)s” again"), about=need, need=need.statement)


def refuse_set_aside(need: Need) -> None:
    if need.set_aside_on is not None:
        raise ValidationError(_("This need is set aside. Take it up again first."))


@transaction.atomic
def say_why(standpoint: Standpoint, reasons: Mapping[str, tuple[int, str]], *, by: Person) -> None:
    """Keep an organization's reasons: kind of motive → how strong (1 to 4) and what it hopes for.

    They replace what it said before. While the standpoint is not shared, nobody else learns that anything was said.
    """
    if not reasons:
        raise ValidationError(_("Give at least one reason for being here."))
    standpoint.said_at = clock.now()
    standpoint.save()
    here, organization = standpoint.partnership, standpoint.organization
    Motive.objects.filter(partnership=here, organization=organization).exclude(kind__in=reasons).delete()
    for kind, (weight, hope) in reasons.items():
        facts = {"weight": weight, "hope": hope, "shared": standpoint.shared}
        Motive.objects.update_or_create(partnership=here, organization=organization, kind=kind, defaults=facts)
    record(
        here,
        by,
        gettext_noop("said why %(organization)s is here"),
        about=standpoint,
        private_to=None if standpoint.shared else organization,
        organization=organization.short,
    )


@transaction.atomic
def expect(expectation: Expectation, *, by: Person) -> Expectation:
    """Write down what an organization expects to gain, spend or lose."""
    expectation.save()
    record(
        expectation.partnership,
        by,
        gettext_noop("wrote down what to expect: “%(what)s”"),
        about=expectation,
        private_to=None if expectation.shared else expectation.organization,
        what=expectation.what,
    )
    return expectation
