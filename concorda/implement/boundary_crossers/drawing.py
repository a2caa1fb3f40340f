"""The map: groups as grounds, people as dots, those between groups between them. Names only of who may be named."""

import math
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import combinations, permutations
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from concorda.implement.boundary_crossers.boundaries import name_of, place_of
from concorda.implement.boundary_crossers.findings import Found, Hanging
from concorda.implement.boundary_crossers.traces import Web

WIDTH, HEIGHT = 824.0, 520.0
DRAWN = 3
"""So many ties of each person into each group are drawn: the strongest; all of them would be a blot."""
APART = 58.0
Spot = tuple[float, float]


def drawn(
    web: Web, by: str, people: list[Found], cut: list[Hanging], named: Collection[int], me: int
) -> dict[str, Any]:
    """The context of `core/parts/network.html`."""
    from concorda.analysis.layout import arrange

    places = {pk: place_of(web, pk, by) for pk in web.people}
    shown = [pk for pk, place in places.items() if place]
    between = [pk for pk in web.between if by == "group"]
    settled = [pk for pk in shown if pk not in between]
    kept = strongest(web, shown, places)
    inside = [(str(a), str(b)) for a, b in kept if a in settled and b in settled]
    pulls = neighbours_of(web, between, settled) if by == "group" else []
    grounds = {str(pk): places[pk] for pk in settled}
    layout = arrange([str(pk) for pk in settled], inside + pulls, grounds, width=WIDTH, height=HEIGHT)
    counts = Counter(grounds.values())
    circles = ring(chain(web, places, between, list(counts)), counts)
    spots: dict[int, Spot] = {}
    old = {circle.group: circle for circle in layout.circles}
    for point in layout.points:
        spots[int(point.id)] = moved(point, old[grounds[point.id]], circles[grounds[point.id]])
    spots |= float_between(web, between, circles)
    bridges = {one.person.pk for one in people}
    hangs = {str(one.group.pk): one.person.pk for one in cut} if by == "group" else {}
    keys = {pk: number for number, pk in enumerate(shown)}
    return {
        "width": int(WIDTH),
        "height": int(HEIGHT),
        "title": title(web, len(shown), len(circles), by),
        "description": description(cut, named),
        "groups": [ground(circle, name_of(web, key, by), key in hangs) for key, circle in circles.items()],
        "ties": [line(spots, a, b, places, hangs, between) | {"ends": f"{keys[a]} {keys[b]}"} for a, b in kept],
        "people": [dot(web, pk, spots[pk], bridges, named, me) | {"key": keys[pk]} for pk in shown],
    }


@dataclass(frozen=True)
class Ground:
    """The ellipse a group stands on."""

    x: float
    y: float
    rx: float
    ry: float


def chain(web: Web, places: dict[int, str], between: list[int], keys: list[str]) -> list[str]:
    """The grounds in an order that sets those beside each other that have most to do with one another."""
    close: Counter[tuple[str, str]] = Counter()
    for pk in between:
        for one, other in permutations([str(group) for group in web.member_of[pk]], 2):
            close[one, other] += 1
    if not between:
        for (a, b), weight in web.ties.items():
            close[places[a], places[b]] += weight
            close[places[b], places[a]] += weight
    ties = {key: sum(close[key, other] for other in keys) for key in keys}
    order = [min(keys, key=lambda key: (ties[key], key))] if keys else []
    while len(order) < len(keys):
        left = [key for key in keys if key not in order]
        order.append(max(left, key=lambda key: (close[order[-1], key], -ties[key], key)))
    return order


def ring(keys: list[str], counts: Mapping[str, int]) -> dict[str, Ground]:
    """Grounds around the edge of the drawing, so that there is room between them; the first at the lower left."""
    found = {}
    shrink = min(1.0, 6 / max(len(keys), 1))
    for number, key in enumerate(keys):
        angle = math.radians(145 + 360 * number / len(keys))
        size = (30 + 14 * math.sqrt(counts[key])) * shrink
        x, y = WIDTH / 2 + 0.37 * WIDTH * math.cos(angle), HEIGHT / 2 + 0.33 * HEIGHT * math.sin(angle)
        found[key] = Ground(round(x, 1), round(y, 1), round(1.5 * size, 1), round(1.05 * size, 1))
    return found


def moved(point: Any, old: Any, new: Ground) -> Spot:
    """A spot inside a circle, carried over to the ellipse."""
    x = new.x + (point.x - old.x) / old.radius * (new.rx - 8)
    return round(x, 1), round(new.y + (point.y - old.y) / old.radius * (new.ry - 8), 1)


def strongest(web: Web, shown: list[int], places: dict[int, str]) -> list[tuple[int, int]]:
    """The strongest ties of each person into each ground: DRAWN of those between groups, two of all others."""
    of: dict[int, dict[str, list[tuple[float, int]]]] = {pk: {} for pk in shown}
    for (a, b), weight in web.ties.items():
        if a in of and b in of:
            of[a].setdefault(places[b], []).append((weight, b))
            of[b].setdefault(places[a], []).append((weight, a))
    multi = set(web.between)
    found = set()
    for pk, grounds in of.items():
        for everybody in grounds.values():
            ties = everybody if pk in multi else [tie for tie in everybody if tie[1] not in multi]
            most = DRAWN if pk in multi else 2
            for _weight, other in sorted(ties, key=lambda tie: (-tie[0], spread(pk, tie[1])))[:most]:
                found.add((min(pk, other), max(pk, other)))
    return sorted(found)


