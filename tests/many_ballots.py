"""Five hundred seats vote at the same moment, in a database of their own; `main` prints what happened.

Run in a process of its own by test_many_ballots.py, because threads with connections of their own see nothing of the
transaction a test runs in.
"""

import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection

from concorda.begin.governance import services, subjects
from concorda.begin.governance.deciding import stored, tally
from concorda.begin.governance.models import Ballot, Body, Decision, EarlierReply, Rule, Seat
from concorda.foundation.accounts.models import Person
from concorda.foundation.core.scoping import EVERY, within
from concorda.foundation.organizations.models import Organization
from concorda.foundation.partnerships.models import Entry, Participant, Partner, Partnership

SEATS, AT_ONCE, COUNTING, AGAIN = 500, 10, 2, 25
PAUSE = 0.2
"""Seconds between two attempts to count: without it those who count would keep those who vote waiting."""
CLOSED = "This is closed. Nothing can be changed any more."


PATIENCE = 300
"""Seconds a connection waits for its turn to write: SQLite lets one write at a time, and the machine may be slow."""


@contextmanager
def tables() -> Iterator[None]:
    if connection.vendor == "sqlite":
        connection.settings_dict["OPTIONS"]["timeout"] = PATIENCE
    settings.MIGRATION_MODULES = {app.label: None for app in apps.get_app_configs()}
    call_command("migrate", run_syncdb=True, verbosity=0)
    yield
    connection.close()


def partnership() -> Partnership:
    """A partnership with one body of 500 seats that decides by majority."""
    here = Partnership.objects.create(name="Many", slug="many")
    names = [f"o{number:03}" for number in range(SEATS)]
    organizations = Organization.objects.bulk_create([Organization(name=name, slug=name) for name in names])
    people = Person.objects.bulk_create([Person(email=f"{name}@x.example", name=name) for name in names])
    with within(here, EVERY):
        partners = Partner.objects.bulk_create(
            [Partner(partnership=here, organization=one, status=Partner.Status.COMMITTED) for one in organizations]
        )
        participants = Participant.objects.bulk_create(
            [
                Participant(partnership=here, person=person, organization=one)
                for person, one in zip(people, organizations, strict=True)
            ]
        )
        body = Body.objects.create(partnership=here, name="Assembly")
        Seat.objects.bulk_create(
            [
                Seat(partnership=here, body=body, partner=partner, holder=holder)
                for partner, holder in zip(partners, participants, strict=True)
            ]
        )
        Rule.objects.create(partnership=here, matter=Rule.Matter.STRATEGIC, body=body, method=Rule.Method.MAJORITY)
    return here


def opened(here: Partnership, people: list[Person]) -> Decision:
    with within(here, EVERY):
        rule, body = Rule.objects.get(), Body.objects.get()
        draft = services.propose(here, title="Which?", rule=rule, subject=body, by=people[0])
        return services.open_replies(draft, by=people[0])


def together(count: int, act: Callable[[int], None]) -> None:
    """Run `act(number)` in threads that all start at the same moment, each with a connection of its own."""
    start = threading.Barrier(count)

    def run(number: int) -> None:
        start.wait()
        try:
            act(number)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def everybody_votes(here: Partnership) -> dict[str, Any]:
    """500 ballots from ten threads, while two others try to count all the time."""
    with within(here, EVERY):
        seats = list(Seat.objects.select_related("holder__person"))
    decision = opened(here, [seat.holder.person for seat in seats if seat.holder])
    random.Random(7).shuffle(seats)
    seen: Counter[str] = Counter()
    settled: list[str] = []
    subjects.register("governance.body", settle=lambda one: settled.append(one.outcome))

    def attempt(done: str, act: Callable[[], object]) -> str:
        try:
            act()
        except ValidationError as error:
            done = "closed" if CLOSED in error.messages else "early"
        except Exception as error:  # noqa: BLE001  whatever else happened is what the test is about
            done = f"{type(error).__name__}: {error}"
        seen[done] += 1
        return done

    def act(number: int) -> None:
        with within(here, EVERY):
            if number >= AT_ONCE:
                while attempt("counted", lambda: services.close(decision, by=None)) == "early":
                    time.sleep(PAUSE)
                return
            for place in range(number, SEATS, AT_ONCE):
                seat, position = seats[place], "against" if place % 5 == 0 else "for"
                by = seat.holder.person  # type: ignore[union-attr]
                attempt("voted", lambda seat=seat, position=position, by=by: vote(decision, seat, position, by))

    together(AT_ONCE + COUNTING, act)
    seen.pop("early", None)
    with within(here, EVERY):
        final = Decision.objects.get(pk=decision.pk)
        outcomes = Entry.objects.filter(target_id=decision.pk, message__in=services.OUTCOMES.values()).count()
        return {
            **seen,
            "status": final.status,
            "outcome": final.outcome,
            "outcomes_told": outcomes,
            "settled": len(settled),
            "ballots": Ballot.objects.filter(decision=final).count(),
            "counted_again": stored(tally(final, closed=False))["for"] == final.result["for"],
        }


def vote(decision: Decision, seat: Seat, position: str, by: Person) -> None:
    services.cast(decision, seat, position=position, by=by)


def one_votes_often(here: Partnership) -> dict[str, int]:
    """The same seat from 25 windows at once."""
    with within(here, EVERY):
        seat = Seat.objects.select_related("holder__person").first()
    assert seat is not None
    assert seat.holder is not None
    by = seat.holder.person
    decision = opened(here, [by])

    def act(number: int) -> None:
        with within(here, EVERY):
            vote(decision, seat, "for" if number % 2 else "against", by)

    together(AGAIN, act)
    with within(here, EVERY):
        rows = Ballot.objects.filter(decision=decision), EarlierReply.objects.filter(decision=decision)
        return {"ballots": rows[0].count(), "earlier": rows[1].count()}


def main() -> None:
    with tables():
        here = partnership()
        print(json.dumps({"engine": connection.vendor, "all": everybody_votes(here), "one": one_votes_often(here)}))
