"""Full text over the directory: SQLite's FTS5 or PostgreSQL's tsvector, behind `put`, `remove` and `narrow`.

Both engines store stems made here, so that they find the same: English stems of what is English, French stems of what
is French, without accents. A word of a query is looked for under both its stems.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from concorda.analysis.matching.words import LANGUAGES, stem
from concorda.analysis.matching.words import words as words_of

if TYPE_CHECKING:
    from concorda.foundation.organizations.models import OrganizationQuerySet

TABLE = "organizations_search"
ROWS = f"{TABLE}.rowid"
THIN = 5
"""With fewer hits than this for all words together, any of the words is enough."""
CHUNK = 500

SCHEMAS = {
    "sqlite": [f"CREATE VIRTUAL TABLE {TABLE} USING fts5(name, body, tokenize='ascii', detail='column')"],
    "postgresql": [
        f"CREATE TABLE {TABLE} (rowid bigint PRIMARY KEY, stems tsvector NOT NULL)",
        f"CREATE INDEX {TABLE}_stems ON {TABLE} USING gin (stems)",
    ],
}
PUT = {
    "sqlite": f"INSERT INTO {TABLE} (rowid, name, body) VALUES (%s, %s, %s)",  # noqa: S608  no input in it
    "postgresql": f"INSERT INTO {TABLE} (rowid, stems) VALUES (%s, "  # noqa: S608
    "setweight(to_tsvector('simple', %s), 'A') || setweight(to_tsvector('simple', %s), 'D'))",
}


def create(database: BaseDatabaseWrapper) -> None:
    for statement in SCHEMAS[database.vendor]:
        database.cursor().execute(statement)


def drop(database: BaseDatabaseWrapper) -> None:
    database.cursor().execute(f"DROP TABLE {TABLE}")


@lru_cache(maxsize=100_000)  # a register has some 30,000 different words
def stem_of(word: str, language: str) -> str | None:
    return stem(word, language)


def alternatives(word: str) -> tuple[str, ...]:
    """Every stem under which a word is looked for; none for a word that every text has."""
    stems = {stem_of(word, language) for language in LANGUAGES}
    return () if None in stems else tuple(sorted(filter(None, stems)))


def stemmed(text: str, language: str) -> str:
    """A text as the engines keep it: every stem once, for a word said ten times is not ten times what somebody does."""
    return " ".join(filter(None, dict.fromkeys(stem_of(word, language) for word in set(words_of(text)))))


class Row(NamedTuple):
    """What is searched of one organization: its names in either language, what is English, and what is French."""

    pk: int
    name: str
    english: str
    french: str = ""

    def stems(self) -> tuple[int, str, str]:
        names = " ".join(stemmed(self.name, language) for language in LANGUAGES)
        return self.pk, names, f"{stemmed(self.english, 'en')} {stemmed(self.french, 'fr')}"


def put(rows: Iterable[Row], *, new: bool = False) -> None:
    """Keep the words of these organizations, instead of those kept before; `new` ones have none."""
    rows = list(rows)
    if not new:
        remove([row.pk for row in rows])
    with connection.cursor() as cursor:
        cursor.executemany(PUT[connection.vendor], [row.stems() for row in rows])


def remove(pks: list[int]) -> None:
    with connection.cursor() as cursor:
        for start in range(0, len(pks), CHUNK):
            some = pks[start : start + CHUNK]
            marks = ",".join(["%s"] * len(some))
            cursor.execute(f"DELETE FROM {TABLE} WHERE rowid IN ({marks})", some)  # noqa: S608  only placeholders


def clear() -> None:
    """Forget every organization."""
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {TABLE}")  # noqa: S608  no input in it


class Found(NamedTuple):
    """The organizations found, and whether only some of the words had to occur."""

    organizations: "OrganizationQuerySet"
    some_words: bool


def narrow(organizations: "OrganizationQuerySet", query: str, *, ranked: bool = True) -> Found:
    """Those in which every word of the query occurs; any of them where that finds hardly anything. Best first."""
    words = [stems for stems in map(alternatives, words_of(query)[:12]) if stems]
    if not words:
        return Found(organizations.none(), False)
    strict = matching(organizations, words, "AND", ranked=ranked)
    if len(words) == 1 or strict[:THIN].count() == THIN:
        return Found(strict, False)
    loose = matching(organizations, words, "OR", ranked=ranked)
    return Found(loose, True) if loose[:THIN].count() > strict[:THIN].count() else Found(strict, False)


def matching(organizations: "OrganizationQuerySet", words: list[tuple[str, ...]], joint: str, *, ranked: bool) -> Any:
    """Join the engine's table; `words` are alternatives of stems, letters only, so nothing in them can act."""
    joined = f"{ROWS} = organizations_organization.id"
    if connection.vendor == "sqlite":
        asked = f" {joint} ".join("(" + " OR ".join(f'"{stem}"' for stem in stems) + ")" for stems in words)
        found = organizations.extra(tables=[TABLE], where=[joined, f"{TABLE} MATCH %s"], params=[asked])  # noqa: S610
        rank, params = f"bm25({TABLE}, 8.0, 1.0)", []
    else:
        sign = {"AND": " & ", "OR": " | "}[joint]
        asked = sign.join("(" + " | ".join(stems) + ")" for stems in words)
        where = f"{TABLE}.stems @@ to_tsquery('simple', %s)"
        found = organizations.extra(tables=[TABLE], where=[joined, where], params=[asked])  # noqa: S610
        rank, params = f"-ts_rank({TABLE}.stems, to_tsquery('simple', %s))", [asked]
    if not ranked:
        return found
    return found.extra(select={"rank": rank}, select_params=params, order_by=["rank", "name"])  # noqa: S610
