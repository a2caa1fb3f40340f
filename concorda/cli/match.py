"""Find the organizations of the directory that fit one of them best, both ways."""

import argparse
import sys
from collections.abc import Iterator
from typing import Any

from concorda.analysis.problems import Problem, Refused
from concorda.cli import whole

NEEDS_DJANGO = True


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("organization", metavar="ORG", nargs="?", help="its short address, register number or name")
    parser.add_argument(
        "--limit", type=whole(1, 10_000), default=20, metavar="N", help="how many partners to show (20)"
    )
    parser.add_argument("--area", default="", help="only in this region or province")
    parser.add_argument("--kind", default="", help="only this kind, such as charity or municipality")
    parser.add_argument("--topic", default="", help="only those that cover this topic, such as housing.tenant_advice")
    parser.add_argument("--language", default="", help="only those that work in this language, such as fr")
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
    from concorda.connect.participation.finding import Asked
    from concorda.connect.participation.profiles import profile

    organization = named(arguments.organization)
    index = directory.index()
    if index is None:
        raise Refused("the directory is large and has no index yet: run `concorda match --rebuild`")
    asked = Asked(arguments.area, arguments.kind, arguments.topic, arguments.language, arguments.words)
    candidates = index.search(profile(organization), limit=arguments.limit, filters=asked.filters())
    return {"organization": organization.slug, "candidates": [each.as_dict() for each in candidates]}


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
