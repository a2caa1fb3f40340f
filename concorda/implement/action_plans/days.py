"""Working days where the partnership works: Monday to Friday without the holidays of its province."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from concorda.foundation.partnerships.models import Partnership

# The province a partnership works in, by the time zone it keeps. Elsewhere only weekends are free.
PROVINCES = {
    "America/Toronto": "CA-ON",
    "America/Winnipeg": "CA-MB",
    "America/Regina": "CA-SK",
    "America/Edmonton": "CA-AB",
    "America/Vancouver": "CA-BC",
    "America/Halifax": "CA-NS",
    "America/Moncton": "CA-NB",
    "America/Montreal": "CA-QC",
    "America/St_Johns": "CA-NL",
}
YEARS = 6
WEEKS = {"week": 1, "fortnight": 2}
MONTHS = {"month": 1, "quarter": 3, "year": 12}


def again(day: date, every: str) -> date:
    """The same day one period later; the last of the month where there is no such day."""
    if every in WEEKS:
        return day + timedelta(weeks=WEEKS[every])
    month = day.month - 1 + MONTHS[every]
    year, month = day.year + month // 12, month % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


@dataclass(frozen=True)
class Days:
    """Counts working days; `code` names a country and province, or nothing for weekends alone."""

    code: str
    first: int
    """The first year that is counted exactly; the calendar reaches YEARS years further."""

    @classmethod
    def of(cls, partnership: Partnership, around: date) -> "Days":
        return cls(PROVINCES.get(partnership.time_zone, ""), around.year - 2)

    @cached_property
    def calendar(self) -> Any:
        from concorda.analysis.schedule import Calendar

        return Calendar.named(self.code)

    @cached_property
    def closed(self) -> Any:
        import numpy as np

        found = self.calendar.holidays(date(self.first, 1, 1), date(self.first + YEARS, 12, 31))
        return np.array(list(found), dtype="datetime64[D]")

    @cached_property
    def counted(self) -> list[int]:
        """Working days before each day from the first of `first` on; a plan asks this thousands of times."""
        import numpy as np

        every = np.arange(np.datetime64(f"{self.first}-01-01"), np.datetime64(f"{self.first + YEARS + 1}-01-01"))
        return [0, *np.cumsum(np.is_busday(every, holidays=self.closed)).tolist()]

    @cached_property
    def begin(self) -> int:
        return date(self.first, 1, 1).toordinal()

    def between(self, first: date, last: date) -> int:
        """Working days from `first` to `last`, both counted; 0 when `last` comes before."""
        start, stop = first.toordinal() - self.begin, last.toordinal() + 1 - self.begin
        if start >= 0 and stop < len(self.counted):
            return max(0, self.counted[stop] - self.counted[start]) if stop > start else 0
        import numpy as np

        return max(0, int(np.busday_count(first, last + timedelta(days=1), holidays=self.closed)))

    def after(self, first: date, last: date) -> int:
        """Working days after `first` up to and with `last`."""
        return self.between(first + timedelta(days=1), last)

    def add(self, day: date, count: int) -> date:
        """The working day `count` working days after `day` (or before it, if negative)."""
        import numpy as np

        found = np.busday_offset(day, count, roll="preceding", holidays=self.closed)
        return found.astype(object)

    def later(self, day: date, count: int) -> date:
        """`add`, but a day that is not moved stays where it is, weekend or not."""
        return self.add(day, count) if count else day
