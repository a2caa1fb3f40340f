"""Announcements, discussions, the plan and mail settings as forms."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from concorda.foundation.core.forms import Cards, LongText
from concorda.foundation.partnerships.models import Participant
from concorda.foundation.partnerships.queries import present
from concorda.foundation.process.forms import OwnedForm
from concorda.implement.communication import queries
from concorda.implement.communication.models import Announcement, MailSetting, PlanItem, Topic
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
        fields = ["title", "text", "audience", "group", "must_acknowledge"]
        widgets = {"text": LongText(voice=True, rows=8), "audience": forms.RadioSelect}
        help_texts = {
            "text": gettext_lazy("Say first what the reader should know or do. A blank line starts a new paragraph."),
            "group": gettext_lazy("Only for “One working group”."),
            "must_acknowledge": gettext_lazy(
                "For what nobody may miss. You see who has not confirmed and can remind them."
            ),
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
        return cleaned


class TopicForm(OwnedForm):
    class Meta:
        model = Topic
        fields = ["title", "text", "group"]
        widgets = {"text": LongText(voice=True, rows=5)}
        help_texts = {"group": gettext_lazy("With a group, only its members and the coordinators can read it.")}

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
        error_messages={"required": gettext_lazy("Write your reply first.")},
    )

    def clean_text(self) -> str:
        return refuse_too_long(self.cleaned_data["text"])


class PlanForm(OwnedForm):
    class Meta:
        model = PlanItem
        fields = ["title", "audience", "purpose", "message", "channel", "cadence", "language", "owner", "next_on"]
        help_texts = {
            "title": gettext_lazy("For example: Monthly update."),
            "audience": gettext_lazy("For example: councils of the partners; families who arrive; landlords."),
            "purpose": gettext_lazy("What they should know, feel or do afterwards."),
        }
        widgets = {"message": LongText(rows=3)}

    def choices_of(self, model: type) -> QuerySet[Any]:
        return present(self.access.partnership) if model is Participant else super().choices_of(model)


class SettingForm(forms.Form):
    pace = forms.ChoiceField(
        label=gettext_lazy("Letters to you"),
        choices=MailSetting.Pace.choices,
        widget=Cards(
            columns=1,
            hints={
                "every": gettext_lazy("You hear of each announcement when it is published."),
                "digest": gettext_lazy("Everything new in one letter, once a day."),
                "none": gettext_lazy("You read announcements here. What you must confirm still reaches you."),
            },
        ),
    )
