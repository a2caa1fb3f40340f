"""Charters, meetings and minutes as forms."""

import zoneinfo
from collections.abc import Iterable
from datetime import UTC, datetime, time
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from concorda.begin.governance.models import Decision
from concorda.begin.strategic_plan.models import Goal
from concorda.foundation.core.forms import LongText
from concorda.foundation.core.moments import say_day, say_time
from concorda.foundation.core.text import fingerprint
from concorda.foundation.partnerships.models import ChangedMeanwhile, Participant
from concorda.foundation.partnerships.queries import present
from concorda.foundation.process.forms import OwnedForm
from concorda.implement.working_groups import queries, zones
from concorda.implement.working_groups.models import AgendaItem, Group, Meeting

CONTINENTS = ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


@cache
def every_zone() -> tuple[tuple[str, str], ...]:
    """All zones named by a continent and a city, and UTC."""
    names = sorted(name for name in zoneinfo.available_timezones() if name.split("/")[0] in CONTINENTS)
    return (("UTC", "UTC"), *((name, name.replace("_", " ")) for name in names))


def zone_choices(near: Iterable[str]) -> list[tuple[Any, Any]]:
    """The zones people here live in, then all others."""
    first = [(name, name.replace("_", " ")) for name in sorted(set(near))]
    return [(_("Where people of this partnership are"), first), (_("Everywhere"), list(every_zone()))]


class ZonedForm(OwnedForm):
    """A form with a `time_zone` chosen from a list, those of the partnership's people first."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        here = self.access.partnership
        near = set(present(here).values_list("person__time_zone", flat=True)) | {
            here.time_zone,
            self.instance.time_zone,
        }
        chosen = forms.ChoiceField(
            label=self.fields["time_zone"].label,
            help_text=self.fields["time_zone"].help_text,
            choices=zone_choices(near),
        )
        chosen.initial = self.instance.time_zone
        self.fields["time_zone"] = chosen


class GroupForm(ZonedForm):
    goals = forms.ModelMultipleChoiceField(
        label=gettext_lazy("goals it works on"),
        queryset=Goal._base_manager.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("From the strategic plan. A group without a goal is hard to end."),
    )

    class Meta:
        model = Group
        fields = [
            "name", "purpose", "goals", "deliverables", "authority", "chair", "place", "time_zone", "every_days",
            "quorum", "starts_on", "ends_on", "created_by",
        ]  # fmt: skip
        widgets = {
            "purpose": LongText(voice=True, rows=3),
            "deliverables": LongText(rows=3),
            "authority": LongText(rows=3),
            "every_days": forms.NumberInput(attrs={"min": 1, "max": 366}),
        }
        help_texts = {
            "deliverables": gettext_lazy("One on each line."),
            "authority": gettext_lazy(
                "What it decides without asking, and up to which amount. The rest goes back to those who set it up."
            ),
            "chair": gettext_lazy("Can stay open for now; the map says so until somebody is named."),
            "place": gettext_lazy("Where it is at home, for example Halifax. Times are shown for this place too."),
            "every_days": gettext_lazy(
                "28 is every four weeks. A group is called quiet after twice this time without a meeting."
            ),
            "ends_on": gettext_lazy("When its task should be done. It can be moved."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["chair"].empty_label = _("Nobody yet")
        self.fields["created_by"].empty_label = _("No decision recorded")
        self.fields["every_days"].min_value, self.fields["every_days"].max_value = 1, 366
        if self.instance.pk:
            self.fields["goals"].initial = list(self.instance.goals.values_list("goal", flat=True))

    def choices_of(self, model: type) -> QuerySet[Any]:
        if model is Participant:
            return present(self.access.partnership)
        if model is Decision:
            return Decision.objects.filter(status=Decision.Status.DECIDED, outcome="adopted")
        return super().choices_of(model)

    def clean_name(self) -> str:
        name = self.cleaned_data["name"].strip()
        if Group.objects.filter(name__iexact=name, ended_on=None).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(
                _("There is already a working group called “%(name)s”. Give this one another name."),
                params={"name": name},
            )
        return name

    def clean_every_days(self) -> int:
        days = self.cleaned_data["every_days"]
        if not 1 <= days <= 366:
            raise forms.ValidationError(_("Write a number of days from 1 to 366; 28 is every four weeks."))
        return days

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        starts, ends = cleaned.get("starts_on"), cleaned.get("ends_on")
        if starts and ends and ends <= starts:
            self.add_error(
                "ends_on",
                _("It would end before it starts, on %(day)s. Choose a later day, or leave this empty.")
                % {"day": say_day(starts)},
            )
        return cleaned


class PeopleField(forms.ModelMultipleChoiceField):
    """Participants to tick, with their organization."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, row: Participant) -> str:
        return f"{row.person.name}, {row.organization.short}" if row.organization else row.person.name


