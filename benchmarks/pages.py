"""Pages on a large installation: processor time and queries of each, beside a bare Django list in the same run.

The installation has the demo and, round it, made-up partnerships of twenty people, five groups and a thousand actions
each. `--partnerships 1000` is the size docs/performance.md speaks of and takes some minutes to fill; the default is
a tenth of it. The pages of the demo are asked for by its coordinator; the plan with 500 actions by a made-up one.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

folder = tempfile.TemporaryDirectory(prefix="concorda-pages-")
os.environ |= {
    "DJANGO_SETTINGS_MODULE": "concorda.config.settings",
    "CONCORDA_VAR": folder.name,
    "CONCORDA_DEMO": "1",
    "DATABASE_URL": f"sqlite:///{Path(folder.name) / 'concorda.sqlite3'}",
}

PEOPLE, GROUPS, ACTIONS, TIMELINE = 20, 5, 1000, 500
TODAY = date(2026, 3, 13)
BARE_ROWS = 25
# Address after the partnership's own, the budget in queries and in milliseconds of processor time.
PAGES: dict[str, tuple[str, int, int]] = {
    "map": ("", 12, 60),
    "thread": ("thread/", 10, 60),
    "activity": ("activity/", 10, 40),
    "people": ("people/", 10, 40),
    "search": ("search/?q=housing", 16, 150),
    "needs": ("connect/motivation/", 12, 60),
    "list of actions": ("implement/action-plans/actions/", 10, 40),
    "timeline": ("implement/action-plans/", 12, 100),
    "groups": ("implement/working-groups/", 12, 60),
    "decisions": ("begin/governance/", 12, 60),
    "evaluation": ("monitor/evaluation/", 12, 60),
}


def prepare(partnerships: int) -> Any:
    """The demo and so many made-up partnerships. Returns the partnership with 500 open actions."""
    import django

    django.setup()
    from django.core.management import call_command

    from concorda.foundation.core import clock
    from concorda.foundation.process.story import Story
    from concorda.portal import demo

    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    with clock.at(Story(today=TODAY).moment(0)):
        demo.tell(today=TODAY)
        fill(partnerships, ACTIONS)
        return fill(1, TIMELINE, start=partnerships)


def fill(count: int, actions: int, start: int = 0) -> Any:
    """So many partnerships with people, partners, groups, a goal and actions; the last of them."""
    from concorda.begin.strategic_plan.models import Goal
    from concorda.foundation.accounts.models import Person
    from concorda.foundation.core.scoping import scopes_disabled
    from concorda.foundation.organizations.models import Organization
    from concorda.foundation.partnerships.access import Role
    from concorda.foundation.partnerships.models import Participant, Partner, Partnership, RoleHeld
    from concorda.implement.action_plans.models import Action
    from concorda.implement.working_groups.models import Group

    with scopes_disabled():
        for number in range(start, start + count):
            name = f"Partnership {number}"
            partnership = Partnership.objects.create(slug=f"made-up-{number}", name=name)
            organizations = Organization.objects.bulk_create(
                Organization(slug=f"made-up-{number}-{one}", name=f"Organization {number} {one}") for one in range(7)
            )
            Partner.objects.bulk_create(
                Partner(partnership=partnership, organization=one, status=Partner.Status.COMMITTED)
                for one in organizations
            )
            people = Person.objects.bulk_create(
                Person(email=f"p{number}-{one}@made-up.example", name=f"Person {number} {one}") for one in range(PEOPLE)
            )
            participants = Participant.objects.bulk_create(
                Participant(partnership=partnership, person=person, organization=organizations[index % 7])
                for index, person in enumerate(people)
            )
            RoleHeld.objects.create(partnership=partnership, participant=participants[0], role=Role.COORDINATOR)
            goal = Goal.objects.create(partnership=partnership, title="Homes that fit", due=TODAY + timedelta(400))
            groups = Group.objects.bulk_create(
                Group(partnership=partnership, name=f"Group {one}", chair=participants[one]) for one in range(GROUPS)
            )
            Action.objects.bulk_create(
                (
                    Action(
                        partnership=partnership,
                        title=f"Action {one} of partnership {number}",
                        goal=goal,
                        group=groups[one % GROUPS],
                        accountable=participants[one % PEOPLE],
                        starts_on=TODAY + timedelta(one % 300 - 60),
                        due=TODAY + timedelta(one % 300 - 50),
                        status=Action.Status.DONE if one % 4 == 0 else Action.Status.TO_DO,
                    )
                    for one in range(actions)
                ),
                batch_size=500,
            )
    return partnership


def bare_list() -> Callable[[], None]:
    """What Django alone needs for a page with 25 rows: a query, a template, a response."""
    from django.http import HttpResponse
    from django.template import Context, Template

    from concorda.foundation.core.scoping import scopes_disabled
    from concorda.implement.action_plans.models import Action

    template = Template("<ul>{% for one in rows %}<li>{{ one.title }} {{ one.due }} {{ one.status }}</li>{% endfor %}")

    def show() -> None:
        with scopes_disabled():
            rows = list(Action.objects.order_by("-pk")[:BARE_ROWS])
        HttpResponse(template.render(Context({"rows": rows})))

    return show


def pages(large: Any) -> Iterator[tuple[str, str, str, int, int]]:
    """Name, address, who asks, budget in queries, budget in milliseconds."""
    demo = "/p/maitland-valley-local-immigration-partnership/"
    yield "home", "/", "priya@concorda.example", 12, 60
    yield "what needs me", "/needs-you/", "priya@concorda.example", 16, 60
    yield "directory", "/organizations/?q=organization", "priya@concorda.example", 10, 40
    for name, (rest, queries, budget) in PAGES.items():
        yield name, demo + rest, "priya@concorda.example", queries, budget
    coordinator = f"p{large.slug.rsplit('-', 1)[1]}-0@made-up.example"
    for name in ("map", "list of actions", "timeline"):
        rest, queries, budget = PAGES[name]
        yield f"{name}, {TIMELINE} actions", f"/p/{large.slug}/{rest}", coordinator, queries, budget


def measure(work: Callable[[], Any], times: int = 15) -> float:
    """The median of the processor time of several runs, in milliseconds; the first two do not count."""
    spent = []
    for _ in range(times + 2):
        begin = time.process_time()
        work()
        spent.append((time.process_time() - begin) * 1000)
    return statistics.median(spent[2:])


def queries_of(work: Callable[[], Any]) -> int:
    from django.db import connection

    count = 0

    def counted(execute: Any, *words: Any) -> Any:
        nonlocal count
        count += 1
        return execute(*words)

    with connection.execute_wrapper(counted):
        work()
    return count


def main() -> None:
    words = argparse.ArgumentParser()
    words.add_argument("--partnerships", type=int, default=100)
    arguments = words.parse_args()
    began = time.monotonic()
    large = prepare(arguments.partnerships)
    print(f"{arguments.partnerships:,} partnerships filled in {time.monotonic() - began:.0f} s", file=sys.stderr)

    from django.test import Client

    from concorda.foundation.accounts.models import Person
    from concorda.foundation.core import clock
    from concorda.foundation.process.story import Story

    floor = measure(bare_list())
    print(f"bare Django list of {BARE_ROWS} rows: {floor:.1f} ms")
    with clock.at(Story(today=TODAY).moment(0)):
        for name, address, email, queries, budget in pages(large):
            client = Client(headers={"host": "localhost"})
            client.force_login(
                Person.objects.get(email=email), backend="allauth.account.auth_backends.AuthenticationBackend"
            )
            answer = client.get(address)
            if answer.status_code != 200:
                sys.exit(f"{address} answered {answer.status_code}")
            asked = queries_of(lambda: client.get(address))  # noqa: B023
            spent = measure(lambda: client.get(address))  # noqa: B023
            missed = " MISSED" if asked > queries or spent > budget else ""
            print(
                f"{name:<28} {asked:>3} queries (≤ {queries}), {spent:6.1f} ms (≤ {budget}) = "
                f"{spent / floor:5.1f} × the bare list, {len(answer.content) / 1024:.0f} KB{missed}"
            )


if __name__ == "__main__":
    main()
