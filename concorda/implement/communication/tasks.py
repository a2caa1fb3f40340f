"""What runs by itself: the plan, reminders, daily and weekly letters."""

from concorda.foundation.core import clock
from concorda.foundation.partnerships.models import Partnership
from concorda.implement.communication import letters, queries, services

MORNING, EVENING = 7, 20
"""Between these hours, where most of the partnership meets, reminders go out."""


def by_the_clock(partnership: Partnership) -> None:
    """Carry the plan out, remind, and send the letters whose hour has come; what was done is not done again."""
    letters.send_letters(partnership)
    services.carry_out(partnership)
    if MORNING <= clock.now().astimezone(queries.zone_of(partnership)).hour < EVENING:
        services.plan_decisions(partnership)
        services.remind_owners(partnership)
        for announcement in queries.to_remind(partnership):
            services.remind_by_itself(announcement)
