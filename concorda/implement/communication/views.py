"""Pages of announcements, discussions, the plan, the people, documents, the public page, and one's own letters."""

from collections.abc import Container
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, ngettext

from concorda.foundation.accounts import stopping
from concorda.foundation.accounts.mail import is_dead
from concorda.foundation.core.uploads import download
from concorda.foundation.partnerships.access import Ability, Answer
from concorda.foundation.partnerships.door import Visit
from concorda.foundation.partnerships.models import Participant
from concorda.foundation.process.errands import Errand
from concorda.foundation.process.pages import READ, Register, page
from concorda.implement.communication import letters, people, queries, services, shelf, talking
from concorda.implement.communication.forms import (
    AnnouncementForm,
    CardForm,
    ContactForm,
    DocumentForm,
    FileForm,
    PlanForm,
    PublicForm,
    ReplyForm,
    SettingForm,
    TopicForm,
)
from concorda.implement.communication.models import (
    Announcement,
    Contact,
    Delivery,
    Document,
    DocumentVersion,
    PlanItem,
    PublicPage,
    Reply,
    Topic,
)
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
        "documents": queries.documents(access)[:4],
        "steers": queries.steers(access),
        "public": PublicPage.objects.filter(open=True).first(),
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
        "reached": reached(row) if knows and row.published else [],
        "knows": knows,
        **announcement_sentence(row),
    }
    return render(request, "communication/announcement.html", context)


def reached(row: Announcement) -> list[tuple[Delivery, str]]:
    """Each person it was for, and how far it came with them: confirmed, opened, written to, refused, only here."""
    refusing = queries.dead_addresses(row.partnership)
    found = row.deliveries.select_related("participant__person", "participant__organization")
    return [(one, how_far(one, refusing)) for one in found.order_by("participant__person__name")]


