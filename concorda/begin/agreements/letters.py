"""Letters about an agreement to the people it concerns."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from concorda.begin.agreements.models import Agreement
from concorda.foundation.accounts import mail
from concorda.foundation.partnerships.access import Role
from concorda.foundation.partnerships.queries import with_role

CONCERNED = (Role.COORDINATOR, Role.SIGNATORY, Role.REPRESENTATIVE)


def tell(
    agreement: Agreement,
    subject: Callable[[], str],
    letter: str,
    facts: Mapping[str, Any],
    *,
    roles: Sequence[Role] = CONCERNED,
) -> None:
    """Send everyone who holds one of the roles one letter (`agreements/<letter>.txt`), in their own language.

    `facts` may name another `url` (a path) than the agreement's own.
    """
    here = agreement.partnership
    people = {one.person_id: one.person for role in roles for one in with_role(here, role)}
    url = mail.absolute(facts.get("url", agreement.get_absolute_url()))
    for person in people.values():
        known = {**facts, "person": person, "agreement": agreement, "partnership": here, "url": url}
        how = {"language": person.language, "kind": "agreements", "of": here}
        mail.send(person.email, subject, f"agreements/{letter}.txt", known, **how)
