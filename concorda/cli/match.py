"""Find the organizations of the directory that fit one of them best, both ways."""

import argparse
import sys
from collections.abc import Iterator
from typing import Any

from concorda.analysis.problems import Problem, Refused
from concorda.cli import whole

NEEDS_DJANGO = True
ASKED = ("area", "near", "km", "kind", "topic", "people", "language", "size")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("organization", metavar="ORG", nargs="?", help="its short address, register number or name")
    parser.add_argument(
        "--limit", type=whole(1, 10_000), default=20, metavar="N", help="how many partners to show (20)"
    )
    parser.add_argument("--area", default="", help="only in this region or province")
    parser.add_argument("--kind", default="", help="only this kind, such as charity or municipality")
    parser.add_argument("--topic", default="", help="only those that cover this topic, such as housing.tenant_advice")
    parser.add_argument("--language", default="", help="only those that work in this language, such as fr")
    parser.add_argument("--people", default="", help="only those that serve these people, such as people.seniors")
    parser.add_argument("--size", default="", choices=("", "small", "medium", "large"), help="only of this size")
    parser.add_argument("--near", default="", metavar="TOWN", help="measure from this town, as “Stratford, ON”")
    parser.add_argument("--km", default="", metavar="N", help="only within so many kilometres of --near")
    parser.add_argument("--words", default="", metavar="TEXT", help="only those whose texts hold these words")
    parser.add_argument("--rebuild", action="store_true", help="write the index of the whole directory first")


def run(arguments: argparse.Namespace) -> dict[str, Any]:
    from concorda.connect.participation import directory

    if arguments.rebuild:
        print(f"{directory.rebuild()} organizations are in the index", file=sys.stderr)
    if arguments.organization is None:
        if not arguments.rebuild:
            raise argparse.ArgumentTypeError("name an organization to find partners for, or --rebuild")
        return {"organization": None, "candidates": []}
    return found(arguments)


def found(arguments: argparse.Namespace) -> dict[str, Any]:
    from concorda.connect.participation import directory
    from concorda.connect.participation.finding import Asked, Search
    from concorda.connect.participation.profiles import Seeker, profile

    organization = named(arguments.organization)
    index = directory.index()
    if index is None:
        raise Refused("the directory is large and has no index yet: run `concorda match --rebuild`")
    given = {name: getattr(arguments, name) for name in ASKED}
    asked = Asked.of({**given, "q": arguments.words})
    refuse_unmeant(asked)
    seeker = profile(organization)
    candidates = index.search(seeker, limit=arguments.limit, filters=asked.filters())
    if not candidates:
        for said in to_leave_out(Search(Seeker(organization.name, {}, {}, seeker), index), asked):
            print(said, file=sys.stderr)
    return {"organization": organization.slug, "candidates": [each.as_dict() for each in candidates]}


def refuse_unmeant(asked: Any) -> None:
    """Refuse a town nobody knows, a distance that is no number, and one from nowhere."""
    if asked.near and asked.start is None:
        raise Refused(Problem("no town is called so; try the next larger one", column="--near", value=asked.near))
    if asked.km and asked.reach is None:
        raise Refused(Problem("write a number of kilometres, such as 50", column="--km", value=asked.km))
    if asked.km and not asked.near:
        raise Refused(Problem("name the town it is measured from with --near", column="--km", value=asked.km))


def to_leave_out(search: Any, asked: Any) -> Iterator[str]:
    """Which condition to leave out so that somebody fits; else those that fit nobody even alone."""
    helps, nobody = search.in_the_way(asked)
    option = {"q": "words"}
    for name, count in helps:
        yield f"without --{option.get(name, name)} {getattr(asked, name)}: {count} fit"
    for name in nobody:
        yield f"--{option.get(name, name)} {getattr(asked, name)} fits nobody, even alone"


def named(name: str) -> Any:
    """The one organization with this short address, register number or name; refuses none and several."""
    from django.db.models import Q

    from concorda.connect.participation.directory import shown

    scheme, _dash, number = name.rpartition("-")
    numbered = Q(identifiers__value=name) | Q(identifiers__scheme=scheme, identifiers__value=number)
    rows = list(shown().filter(Q(slug=name) | Q(name__iexact=name) | numbered).distinct()[:5])
    exact = [row for row in rows if row.slug == name] or rows
    if not exact:
        raise Refused(Problem("the directory knows no such organization", column="ORG", value=name))
    if len(exact) > 1:
        several = ", ".join(row.slug for row in exact)
        raise Refused(Problem(f"several organizations have this name or number: {several}", column="ORG", value=name))
    return exact[0]


def show(result: dict[str, Any]) -> Iterator[str]:
    if result["organization"] is None:
        return
    if not result["candidates"]:
        yield "Nobody in the directory fits."
    for place, each in enumerate(result["candidates"], start=1):
        yield f"{place:>3}  {each['score']:.3f}  {each['name']} ({each['id']})"
        for word, codes in (("covers", each["covers"]), ("needs what we have", each["offers_back"])):
            if codes:
                yield f"            {word}: {', '.join(codes)}"
        if each["unknown"]:
            yield f"            not known: {', '.join(each['unknown'])}"
