"""Pages of announcements, discussions, the communication plan, the people, and one's own letters."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from concorda.foundation.partnerships.access import Ability, Answer
from concorda.foundation.partnerships.door import Visit
from concorda.foundation.process.pages import READ, Register, page
from concorda.implement.communication import queries, services
from concorda.implement.communication.forms import AnnouncementForm, PlanForm, ReplyForm, SettingForm, TopicForm
from concorda.implement.communication.models import Announcement, Delivery, PlanItem, Reply, Topic
from concorda.implement.communication.tool import progress

VERB = ("POST",)


def posted(request: Visit) -> QueryDict | None:
    """What a form was sent with, also when nothing in it was filled in."""
    return request.POST if request.method == "POST" else None


def demand(answer: Answer) -> None:
    if not answer:
        raise PermissionDenied(str(answer.reason))


def back_home(request: Visit) -> HttpResponse:
    return redirect("communication:home", partnership=request.partnership.slug)


@page(Ability.OBSERVE, methods=READ)
def home(request: Visit) -> HttpResponse:
    """What was announced to this person, newest first; for participants also what the plan says comes next."""
    access = request.access
    takes_part = bool(access.can(Ability.SEE))
    visible = queries.with_counts(queries.visible_to(access), access)
    published = Paginator(visible.exclude(published_at=None).order_by("-published_at"), 20).get_page(
        request.GET.get("page")
    )
    reached = progress(request.partnership)
    context = {
        "announcements": published.object_list,
        "page": published,
        "drafts": visible.filter(published_at=None).order_by("-created_at") if takes_part else [],
        "takes_part": takes_part,
        "may_write": bool(access.can(Ability.CONTRIBUTE)),
        "planned": PlanItem.objects.exclude(next_on=None).select_related("owner__person")[:4] if takes_part else [],
        "discussions": queries.topics(access)[:4] if takes_part else [],
        "standing": reached.sentence if takes_part else _("What this partnership tells its observers."),
        "next_step": {"url": reached.step.url, "text": reached.step.label} if takes_part and reached.step else None,
    }
    return render(request, "communication/home.html", context)


# Announcements


def visible(request: Visit, announcement: Announcement) -> Any:
    """The announcement as this person may read it, or 404."""
    found = queries.with_counts(queries.visible_to(request.access), request.access)
    return get_object_or_404(found, pk=announcement.pk)


@page(Ability.OBSERVE, Announcement, methods=READ)
def announcement(request: Visit, row: Announcement) -> HttpResponse:
    row = visible(request, row)
    if row.published and request.method == "GET":
        services.mark_seen(row, request.access.participant)
    knows = bool(queries.may_change(request.access, row))
    context = {
        "announcement": row,
        "title": row.title,
        "voice": True,
        "correction": Announcement.objects.filter(supersedes=row).exclude(published_at=None).first(),
        "may_change": knows and not row.published,
        "may_correct": knows and row.published,
        "may_publish": bool(queries.may_publish(request.access, row)) and not row.published,
        "audience_count": queries.audience_of(row).count() if not row.published else row.deliveries.count(),
        "missing": list(queries.not_confirmed(row)) if knows and row.published and row.must_acknowledge else [],
        "knows": knows,
        **announcement_sentence(row),
    }
    return render(request, "communication/announcement.html", context)


def announcement_sentence(row: Any) -> dict[str, str]:
    if not row.published:
        return {"standing": _("A draft. Nobody but you and the coordinators can see it.")}
    words = ngettext(
        "%(seen)s of %(reached)s person opened it.", "%(seen)s of %(reached)s people opened it.", row.reached
    )
    confirmed = _("%(confirmed)s have confirmed it.") % {"confirmed": row.confirmed} if row.must_acknowledge else ""
    return {"standing": words % {"seen": row.seen, "reached": row.reached}, "standing_more": confirmed}


@page(Ability.CONTRIBUTE)
def announcement_new(request: Visit) -> HttpResponse:
    draft = Announcement(partnership=request.partnership, author=request.access.participant)
    form = AnnouncementForm(posted(request), instance=draft, access=request.access)
    if form.is_valid():
        saved = services.draft(form.save(commit=False), by=request.user)
        messages.success(request, _("The draft is kept. Read it once more, then publish it."))
        return redirect(saved)
    return announcement_form(
        request, form, _("Write an announcement"), reverse("communication:home", args=[request.partnership.slug])
    )


def announcement_form(request: Visit, form: AnnouncementForm, title: str, cancel_url: str) -> HttpResponse:
    context = {
        "frame": "tool.html",
        "title": title,
        "standing": _("You see it once more before it goes out; after that it cannot be changed."),
        "form": form,
        "save_label": _("Keep the draft"),
        "cancel_url": cancel_url,
    }
    return render(request, "form.html", context)


@page(Ability.CONTRIBUTE, Announcement)
def announcement_edit(request: Visit, row: Announcement) -> HttpResponse:
    row = visible(request, row)
    demand(queries.may_change(request.access, row))
    refuse_published(row)
    form = AnnouncementForm(posted(request), instance=row, access=request.access)
    if form.is_valid():
        services.redraft(form.save(), by=request.user)
        return redirect(row)
    return announcement_form(request, form, _("Change the draft"), row.get_absolute_url())


def refuse_published(row: Announcement) -> None:
    if row.published:
        raise PermissionDenied(_("What was published is not changed any more. Write a correction instead."))


@page(Ability.CONTRIBUTE, Announcement, methods=VERB)
def announcement_publish(request: Visit, row: Announcement) -> HttpResponse:
    row = visible(request, row)
    demand(queries.may_publish(request.access, row))
    refuse_published(row)
    try:
        count = services.publish(row, by=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect(row)
    said = ngettext("Published for %(count)s person.", "Published for %(count)s people.", count)
    messages.success(request, said % {"count": count})
    return redirect(row)


@page(Ability.CONTRIBUTE, Announcement, methods=VERB)
def announcement_correct(request: Visit, row: Announcement) -> HttpResponse:
    """Begin a new version that supersedes what was published."""
    row = visible(request, row)
    demand(queries.may_change(request.access, row))
    if not row.published:
        return redirect("communication:announcement_edit", partnership=request.partnership.slug, pk=row.pk)
    draft = services.begin_correction(row, request.access.participant, by=request.user)
    if draft.published:
        messages.error(request, _("This was corrected already. Correct the newer one instead."))
        return redirect(draft)
    return redirect("communication:announcement_edit", partnership=request.partnership.slug, pk=draft.pk)


@page(Ability.CONTRIBUTE, Announcement, methods=VERB)
def announcement_discard(request: Visit, row: Announcement) -> HttpResponse:
    row = visible(request, row)
    demand(queries.may_change(request.access, row))
    refuse_published(row)
    services.discard(row, by=request.user)
    messages.success(request, _("The draft is gone."))
    return back_home(request)


@page(Ability.OBSERVE, Announcement, methods=VERB)
def acknowledge(request: Visit, row: Announcement) -> HttpResponse:
    row = visible(request, row)
    own = Delivery.objects.select_related("announcement", "partnership")
    delivery = get_object_or_404(own, announcement=row, participant=request.access.participant)
    try:
        services.acknowledge(delivery, by=request.user)
        messages.success(request, _("Thank you. It is on record that you read it."))
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    return redirect(row)


@page(Ability.CONTRIBUTE, Announcement, methods=VERB)
def remind(request: Visit, row: Announcement) -> HttpResponse:
    row = visible(request, row)
    demand(queries.may_change(request.access, row))
    try:
        count = services.remind(row, by=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect(row)
    if count:
        said = ngettext("%(count)s person was reminded.", "%(count)s people were reminded.", count)
        messages.success(request, said % {"count": count})
    else:
        messages.warning(
            request, _("Nobody was reminded: everyone has confirmed, or was written to within the last day.")
        )
    return redirect(row)


# Discussions


@page(Ability.SEE, methods=READ)
def discussions(request: Visit) -> HttpResponse:
    access = request.access
    found = queries.topics(access)
    asked = request.GET.get("group", "")
    if asked.isdecimal():
        found = found.filter(group=int(asked))
    page_found = Paginator(found, 25).get_page(request.GET.get("page"))
    may_write = bool(access.can(Ability.CONTRIBUTE))
    new_url = reverse("communication:discussion_new", args=[request.partnership.slug]) if may_write else ""
    count = page_found.paginator.count
    context = {
        "title": _("Discussions"),
        "standing": ngettext("%(count)s discussion.", "%(count)s discussions.", count) % {"count": count},
        "standing_more": _("What a group discusses is read by its members and the coordinators."),
        "topics": page_found.object_list,
        "page": page_found,
        "new_url": new_url,
    }
    return render(request, "communication/discussions.html", context)


@page(Ability.CONTRIBUTE)
def discussion_new(request: Visit) -> HttpResponse:
    topic = Topic(partnership=request.partnership, started_by=request.access.participant)
    initial = {"group": request.GET["group"]} if request.GET.get("group", "").isdecimal() else {}
    form = TopicForm(posted(request), instance=topic, initial=initial, access=request.access)
    if form.is_valid():
        return redirect(services.start_topic(form.save(commit=False), by=request.user))
    context = {
        "frame": "tool.html",
        "title": _("Start a discussion"),
        "standing": _("Ask one question; people answer below it, when they have time."),
        "form": form,
        "save_label": _("Start it"),
        "cancel_url": reverse("communication:discussions", args=[request.partnership.slug]),
    }
    return render(request, "form.html", context)


def readable(request: Visit, topic: Topic) -> Topic:
    return get_object_or_404(queries.topics(request.access), pk=topic.pk)


@page(Ability.SEE, Topic)
def discussion(request: Visit, topic: Topic) -> HttpResponse:
    """One discussion with its replies; posting adds one."""
    topic = readable(request, topic)
    may_write = bool(request.access.can(Ability.CONTRIBUTE)) and not topic.closed_at
    form = ReplyForm(posted(request))
    if request.method == "POST":
        demand(request.access.can(Ability.CONTRIBUTE))
        if topic.closed_at:
            raise PermissionDenied(_("This discussion is closed."))
        if form.is_valid():
            services.reply(topic, form.cleaned_data["text"], request.access.participant, by=request.user)
            return redirect(topic)
    found = list(queries.replies(topic))
    words = ngettext("%(count)s reply.", "%(count)s replies.", len(found)) % {"count": len(found)}
    context = {
        "topic": topic,
        "title": topic.title,
        "voice": True,
        "replies": found,
        "form": form,
        "may_write": may_write,
        "may_close": bool(queries.may_close(request.access, topic)) and not topic.closed_at,
        "standing": _("This discussion is closed.") if topic.closed_at else words,
        "standing_more": _("Read by the members of %(group)s and the coordinators.") % {"group": topic.group.name}
        if topic.group
        else "",
    }
    return render(request, "communication/discussion.html", context)


@page(Ability.CONTRIBUTE, Reply, methods=VERB, related=("topic__partnership", "partnership"))
def reply_withdraw(request: Visit, answer: Reply) -> HttpResponse:
    readable(request, answer.topic)
    if answer.author_id != request.access.participant.pk:
        raise PermissionDenied(_("Only the person who wrote a reply can take it back."))
    services.withdraw(answer, by=request.user)
    messages.success(request, _("Your reply is taken back."))
    return redirect(answer.topic)


@page(Ability.CONTRIBUTE, Topic, methods=VERB)
def discussion_close(request: Visit, topic: Topic) -> HttpResponse:
    topic = readable(request, topic)
    demand(queries.may_close(request.access, topic))
    services.close_topic(topic, by=request.user)
    return redirect(topic)


# The plan


class Plan(Register):
    model = PlanItem
    form = PlanForm
    roles = ("list", "new", "edit", "delete")
    related = ("owner__person", "partnership")
    search = ("title", "audience", "purpose", "message")
    title = gettext_lazy("Communication plan")
    new_label = gettext_lazy("Add a line")
    save_label = gettext_lazy("Save the line")
    empty = gettext_lazy("No communication plan yet")
    empty_text = gettext_lazy("Each line says who hears what, why, how and how often, and who sees to it.")

    def save(self, form: PlanForm) -> PlanItem:
        if self.role == "new":
            return services.add_to_plan(form.save(commit=False), by=self.request.user)
        return super().save(form)

    def initial(self) -> dict[str, Any]:
        return {} if self.row else {"owner": self.request.access.participant.pk}

    def extra(self) -> dict[str, Any]:
        count = PlanItem.objects.count()
        late = sum(item.late for item in PlanItem.objects.only("next_on", "cadence"))
        said = ngettext("%(count)s line in the plan.", "%(count)s lines in the plan.", count) % {"count": count}
        more = ngettext("%(count)s is overdue.", "%(count)s are overdue.", late) % {"count": late} if late else ""
        return {"standing": said, "standing_more": more, "may_change": self.may("edit")}


@page(Ability.CONTRIBUTE, PlanItem, methods=VERB, related=("partnership",))
def plan_done(request: Visit, item: PlanItem) -> HttpResponse:
    services.done(item, by=request.user)
    messages.success(request, _("Noted: “%(what)s” went out today.") % {"what": item.title})
    return redirect("communication:planitem_list", partnership=request.partnership.slug)


# People and letters


@page(Ability.SEE, methods=READ)
def directory(request: Visit) -> HttpResponse:
    """The people who take part, with how to reach them; never shown to observers."""
    query = request.GET.get("q", "").strip()[:100]
    found = Paginator(queries.directory(request.partnership, query), 50).get_page(request.GET.get("page"))
    count = found.paginator.count
    context = {
        "title": _("Who is who"),
        "standing": ngettext("%(count)s person.", "%(count)s people.", count) % {"count": count},
        "standing_more": _("Only people who take part see these addresses."),
        "people": found.object_list,
        "page": found,
        "query": query,
    }
    return render(request, "communication/directory.html", context)


@page(Ability.OBSERVE)
def settings(request: Visit) -> HttpResponse:
    """How much mail this person gets from this partnership."""
    participant = request.access.participant
    form = SettingForm(posted(request), initial={"pace": queries.pace_of(participant)})
    if form.is_valid():
        services.choose_pace(participant, form.cleaned_data["pace"], by=request.user)
        messages.success(request, _("Your choice is kept."))
        return redirect("communication:settings", partnership=request.partnership.slug)
    context = {
        "frame": "tool.html",
        "title": _("Your letters"),
        "standing": _("You decide how often %(partnership)s writes to you.")
        % {"partnership": request.partnership.short},
        "form": form,
        "save_label": _("Keep this choice"),
        "cancel_url": reverse("communication:home", args=[request.partnership.slug]),
    }
    return render(request, "form.html", context)
