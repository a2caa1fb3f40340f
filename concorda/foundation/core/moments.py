"""Days and times as people say them, in the reader's language and time zone."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.dateformat import format as date_format
from django.utils.formats import date_format as localized
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from concorda.foundation.core import clock


def in_french() -> bool:
    return (get_language() or "en").startswith("fr")


def say_time(moment: time | datetime) -> str:
    """“5 pm”, “4:20 pm”, “noon”; in French “17 h”, “16 h 20”, “midi”."""
    if (moment.hour, moment.minute) in {(12, 0), (0, 0)}:
        return _("noon") if moment.hour else _("midnight")
    if in_french():
        return f"{moment.hour}\u00a0h" + (f"\u00a0{moment.minute:02}" if moment.minute else "")
    minutes = f":{moment.minute:02}" if moment.minute else ""
    return f"{moment.hour % 12 or 12}{minutes}\u00a0{'am' if moment.hour < 12 else 'pm'}"


def say_month(day: date) -> str:
    """“Mar”, “Sept”; in French “mars”, “sept.”, in the usual abbreviations."""
    return date_format(day, "N") if in_french() else date_format(day, "M")


def say_day(day: date, *, weekday: bool = False, short: bool = False, today: date | None = None) -> str:
    """“16 March”, “Mon 16 March” with `weekday`, “16 Mar” with `short`; the year only when it is not this year's."""
    number = "1er" if in_french() and day.day == 1 else str(day.day)
    month = say_month(day) if short else localized(day, "F")
    words = [number, month]
    if weekday:
        words.insert(0, localized(day, "D") + ("." if in_french() else ""))
    if day.year != (today or clock.today()).year:
        words.append(str(day.year))
    return "\u00a0".join(words[:2]) + "".join(f" {word}" for word in words[2:])


def say_zone() -> str:
    """The reader's time zone by its town and the short name it has today: “Toronto (EST)”."""
    zone = timezone.get_current_timezone()
    town = str(zone).rpartition("/")[2].replace("_", " ")
    short = clock.now().astimezone(zone).tzname()
    return town if short in (None, town) else f"{town} ({short})"


def say_moment(moment: datetime, *, zone: bool = False, inside: bool = False, now: datetime | None = None) -> str:
    """“Today, 8:45 am”, “Yesterday, 4:20 pm”, “Mon 16 March, 5 pm”; `zone` adds its short name, `inside` a sentence
    it is “today, 8:45 am”."""
    local = timezone.localtime(moment) if timezone.is_aware(moment) else moment
    today = timezone.localtime(now or clock.now()).date()
    named = {today: _("Today"), today - timedelta(days=1): _("Yesterday"), today + timedelta(days=1): _("Tomorrow")}
    day = named.get(local.date(), "")
    day = (day.lower() if inside else day) or say_day(local.date(), weekday=True, today=today)
    words = _("%(day)s, %(time)s") % {"day": day, "time": say_time(local)}
    return f"{words} {local.tzname()}" if zone and local.tzname() else words
