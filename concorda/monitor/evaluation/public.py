"""A check-in answered by its link, without an account."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from concorda.foundation.core.scoping import scopes_disabled, within
from concorda.foundation.process.pages import WRITE
from concorda.monitor.evaluation import services
from concorda.monitor.evaluation.forms import AnswerForm
from concorda.monitor.evaluation.models import CheckInTicket


@login_not_required
@never_cache
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """Three questions and a sentence, once. A link nobody gave out, one used, and one too late each say so."""
    if request.method not in WRITE:
        return HttpResponseNotAllowed(WRITE)
    ticket = ticket_of(token)
    if ticket is None:
        return dead(
            request,
            _("We do not know this link."),
            _("It may have been cut in two by a mail program. Copy all of it from the letter, or ask for a new one."),
            404,
        )
    with within(ticket.partnership), translation.override(ticket.participant.person.language):
        return answer_with(request, ticket)


def ticket_of(token: str) -> CheckInTicket | None:
    with scopes_disabled():
        found = CheckInTicket.objects.select_related("check_in__partnership", "partnership", "participant__person")
        return found.filter(token_digest=services.digest(token)).first()


def answer_with(request: HttpRequest, ticket: CheckInTicket) -> HttpResponse:
    check_in = ticket.check_in
    if ticket.used:
        return used(request)
    if not check_in.is_open:
        return closed(request)
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.answer(ticket, values=form.values, comment=form.cleaned_data["comment"])
        except services.TicketUsed:
            return used(request)
        except services.CheckInClosed:
            return closed(request)
        return render(request, "evaluation/thanks.html", {"check_in": check_in, "title": _("Thank you")})
    context = {
        "form": form,
        "check_in": check_in,
        "title": _("How is it going?"),
        "standing": _("Three questions, two minutes, no name."),
        "standing_more": check_in.partnership.name,
    }
    return render(request, "evaluation/answer.html", context)


def used(request: HttpRequest) -> HttpResponse:
    return dead(
        request,
        _("This link has been used."),
        _("An answer came in with it, and is kept without a name; so it can be neither shown nor changed."),
        410,
    )


def closed(request: HttpRequest) -> HttpResponse:
    return dead(
        request,
        _("This check-in is closed."),
        _("Its results are on the Evaluation page of your partnership. The next check-in comes with a new letter."),
        410,
    )


def dead(request: HttpRequest, title: str, text: str, status: int) -> HttpResponse:
    return render(request, "evaluation/dead.html", {"title": title, "standing": text}, status=status)
