"""Docs that can be compared with the code are compared with it."""

import re
from importlib import import_module
from pathlib import Path

from django.utils import translation

from concorda.cli import commands
from concorda.foundation.partnerships.access import EVERYWHERE, TABLE, Ability, Role
from concorda.foundation.process.stages import stages

ROOT = Path(__file__).resolve().parents[1]


def permissions() -> str:
    """docs/permissions.md as the table says it."""
    lines = [
        "# Who may do what",
        "",
        "Made from `concorda/foundation/partnerships/access.py`, where each ability is explained. A test keeps it.",
        "A page a person may not open answers 403 with the reason; a partnership they take no part in, 404.",
        "",
        "| role | " + " | ".join(ability.value for ability in Ability) + " |",
        "|---" * (len(Ability) + 1) + "|",
    ]
    for role in Role:
        cells = [where(TABLE[role].get(ability)) for ability in Ability]
        lines.append(f"| {role.label} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def where(place: str | tuple[str, ...] | None) -> str:
    if place is None:
        return "no"
    return "yes" if place == EVERYWHERE else "in " + ", ".join(place)


def test_the_permissions_page_is_the_table():
    with translation.override("en"):
        assert (ROOT / "docs/permissions.md").read_text(encoding="utf-8") == permissions()


def test_every_tool_has_its_guide_in_both_languages():
    missing = [
        f"{tool.key}/{name}"
        for stage in stages()
        for tool in stage.tools
        for name in ("guide.md", "guide.fr.md")
        if not (tool.folder / name).exists()
    ]
    assert not missing


def test_every_command_says_what_it_does():
    for module in commands().values():
        assert (import_module(f"concorda.cli.{module}").__doc__ or "").strip(), module


def test_decisions_are_numbered_without_gaps():
    numbers = sorted(int(path.name[:4]) for path in (ROOT / "docs/decisions").glob("*.md"))
    assert numbers == list(range(1, len(numbers) + 1))


def test_links_between_docs_lead_somewhere():
    broken = [
        f"{page.relative_to(ROOT)} → {target}"
        for page in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
        for target in re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8"))
        if "://" not in target and not (page.parent / target).exists()
    ]
    assert not broken
