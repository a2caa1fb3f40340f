"""Find partners and the coalition builder over a large directory: processor time and queries of each page.

The directory holds the demo and made-up organizations: names, texts by Zipf's law, topics, towns, languages, incomes.

    python benchmarks/find.py [organizations]        100,000 unless said otherwise
"""

import os
import random
import statistics
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

folder = tempfile.TemporaryDirectory(prefix="concorda-find-")
os.environ |= {
    "DJANGO_SETTINGS_MODULE": "concorda.config.settings",
    "CONCORDA_VAR": folder.name,
    "CONCORDA_DEMO": "1",
    "DATABASE_URL": f"sqlite:///{Path(folder.name) / 'concorda.sqlite3'}",
}

TODAY = date(2026, 3, 13)
CHUNK, ROUNDS, BUDGET, MOST_QUERIES = 5000, 15, 150, 20
ROOT = "/p/maitland-valley-local-immigration-partnership/connect/participation/"
PAGES = {
    "find": "find/",
    "area and kind": "find/?area=Ontario&kind=charity",
    "distance": "find/?near=Stratford&km=100",
    "words": "find/?q=bafe+cago",
    "topic and people": "find/?topic=housing.large_families&people=people.families",
    "nobody": "find/?near=Stratford&km=1&language=ti&size=large",
    "sixty": "find/?all",
    "coalition": "coalition/?most=4",
}


def fill(count: int) -> None:
    """So many organizations, each with two topics, people served, a town and twenty words."""
    from concorda.foundation.core import clock
    from concorda.foundation.organizations import search
    from concorda.foundation.organizations.models import Organization, Place, Term

    rng = random.Random(7)
    topics = list(Term.objects.topics().values_list("pk", flat=True))
    people = list(Term.objects.people_served().values_list("pk", flat=True))
    towns = list(Place.objects.filter(kind="town").values_list("pk", flat=True))
    words = [f"{one}a{other}{end}" for one in "bcdfglmnprst" for other in "cdfglmnprst" for end in ("e", "o", "ine")]
    weights = [1 / (1 + rank) for rank in range(len(words))]
    now = clock.now()
    for first in range(0, count, CHUNK):
        made = Organization.objects.bulk_create(
            Organization(
                slug=f"made-up-{number}",
                name=f"Made-up {number}",
                kind=rng.choice(["charity", "nonprofit", "municipality", "faith"]),
                activities=" ".join(rng.choices(words, weights, k=20)),
                languages=rng.choice([["en"], ["en", "fr"], ["fr"], []]),
                place_id=rng.choice(towns) if rng.random() < 0.9 else None,
                income=rng.choice([None, 50_000, 500_000, 5_000_000]),
                created_at=now,
                changed_at=now,
            )
            for number in range(first, min(first + CHUNK, count))
        )
        both: list[tuple[Any, list[int]]] = [(Organization.terms.through, topics)]
        both.append((Organization.populations.through, people))
        for through, terms in both:
            pairs = [(one.pk, term) for one in made for term in rng.sample(terms, 2)]
            through.objects.bulk_create(through(organization_id=one, term_id=term) for one, term in pairs)
        search.put((search.Row(one.pk, one.name, one.activities) for one in made), new=True)


def measure(client: Any, address: str) -> tuple[float, float, int, int]:
    """Median and worst processor time in milliseconds, queries, and the status of the last answer."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get(address)
    times = []
    for _round in range(ROUNDS):
        began = time.process_time()
        answer = client.get(address)
        times.append(1000 * (time.process_time() - began))
    with CaptureQueriesContext(connection) as asked:
        client.get(address)
    return statistics.median(times), max(times), len(asked), answer.status_code


def main() -> int:
    count = int(sys.argv[1].replace(",", "")) if len(sys.argv) > 1 else 100_000
    import django

    django.setup()
    from django.core.management import call_command
    from django.test import Client

    from concorda.connect.participation import directory
    from concorda.foundation.accounts.models import Person
    from concorda.foundation.core import clock
    from concorda.foundation.process.story import Story
    from concorda.portal import demo

    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    with clock.at(Story(today=TODAY).moment(0)):
        demo.tell(today=TODAY)
    began = time.process_time()
    fill(count)
    print(f"{count:,} organizations written in {time.process_time() - began:.0f} s of processor time", flush=True)
    began = time.process_time()
    indexed = directory.rebuild()
    print(f"{indexed:,} indexed in {time.process_time() - began:.0f} s", flush=True)
    client = Client(headers={"host": "localhost"})
    client.force_login(
        Person.objects.get(email="priya@concorda.example"), "allauth.account.auth_backends.AuthenticationBackend"
    )
    missed = 0
    print(f"{'page':<18}{'median':>8}{'worst':>8}{'queries':>9}   budget {BUDGET} ms, {MOST_QUERIES} queries")
    for name, path in PAGES.items():
        median, worst, queries, status = measure(client, ROOT + path)
        late = worst > BUDGET or queries > MOST_QUERIES or status != 200
        missed += late
        print(
            f"{name:<18}{median:>6.0f}ms{worst:>6.0f}ms{queries:>9}   {'missed' if late else ''} {status}", flush=True
        )
    return missed > 0


if __name__ == "__main__":
    sys.exit(main())
