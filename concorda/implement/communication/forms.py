"""Announcements, discussions, the plan, people, documents, the public page and mail settings as forms."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from concorda.foundation.accounts import mail
from concorda.foundation.core import clock, uploads
from concorda.foundation.core.forms import Cards, LongText
from concorda.foundation.partnerships.models import Participant
from concorda.foundation.partnerships.queries import present
from concorda.foundation.process.forms import OwnedForm
from concorda.implement.communication import queries
from concorda.implement.communication.letters import OWN_KINDS
from concorda.implement.communication.models import (
    Announcement,
    Card,
    Contact,
    Document,
    MailSetting,
    PlanItem,
    PublicPage,
    Topic,
)
from concorda.implement.working_groups.models import Group

LONGEST = 20_000
"""Characters of a message; more belongs in a document."""


def refuse_too_long(text: str) -> str:
    if len(text) > LONGEST:
        facts = {"length": f"{len(text):,}", "most": f"{LONGEST:,}"}
        words = _(
            "This is %(length)s characters long; at most %(most)s fit. Put the rest in a document and link to it."
        )
        raise forms.ValidationError(words % facts)
    return text


class AnnouncementForm(OwnedForm):
    class Meta:
        model = Announcement
        fields = ["title", "text", "audience", "group", "must_acknowledge", "confirm_by"]
        widgets = {"text": LongText(voice=True, rows=8), "audience": forms.RadioSelect}
        help_texts = {
            "text": gettext_lazy("Say first what the reader should know or do. A blank line starts a new paragraph."),
            "group": gettext_lazy("Only for “One working group”."),
            "must_acknowledge": gettext_lazy(
                "For what nobody may miss. Who has not confirmed is reminded after three days, then every week."
            ),
            "confirm_by": gettext_lazy("Then they are also reminded the day before, and the day after."),
        }
        error_messages = {
            "title": {"required": gettext_lazy("Give it a title; it becomes the subject of the letter.")},
            "text": {"required": gettext_lazy("Write the message.")},
        }

    def choices_of(self, model: type) -> QuerySet[Any]:
        return Group.objects.filter(ended_on=None) if model is Group else super().choices_of(model)

    def clean_text(self) -> str:
        return refuse_too_long(self.cleaned_data["text"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("audience") == Announcement.Audience.GROUP:
            if not cleaned.get("group"):
                self.add_error("group", _("Choose the group it is for."))
        else:
            cleaned["group"] = None
        if cleaned.get("confirm_by") and cleaned["confirm_by"] < clock.today():
            self.add_error("confirm_by", _("This day is over. Choose a later one."))
        return cleaned


class TopicForm(OwnedForm):
    class Meta:
        model = Topic
        fields = ["title", "text", "group"]
        widgets = {"text": LongText(voice=True, rows=5)}
        help_texts = {
            "text": gettext_lazy("Write @ and a name to call somebody: they get a letter."),
            "group": gettext_lazy("With a group, only its members and the coordinators can read it."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group"].empty_label = _("The whole partnership")

    def choices_of(self, model: type) -> QuerySet[Any]:
        return queries.groups_to_talk_in(self.access)

    def clean_text(self) -> str:
        return refuse_too_long(self.cleaned_data["text"])


class ReplyForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("Your reply"),
        widget=LongText(voice=True, rows=4),
        help_text=gettext_lazy("Write @ and a name to call somebody: they get a letter."),
        error_messages={"required": gettext_lazy("Write your reply first.")},
    )

    def clean_text(self) -> str:
        return refuse_too_long(self.cleaned_data["text"])


class PlanForm(OwnedForm):
    contact_kind = forms.ChoiceField(
        label=gettext_lazy("Which people outside"),
        choices=[("", gettext_lazy("All who agreed to hear from us")), *Contact.Kind.choices],
        required=False,
        help_text=gettext_lazy("Only for “People outside”."),
    )

    class Meta:
        model = PlanItem
        fields = [
            "title", "audience", "purpose", "message", "news", "channel", "cadence", "language", "owner", "next_on",
            "reach", "group", "contact_kind", "hour", "must_acknowledge", "approver",
        ]  # fmt: skip
        help_texts = {
            "title": gettext_lazy("For example: Monthly update."),
            "audience": gettext_lazy("For example: councils of the partners; families who arrive; landlords."),
            "purpose": gettext_lazy("What they should know, feel or do afterwards."),
            "message": gettext_lazy("What goes out by itself begins with these words."),
            "news": gettext_lazy("Decisions since then, and meetings to come; nothing that is private."),
            "reach": gettext_lazy("On its day it goes out without anybody, under the name of who sees to it."),
            "group": gettext_lazy("Only for “One working group”."),
            "hour": gettext_lazy("0 to 23, where most of the partnership meets."),
            "approver": gettext_lazy("With a name here nothing goes out by itself before that person approves it."),
        }
        widgets = {"message": LongText(rows=4)}
        labels = {"reach": gettext_lazy("Send it by itself to")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hour"].max_value = 23
        self.fields["hour"].widget.attrs["max"] = "23"

    def choices_of(self, model: type) -> QuerySet[Any]:
        if model is Group:
            return Group.objects.filter(ended_on=None)
        return present(self.access.partnership) if model is Participant else super().choices_of(model)

    def clean_hour(self) -> int:
        hour: int = self.cleaned_data["hour"]
        if hour > 23:
            raise forms.ValidationError(_("A day has the hours 0 to 23."))
        return hour

    def clean_message(self) -> str:
        return refuse_too_long(self.cleaned_data["message"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        reach = cleaned.get("reach")
        if reach == PlanItem.Reach.GROUP and not cleaned.get("group"):
            self.add_error("group", _("Choose the group it is for."))
        if reach and not cleaned.get("owner"):
            self.add_error("owner", _("Name somebody: it goes out under their name."))
        if reach and not cleaned.get("message") and not cleaned.get("news"):
            self.add_error("message", _("Write what goes out, or let it tell what happened since the last time."))
        if reach != PlanItem.Reach.GROUP:
            cleaned["group"] = None
        return cleaned

    def save(self, commit: bool = True) -> Any:
        if {"message", "title", "news", "reach", "group", "contact_kind", "approver"} & set(self.changed_data):
            self.instance.approved_at = None
        return super().save(commit)


class SettingForm(forms.ModelForm):
    """Pace, hours, and which kinds of letters one participant gets."""

    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Letters about"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("What you leave out still waits for you on the pages."),
    )

    class Meta:
        model = MailSetting
        fields = ["pace", "hour", "quiet_from", "quiet_until"]
        widgets = {
            "pace": Cards(
                columns=1,
                hints={
                    "every": gettext_lazy("You hear of each announcement and reply when it is there."),
                    "digest": gettext_lazy("Everything new in one letter, once a day."),
                    "weekly": gettext_lazy("Everything new in one letter, once a week."),
                    "none": gettext_lazy("You read things here. What you must confirm still reaches you."),
                },
            )
        }
        labels = {"hour": gettext_lazy("The daily or weekly letter comes at"), "quiet_from": gettext_lazy("Quiet from")}
        help_texts = {
            "hour": gettext_lazy("An hour from 0 to 23, in your own time."),
            "quiet_from": gettext_lazy("In these hours letters wait. Leave both empty to get them at any time."),
        }

    def __init__(self, *args: Any, silent: set[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kinds"].choices = [(kind, mail.KINDS[kind]) for kind in OWN_KINDS]
        self.fields["kinds"].initial = [kind for kind in OWN_KINDS if kind not in silent]
        self.fields["hour"].widget.attrs["max"] = "23"

    def clean_hour(self) -> int:
        hour: int = self.cleaned_data["hour"]
        if hour > 23:
            raise forms.ValidationError(_("A day has the hours 0 to 23."))
        return hour

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if (cleaned.get("quiet_from") is None) != (cleaned.get("quiet_until") is None):
            self.add_error("quiet_until", _("Say from when until when, or leave both empty."))
        return cleaned


# People


class CardForm(OwnedForm):
    class Meta:
        model = Card
        fields = ["shows", "phone", "note"]
        widgets = {"shows": Cards(columns=1)}
        help_texts = {
            "phone": gettext_lazy("With the country or area, for example 519 555 0117."),
            "note": gettext_lazy("For example: Tuesdays and Thursdays; text rather than call."),
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("shows") == Card.Shows.PHONE and not cleaned.get("phone"):
            self.add_error("phone", _("Write the number others may see, or choose to show less."))
        return cleaned


class ContactForm(OwnedForm):
    class Meta:
        model = Contact
        fields = [
            "name", "organization", "title", "kind", "email", "phone", "language", "consent_on", "consent_how", "note",
        ]  # fmt: skip
        help_texts = {
            "consent_on": gettext_lazy("Without it nothing is sent to this person."),
            "consent_how": gettext_lazy("For example: signed up at the open house; wrote to us."),
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("consent_on") and not cleaned.get("consent_how"):
            self.add_error("consent_how", _("Say how they agreed, so that it can be shown later."))
        if cleaned.get("consent_on") and cleaned["consent_on"] > clock.today():
            self.add_error("consent_on", _("This day has not come yet."))
        email = cleaned.get("email")
        twins = Contact.objects.filter(email__iexact=email).exclude(pk=self.instance.pk) if email else None
        if twins and twins.exists():
            self.add_error("email", _("Somebody in the contacts has this address already."))
        return cleaned


# Documents


class FileForm(forms.Form):
    """A file, and what is to be said of it."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        max_length=200,
        help_text=gettext_lazy("Documents, tables, slides, pictures, sound or film, up to 200 MB."),
        error_messages={"required": gettext_lazy("Choose a file.")},
    )
    note = forms.CharField(label=gettext_lazy("What changed"), max_length=250, required=False)

    def __init__(self, *args: Any, request: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name = getattr(request, "too_large", "")
        if name:  # it was not read to its end, so that the field finds no file
            facts = {"name": name, "most": uploads.LARGEST // 1024 // 1024}
            words = _("“%(name)s” is larger than %(most)s MB. Make it smaller, or keep it elsewhere and link to it.")
            self.fields["file"].error_messages["required"] = words % facts


class DocumentForm(FileForm, OwnedForm):
    field_order = ("title", "about", "file", "group", "for_observers")
    note = None

    class Meta:
        model = Document
        fields = ["title", "about", "group", "for_observers"]
        help_texts = {"group": gettext_lazy("With a group, only its members and the coordinators can read it.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group"].empty_label = _("The whole partnership")

    def choices_of(self, model: type) -> QuerySet[Any]:
        return queries.groups_to_talk_in(self.access)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("group") and cleaned.get("for_observers"):
            self.add_error("for_observers", _("What belongs to a group is read by its members; observers are none."))
        return cleaned


# The public page


class PublicForm(OwnedForm):
    class Meta:
        model = PublicPage
        fields = ["open", "text", "contact", "names_partners"]
        widgets = {"text": LongText(voice=True, rows=6)}
        help_texts = {
            "open": gettext_lazy("Until then nobody but you sees it."),
            "names_partners": gettext_lazy("Only those that agreed to be named in public."),
            "contact": gettext_lazy("Anybody will read it; an address of an office is better than one of a person."),
        }

    def clean_text(self) -> str:
        return refuse_too_long(self.cleaned_data["text"])
