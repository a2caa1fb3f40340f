"""Where the agreements stand, in a sentence; in a module of its own because the map and the first page both say it."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from concorda.begin.agreements import queries
from concorda.begin.agreements.models import Agreement, Clause
from concorda.foundation.core.moments import say_day
from concorda.foundation.partnerships.models import Partnership


def named(agreement: Agreement) -> str:
    """The agreement as people call it: “the memorandum”."""
    return {
        "intent": _("the letter of intent"),
        "terms": _("the terms of reference"),
        "memorandum": _("the memorandum"),
        "contribution": _("the contribution agreement"),
        "data": _("the data-sharing agreement"),
    }[agreement.instrument]


def standing_of(partnership: Partnership) -> str:
    agreement = queries.leading(partnership)
    return sentence(agreement) if agreement else _("No agreement has been drafted yet.")


def sentence(agreement: Agreement, parties: Sequence[queries.Party] | None = None) -> str:
    """How an agreement stands. `parties` of its newest version, where they are read already."""
    facts: dict[str, object] = {"what": named(agreement)}
    if agreement.lapsed:
        return capital(_("%(what)s lapsed on %(day)s.") % {**facts, "day": say_day(agreement.expires_on)})
    if agreement.status == Agreement.Status.IN_FORCE:
        since = say_day(agreement.in_force_since)
        text = _("%(what)s is in force since %(day)s.") if agreement.holds else _("%(what)s takes effect on %(day)s.")
        return capital(text % {**facts, "day": since})
    if parties is None and (version := queries.newest(agreement)):
        parties = queries.parties_of(version)
    if parties is not None:
        signed, total = queries.count_signed(parties)
        facts |= {"signed": signed, "count": total}
        return (
            ngettext(
                "%(signed)s of %(count)s organization has signed %(what)s.",
                "%(signed)s of %(count)s organizations have signed %(what)s.",
                total,
            )
            % facts
        )
    clauses = list(agreement.clauses.values_list("status", flat=True))
    facts |= {"agreed": clauses.count(Clause.Status.AGREED), "count": len(clauses)}
    return (
        ngettext(
            "%(agreed)s of %(count)s clause of %(what)s is agreed.",
            "%(agreed)s of %(count)s clauses of %(what)s are agreed.",
            len(clauses),
        )
        % facts
    )


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]
