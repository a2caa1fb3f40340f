from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

from concorda.analysis.indicator import Standing, standing
from concorda.begin.strategic_plan.models import Indicator
from concorda.foundation.core import clock
from concorda.monitor.evaluation.models import Measurement

PERIODS = {
    Indicator.Frequency.MONTHLY: timedelta(days=31),
    Indicator.Frequency.QUARTERLY: timedelta(days=92),
    Indicator.Frequency.YEARLY: timedelta(days=366),
}


def latest_measurements() -> dict[int, Measurement]:
    """Indicator key → its latest measurement that was not returned, in one query."""
    rows = Measurement.objects.exclude(status=Measurement.Status.RETURNED).order_by("on", "pk")
    return {row.indicator_id: row for row in rows}


def standing_of(indicator: Indicator, latest: Measurement | None) -> Standing:
    """Where an indicator stands by its latest measurement, exactly."""
    return standing(
        baseline=exact(indicator.baseline),
        target=exact(indicator.target),
        actual=exact(latest.value) if latest else None,
        baseline_on=indicator.baseline_on,
        target_on=indicator.target_on,
        measured_on=latest.on if latest else None,
        today=clock.today(),
        period=PERIODS[Indicator.Frequency(indicator.frequency)],
    )


def exact(value: Decimal | None) -> Fraction | None:
    return None if value is None else Fraction(value)
