"""Who may do what: the one table of roles and abilities, and the answer pages can show."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from concorda.foundation.accounts.models import Person
    from concorda.foundation.organizations.models import Organization
    from concorda.foundation.partnerships.models import Participant, Partnership


class Ability(StrEnum):
    OBSERVE = "observe"
    """Read what is shared with observers: the map, what was adopted, published reports."""
    SEE = "see"
    """Read everything participants read."""
    CONTRIBUTE = "contribute"
    """Write: needs, discussions, own actions, minutes."""
    AGREE = "agree"
    """Speak, vote or sign for one's organization (which of these: the role and the seat say)."""
    STEER = "steer"
    """Arrange the partnership: invite, open and close, correct."""


class Role(TextChoices):
    COORDINATOR = "coordinator", _("Coordinator")
    PROJECT_MANAGER = "project_manager", _("Project manager")
    REPRESENTATIVE = "representative", _("Representative")
    SIGNATORY = "signatory", _("Signatory")
    PARTICIPANT = "participant", _("Participant")
    EVALUATOR = "evaluator", _("Evaluator")
    OBSERVER = "observer", _("Observer")


EVERYWHERE = "everywhere"
A = Ability
# Where an ability holds: everywhere, or in the stages or tools named. Abilities a role does not name, it does not have.
TABLE: Mapping[Role, Mapping[Ability, str | tuple[str, ...]]] = {
    Role.OBSERVER: {A.OBSERVE: EVERYWHERE},
    Role.PARTICIPANT: {A.OBSERVE: EVERYWHERE, A.SEE: EVERYWHERE, A.CONTRIBUTE: EVERYWHERE},
    Role.EVALUATOR: {A.OBSERVE: EVERYWHERE, A.SEE: EVERYWHERE, A.CONTRIBUTE: ("monitor",), A.STEER: ("evaluation",)},
    Role.SIGNATORY: {A.OBSERVE: EVERYWHERE, A.SEE: EVERYWHERE, A.CONTRIBUTE: EVERYWHERE, A.AGREE: ("agreements",)},
    Role.REPRESENTATIVE: {A.OBSERVE: EVERYWHERE, A.SEE: EVERYWHERE, A.CONTRIBUTE: EVERYWHERE, A.AGREE: EVERYWHERE},
    Role.PROJECT_MANAGER: {A.OBSERVE: EVERYWHERE, A.SEE: EVERYWHERE, A.CONTRIBUTE: EVERYWHERE, A.STEER: ("implement",)},
    Role.COORDINATOR: {A.OBSERVE: EVERYWHERE, A.SEE: EVERYWHERE, A.CONTRIBUTE: EVERYWHERE, A.STEER: EVERYWHERE},
}

REASONS: Mapping[Ability, Promise] = {
    A.OBSERVE: _("You do not take part in this partnership."),
    A.SEE: _("This is for the people who take part; observers read what is shared with them."),
    A.CONTRIBUTE: _("Your role here is to read, not to write."),
    A.AGREE: _("Only someone who speaks for an organization can do this."),
    A.STEER: _("Only a coordinator can do this."),
}


@dataclass(frozen=True)
class Answer:
    """Yes, or no with a reason a page can show."""

    allowed: bool
    reason: Promise | str = ""

    def __bool__(self) -> bool:
        return self.allowed


YES = Answer(True)


@dataclass(frozen=True)
class Access:
    """One person inside one partnership."""

    person: "Person"
    partnership: "Partnership"
    participant: "Participant"
    roles: frozenset[Role]

    @property
    def organization(self) -> "Organization | None":
        return self.participant.organization

    @property
    def own_organizations(self) -> list[int]:
        """Primary keys for the private dimension of the scope. Observers and evaluators read nothing private."""
        speaks = self.roles - {Role.OBSERVER, Role.EVALUATOR}
        return [self.participant.organization_id] if speaks and self.participant.organization_id else []

    def can(self, ability: Ability | str, *, stage: str = "", tool: str = "") -> Answer:
        """May this person do this here (in this stage and tool)?"""
        wanted = Ability(ability)
        for role in self.roles:
            where = TABLE[role].get(wanted)
            if where == EVERYWHERE or (where and (stage in where or tool in where)):
                return YES
        return Answer(False, REASONS[wanted])

    def has_role(self, *roles: Role) -> bool:
        return bool(self.roles & set(roles))

    @property
    def steers(self) -> bool:
        return bool(self.can(Ability.STEER))
