"""Working days where the partnership works: Monday to Friday without the holidays of its province."""

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

    def between(self, first: date, last: date) -> int:
        """Working days from `first` to `last`, both counted; 0 when `last` comes before."""
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
