"""Places by the names people write: with or without accents, in either language, “St.” or “Saint”."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

SHORT = {"st": "saint", "ste": "sainte", "mt": "mount", "ft": "fort"}
"""Words that towns are written with both ways."""


def key_of(name: str) -> str:
    """“Sainte-Thérèse”, “STE THERESE” and “Ste. Thérèse” → `sainte-therese`; "" for what has no letter of ours."""
    opened = name.casefold().replace("œ", "oe").replace("æ", "ae").replace("’", "").replace("'", "")
    plain = "".join(mark for mark in unicodedata.normalize("NFD", opened) if not unicodedata.combining(mark))
    return "-".join(SHORT.get(word, word) for word in re.findall(r"[a-z0-9]+", plain))


def keys_of(names: Iterable[str]) -> str:
    """Several names of one place, as they are looked for: `|montreal|ville-marie|`."""
    keys = dict.fromkeys(filter(None, map(key_of, names)))
    return f"|{'|'.join(keys)}|" if keys else ""


def postal_area(postcode: str) -> str:
    """The letters a British postal code begins with."""
    found = re.match(r"[A-Za-z]{1,2}(?=\d)", postcode)
    return found.group().upper() if found else ""


class Gazetteer:
    """Where an address lies: `places` are (primary key, code, keys) of every place."""

    def __init__(self, places: Iterable[tuple[int, str, str]]) -> None:
        rows = list(places)
        self.by_code = {code: pk for pk, code, _keys in rows}
        self.inside: dict[tuple[str, str], int] = {}
        self.anywhere: dict[tuple[str, str], int] = {}
        several: Counter[tuple[str, str]] = Counter()
        for pk, code, keys in rows:
            above, country = code.rpartition("/")[0], code.partition("/")[0]
            for key in filter(None, keys.split("|")):
                self.inside.setdefault((above, key), pk)
                if code.count("/") > 1:
                    several[country, key] += 1
                    self.anywhere[country, key] = pk
        self.anywhere = {name: pk for name, pk in self.anywhere.items() if several[name] == 1}

    def find(self, place: str, town: str = "", postcode: str = "") -> int | None:
        """The town of an address, else its British postal area, else the province or country `place` (a code).

        A town whose province is not said counts where the country has one of that name only.
        """
        key = key_of(town)
        found = self.inside.get((place, key)) if place.count("/") else self.anywhere.get((place or "ca", key))
        if found is None and place == "gb":
            found = self.by_code.get(f"gb/{postal_area(postcode).lower()}")
        return found if found is not None else self.by_code.get(place)
