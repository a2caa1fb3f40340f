"""Charters, meetings and minutes as forms."""

import json
import zoneinfo
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time
from email.utils import parseaddr
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.validators import validate_email
from django.db.models import QuerySet
from django.forms.fields import BaseTemporalField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from concorda.begin.governance.models import Decision, Rule
from concorda.begin.strategic_plan.models import Goal
from concorda.foundation.core import clock
from concorda.foundation.core.forms import LongText, Several, Switch
from concorda.foundation.core.moments import say_day, say_time
from concorda.foundation.partnerships.models import Participant
from concorda.foundation.partnerships.queries import present
from concorda.foundation.process.forms import OwnedForm
from concorda.implement.working_groups import queries, recurrence, services, zones
from concorda.implement.working_groups.models import (
    AgendaItem,
    Charter,
    Group,
    Guest,
    Meeting,
    Paper,
    Poll,
    PollAnswer,
    PollTime,
    PollVoice,
    Series,
    WorkHours,
)
from concorda.implement.working_groups.recurrence import Repeat
from concorda.implement.working_groups.services import LARGEST_PAPER

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
    goals = Several(
        label=gettext_lazy("goals it works on"),
        queryset=Goal._base_manager.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("From the strategic plan. A group without a goal is hard to end."),
    )

    class Meta:
        model = Group
        fields = [
            *("name", "purpose", "goals", "deliverables", "authority", "budget", "reports_to", "chair", "place"),
            *("time_zone", "every_days", "quorum", "starts_on", "ends_on", "created_by"),
        ]
        widgets = {
            "purpose": LongText(voice=True, rows=3),
            "deliverables": LongText(rows=3),
            "authority": LongText(rows=3),
            "every_days": forms.NumberInput(attrs={"min": 1, "max": 366}),
        }
        help_texts = {
            "deliverables": gettext_lazy("One on each line."),
            "authority": gettext_lazy("What it decides without asking. The rest goes back to those who set it up."),
            "budget": gettext_lazy("Up to which amount, and for what, for example $2,000 an event."),
            "reports_to": gettext_lazy("The body of your governance that hears from it."),
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
        self.fields["reports_to"].empty_label = _("Nobody in particular")
        self.name_decision()
        self.fields["every_days"].min_value, self.fields["every_days"].max_value = 1, 366
        if self.instance.pk:
            self.fields["goals"].initial = list(self.instance.goals.values_list("goal", flat=True))

    def name_decision(self) -> None:
        self.fields["created_by"].empty_label = _("No decision recorded")

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


class ChangeCharterForm(GroupForm):
    """The charter of a group there is: what changes becomes its next version."""

    why = forms.CharField(
        label=gettext_lazy("What changes, and why"),
        max_length=250,
        required=False,
        help_text=gettext_lazy("Kept with the new version, for those who ask later."),
    )


class ProposalForm(GroupForm):
    """A group that is put to decision: the decision opens it."""

    rule = forms.ModelChoiceField(
        label=gettext_lazy("Decided by the rule for"),
        queryset=Rule._base_manager.none(),
        help_text=gettext_lazy("When it is adopted, the group is opened with this charter."),
        error_messages={"required": gettext_lazy("Choose the rule under which this is decided.")},
    )

    class Meta(GroupForm.Meta):
        model = Charter
        fields = [name for name in GroupForm.Meta.fields if name not in ("goals", "created_by")]

    field_order = [*GroupForm.Meta.fields, "rule"]

    def name_decision(self) -> None:
        """The decision is still to come."""

    def choices_of(self, model: type) -> QuerySet[Any]:
        return in_force() if model is Rule else super().choices_of(model)


class RuleForm(forms.Form):
    """Under which rule something is put to decision."""

    rule = forms.ModelChoiceField(label=gettext_lazy("Decided by the rule for"), queryset=Rule._base_manager.none())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rule"].queryset = in_force()


def in_force() -> QuerySet[Rule]:
    return Rule.objects.filter(in_force=True)


class AdoptForm(forms.Form):
    """The meeting in which a group adopted its charter."""

    meeting = forms.ModelChoiceField(
        label=gettext_lazy("Adopted in the meeting"), queryset=Meeting._base_manager.none()
    )

    def __init__(self, *args: Any, charter: Charter, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["meeting"].queryset = queries.could_adopt(charter)


class PeopleField(Several):
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
MOST_DAYS = 60
ROWS = 8
MOST_TURNS = 26


def no_such_time(day: date, at: time, zone: ZoneInfo) -> str:
    """That clocks jump over a time, and what to choose instead."""
    earlier, later = zones.around_jump(day, at, zone)
    facts = {
        "time": say_time(at),
        "day": say_day(day),
        "zone": zone.key.replace("_", " "),
        "earlier": say_time(earlier),
        "later": say_time(later),
    }
    return (
        _(
            "%(time)s does not exist on %(day)s in %(zone)s: clocks jump over it that night. "
            "Choose %(earlier)s or %(later)s."
        )
        % facts
    )


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
    minutes_long = forms.IntegerField(
        label=gettext_lazy("Length in minutes"), widget=forms.NumberInput(attrs={"min": 5, "max": 720}), initial=60
    )
    invite = forms.BooleanField(
        label=gettext_lazy("Write to all members now"),
        required=False,
        initial=True,
        help_text=gettext_lazy("Each gets the time in their own time zone, and an entry for their calendar."),
    )

    field_order = ["date", "at", "which", "time_zone", "minutes_long", "place", "repeat", "count", "until", "invite"]

    class Meta:
        model = Meeting
        fields = ["time_zone", "minutes_long", "place"]
        labels = {"time_zone": gettext_lazy("In the time zone of")}

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
        return sensible_length(self.cleaned_data["minutes_long"])

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
            self.add_error("at", no_such_time(day, at, zone))
        elif len(found) == 2 and which not in (FIRST, SECOND):
            facts = {"time": say_time(at), "day": say_day(day), "zone": zone.key.replace("_", " ")}
            self.add_error(
                "which",
                _("On %(day)s clocks in %(zone)s go back, so %(time)s comes twice. Choose which one is meant.") % facts,
            )
        else:
            self.instance.starts_at = found[int(which) if len(found) == 2 else 0].astimezone(UTC)


class PlanForm(MeetingForm):
    """A meeting, or several that come back; what comes back has an end."""

    repeat = forms.ChoiceField(
        label=gettext_lazy("Comes back"),
        choices=[("", gettext_lazy("only this once")), *Repeat.choices],
        required=False,
        help_text=gettext_lazy("At the same time by the clocks of its place, also after they change."),
    )
    count = forms.IntegerField(
        label=gettext_lazy("How many meetings"),
        required=False,
        help_text=gettext_lazy("At most 60, over three years. Or say until when."),
        widget=forms.NumberInput(attrs={"min": 2, "max": 60}),
    )
    until = forms.DateField(label=gettext_lazy("Until"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("repeat") and self.instance.starts_at and not self.errors:
            try:
                cleaned["count"] = self.counted(cleaned)
            except forms.ValidationError as refusal:
                self.add_error("count", refusal)
        return cleaned

    def counted(self, cleaned: dict[str, Any]) -> int:
        """How many meetings there will be; a series without an end, with two ends, or too long is refused."""
        first, count, until = cleaned["date"], cleaned.get("count"), cleaned.get("until")
        if (count is None) == (until is None):
            raise forms.ValidationError(
                _("Say either how many meetings there will be, or until when. At most %(most)s over %(years)s years.")
                % {"most": recurrence.MOST, "years": recurrence.YEARS}
            )
        if until and until <= first:
            raise forms.ValidationError(
                _("The last day, %(until)s, is not after the first, %(first)s. Choose a later day.")
                % {"until": say_day(until), "first": say_day(first)}
            )
        recurrence.refuse_endless(first, count or 0, until)
        count = count or recurrence.count_until(cleaned["repeat"], first, until)
        if count < 2:
            raise forms.ValidationError(_("That is one meeting only. Choose “only this once”, or a later end."))
        recurrence.refuse_endless(first, count, until)
        rule = recurrence.rule_of(cleaned["repeat"], first, count)
        last = recurrence.moments(rule, self.instance.starts_at, ZoneInfo(cleaned["time_zone"]))[-1]
        recurrence.refuse_endless(first, count, last.date())
        return count


class SeriesForm(MeetingForm):
    """A new time for all meetings of a series that are still to come."""

    class Meta(MeetingForm.Meta):
        model = Series


class FinderForm(forms.Form):
    """From when to when to look for a time."""

    first = forms.DateField(label=gettext_lazy("From"))
    last = forms.DateField(label=gettext_lazy("to"))
    minutes_long = forms.IntegerField(
        label=gettext_lazy("Length in minutes"), widget=forms.NumberInput(attrs={"min": 5, "max": 720})
    )

    def clean_minutes_long(self) -> int:
        return sensible_length(self.cleaned_data["minutes_long"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and last < first:
            self.add_error("last", _("The last day is before the first. Choose a later one."))
        elif first and last and (last - first).days > MOST_DAYS:
            self.add_error("last", _("Look at no more than %(days)s days at once.") % {"days": MOST_DAYS})
        return cleaned


class TurnsForm(forms.Form):
    """How many meetings take turns with the odd hours."""

    first = forms.DateField(label=gettext_lazy("First day"))
    count = forms.IntegerField(
        label=gettext_lazy("How many meetings"), widget=forms.NumberInput(attrs={"min": 2, "max": MOST_TURNS})
    )
    minutes_long = forms.IntegerField(
        label=gettext_lazy("Length in minutes"), widget=forms.NumberInput(attrs={"min": 5, "max": 720})
    )

    def clean_minutes_long(self) -> int:
        return sensible_length(self.cleaned_data["minutes_long"])

    def clean_count(self) -> int:
        count = self.cleaned_data["count"]
        if not 2 <= count <= MOST_TURNS:
            raise forms.ValidationError(_("Turns are taken over 2 to %(most)s meetings.") % {"most": MOST_TURNS})
        return count

    def clean_first(self) -> date:
        first = self.cleaned_data["first"]
        if first <= clock.today():
            raise forms.ValidationError(_("Choose a day that is still to come."))
        return first


def sensible_length(minutes: int) -> int:
    if not 5 <= minutes <= 720:
        raise forms.ValidationError(
            _("A meeting takes from 5 to 720 minutes. Write the minutes as a number, such as 60.")
        )
    return minutes


class ClockTimeField(BaseTemporalField):
    """A day and a time as clocks somewhere show them; where that is, and whether they do, is seen later."""

    input_formats = ("%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S")
    default_error_messages = {"invalid": gettext_lazy("Write a day and a time, such as 2026-03-16 14:00.")}

    def to_python(self, value: Any) -> datetime | None:
        if value in self.empty_values:
            return None
        return value if isinstance(value, datetime) else super().to_python(value)

    def strptime(self, value: str, format: str) -> datetime:  # noqa: A002  Django's own name
        return datetime.strptime(value, format)  # noqa: DTZ007  the zone comes with the form


class PollForm(ZonedForm):
    """Which times to ask about, and whom beside the members."""

    minutes_long = forms.IntegerField(
        label=gettext_lazy("Length in minutes"), widget=forms.NumberInput(attrs={"min": 5, "max": 720}), initial=60
    )
    guests = forms.CharField(
        label=gettext_lazy("Who else to ask"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("One on each line: name, then e-mail. They answer by a link and need no account."),
    )

    class Meta:
        model = Poll
        fields = ["title", "minutes_long", "time_zone", "place", "closes_on"]
        labels = {"time_zone": gettext_lazy("In the time zone of")}

    def __init__(self, *args: Any, offered: Sequence[datetime] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in range(1, ROWS + 1):
            self.fields[f"time{number}"] = ClockTimeField(
                label=_("Time %(number)s") % {"number": number},
                required=False,
                widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
            )
        zone = ZoneInfo(self.instance.time_zone)
        for number, moment in enumerate(offered[:ROWS], 1):
            self.fields[f"time{number}"].initial = moment.astimezone(zone).replace(tzinfo=None)
        self.order_fields(["title", *(f"time{number}" for number in range(1, ROWS + 1))])

    def clean_minutes_long(self) -> int:
        return sensible_length(self.cleaned_data["minutes_long"])

    def clean_closes_on(self) -> date:
        day = self.cleaned_data["closes_on"]
        if day < clock.today():
            raise forms.ValidationError(_("That day has passed. Choose one that is still to come."))
        return day

    def clean_guests(self) -> list[tuple[str, str]]:
        lines = enumerate(self.cleaned_data["guests"].splitlines(), 1)
        return [guest_of(line, number) for number, line in lines if line.strip()]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        zone = ZoneInfo(cleaned["time_zone"]) if cleaned.get("time_zone") else None
        cleaned["times"] = [
            moment for number in range(1, ROWS + 1) if zone for moment in self.moment(f"time{number}", zone)
        ]
        if not self.errors and len(set(cleaned["times"])) < 2:
            self.add_error("time1", _("Offer at least two different times."))
        return cleaned

    def moment(self, name: str, zone: ZoneInfo) -> list[datetime]:
        """The moment typed in one row: none when it is empty, past, or clocks jump over it, which is said."""
        shown = self.cleaned_data.get(name)
        if shown is None:
            return []
        found = zones.moments(shown.date(), shown.time(), zone)[:1]
        if not found:
            self.add_error(name, no_such_time(shown.date(), shown.time(), zone))
        elif found[0] <= clock.now():
            self.add_error(name, _("This time has passed. Offer times that are still to come."))
        return found


def guest_of(line: str, number: int) -> tuple[str, str]:
    """Name and e-mail in one line of text."""
    name, email = parseaddr(line.strip().replace(";", ",")) if "<" in line else split_line(line)
    try:
        validate_email(email)
    except forms.ValidationError as error:
        raise forms.ValidationError(
            _("Line %(number)s, “%(line)s”, has no e-mail address. Write it as: Ana Lima, ana@example.org")
            % {"number": number, "line": line.strip()[:80]}
        ) from error
    return (name or email)[:120], email.lower()


def split_line(line: str) -> tuple[str, str]:
    words = line.replace(",", " ").replace(";", " ").split()
    return " ".join(words[:-1]), words[-1]


class VoiceForm(forms.Form):
    """Which of the times suit one person: one choice for each."""

    def __init__(self, *args: Any, voice: PollVoice, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.voice = voice
        self.times = list(voice.poll.times.all())
        stored = dict(voice.answers.values_list("time", "says"))
        zone = voice.participant.person.zone if voice.participant else voice.poll.zone
        for time_ in self.times:
            local = time_.starts_at.astimezone(zone)
            self.fields[f"time{time_.pk}"] = forms.ChoiceField(
                label=f"{say_day(local.date(), weekday=True)}, {say_time(local)}",
                choices=PollAnswer.Says.choices,
                widget=Switch,
                initial=stored.get(time_.pk),
                error_messages={"required": _("Say for each time whether it suits.")},
            )

    @property
    def answers(self) -> dict[PollTime, str]:
        return {one: self.cleaned_data[f"time{one.pk}"] for one in self.times}


class PaperForm(OwnedForm):
    class Meta:
        model = Paper
        fields = ["title", "file", "item"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["item"].queryset = AgendaItem.objects.filter(meeting=self.instance.meeting_id)
        self.fields["item"].empty_label = _("The whole meeting")

    def clean_file(self) -> Any:
        found = self.cleaned_data["file"]
        if found.size > LARGEST_PAPER:
            raise forms.ValidationError(_("This file is larger than 20 MB. Make it smaller, or send a link to it."))
        return found


class GuestForm(OwnedForm):
    class Meta:
        model = Guest
        fields = ["name", "email"]

    def clean_email(self) -> str:
        email = self.cleaned_data["email"].lower()
        if Guest.objects.filter(meeting=self.instance.meeting_id, email=email).exists():
            raise forms.ValidationError(_("This person is invited already."))
        return email


class HoursForm(OwnedForm):
    days = forms.MultipleChoiceField(
        label=gettext_lazy("Days"), choices=WorkHours.DAYS, widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Tick at least one day.")},
    )  # fmt: skip

    class Meta:
        model = WorkHours
        fields = ["days", "starts", "ends"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["days"] = list(self.instance.days)

    def clean_days(self) -> str:
        return "".join(sorted(self.cleaned_data["days"]))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        starts, ends = cleaned.get("starts"), cleaned.get("ends")
        if starts and ends and ends <= starts:
            self.add_error("ends", _("The day would end before it begins. Choose a later hour."))
        return cleaned


class ReplyFileForm(forms.Form):
    """An answer to an invitation, as the file a calendar program made."""

    file = forms.FileField(label=gettext_lazy("The calendar file of the answer"))
    sender = forms.EmailField(
        label=gettext_lazy("The address the answer came from"),
        help_text=gettext_lazy("As the letter shows it. An answer counts only for the person who sent it."),
    )


class ItemForm(OwnedForm):
    class Meta:
        model = AgendaItem
        fields = ["title", "purpose", "minutes_long", "leads"]
        widgets = {"minutes_long": forms.NumberInput(attrs={"min": 1, "max": 480})}
        error_messages = {"title": {"required": gettext_lazy("Write what it is about, in a few words.")}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["leads"].empty_label = _("Nobody in particular")

    def choices_of(self, model: type) -> QuerySet[Any]:
        return present(self.access.partnership) if model is Participant else super().choices_of(model)

    def clean_minutes_long(self) -> int:
        minutes = self.cleaned_data["minutes_long"]
        if not 1 <= minutes <= 480:
            raise forms.ValidationError(_("Write from 1 to 480 minutes."))
        return minutes


class WrittenForm(OwnedForm):
    """A part of the minutes: it carries what it showed, so that only what somebody changed is laid over the stored."""

    loaded = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["base"]
        self.showed = {name: getattr(self.instance, name) for name in self._meta.fields}
        self.fields["loaded"].initial = json.dumps(self.showed)

    def clean(self) -> dict[str, Any]:
        cleaned = forms.ModelForm.clean(self)
        for name, value in cleaned.items():
            if isinstance(value, str):
                cleaned[name] = value.replace("\r\n", "\n")
        return cleaned

    def _post_clean(self) -> None:
        """The row stays as it is stored; the service lays the changes over it."""

    @property
    def began_with(self) -> dict[str, Any]:
        try:
            found = json.loads(self.cleaned_data.get("loaded") or "{}")
        except ValueError:
            found = {}
        return found if isinstance(found, dict) else {}

    @property
    def written(self) -> services.Written:
        was = self.began_with
        return services.Written(
            self.instance,
            {
                name: (was.get(name, self.showed[name]), self.cleaned_data[name])
                for name in self._meta.fields
                if self.cleaned_data[name] != was.get(name, self.showed[name])
            },
        )


class ItemMinutesForm(WrittenForm):
    class Meta:
        model = AgendaItem
        fields = list(services.WRITTEN)
        widgets = {
            "notes": LongText(rows=3),
            "decided": LongText(rows=2, voice=True),
            "dissent": LongText(rows=2),
            "conflicts": LongText(rows=2),
        }

    FIRST = ("notes", "decided")
    VOTE = ("how", "votes_for", "votes_against", "abstained", "dissent", "conflicts")

    @property
    def first(self) -> list[forms.BoundField]:
        return [self[name] for name in self.FIRST]

    @property
    def vote(self) -> list[forms.BoundField]:
        return [self[name] for name in self.VOTE]


class NotesForm(WrittenForm):
    class Meta:
        model = Meeting
        fields = ["notes", "parked"]
        labels = {"notes": gettext_lazy("Anything else")}
        widgets = {"notes": LongText(rows=3), "parked": LongText(rows=2)}
        help_texts = {"parked": gettext_lazy("What came up and has its place in another meeting.")}


class TakeOnForm(forms.Form):
    """Something somebody takes on in the meeting."""

    title = forms.CharField(label=gettext_lazy("What is to be done"), max_length=200, required=False)
    who = forms.ModelChoiceField(
        label=gettext_lazy("Who"), queryset=Participant._base_manager.none(), required=False, empty_label=""
    )
    due = forms.DateField(label=gettext_lazy("By when"), required=False)

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["who"].queryset = present(meeting.partnership)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("title") and not cleaned.get("who"):
            self.add_error("who", _("Say who takes it on: one person."))
        if cleaned.get("who") and not cleaned.get("title"):
            self.add_error("title", _("Say what is to be done."))
        return cleaned


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
        offered = expected | set(self.fields["guests"].queryset.values_list("pk", flat=True))
        self.fields["loaded"].initial = json.dumps(sorted(here & offered))
        self.recorded = meeting.present_then is not None

    @property
    def here(self) -> set[int]:
        return {row.pk for name in ("members", "guests") for row in self.cleaned_data[name]}

    @property
    def was(self) -> set[int]:
        try:
            found = json.loads(self.cleaned_data["loaded"] or "[]")
        except ValueError:
            found = []
        return {one for one in found if isinstance(one, int)} if isinstance(found, list) else set()

    @property
    def came(self) -> set[int]:
        """Who was ticked here since the page was made."""
        return self.here - self.was

    @property
    def went(self) -> set[int]:
        return self.was - self.here


class FeedForm(forms.Form):
    every_group = forms.BooleanField(label=gettext_lazy("Meetings of every group, not only of mine"), required=False)
    group = forms.ModelChoiceField(
        label=gettext_lazy("Or of one group alone"), queryset=Group._base_manager.none(), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group"].queryset = Group.objects.filter(ended_on=None)
        self.fields["group"].empty_label = _("Of my groups")