def spread(one: int, other: int) -> int:
    """Which of equally strong ties to draw: different ones for different people, the same at every look."""
    return (other * 7919 + one * 104729) % 9973


def neighbours_of(web: Web, between: list[int], settled: list[int]) -> list[tuple[str, str]]:
    """Ties that draw together the groups somebody connects."""
    first: dict[int, int] = {}
    for pk in settled:
        first.setdefault(web.member_of[pk][0], pk)
    pairs = (pair for pk in between for pair in combinations([g for g in web.member_of[pk] if g in first], 2))
    return [(str(first[a]), str(first[b])) for a, b in pairs]


def float_between(web: Web, between: list[int], circles: dict[str, Ground]) -> dict[int, Spot]:
    """People in several groups stand between them, off every ground and apart from each other."""
    spots: dict[int, list[float]] = {}
    for number, pk in enumerate(between):
        own = [circles[str(group)] for group in web.member_of[pk] if str(group) in circles]
        x = sum(circle.x for circle in own) / len(own) if own else WIDTH / 2
        y = sum(circle.y for circle in own) / len(own) if own else HEIGHT / 2
        spots[pk] = [x + 9 * (number % 3 - 1), y + 9 * (number % 2)]
    for _round in range(80):
        for pk, spot in spots.items():
            for circle in circles.values():
                push(spot, (circle.x, circle.y), 0.55 * (circle.rx + circle.ry) + 20)
            for other, place in spots.items():
                if other != pk:
                    push(spot, (place[0], place[1]), APART)
            spot[0], spot[1] = min(max(spot[0], 30), WIDTH - 30), min(max(spot[1], 30), HEIGHT - 30)
    return {pk: (round(spot[0], 1), round(spot[1], 1)) for pk, spot in spots.items()}


def push(spot: list[float], from_: Spot, least: float) -> None:
    dx, dy = spot[0] - from_[0], spot[1] - from_[1]
    length = max((dx * dx + dy * dy) ** 0.5, 0.1)
    if length < least:
        spot[0] += dx / length * (least - length) * 0.5
        spot[1] += dy / length * (least - length) * 0.5


def ground(circle: Ground, name: str, cut: bool) -> dict[str, Any]:
    above = circle.y < HEIGHT / 2
    label = max(circle.y - circle.ry - 8, 14) if above else min(circle.y + circle.ry + 18, HEIGHT - 4)
    facts = {"name": name, "x": circle.x, "y": circle.y, "rx": circle.rx, "ry": circle.ry}
    return facts | {"label_y": round(label, 1), "cut": cut}


def line(
    spots: dict[int, Spot], a: int, b: int, places: dict[int, str], hangs: dict[str, int], between: list[int]
) -> dict[str, Any]:
    """One tie: inside a ground, across, or the only one across."""
    (x1, y1), (x2, y2) = spots[a], spots[b]
    lone = any(hangs.get(places[one]) == other and one not in between for one, other in ((a, b), (b, a)))
    across = a in between or b in between or places[a] != places[b]
    kind = "fragile" if lone else "cross" if across else "inner"
    bend = {"qx": round((x1 + x2) / 2 + (y2 - y1) * 0.06, 1), "qy": round((y1 + y2) / 2 - (x2 - x1) * 0.06, 1)}
    return {"x1": x1, "y1": y1, "x2": x2, "y2": y2, "kind": kind} | (bend if across else {})


def dot(web: Web, pk: int, spot: Spot, bridges: set[int], named: Collection[int], me: int) -> dict[str, Any]:
    x, y = spot
    bridge = pk in bridges and pk in named
    name = str(web.people[pk]) if pk in named else _("You") if pk == me else _("Somebody")
    found = {"name": name, "x": x, "y": y, "r": 13 if bridge else 7, "bridge": bridge}
    if not bridge and pk != me:
        return found
    right = x < WIDTH - 170
    side = {"anchor": "start", "label_x": round(x + 18, 1)} if right else {"anchor": "end", "label_x": round(x - 18, 1)}
    return found | side | {"label": name, "label_y": round(y + 5, 1)}


def title(web: Web, people: int, grounds: int, by: str) -> str:
    """ "Network of 30 people in 5 working groups" """
    words = ngettext("Network of %(n)s person", "Network of %(n)s people", people) % {"n": people}
    inside = {
        "group": ngettext("in %(n)s working group", "in %(n)s working groups", grounds),
        "organization": ngettext("in %(n)s organization", "in %(n)s organizations", grounds),
        "sector": ngettext("in %(n)s sector", "in %(n)s sectors", grounds),
        "place": ngettext("in %(n)s place", "in %(n)s places", grounds),
    }
    return words + " " + inside[by] % {"n": grounds}


def description(cut: list[Hanging], named: Collection[int]) -> str:
    return " ".join(only_through(one, named) for one in cut) or _("No group hangs by one person.")


def only_through(one: Hanging, named: Collection[int]) -> str:
    """ "Housing reaches the others only through Amina Warsame." """
    if one.person.pk in named:
        return _("%(group)s reaches the others only through %(name)s.") % {"group": one.group, "name": one.person}
    return _("%(group)s reaches the others only through one person.") % {"group": one.group}
