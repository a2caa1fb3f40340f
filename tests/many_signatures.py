"""Organizations sign at the same moment, in a database of their own; `main` prints what happened.

Run in a process of its own by test_many_signatures.py, because threads with connections of their own see nothing of
the transaction a test runs in.
"""

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

from django.db import connection

from concorda.begin.agreements import services
from concorda.begin.agreements.models import Agreement, AgreementVersion, Clause, Signature
from concorda.foundation.accounts.models import Person
from concorda.foundation.core.scoping import EVERY, within
from concorda.foundation.organizations.models import Organization
from concorda.foundation.partnerships.access import Role
from concorda.foundation.partnerships.models import Entry, Participant, Partner, Partnership, RoleHeld
from tests.many_ballots import tables, together

PARTIES, EACH, ROUNDS = 6, 3, 6
"""Organizations, people of each who may sign, and how often a signature meets an edit."""


def partnership() -> Partnership:
    """Six committed organizations with three signatories each."""
    here = Partnership.objects.create(name="Many", slug="many")
    with within(here, EVERY):
        for number in range(PARTIES):
            organization = Organization.objects.create(name=f"o{number:02}", slug=f"o{number:02}")
            Partner.objects.create(partnership=here, organization=organization, status=Partner.Status.COMMITTED)
            for person in range(EACH):
                who = Person.objects.create(email=f"{number}-{person}@x.example", name=f"P {number} {person}")
                made = Participant.objects.create(partnership=here, person=who, organization=organization)
                RoleHeld.objects.create(partnership=here, participant=made, role=Role.SIGNATORY)
    return here


def sent(here: Partnership, by: Person) -> AgreementVersion:
    made = services.draft(here, title="Together", instrument="intent", by=by, keys=[])
    services.add_own(made, heading="One", text="The first words.", by=by)
    return services.send(made, by=by)


def tried(seen: Counter[str], done: str, act: Callable[[], object]) -> None:
    try:
        act()
    except services.NotPossible as refused:
        done = "already" if "already signed" in str(refused) else "withdrawn" if "any more" in str(refused) else "other"
    except Exception as error:  # noqa: BLE001  whatever else happened is what the test is about
        done = f"{type(error).__name__}: {error}"
    seen[done] += 1


def put_name(version: AgreementVersion, by: Participant) -> None:
    services.sign(version, by=by, typed_name=by.person.name, digest=version.digest)


def everybody_signs(here: Partnership, people: list[Participant]) -> dict[str, Any]:
    """Three people of each of six organizations sign at once: one signature each, in force once."""
    version = sent(here, people[0].person)
    seen: Counter[str] = Counter()

    def act(number: int) -> None:
        with within(here, EVERY):
            tried(seen, "signed", lambda: put_name(version, people[number]))

    together(len(people), act)
    agreement = Agreement.objects.get(pk=version.agreement_id)
    return {
        **seen,
        "signatures": Signature.objects.filter(version=version).count(),
        "status": agreement.status,
        "told": Entry.objects.filter(message__startswith="gave the last signature", target_id=agreement.pk).count(),
    }


def signing_meets_an_edit(here: Partnership, people: list[Participant]) -> dict[str, Any]:
    """All but one have signed; then the last signature and a change of the words come at once, again and again."""
    first = [people[number * EACH] for number in range(PARTIES)]
    seen: Counter[str] = Counter()
    wrong = 0
    for _round in range(ROUNDS):
        version = sent(here, first[0].person)
        for one in first[1:]:
            put_name(version, one)
        clause = Clause.objects.get(agreement=version.agreement_id)

        def act(number: int, version: AgreementVersion = version, clause: Clause = clause) -> None:
            with within(here, EVERY):
                if number:
                    facts = {"heading": "One", "text": "Other words.", "by": first[1].person, "knowing": True}
                    tried(seen, "edited", lambda: services.reword(clause, **facts))
                else:
                    tried(seen, "signed", lambda: put_name(version, first[0]))

        together(2, act)
        version.refresh_from_db()
        agreement = Agreement.objects.get(pk=version.agreement_id)
        in_force = agreement.in_force_version_id == version.pk
        complete = version.signatures.count() == PARTIES
        wrong += in_force != complete or (not in_force and version.voided_at is None)
    return {**seen, "wrong": wrong}


def main() -> None:
    with tables():
        here = partnership()
        with within(here, EVERY):
            people = list(Participant.objects.select_related("person").order_by("pk"))
            found = {"all": everybody_signs(here, people), "edit": signing_meets_an_edit(here, people)}
        print(json.dumps({"engine": connection.vendor, **found}))
