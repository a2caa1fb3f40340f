"""What runs by itself: the daily letters."""

from zoneinfo import ZoneInfo

from concorda.foundation.core import clock
from concorda.foundation.partnerships.models import Partnership
from concorda.implement.communication import services

MORNING = 7
"""The hour, where most of the partnership meets, in which daily letters go out."""


def daily_letters(partnership: Partnership) -> None:
    """Send the letters of people who want one a day, in the morning hour; what was sent is not sent again."""
    if clock.now().astimezone(ZoneInfo(partnership.time_zone)).hour == MORNING:
        services.send_digests(partnership)
