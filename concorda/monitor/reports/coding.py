"""Taking names out: organizations, people and groups become codes, the same code for the same name in one report."""

from typing import Any


def coded(data: dict[str, Any]) -> dict[str, Any]:
    """The snapshot with codes for names: O1 an organization, P1 a person, G1 a group, in the order they come.

    What is in people's own words may name somebody: needs, promises, grants, sources and notes are left out.
    """
    organizations, persons, groups = Codes("O"), Codes("P"), Codes("G")
    return {
        **data,
        "partners": [{**one, "name": organizations[one["name"]]} for one in data["partners"]],
        "indicators": [
            {**one, "approved_by": persons[one["approved_by"]], "note": "", "source": ""} for one in data["indicators"]
        ],
        "actions": [{**one, "group": groups[one["group"]]} for one in data["actions"]],
        "needs": [],
        "obligations": [],
        "grants": [],
    }


class Codes:
    """Name → code; nothing stays nothing."""

    def __init__(self, letter: str) -> None:
        self.letter = letter
        self.known: dict[str, str] = {}

    def __getitem__(self, name: str | None) -> str:
        return self.known.setdefault(name, f"{self.letter}{len(self.known) + 1}") if name else ""
