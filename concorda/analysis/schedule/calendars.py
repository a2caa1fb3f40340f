"""Working days: Monday to Friday without the holidays of one or several provinces."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from math import ceil

import numpy as np
from numpy.typing import NDArray

from concorda.analysis.problems import Refused

Dates = NDArray[np.datetime64]
_LAST = np.datetime64("9999-12-31")


@dataclass(frozen=True)
class Calendar:
    """Codes such as CA-SK, CA, US-NY; a day counts when it is a working day in all of them. No code: no holidays."""

    codes: tuple[str, ...] = ()

    @classmethod
    def named(cls, text: str) -> "Calendar":
        """ "CA-SK" or "CA-SK,CA-MB" → calendar; Refused for a country or province nobody knows."""
        calendar = cls(tuple(code.strip().upper() for code in text.split(",") if code.strip()))
        for code in calendar.codes:
            _holidays(code, 2026)
        return calendar

    def start_dates(self, begin: date, es: NDArray[np.float64], ef: NDArray[np.float64]) -> Dates:
        """First day of tasks (n,) when the project starts on `begin` or the working day after.

        A milestone happens at the end of the day before it, so it has one date.
        """
        milestone = ef <= es
        days = np.where(milestone, _last_day(es), np.floor(es + 1e-7)).astype(np.int64)
        return self._days(begin, days)

    def finish_dates(self, begin: date, ef: NDArray[np.float64]) -> Dates:
        """Last day of tasks (n,): a task of 1 day finishes on the day it starts."""
        return self._days(begin, _last_day(ef).astype(np.int64))

    def finish(self, begin: date, days: float) -> date:
        """Last day of `days` working days from `begin`."""
        last: date = self.finish_dates(begin, np.array([days]))[0].astype(object)
        return last

    def holidays(self, first: date, last: date) -> dict[date, str]:
        """Named holidays in a period, weekends included."""
        found: dict[date, str] = {}
        for code in self.codes:
            for year in range(first.year, last.year + 1):
                for day, name in _holidays(code, year).items():
                    found.setdefault(day, name)
        return {day: name for day, name in sorted(found.items()) if first <= day <= last}

    def _days(self, begin: date, days: NDArray[np.int64]) -> Dates:
        # 365 days hold at least 200 working days in any country, and a year is added for the edge.
        years = ceil(int(days.max(initial=0)) / 200) + 1
        last = date(min(begin.year + years, 9999), 12, 31)
        closed = np.array(list(self.holidays(begin, last)), dtype="datetime64[D]")
        # Thousands of tasks share their days, and finding a working day is what takes time.
        each, which = np.unique(days, return_inverse=True)
        found: Dates = np.busday_offset(np.datetime64(begin), each, roll="forward", holidays=closed)
        if found.size and found.max() > _LAST:
            raise Refused("the plan runs beyond the year 9999; give it an earlier start or shorter tasks")
        return found[which]


def _last_day(finish: NDArray[np.float64]) -> NDArray[np.float64]:
    last: NDArray[np.float64] = np.maximum(np.ceil(finish - 1e-7) - 1, 0)
    return last


@lru_cache(maxsize=4096)
def _holidays(code: str, year: int) -> dict[date, str]:
    import holidays  # a tenth of a second, only when a calendar is asked for

    country, _, province = code.partition("-")
    try:
        found = holidays.country_holidays(country, subdiv=province or None, years=year)
    except (NotImplementedError, TypeError) as error:
        raise Refused(f"there is no calendar '{code}'; write a country and province such as CA-SK") from error
    return dict(found)
