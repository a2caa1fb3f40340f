from collections.abc import Iterator, Sequence

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from concorda.begin.agreements import queries, services
from concorda.begin.agreements.models import Agreement, Clause, Round, Signature
from concorda.begin.agreements.wording import capital, named, sentence
from concorda.foundation.core import clock
from concorda.foundation.core.moments import say_day
from concorda.foundation.partnerships.access import Access
from concorda.foundation.partnerships.models import Partner, Partnership
from concorda.foundation.process.stages import Progress, State, Step, Tool, Waiting


def progress(partnership: Partnership) -> Progress:
    agreement = queries.leading(partnership)
    if agreement is None:
        url = reverse("agreements:new", args=[partnership.slug])
        return Progress(State.NONE, _("No agreement has been drafted yet."), step=Step(_("Draft an agreement"), url))
    version = queries.newest(agreement) if agreement.status == Agreement.Status.SIGNING else None
    parties = queries.parties_of(version) if version else None
    text, url = sentence(agreement, parties), reverse("agreements:agreement", args=[partnership.slug, agreement.pk])
    late = queries.overdue(partnership).count()
    if agreement.lapsed:
        return Progress(State.CARE, text, step=Step(_("Renew it, or close it"), url), care=named(agreement))
    if agreement.status == Agreement.Status.IN_FORCE:
        if late:
            step = Step(_("See what is overdue"), reverse("agreements:obligation_list", args=[partnership.slug]))
            more = ngettext("One promise is overdue.", "%(count)s promises are overdue.", late) % {"count": late}
            return Progress(State.CARE, f"{text} {more}", step=step, care=named(agreement))
        return confirmed(partnership, agreement, text, url)
    if parties is not None:
        return signing(parties, text, url)
    clauses = list(agreement.clauses.values_list("status", flat=True))
    step = Step(_("Go on with %(what)s") % {"what": named(agreement)}, url)
    return Progress(State.HALF, text, clauses.count(Clause.Status.AGREED), len(clauses) or None, step)


def confirmed(partnership: Partnership, agreement: Agreement, text: str, url: str) -> Progress:
    """In force; unless a round asks whether the partners still stand by it, or not all of them do."""
    found = queries.asked_of(agreement)
    if found is None or found.round.outcome == Round.Outcome.UPHELD:
        return Progress(State.DONE, text)
    if found.open:
        said = ngettext("%(stands)s of %(count)s stands by it.", "%(stands)s of %(count)s stand by it.", found.stands)
        more = said % {"stands": found.stands, "count": len(found.answers)}
        step = Step(_("See who stands by it"), url)
        return Progress(State.HALF, f"{text} {more}", found.stands, len(found.answers), step)
    step = Step(_("Talk about what would have to change"), url)
    return Progress(State.CARE, f"{text} {_('Not all partners stand by it.')}", step=step, care=named(agreement))


def signing(parties: Sequence[queries.Party], text: str, url: str) -> Progress:
    done, total = queries.count_signed(parties)
    declined = next((one for one in parties if one.state == "declined"), None)
    if declined and declined.reply:
        return Progress(State.HALF, text, done, total, Step(settle(declined.reply, declined.organization), url))
    waiting = total - done
    label = ngettext("Remind the one who is waiting", "Remind the %(count)s who are waiting", waiting) % {
        "count": waiting
    }
    return Progress(State.HALF, text, done, total, Step(label, url))


def settle(reply, organization) -> str:
    facts = {"who": organization.short, "number": reply.clause.position if reply.clause else 0}
    return (_("Settle clause %(number)s with %(who)s") if reply.clause else _("Answer %(who)s")) % facts


def waiting(access: Access) -> Iterator[Waiting]:
    yield from signatures(access)
    for asked in queries.to_confirm(access):
        url = reverse("agreements:confirm", args=[access.partnership.slug, asked.pk])
        label = _("Say whether you stand by %(what)s") % {"what": named(asked.agreement)}
        yield Waiting(
            label,
            url,
            detail=str(asked.get_cause_display()),
            due=asked.due,
            late=asked.due < clock.today(),
            icon="seal",
        )
    for one in queries.owed_by(access):
        url = reverse("agreements:obligation_edit", args=[access.partnership.slug, one.pk])
        yield Waiting(one.what, url, detail=one.agreement.title, due=one.due, late=one.overdue, icon="seal")
    if access.steers:
        for reply in queries.unsettled(access.partnership):
            url = reverse("agreements:agreement", args=[access.partnership.slug, reply.version.agreement_id])
            when = _("they declined on %(day)s") % {"day": say_day(reply.at.date())}
            yield Waiting(settle(reply, reply.partner.organization), url, detail=when, icon="comment")


def signatures(access: Access) -> Iterator[Waiting]:
    """Versions that wait for this person's signature, unless the organization said no to them."""
    versions = list(queries.to_sign(access))
    if not versions:
        return
    own = Partner.objects.filter(organization=access.organization).values_list("pk", flat=True).first()
    refused = {one.version_id for one in queries.unsettled(access.partnership) if one.partner_id == own}
    signed: dict[int, set[int]] = {}
    for key, partner in Signature.objects.filter(version__in=versions).values_list("version", "partner"):
        signed.setdefault(key, set()).add(partner)
    turns = {one.pk: one.whose_turn(signed.get(one.pk, set())) for one in versions}
    for version in versions:
        if own in turns[version.pk] and version.pk not in refused:
            url = reverse("agreements:sign", args=[access.partnership.slug, version.pk])
            label = _("Sign %(what)s") % {"what": named(version.agreement)}
            since = _("out since %(day)s") % {"day": say_day(version.at.date())}
            late = bool(version.agreement.effective_on and version.agreement.effective_on < clock.today())
            yield Waiting(capital(label), url, detail=since, due=version.agreement.effective_on, late=late, icon="pen")


TOOL = Tool(
    key="agreements",
    title=gettext_lazy("Agreements"),
    question=gettext_lazy("What do we promise each other?"),
    progress=progress,
    waiting=waiting,
    by_the_clock=services.by_the_clock,
    searchable=(lambda _access: Agreement.objects.all(),),
)
