"""A question about times answered by its link, without an account."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from concorda.foundation.core.scoping import scopes_disabled, within
from concorda.foundation.process.pages import WRITE
from concorda.implement.working_groups import polls
from concorda.implement.working_groups.forms import VoiceForm
from concorda.implement.working_groups.models import PollVoice
from concorda.implement.working_groups.services import digest_of


@login_not_required
@never_cache
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """Each time with three answers. A link nobody gave out and a question that is closed say so."""
    if request.method not in WRITE:
        return HttpResponseNotAllowed(WRITE)
    voice = voice_of(token)
    if voice is None:
        title = _("We do not know this link.")
        text = _("It may have been cut in two by a mail program. Copy all of it from the letter, or ask for a new one.")
        return dead(request, title, text, 404)
    language = voice.participant.person.language if voice.participant else translation.get_language()
    with within(voice.partnership), translation.override(language):
        return answer_with(request, voice)


def voice_of(token: str) -> PollVoice | None:
    with scopes_disabled():
        found = PollVoice.objects.select_related(
            "poll__group", "poll__partnership", "poll__meeting__group", "partnership", "participant__person"
        )
        voice = found.filter(digest=digest_of(token)).first()
    gone = voice and voice.participant and (voice.participant.left_on or not voice.participant.person.is_active)
    return None if gone else voice


def answer_with(request: HttpRequest, voice: PollVoice) -> HttpResponse:
    poll = voice.poll
    if not poll.open:
        text = _("A time was chosen: %(meeting)s.") % {"meeting": poll.meeting} if poll.meeting else ""
        return dead(request, _("This question is closed."), text or _("The day to answer by has passed."), 410)
    form = VoiceForm(request.POST if request.method == "POST" else None, voice=voice)
    if form.is_valid():
        polls.answer(voice, form.answers)
        kept = {
            "title": _("Thank you"),
            "standing": _("Your answer is kept."),
            "standing_more": _("With the same link you can change it until a time is chosen."),
        }
        return render(request, "working_groups/times_thanks.html", kept)
    zone = voice.participant.person.zone if voice.participant else poll.zone
    context = {
        "form": form,
        "poll": poll,
        "title": poll.title,
        "standing": _("Which of these times suit you, %(name)s?") % {"name": voice.name},
        "standing_more": _("As clocks in %(zone)s show them; %(minutes)s minutes.")
        % {"zone": zone.key.replace("_", " "), "minutes": poll.minutes_long},
    }
    return render(request, "working_groups/times_answer.html", context)


def dead(request: HttpRequest, title: str, text: str, status: int) -> HttpResponse:
    return render(request, "working_groups/dead.html", {"title": title, "standing": text}, status=status)
