from django.db.models import Count, Q, QuerySet

from concorda.foundation.partnerships.access import Role
from concorda.foundation.partnerships.models import Participant, Partner, Partnership, RoleHeld


def committed(partnership: Partnership) -> QuerySet[Partner]:
    """The partners that have said yes, the convening one first."""
    return Partner.objects.filter(partnership=partnership, status=Partner.Status.COMMITTED).select_related(
        "organization"
    )


def present(partnership: Partnership) -> QuerySet[Participant]:
    """The people who take part now, with their organization and roles."""
    return (
        Participant.objects.filter(partnership=partnership, left_on=None)
        .select_related("person", "organization")
        .prefetch_related("roles")
    )


def with_role(partnership: Partnership, role: Role) -> QuerySet[Participant]:
    """The people who hold a role now."""
    held = RoleHeld.objects.filter(partnership=partnership, role=role).values("participant")
    return Participant.objects.filter(pk__in=held, left_on=None).select_related("person", "organization")


def partners_with_people(partnership: Partnership) -> QuerySet[Partner]:
    """Committed partners, each with `people`: how many take part for it now."""
    counted = Count(
        "organization__participants",
        filter=Q(organization__participants__partnership=partnership, organization__participants__left_on=None),
    )
    return committed(partnership).annotate(people=counted)