class MembersForm(forms.Form):
    people = PeopleField(
        label=gettext_lazy("People to bring in"),
        queryset=Participant._base_manager.none(),
        error_messages={"required": gettext_lazy("Tick at least one name.")},
    )

    def __init__(self, *args: Any, group: Group, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["people"].queryset = queries.may_join(group)


class ReasonForm(forms.Form):
    because = forms.CharField(
        label=gettext_lazy("Why?"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": gettext_lazy("Write a short reason; the members read it.")},
    )


FIRST, SECOND = "0", "1"


class MeetingForm(ZonedForm):
    date = forms.DateField(label=gettext_lazy("Day"))
    at = forms.TimeField(
        label=gettext_lazy("Time there"), help_text=gettext_lazy("As clocks in the meeting’s time zone show it.")
    )
    which = forms.ChoiceField(
        label=gettext_lazy("Clocks show this time twice that night. Which one?"),
        required=False,
        widget=forms.RadioSelect,
    )
    invite = forms.BooleanField(
        label=gettext_lazy("Write to all members now"),
        required=False,
        initial=True,
        help_text=gettext_lazy("Each gets the time in their own time zone, and an entry for their calendar."),
    )

    field_order = ["date", "at", "which", "time_zone", "minutes_long", "place", "invite"]

    class Meta:
        model = Meeting
        fields = ["time_zone", "minutes_long", "place"]
        labels = {"minutes_long": gettext_lazy("Length in minutes"), "time_zone": gettext_lazy("In the time zone of")}
        widgets = {"minutes_long": forms.NumberInput(attrs={"min": 5, "max": 720})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.starts_at:
            local = self.instance.starts_at.astimezone(self.instance.zone)
            self.fields["date"].initial, self.fields["at"].initial = local.date(), local.time()
        found = self.asked_moments()
        if len(found) == 2:
            words = ((FIRST, _("The first, %(zone)s")), (SECOND, _("The second, %(zone)s")))
            named = [moment.astimezone(self.asked_zone()).tzname() for moment in found]
            self.fields["which"].choices = [
                (key, word % {"zone": name}) for (key, word), name in zip(words, named, strict=True)
            ]
        else:
            del self.fields["which"]

    def asked_zone(self) -> ZoneInfo:
        name = self.data.get(self.add_prefix("time_zone"), "")
        return ZoneInfo(name if name in zoneinfo.available_timezones() else self.instance.time_zone)

    def asked_moments(self) -> list[datetime]:
        """What was typed as moments, when it can be read."""
        try:
            day = self.fields["date"].clean(self.data.get(self.add_prefix("date"), ""))
            at = self.fields["at"].clean(self.data.get(self.add_prefix("at"), ""))
        except forms.ValidationError:
            return []
        return zones.moments(day, at, self.asked_zone())

    def clean_minutes_long(self) -> int:
        minutes = self.cleaned_data["minutes_long"]
        if not 5 <= minutes <= 720:
            raise forms.ValidationError(
                _("A meeting takes from 5 to 720 minutes. Write the minutes as a number, such as 60.")
            )
        return minutes

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        day, at = cleaned.get("date"), cleaned.get("at")
        if day and at and "time_zone" in cleaned:
            self.set_start(day, at, ZoneInfo(cleaned["time_zone"]), cleaned.get("which", ""))
        return cleaned

    def set_start(self, day: date, at: time, zone: ZoneInfo, which: str) -> None:
        """Put the moment on the meeting; refuse a time that does not exist, ask about one that comes twice."""
        found = zones.moments(day, at, zone)
        if not found:
            earlier, later = zones.around_jump(day, at, zone)
            facts = {
                "time": say_time(at),
                "day": say_day(day),
                "zone": zone.key.replace("_", " "),
                "earlier": say_time(earlier),
                "later": say_time(later),
            }
            self.add_error(
                "at",
                _(
                    "%(time)s does not exist on %(day)s in %(zone)s: clocks jump over it that night. "
                    "Choose %(earlier)s or %(later)s."
                )
                % facts,
            )
        elif len(found) == 2 and which not in (FIRST, SECOND):
            facts = {"time": say_time(at), "day": say_day(day), "zone": zone.key.replace("_", " ")}
            self.add_error(
                "which",
                _("On %(day)s clocks in %(zone)s go back, so %(time)s comes twice. Choose which one is meant.") % facts,
            )
        else:
            self.instance.starts_at = found[int(which) if len(found) == 2 else 0].astimezone(UTC)


class ItemForm(OwnedForm):
    class Meta:
        model = AgendaItem
        fields = ["title", "purpose", "minutes_long"]
        widgets = {"minutes_long": forms.NumberInput(attrs={"min": 1, "max": 480})}
        error_messages = {"title": {"required": gettext_lazy("Write what it is about, in a few words.")}}

    def clean_minutes_long(self) -> int:
        minutes = self.cleaned_data["minutes_long"]
        if not 1 <= minutes <= 480:
            raise forms.ValidationError(_("Write from 1 to 480 minutes."))
        return minutes


class WrittenForm(OwnedForm):
    """A part of the minutes page: only what somebody touched is saved, so nobody undoes what others wrote meanwhile."""

    loaded = forms.CharField(widget=forms.HiddenInput, required=False)
    texts: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["loaded"].initial = fingerprint({name: getattr(self.instance, name) for name in self._meta.fields})

    @property
    def touched(self) -> bool:
        return fingerprint({name: self.cleaned_data.get(name) for name in self._meta.fields}) != self.cleaned_data.get(
            "loaded"
        )

    def clean(self) -> dict[str, Any]:
        cleaned = forms.ModelForm.clean(self)
        for name in self.texts:
            cleaned[name] = cleaned.get(name, "").replace("\r\n", "\n")
        if self.touched and self.current_revision() != cleaned.get("base"):
            self.changed_meanwhile()
        return cleaned

    def save(self, commit: bool = True) -> Any:
        """Claim the row for this save and hand it over; the service stores what was written."""
        rows = type(self.instance)._base_manager.filter(pk=self.instance.pk, revision=self.cleaned_data["base"])
        if commit and not rows.update(revision=F("revision") + 1):
            raise ChangedMeanwhile
        return self.instance


class ItemMinutesForm(WrittenForm):
    texts = ("notes", "decided")

    class Meta:
        model = AgendaItem
        fields = ["notes", "decided", "done"]
        widgets = {"notes": LongText(rows=3), "decided": LongText(rows=2, voice=True)}


class NotesForm(WrittenForm):
    texts = ("notes",)

    class Meta:
        model = Meeting
        fields = ["notes"]
        labels = {"notes": gettext_lazy("Anything else")}
        widgets = {"notes": LongText(rows=3)}


class AttendanceForm(forms.Form):
    """Who is there: members to tick, and guests."""

    members = PeopleField(label=gettext_lazy("Members"), queryset=Participant._base_manager.none(), required=False)
    guests = PeopleField(label=gettext_lazy("Guests"), queryset=Participant._base_manager.none(), required=False)
    loaded = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        members = queries.members_at(meeting)
        here = queries.attended(meeting)
        self.fields["members"].queryset = members
        self.fields["guests"].queryset = present(meeting.partnership).exclude(pk__in=members.values("pk"))
        expected = set(members.values_list("pk", flat=True))
        self.fields["members"].initial, self.fields["guests"].initial = sorted(here & expected), sorted(here - expected)
        self.fields["loaded"].initial = fingerprint(sorted(here))
        self.recorded = meeting.present_then is not None

    @property
    def here(self) -> set[int]:
        return {row.pk for name in ("members", "guests") for row in self.cleaned_data[name]}

    @property
    def touched(self) -> bool:
        """Whether names were ticked or unticked, or attendance is taken for the first time."""
        changed = fingerprint(sorted(self.here)) != self.cleaned_data["loaded"]
        return changed or (not self.recorded and bool(self.here))


class FeedForm(forms.Form):
    every_group = forms.BooleanField(label=gettext_lazy("Meetings of every group, not only of mine"), required=False)