def how_far(one: Delivery, refusing: Container[str]) -> str:
    if one.acknowledged_at and one.announcement.must_acknowledge:
        return "confirmed"
    if one.seen_at:
        return "opened"
    if one.participant.person.email.lower() in refusing:
        return "refused"
    return "written" if one.mailed_at else "here"


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
        return redirect(talking.start_topic(form.save(commit=False), by=request.user))
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
            talking.reply(topic, form.cleaned_data["text"], request.access.participant, by=request.user)
            return redirect(topic)
    if request.method == "GET" and not isinstance(request, Errand):  # a program looks at the form before it posts
        talking.mark_read(topic, request.access.participant)
    found = list(queries.replies(topic))
    called = queries.mentions(topic)
    words = ngettext("%(count)s reply.", "%(count)s replies.", len(found)) % {"count": len(found)}
    context = {
        "topic": topic,
        "title": topic.title,
        "voice": True,
        "replies": [(one, called.get(one.pk, [])) for one in found],
        "called_first": called.get(None, []),
        "documents": queries.documents(request.access).filter(topic=topic),
        "follows": queries.follows(topic, request.access.participant),
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
    talking.withdraw(answer, by=request.user)
    messages.success(request, _("Your reply is taken back."))
    return redirect(answer.topic)


@page(Ability.SEE, Topic, methods=VERB)
def discussion_follow(request: Visit, topic: Topic) -> HttpResponse:
    """Hear of what follows in a discussion, or hear no more of it."""
    topic = readable(request, topic)
    muted = "follow" not in request.POST
    talking.mute(topic, request.access.participant, muted=muted)
    messages.success(request, _("You hear no more of this discussion.") if muted else _("You hear of new replies."))
    return redirect(topic)


@page(Ability.CONTRIBUTE, Topic, methods=VERB)
def discussion_close(request: Visit, topic: Topic) -> HttpResponse:
    topic = readable(request, topic)
    demand(queries.may_close(request.access, topic))
    talking.close_topic(topic, by=request.user)
    return redirect(topic)


# The plan


class Plan(Register):
    model = PlanItem
    form = PlanForm
    roles = ("list", "new", "edit", "delete")
    related = queries.LINE
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
        if self.role != "list":
            return {}
        lines = PlanItem.objects.only("next_on", "cadence", "reach")
        count, late = len(lines), sum(item.late for item in lines)
        said = ngettext("%(count)s line in the plan.", "%(count)s lines in the plan.", count) % {"count": count}
        itself = sum(item.by_itself for item in lines)
        more = ngettext("%(count)s goes out by itself.", "%(count)s go out by themselves.", itself) % {"count": itself}
        if late:
            more += " " + ngettext("%(count)s is overdue.", "%(count)s are overdue.", late) % {"count": late}
        return {
            "standing": said,
            "standing_more": more,
            "may_change": self.may("edit"),
            "steers": queries.steers(self.request.access),
            "me": self.request.access.participant.pk,
        }


def back_to_plan(request: Visit) -> HttpResponse:
    return redirect("communication:planitem_list", partnership=request.partnership.slug)


@page(Ability.CONTRIBUTE, PlanItem, methods=VERB, related=("partnership",))
def plan_done(request: Visit, item: PlanItem) -> HttpResponse:
    services.done(item, by=request.user)
    messages.success(request, _("Noted: “%(what)s” went out today.") % {"what": item.title})
    return back_to_plan(request)


@page(Ability.STEER, PlanItem, methods=VERB, related=queries.LINE)
def plan_send(request: Visit, item: PlanItem) -> HttpResponse:
    """Carry a line out now, without waiting for its day."""
    try:
        dispatch = services.send_out(item, by=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return back_to_plan(request)
    said = ngettext("It went to %(count)s person.", "It went to %(count)s people.", dispatch.people or 0)
    messages.success(request, said % {"count": dispatch.people or 0})
    return back_to_plan(request)


@page(Ability.CONTRIBUTE, PlanItem, methods=VERB, related=queries.LINE)
def plan_approve(request: Visit, item: PlanItem) -> HttpResponse:
    try:
        services.approve(item, by=request.user)
    except ValidationError as refusal:
        raise PermissionDenied(" ".join(refusal.messages)) from refusal
    messages.success(request, _("Approved. It goes out by itself on its day."))
    return back_to_plan(request)


@page(Ability.SEE, methods=READ)
def plan_sent(request: Visit) -> HttpResponse:
    """What the plan sent: when, to how many, by whom, and how many opened it."""
    found = Paginator(queries.went_out(request.partnership), 25).get_page(request.GET.get("page"))
    count = found.paginator.count
    context = {
        "title": _("What went out"),
        "standing": ngettext("%(count)s message went out.", "%(count)s messages went out.", count) % {"count": count},
        "standing_more": _("Who opened an announcement stands on its own page."),
        "dispatches": found.object_list,
        "page": found,
    }
    return render(request, "communication/sent.html", context)


# People


@page(Ability.SEE, methods=READ)
def directory(request: Visit) -> HttpResponse:
    """The people who take part, with how to reach them as each allows; never shown to observers."""
    query = request.GET.get("q", "").strip()[:100]
    found = Paginator(queries.directory(request.partnership, query), 50).get_page(request.GET.get("page"))
    refusing = queries.dead_addresses(request.partnership)
    steers = queries.steers(request.access)
    count = found.paginator.count
    context = {
        "title": _("Who is who"),
        "standing": ngettext("%(count)s person.", "%(count)s people.", count) % {"count": count},
        "standing_more": _("Everybody decides what the others see; only people who take part see it."),
        "people": [
            (one, queries.shown_email(one), queries.shown_phone(one), refusing.get(one.person.email.lower()))
            for one in found.object_list
        ],
        "page": found,
        "query": query,
        "steers": steers,
        "may_write": bool(request.access.can(Ability.CONTRIBUTE, **queries.HERE)),
    }
    return render(request, "communication/directory.html", context)


@page(Ability.SEE)
def card(request: Visit) -> HttpResponse:
    """What I let the others see of how to reach me."""
    own = queries.card_of(request.access.participant)
    form = CardForm(posted(request), instance=own, access=request.access)
    if form.is_valid():
        people.show(form.save(commit=False), by=request.user)
        messages.success(request, _("Your card is kept."))
        return redirect("communication:directory", partnership=request.partnership.slug)
    context = {
        "frame": "tool.html",
        "title": _("Your card"),
        "standing": _("You decide what the people of this partnership see."),
        "standing_more": _("Without your word they see your name and organization alone."),
        "form": form,
        "save_label": _("Keep my card"),
        "cancel_url": reverse("communication:directory", args=[request.partnership.slug]),
    }
    return render(request, "form.html", context)


def vcard_file(name: str, text: str) -> HttpResponse:
    answer = HttpResponse(text, content_type="text/vcard; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@page(Ability.SEE, methods=READ)
def directory_vcf(request: Visit) -> HttpResponse:
    """The directory for an address book, with what each lets the others see."""
    return vcard_file("people.vcf", people.vcards(queries.directory(request.partnership)))


@page(Ability.CONTRIBUTE, methods=READ)
def contacts_vcf(request: Visit) -> HttpResponse:
    """The people outside who agreed, for an address book."""
    return vcard_file("contacts.vcf", people.vcards_outside(Contact.objects.all()))


@page(Ability.SEE, Participant, methods=VERB, related=("person", "partnership", "organization"))
def address_works(request: Visit, participant: Participant) -> HttpResponse:
    """An address that refused letters takes them again; its owner or a coordinator knows."""
    if participant.pk != request.access.participant.pk:
        demand(request.access.can(Ability.STEER, **queries.HERE))
    people.works_again(participant, by=request.user)
    messages.success(request, _("Letters go there again."))
    return redirect("communication:directory", partnership=request.partnership.slug)


class Contacts(Register):
    model = Contact
    form = ContactForm
    roles = ("list", "new", "edit", "delete")
    abilities = {"list": Ability.CONTRIBUTE}
    related = ("partnership",)
    search = ("name", "organization", "title")
    title = gettext_lazy("People outside")
    new_label = gettext_lazy("Add somebody")
    save_label = gettext_lazy("Keep this person")
    empty = gettext_lazy("Nobody outside is written down yet")
    empty_text = gettext_lazy(
        "People who agreed to hear from the partnership: councils, funders, landlords, the paper."
    )
    said = {
        "edit": gettext_noop("changed what is kept about somebody outside"),
        "delete": gettext_noop("removed somebody outside from the contacts"),
    }

    def save(self, form: ContactForm) -> Contact:
        if self.role == "new":
            return people.write_down(form.save(commit=False), by=self.request.user)
        return super().save(form)

    def extra(self) -> dict[str, Any]:
        if self.role != "list":
            return {}
        count, agreed = Contact.objects.count(), Contact.objects.filter(consent_on__isnull=False).count()
        said = ngettext("%(count)s person outside.", "%(count)s people outside.", count) % {"count": count}
        more = _("%(agreed)s agreed to hear from us; nothing is sent to the others.") % {"agreed": agreed}
        return {"standing": said, "standing_more": more if count else "", "may_change": self.may("edit")}


@page(Ability.CONTRIBUTE, Contact, methods=VERB, related=("partnership",))
def contact_stop(request: Visit, contact: Contact) -> HttpResponse:
    people.withdraw_consent(contact, by=request.user)
    messages.success(request, _("Nothing is sent to this person any more."))
    return redirect("communication:contact_list", partnership=request.partnership.slug)


# Documents


@page(Ability.OBSERVE, methods=READ)
def documents(request: Visit) -> HttpResponse:
    """The shelf: what this person may read of it, the latest first."""
    query = request.GET.get("q", "").strip()[:100]
    rows = queries.documents(request.access)
    for word in query.split()[:5]:
        rows = rows.filter(Q(title__icontains=word) | Q(about__icontains=word))
    found = Paginator(rows, 25).get_page(request.GET.get("page"))
    count = found.paginator.count
    may_write = bool(request.access.can(Ability.CONTRIBUTE, **queries.HERE))
    context = {
        "title": _("Documents"),
        "standing": ngettext("%(count)s document.", "%(count)s documents.", count) % {"count": count},
        "standing_more": _("Every earlier version stays, and who put it there."),
        "documents": found.object_list,
        "page": found,
        "query": query,
        "new_url": reverse("communication:document_new", args=[request.partnership.slug]) if may_write else "",
    }
    return render(request, "communication/documents.html", context)


def readable_document(request: Visit, document: Document) -> Document:
    return get_object_or_404(queries.documents(request.access), pk=document.pk)


@page(Ability.CONTRIBUTE)
def document_new(request: Visit) -> HttpResponse:
    row = Document(partnership=request.partnership, added_by=request.access.participant)
    files = request.FILES if request.method == "POST" else None
    form = DocumentForm(posted(request), files, instance=row, access=request.access, request=request)
    if form.is_valid():
        try:
            shelf.put(form.save(commit=False), form.cleaned_data["file"], by=request.user)
        except ValidationError as refusal:
            form.add_error("file", refusal)
        else:
            messages.success(request, _("It is on the shelf."))
            return redirect(row)
    context = {
        "frame": "tool.html",
        "title": _("Put a document on the shelf"),
        "standing": _("One place for what several people need, with every version."),
        "form": form,
        "save_label": _("Put it there"),
        "cancel_url": reverse("communication:documents", args=[request.partnership.slug]),
    }
    return render(request, "form.html", context)


@page(Ability.OBSERVE, Document)
def document(request: Visit, row: Document) -> HttpResponse:
    """One document with its versions; posting adds one."""
    row = readable_document(request, row)
    may_write = bool(request.access.can(Ability.CONTRIBUTE, **queries.HERE))
    if request.method == "POST" and not may_write:
        demand(request.access.can(Ability.CONTRIBUTE, **queries.HERE))
    files = request.FILES if request.method == "POST" else None
    form = FileForm(posted(request), files, request=request)
    if form.is_valid():
        told = form.cleaned_data
        try:
            shelf.renew(row, told["file"], request.access.participant, by=request.user, note=told["note"])
        except ValidationError as refusal:
            form.add_error("file", refusal)
        else:
            messages.success(request, _("The new version is on the shelf."))
            return redirect(row)
    versions = list(row.versions.select_related("author__person"))
    words = ngettext("%(count)s version.", "%(count)s versions.", len(versions)) % {"count": len(versions)}
    context = {
        "document": row,
        "title": row.title,
        "voice": True,
        "standing": words,
        "standing_more": row.about,
        "versions": versions,
        "form": form if may_write else None,
        "may_remove": may_remove(request, row),
    }
    return render(request, "communication/document.html", context)


def may_remove(request: Visit, row: Document) -> bool:
    own = row.added_by_id == request.access.participant.pk and request.access.can(Ability.CONTRIBUTE, **queries.HERE)
    return bool(own or queries.steers(request.access))


@page(Ability.OBSERVE, DocumentVersion, methods=READ, related=("document", "partnership"))
def document_file(request: Visit, version: DocumentVersion) -> HttpResponse:
    """One version, to be kept; sent piece by piece."""
    readable_document(request, version.document)
    try:
        file = version.file.open("rb")
    except (OSError, ValueError) as error:
        raise Http404(_("This file is not there any more.")) from error
    return download(file, version.name, version.kind)


@page(Ability.CONTRIBUTE, Document, methods=VERB)
def document_remove(request: Visit, row: Document) -> HttpResponse:
    row = readable_document(request, row)
    if not may_remove(request, row):
        raise PermissionDenied(_("Who put it there, or a coordinator, can take it off the shelf."))
    shelf.take_down(row, by=request.user)
    messages.success(request, _("It is off the shelf."))
    return redirect("communication:documents", partnership=request.partnership.slug)


# The public page, the mail that came in, one's own letters


@page(Ability.STEER)
def public(request: Visit) -> HttpResponse:
    """What anybody may read of this partnership."""
    row = queries.public_page(request.partnership)
    form = PublicForm(posted(request), instance=row, access=request.access)
    if form.is_valid():
        services.show_public(form.save(commit=False), by=request.user)
        messages.success(request, _("The public page is kept."))
        return redirect("communication:public", partnership=request.partnership.slug)
    address = reverse("communication_public:page", args=[request.partnership.slug])
    context = {
        "title": _("Public page"),
        "standing": _("Anybody may read it.") if row.pk and row.open else _("Nobody outside sees it yet."),
        "standing_more": _("It shows these words, and what is announced to everyone and the public page."),
        "form": form,
        "address": address if row.pk and row.open else "",
        "save_label": _("Keep the public page"),
        "cancel_url": reverse("communication:home", args=[request.partnership.slug]),
    }
    return render(request, "communication/public.html", context)


@page(Ability.STEER, methods=READ)
def received(request: Visit) -> HttpResponse:
    """What became of the mail that came in; never what it said."""
    found = Paginator(queries.received(request.partnership), 50).get_page(request.GET.get("page"))
    count = found.paginator.count
    context = {
        "title": _("Mail that came in"),
        "standing": ngettext("%(count)s mail.", "%(count)s mails.", count) % {"count": count},
        "standing_more": _("What was written stands where it was written to, and nowhere else."),
        "mails": found.object_list,
        "page": found,
    }
    return render(request, "communication/received.html", context)


@page(Ability.OBSERVE)
def settings(request: Visit) -> HttpResponse:
    """How much mail this person gets from this partnership, and when."""
    participant = request.access.participant
    silent = stopping.stopped_kinds(request.user.email, request.partnership.slug)
    form = SettingForm(posted(request), instance=letters.setting_of(participant), silent=silent)
    if form.is_valid():
        letters.choose(form.save(commit=False), form.cleaned_data["kinds"], by=request.user)
        messages.success(request, _("Your choice is kept."))
        return redirect("communication:settings", partnership=request.partnership.slug)
    context = {
        "title": _("Your letters"),
        "standing": _("You decide how often %(partnership)s writes to you.")
        % {"partnership": request.partnership.short},
        "standing_more": _("Hours are those where you are: %(zone)s.") % {"zone": request.user.time_zone},
        "form": form,
        "refused": is_dead(request.user.email),
        "participant": participant,
        "save_label": _("Keep this choice"),
        "cancel_url": reverse("communication:home", args=[request.partnership.slug]),
    }
    return render(request, "communication/settings.html", context)
