"""The page a letter leads to: read and answered without an account."""

from typing import Any

from allauth.core.internal import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from concorda.connect.participation import calls, queries, services, watching
from concorda.connect.participation.call_forms import ApplicationForm, InquiryForm
from concorda.connect.participation.forms import AnswerForm
from concorda.connect.participation.models import Application, Call, Inquiry, Invitation
from concorda.foundation.accounts.models import Person
from concorda.foundation.accounts.views import BACKEND
from concorda.foundation.core.moments import say_day
from concorda.foundation.core.scoping import within
from concorda.foundation.partnerships.models import Partner

TOO_MANY = gettext_lazy("Too much was sent from here in a short time. Wait ten minutes, then send it again.")
YES = (Partner.Status.COMMITTED, Partner.Status.EXPLORING)


@never_cache
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Who invites, for what, and the answer; a link that no longer answers says why and what to do."""
    found = queries.letter_of(token)
    if found is None:
        return closed(request, "unknown", None)
    letter, link = found
    with translation.override(language_of(request, letter.language)), within(letter.partnership):
        standing = queries.standing_of(letter, link)
        if standing != "open":
            return closed(request, standing, letter)
        return open_letter(request, letter)


def language_of(request: HttpRequest, written_in: str) -> str:
    """The language of a letter or an application, unless the reader has chosen one here."""
    own = request.user.is_authenticated or chosen(request)
    return (translation.get_language() or written_in) if own else written_in


def chosen(request: HttpRequest) -> bool:
    return settings.LANGUAGE_COOKIE_NAME in request.COOKIES


def open_letter(request: HttpRequest, letter: Invitation) -> HttpResponse:
    holder = Person.objects.filter(email__iexact=letter.email).first()
    own = request.user if request.user.is_authenticated and request.user == holder else None
    form = AnswerForm(
        request.POST if request.method == "POST" else None,
        invitation=letter,
        offers_account=holder is None and request.user.is_anonymous,
    )
    if request.method == "GET":
        services.mark_opened(letter)
    allowed = request.method != "POST" or within_limits(request, "invitation", key=str(letter.pk))
    if not allowed:
        form.add_error(None, TOO_MANY)
    if request.method == "POST" and form.is_valid():
        try:
            return take_answer(request, letter, form.cleaned_data, own)
        except ValidationError as problem:
            form.add_error(None, problem)
    partner = letter.partner
    context = {
        "title": _("%(person)s invites %(organization)s")
        % {"person": letter.sent_by.person.name, "organization": partner.organization.name},
        "standing": _("You can answer here, without an account, until %(date)s.")
        % {"date": say_day(letter.expires_at.date())},
        "letter": letter,
        "here": letter.partnership,
        "organization": partner.organization,
        "needs": letter.needs.all(),
        "joined": queries.committed_count(letter.partnership),
        "form": form,
        "own": own,
        "holder": holder,
    }
    return render(request, "participation/letter.html", context, status=200 if allowed else 429)


@transaction.atomic
def take_answer(request: HttpRequest, letter: Invitation, said: dict[str, Any], own: Person | None) -> HttpResponse:
    words = {"said": said["answer"], "reply": said["reply"]}
    if said["answer"] in YES and said.get("password"):
        person, inside = services.answer_with_account(letter, name=said["name"], password=said["password"], **words)
        login(request, person, backend=BACKEND)
        return welcome(request, letter, inside)
    if said["answer"] in YES and own:
        return welcome(request, letter, services.answer_as(letter, person=own, **words))
    services.answer(letter, name=said["name"], by=own, **words)
    return thanks(request, letter, said["answer"])


def welcome(request: HttpRequest, letter: Invitation, inside: bool) -> HttpResponse:
    """Inside at once, or told who has to say so first."""
    organization = letter.partner.organization
    if inside:
        messages.success(request, _("Thank you. You take part now, and speak for %(who)s.") % {"who": organization})
        return redirect(letter.partnership)
    messages.info(
        request,
        _("Thank you, your answer is recorded. Before you take part, %(who)s has to confirm that you work there.")
        % {"who": organization},
    )
    return redirect("portal:home")


def thanks(request: HttpRequest, letter: Invitation, said: str) -> HttpResponse:
    sender = letter.sent_by.person.name
    context = {
        "title": _("Thank you"),
        "standing": _("Your answer is recorded. %(person)s has been told.") % {"person": sender},
        "letter": letter,
        "said": said,
    }
    return render(request, "participation/thanks.html", context)


def closed(request: HttpRequest, standing: str, letter: Invitation | None) -> HttpResponse:
    sender = letter.sent_by.person.name if letter else ""
    titles = {
        "unknown": _("We do not know this link"),
        "replaced": _("There is a newer letter"),
        "withdrawn": _("This invitation was taken back"),
        "answered": _("This invitation is answered"),
        "closed": _("Your organization has answered already"),
        "expired": _("This invitation has expired"),
    }
    advice = {
        "unknown": _("Perhaps the address was cut off. Open the link from the letter again, or copy all of it."),
        "replaced": _("Use the link in the latest letter from %(person)s."),
        "withdrawn": _("If you think this is a mistake, answer the letter or call %(person)s."),
        "answered": _("To change your answer, write to %(person)s."),
        "closed": _("Its answer has been recorded in another way. Write to %(person)s if it is wrong."),
        "expired": _("Links answer for thirty days. Ask %(person)s for a new letter; it takes a moment."),
    }
    context = {"title": titles[standing], "standing": advice[standing] % {"person": sender}, "letter": letter}
    return render(request, "participation/closed.html", context, status=404 if letter is None else 410)


@never_cache
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """No more letters about a saved search: the last link of such a letter."""
    saved = watching.search_of(token)
    if saved and request.method == "POST":
        with within(saved.partnership):
            services.write_about(saved, notify=False)
    if saved is None:
        titles = _("We do not know this link"), _("The search was forgotten, or the address was cut off.")
    elif saved.notify:
        titles = _("Letters about “%(search)s”") % {"search": saved.name}, _("You have them when somebody new fits.")
    else:
        titles = _("No more letters about “%(search)s”") % {"search": saved.name}, _("You will have none from now on.")
    context = {"title": titles[0], "standing": titles[1], "saved": saved}
    return render(request, "participation/stop.html", context, status=200 if saved else 404)


@never_cache
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def call(request: HttpRequest, token: str) -> HttpResponse:
    """A call for partners: what it looks for, questions with answers, and the application, without an account."""
    found = calls.call_of(token)
    if found is None:
        return closed(request, "unknown", None)
    with within(found.partnership):
        return open_call(request, found)


def open_call(request: HttpRequest, found: Call) -> HttpResponse:
    asks, applies = "ask" in request.POST, "apply" in request.POST
    language = translation.get_language() or "en-ca"
    owned = {"partnership": found.partnership, "call": found, "language": language}
    inquiry = InquiryForm(request.POST if asks else None, instance=Inquiry(**owned), prefix="ask")
    application = ApplicationForm(request.POST if applies else None, instance=Application(**owned))
    sent: Any = inquiry if asks else application if applies else None
    status = 200
    if sent is not None and not found.takes:
        status = 410
    elif sent is not None and not within_limits(request, "call"):
        sent.add_error(None, TOO_MANY)
        status = 429
    elif sent is not None and taken(sent, calls.ask if asks else calls.apply):
        messages.success(
            request,
            _("Your question is on its way. The answer will stand on this page.")
            if asks
            else _("Your application has arrived. A letter is on its way with a link to change it or take it back."),
        )
        return redirect(request.path)
    context = {
        "title": found.title,
        "voice": True,
        "standing": call_standing(found),
        "call": found,
        "here": found.partnership,
        "criteria": found.criteria.all(),
        "answers": found.inquiries.exclude(answered_at=None),
        "inquiry": inquiry,
        "application": application,
    }
    return render(request, "participation/public_call.html", context, status=status)


def taken(form: Any, verb: Any) -> bool:
    """Is what was sent sound, and taken in? What is wrong stands beside its field otherwise."""
    if not form.is_valid():
        return False
    try:
        verb(form.save(commit=False))
    except ValidationError as problem:
        form.add_error(None, problem)
        return False
    return True


def within_limits(request: HttpRequest, action: str, key: str = "") -> bool:
    """Anyone may write; nobody may flood. Counted by address on the net, or by `key` where a secret link leads here."""
    rate = "20/10m/key" if key else "20/10m/ip"
    return bool(ratelimit.consume(request, app="concorda", action=action, config={action: rate}, key=key or None))


def call_standing(found: Call) -> str:
    if found.cancelled_on:
        return _("This call was cancelled: %(reason)s") % {"reason": found.cancelled_because}
    if not found.takes:
        return _("This call is closed: nothing can be sent any more.")
    if found.deadline:
        return _("Apply here, without an account, until the end of %(date)s.") % {"date": say_day(found.deadline)}
    return _("Propose something here, without an account, any day.")


@never_cache
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def application(request: HttpRequest, token: str) -> HttpResponse:
    """What an applicant sent, for them alone: read it, change it while the call is open, take it back."""
    sent = calls.application_of(token)
    if sent is None:
        return closed(request, "unknown", None)
    with translation.override(language_of(request, sent.language)), within(sent.partnership):
        return own_application(request, sent)


def own_application(request: HttpRequest, sent: Application) -> HttpResponse:
    call, may_change = sent.call, sent.call.takes and not sent.told_at
    form = ApplicationForm(request.POST if "change" in request.POST else None, instance=sent)
    if request.method == "POST" and not within_limits(request, "application", key=str(sent.pk)):
        form.add_error(None, TOO_MANY) if form.is_bound else None
        return own_page(request, sent, form, may_change=may_change, status=429)
    if "take_back" in request.POST and not sent.told_at:
        calls.take_back(sent)
        context = {"title": _("Taken back"), "standing": _("What you sent is deleted. Thank you for your time.")}
        return render(request, "participation/closed.html", context)
    if "change" in request.POST and may_change and taken(form, calls.rewrite):
        messages.success(request, _("Saved. The reviewers read these words now."))
        return redirect(request.path)
    return own_page(
        request, sent, form, may_change=may_change, status=410 if request.method == "POST" and not call.takes else 200
    )


def own_page(
    request: HttpRequest, sent: Application, form: ApplicationForm, *, may_change: bool, status: int
) -> HttpResponse:
    context = {
        "title": _("Your application: %(call)s") % {"call": sent.call.title},
        "standing": own_standing(sent),
        "call": sent.call,
        "here": sent.partnership,
        "sent": sent,
        "form": form if may_change else None,
    }
    return render(request, "participation/own_application.html", context, status=status)


def own_standing(sent: Application) -> str:
    if sent.call.cancelled_on:
        return call_standing(sent.call)
    if sent.told_at:
        return _("You have been told the outcome.")
    if sent.call.takes and sent.call.deadline:
        return _("You can change it until the end of %(date)s.") % {"date": say_day(sent.call.deadline)}
    if sent.call.takes:
        return _("You can change it until you are told the outcome.")
    return _("The call is closed; your words are being weighed as they stand. You can still take them back.")
