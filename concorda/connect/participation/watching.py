"""Saved searches looked at once a day: who is new, whose match changed, told to whoever saved them in one letter."""

from collections import defaultdict
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from django.core import signing
from django.db import transaction
from django.urls import reverse
from django.utils.translation import ngettext

from concorda.connect.participation import directory
from concorda.connect.participation.finding import Asked, Match, Search
from concorda.connect.participation.models import SavedSearch
from concorda.connect.participation.profiles import of_partnership
from concorda.foundation.accounts import mail
from concorda.foundation.core import clock
from concorda.foundation.core.scoping import scopes_disabled
from concorda.foundation.partnerships.access import Ability, Access, Role
from concorda.foundation.partnerships.models import Participant, Partnership

MORNING = 7
"""The hour, where most of the partnership meets, in which saved searches are looked at."""
WATCHED = 60
"""How far down the list a search is watched."""
NAMED = 10
SALT = "participation.saved-search"


def by_the_clock(partnership: Partnership) -> None:
    """Look at each saved search once a day, in the morning hour."""
    if clock.now().astimezone(ZoneInfo(partnership.time_zone)).hour == MORNING:
        look(partnership)


@transaction.atomic
def look(partnership: Partnership) -> int:
    """Look at the searches nobody looked at today, and write to their owners; returns how many letters went out."""
    waiting = (
        SavedSearch.objects.filter(partnership=partnership, notify=True, owner__left_on=None)
        .exclude(looked_on=clock.today())
        .select_related("owner__person", "owner__partnership")
        .prefetch_related("owner__roles")
    )
    due = [saved for saved in waiting if still_sees(saved.owner)]
    index = directory.index() if due else None
    if index is None:
        return 0
    search = Search(of_partnership(partnership), index, partnership)
    news: dict[Participant, list[tuple[SavedSearch, list[Match], list[Match]]]] = defaultdict(list)
    for saved in due:
        fresh, changed = compare(saved, search)
        if fresh or changed:
            news[saved.owner].append((saved, fresh, changed))
    for owner, found in news.items():
        write(owner, found)
    return len(news)


def still_sees(owner: Participant) -> bool:
    """May the owner still read what a search would tell?"""
    roles = frozenset(Role(held.role) for held in owner.roles.all())
    return bool(Access(owner.person, owner.partnership, owner, roles).can(Ability.SEE))


def compare(saved: SavedSearch, search: Search) -> tuple[list[Match], list[Match]]:
    """Who fits now and did not before, and whose match is another; the first look only remembers."""
    asked = Asked.of(saved.asked)
    rows = search.rows(search.best(asked, WATCHED), start=asked.start)[0]
    before, first = saved.seen or {}, saved.seen is None
    fresh = [] if first else [row for row in rows if row.organization.slug not in before]
    changed = [row for row in rows if before.get(row.organization.slug, row.imprint) != row.imprint]
    saved.seen = before | {row.organization.slug: row.imprint for row in rows}
    saved.looked_on = clock.today()
    saved.save(update_fields=["seen", "looked_on"])
    return fresh, changed


def write(owner: Participant, found: Sequence[tuple[SavedSearch, list[Match], list[Match]]]) -> None:
    count = sum(len(fresh) + len(changed) for _saved, fresh, changed in found)
    here = owner.partnership

    def subject() -> str:
        words = ngettext(
            "%(partnership)s: one possible partner is new or changed",
            "%(partnership)s: %(count)s possible partners are new or changed",
            count,
        )
        return words % {"partnership": here.short, "count": count}

    facts = {
        "partnership": here,
        "searches": [
            {
                "name": saved.name,
                "fresh": fresh[:NAMED],
                "changed": changed[:NAMED],
                "address": mail.absolute(reverse("participation:run", args=[here.slug, saved.pk])),
                "stop": mail.absolute(reverse("participation_public:stop", args=[token_of(saved)])),
            }
            for saved, fresh, changed in found
        ],
    }
    person = owner.person
    mail.send(
        person.email, subject, "participation/mail/found.txt", facts,
        language=person.language, kind="searches", of=here,
    )  # fmt: skip


def token_of(saved: SavedSearch) -> str:
    return signing.dumps(saved.pk, salt=SALT)


def search_of(token: str) -> SavedSearch | None:
    """The search a letter's last link stops; None when there is none any more."""
    try:
        pk = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    with scopes_disabled():
        return SavedSearch.objects.select_related("partnership", "owner__person").filter(pk=pk).first()
