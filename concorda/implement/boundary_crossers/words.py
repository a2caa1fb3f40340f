"""The findings in plain words; somebody is named only after agreeing to it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from concorda.foundation.core.text import listed
from concorda.foundation.partnerships.models import Participant
from concorda.implement.boundary_crossers.findings import Found, Hanging


@dataclass(frozen=True)
class Told:
    """One line of the ranked list."""

    rank: int
    found: Found
    name: str
    named: bool
    me: bool
    connects: str
    loss: str
    alert: bool


def call(person: Participant, named: Collection[int], me: int) -> str:
    if person.pk in named:
        return str(person)
    return _("You") if person.pk == me else _("Somebody")


def tell(people: Sequence[Found], named: Collection[int], me: int) -> list[Told]:
    told = []
    for rank, found in enumerate(people, start=1):
        pk = found.person.pk
        name = call(found.person, named, me)
        told.append(
            Told(rank, found, name, pk in named, pk == me, connects(found), loss(found, named), bool(found.cuts))
        )
    return told


def connects(found: Found) -> str:
    """ "Connects 3 groups: Housing, Health and Language." """
    names = [group.name for group in found.groups]
    if len(names) > 2:
        return _("Connects %(count)s groups: %(names)s.") % {"count": len(names), "names": listed(names)}
    if len(names) == 2:
        return _("Connects %(one)s with %(other)s.") % {"one": names[0], "other": names[1]}
    return _("Connects people who have nobody else in common.")


def loss(found: Found, named: Collection[int]) -> str:
    """What would be lost without this person."""
    who = first_name(found.person) if found.person.pk in named else _("this person")
    if found.cuts:
        names = listed([group.name for group in found.cuts])
        words = ngettext(
            "Without %(who)s %(groups)s is cut off.", "Without %(who)s %(groups)s are cut off.", len(found.cuts)
        )
        return words % {"who": who, "groups": names}
    others = [one for one in found.stand_ins if one.pk in named]
    if others:
        names = listed([first_name(one) for one in others])
        words = ngettext(
            "Without %(who)s %(names)s still connects them.",
            "Without %(who)s %(names)s still connect them.",
            len(others),
        )
        return words % {"who": who, "names": names}
    if found.stand_ins:
        return _("Without %(who)s somebody else still connects them.") % {"who": who}
    return _("Without %(who)s they reach each other only through other groups.") % {"who": who}


def first_name(person: Participant) -> str:
    return str(person).split()[0]


def counted(number: int) -> str:
    """A number that opens a sentence, as a word up to nine."""
    words = pgettext("numbers that open a sentence", "None One Two Three Four Five Six Seven Eight Nine").split()
    return words[number] if number < len(words) else str(number)


def it_takes_two() -> str:
    return _("It takes two groups with people in them beside the coordinator.")


def have_agreed(people: int) -> str:
    return ngettext("%(n)s person agreed to be a bridge.", "%(n)s people agreed to be a bridge.", people) % {
        "n": people
    }


def standing(groups: int, cut: Sequence[Hanging], named: Collection[int]) -> tuple[str, str]:
    """ "Two of your five groups hang by one person." and who they are."""
    if groups < 2:
        return have_agreed(len(named)) if named else _("There is nothing to connect yet."), it_takes_two()
    if not cut:
        return _("No group hangs by one person."), _("Every group reaches the others in more than one way.")
    distinct = {one.group.pk for one in cut}
    first = ngettext(
        "%(number)s of your %(groups)s groups hangs by one person.",
        "%(number)s of your %(groups)s groups hang by one person.",
        len(distinct),
    ) % {"number": counted(len(distinct)), "groups": counted(groups).lower()}
    parts = [
        _("%(group)s would be cut off without %(name)s")
        % {"group": one.group, "name": str(one.person) if one.person.pk in named else _("one person")}
        for one in cut
    ]
    return first, "; ".join(parts) + "."
