"""Merging two entries of the directory that are one organization, and taking it back.

What belongs to the one that goes moves to the one that stays: numbers, other names, people, services, ties, places on
lists of candidates. What an organization has agreed, voted, signed or keeps private inside a partnership never moves;
then the other entry has to stay. A partnership in which something moves reads so in its timeline.
"""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from concorda.foundation.accounts.models import Person
from concorda.foundation.core import clock
from concorda.foundation.core.scoping import scopes_disabled
from concorda.foundation.organizations import duplicates
from concorda.foundation.organizations.models import (
    Identifier,
    Membership,
    Merge,
    Organization,
    Suggestion,
)
from concorda.foundation.organizations.registers.loading import directory_changed
from concorda.foundation.organizations.services import Refusal, index
from concorda.foundation.partnerships.models import Partner, Partnership, PartnershipOwned
from concorda.foundation.partnerships.timeline import record

NOT_MOVED = (Merge, Suggestion)
FIRST_STEPS = (
    Partner.Status.IDENTIFIED,
    Partner.Status.APPROACHED,
    Partner.Status.EXPLORING,
    Partner.Status.DECLINED,
)


def links() -> Iterator[tuple[type[models.Model], str]]:
    """Every model and foreign key that points to an organization, but for what describes the organization itself."""
    throughs = (field.remote_field.through for field in Organization._meta.local_many_to_many)
    own = {through for through in throughs if through and through._meta.auto_created}
    for relation in Organization._meta.get_fields(include_hidden=True):
        if isinstance(relation, models.ManyToOneRel) and relation.related_model not in {*own, *NOT_MOVED}:
            yield relation.related_model, relation.field.name


def obstacles(kept: Organization, gone: Organization) -> list[str]:
    """Why these two cannot be merged this way round, each as a sentence for the steward."""
    if kept == gone:
        return [_("This is one entry, not two.")]
    found = [
        _("%(name)s has been merged already.") % {"name": one.name}
        for one in (kept, gone)
        if Merge.objects.filter(gone=one, undone_at=None).exists()
    ]
    with scopes_disabled():
        both = [
            set(Membership.objects.filter(organization=one).values_list("person", flat=True)) for one in (kept, gone)
        ]
        if all(both):
            found.append(
                _("Both have people here. Nothing private may pass from one to the other; let them agree first.")
            )
        bound = sorted({str(one) for one in bound_in(gone)})
        if bound:
            facts = {"name": gone.name, "partnerships": ", ".join(bound)}
            found.append(_("%(name)s takes part in %(partnerships)s. Keep that entry, and let the other go.") % facts)
        else:
            shared = Partner.objects.filter(organization=gone, partnership__in=partnerships_of(kept))
            for partner in shared.select_related("partnership"):
                said = _(
                    "Both are listed in %(partnership)s. Its people have to take one of them off their list first."
                )
                found.append(said % {"partnership": partner.partnership.name})
    return found


def partnerships_of(organization: Organization) -> list[int]:
    return list(Partner.objects.filter(organization=organization).values_list("partnership", flat=True))


def bound_in(organization: Organization) -> Iterator[Partnership]:
    """Partnerships in which it has more than a place on the list of candidates."""
    late = Partner.objects.filter(organization=organization).exclude(status__in=FIRST_STEPS)
    yield from (partner.partnership for partner in late.select_related("partnership"))
    for model, field in links():
        if issubclass(model, PartnershipOwned) and model is not Partner:
            rows = model._base_manager.filter(**{field: organization}).select_related("partnership")
            yield from (row.partnership for row in rows)


@transaction.atomic
def merge(*, kept: Organization, gone: Organization, by: Person) -> Merge:
    """Make one entry of two; Refusal says why not."""
    stop = obstacles(kept, gone)
    if stop:
        raise Refusal(" ".join(stop))
    with scopes_disabled():
        listed = list(Partner.objects.filter(organization=gone).select_related("partnership"))
        moved: list[dict[str, Any]] = [taken for model, field in links() if (taken := take(model, field, gone, kept))]
    moved.append({"names": kept.other_names, "kept": kept.kept, "active": gone.active})
    Identifier.objects.filter(pk__in=pks_of(moved, Identifier)).update(merged=True)
    names = [*kept.other_names.split("\n"), gone.name, *gone.other_names.split("\n")]
    kept.other_names = "\n".join(dict.fromkeys(name for name in names if name and name != kept.name))
    # The register does not know the names that came with the merger.
    kept.kept = sorted({*kept.kept, "other_names"})
    gone.active = False
    done = Merge.objects.create(kept=kept, gone=gone, by=by, moved=moved)
    save(kept, gone)
    duplicates.forget(gone)
    message = gettext_noop("merged %(gone)s with %(kept)s in the directory: they are one organization")
    tell(listed, by, message, kept=kept, gone=gone)
    return done


@transaction.atomic
def undo(done: Merge, *, by: Person) -> None:
    """Put back everything that still belongs to the entry that stayed."""
    done = Merge.objects.select_for_update().select_related("kept", "gone").get(pk=done.pk)
    if done.undone_at:
        raise Refusal(_("This has been taken back already."))
    kept, gone, facts = done.kept, done.gone, done.moved[-1]
    if Merge.objects.filter(gone=kept, undone_at=None).exists():
        raise Refusal(_("%(name)s has been merged itself since. Take that back first.") % {"name": kept.name})
    with scopes_disabled():
        for one in done.moved[:-1]:
            rows = apps.get_model(one["model"])._base_manager.filter(pk__in=one["pks"], **{one["field"]: kept})
            rows.update(**{one["field"]: gone})
        listed = list(Partner.objects.filter(pk__in=pks_of(done.moved, Partner)).select_related("partnership"))
    Identifier.objects.filter(pk__in=pks_of(done.moved, Identifier)).update(merged=False)
    kept.other_names, kept.kept, gone.active = facts["names"], facts["kept"], facts["active"]
    done.undone_at = clock.now()
    done.save(update_fields=["undone_at"])
    save(kept, gone)
    tell(listed, by, gettext_noop("took %(gone)s and %(kept)s apart again in the directory"), kept=kept, gone=gone)


def pks_of(moved: list[dict[str, Any]], model: type[models.Model]) -> list[int]:
    return [pk for one in moved if one.get("model") == model._meta.label for pk in one["pks"]]


def take(model: type[models.Model], field: str, gone: Organization, kept: Organization) -> dict[str, Any] | None:
    """Point the rows of one model to the entry that stays; what that has already stays behind."""
    moved = []
    for pk in model._base_manager.filter(**{field: gone}).order_by("pk").values_list("pk", flat=True):
        try:
            with transaction.atomic():
                model._base_manager.filter(pk=pk).update(**{field: kept})
        except IntegrityError:
            continue
        moved.append(pk)
    return {"model": model._meta.label, "field": field, "pks": moved} if moved else None


def save(*organizations: Organization) -> None:
    for one in organizations:
        one.changed_at = clock.now()
        one.save(update_fields=["other_names", "kept", "active", "changed_at"])
        index(one)
    transaction.on_commit(directory_changed)


def tell(listed: list[Partner], by: Person, message: str, *, kept: Organization, gone: Organization) -> None:
    """One line in each partnership that had the entry on its list."""
    for partner in listed:
        record(partner.partnership, by, message, tool="participation", kept=kept.name, gone=gone.name)
