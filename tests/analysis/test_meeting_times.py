"""Fair times over zones: what a meeting costs whom, the best hours, and turns, against looking at everything."""

from datetime import UTC, date, datetime, time
from itertools import product
from zoneinfo import ZoneInfo

import pytest

from concorda.analysis.meeting_times import Attendee, Hours, find, slot, starts, stretch, take_turns, undominated

TORONTO, WINNIPEG, HALIFAX = Hours("America/Toronto"), Hours("America/Winnipeg"), Hours("America/Halifax")
VANCOUVER, BERLIN = Hours("America/Vancouver"), Hours("Europe/Berlin")


def at(zone: str, day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), ZoneInfo(zone))


MONDAY = date(2026, 3, 16)


@pytest.mark.parametrize(
    ("hour", "minute", "length", "expected"),
    [
        (9, 0, 60, 0),
        (16, 0, 60, 0),
        (8, 30, 60, 30),
        (16, 30, 60, 30),
        (18, 0, 60, 120),
        (8, 0, 600, 120),
        (3, 0, 60, 360),
    ],
)
def test_a_meeting_stretches_the_nearest_working_day(hour, minute, length, expected):
    start = at("America/Toronto", MONDAY, hour, minute)
    assert slot([Attendee("a", TORONTO)], start, length).total == expected


def test_a_weekend_is_far_from_work():
    saturday, sunday = date(2026, 3, 14), date(2026, 3, 15)
    start = at("America/Toronto", saturday, 10)
    assert stretch(TORONTO, start, start.replace(hour=11)) == 18 * 60  # after Friday, 5 pm
    start = at("America/Toronto", sunday, 22)
    assert stretch(TORONTO, start, start.replace(hour=23)) == 11 * 60  # before Monday, 9 am


def test_the_night_clocks_go_forward_is_an_hour_shorter():
    """From Saturday 10 pm to Sunday 9 am are ten hours in March, eleven a week later."""
    every_day = Hours("America/Toronto", days=tuple(range(7)))
    for saturday, minutes in ((date(2026, 3, 7), 600), (date(2026, 3, 14), 660)):
        start = at("America/Toronto", saturday, 23).astimezone(UTC)
        later = Hours("America/Toronto", time(9), time(10), days=(6,))
        assert stretch(later, start, start.replace(minute=30)) == minutes - 60
        assert stretch(every_day, start, start.replace(minute=30)) == 6 * 60 + 30


def test_a_time_clocks_jump_over_is_not_offered_and_one_they_show_twice_once():
    zone = ZoneInfo("America/Toronto")
    assert len(list(starts(date(2026, 3, 8), date(2026, 3, 8), zone, 30))) == 46
    assert len(list(starts(date(2026, 11, 1), date(2026, 11, 1), zone, 30))) == 48


def test_hours_common_to_all_come_first():
    people = [Attendee("t", TORONTO), Attendee("w", WINNIPEG), Attendee("h", HALIFAX)]
    found = find(people, MONDAY, MONDAY, minutes=60, zone="America/Toronto")
    assert found[0].start == at("America/Toronto", MONDAY, 10) and not found[0].total


def test_the_weeks_between_two_changes_of_clocks_are_counted():
    """Berlin changes three weeks after Toronto: 9 am in Toronto is 2 pm there on 16 March, and 3 pm on 30 March."""
    people = [Attendee("t", TORONTO), Attendee("b", Hours("Europe/Berlin", time(8), time(15, 30)))]
    shown = [
        find(people, day, day, minutes=60, zone="America/Toronto", most=1)[0] for day in (MONDAY, date(2026, 3, 30))
    ]
    assert [one.total for one in shown] == [0, 30]


def test_who_has_borne_most_is_spared():
    def first(borne_west: int, borne_east: int) -> dict[str, int]:
        people = [Attendee("west", VANCOUVER, borne=borne_west), Attendee("east", BERLIN, borne=borne_east)]
        return dict(find(people, MONDAY, MONDAY, minutes=60, zone="America/Vancouver")[0].burdens)

    assert first(600, 0).get("west", 0) == 0 < first(600, 0)["east"]
    assert first(0, 600).get("east", 0) == 0 < first(0, 600)["west"]


def test_who_is_taken_up_counts_before_odd_hours():
    busy = tuple(
        (at("America/Toronto", MONDAY, hour), at("America/Toronto", MONDAY, hour + 1)) for hour in range(9, 17)
    )
    people = [Attendee("a", TORONTO, busy), Attendee("b", TORONTO)]
    found = find(people, MONDAY, MONDAY, minutes=60, zone="America/Toronto")[0]
    assert not found.busy and found.total == 2 * 60


def test_every_place_takes_its_turn():
    people = [Attendee("west", VANCOUVER), Attendee("east", BERLIN)]
    days = [date(2026, 4, 6 + 7 * week) for week in range(4)]
    turns = take_turns(people, days, minutes=60, zone="America/Vancouver")
    assert len(turns.slots) == 4
    assert abs(turns.borne["west"] - turns.borne["east"]) <= 60
    assert [one.start.astimezone(ZoneInfo("America/Vancouver")).date() for one in turns.slots] == days


@pytest.mark.parametrize("borne", [(0, 0, 0), (300, 0, 120), (0, 480, 0)])
def test_turns_are_as_fair_as_any(borne):
    """Beside every choice there is, over days between which clocks change in one place and not yet in the other."""
    hours = (VANCOUVER, TORONTO, BERLIN)
    people = [Attendee(str(n), one, borne=was) for n, (one, was) in enumerate(zip(hours, borne, strict=True))]
    days = [date(2026, 3, 23), date(2026, 3, 30), date(2026, 4, 6)]
    found = take_turns(people, days, minutes=60, zone="America/Toronto")

    def cost(chosen):
        totals = [one.borne + sum(meeting.burdens.get(one.key, 0) for meeting in chosen) for one in people]
        return max(totals), sum(totals)

    options = [undominated(people, day, 60, "America/Toronto", 60) for day in days]
    assert cost(found.slots) == min(cost(chosen) for chosen in product(*options))
    assert found.highest == cost(found.slots)[0]


def test_hours_that_are_none_are_refused():
    with pytest.raises(ValueError, match="end after their start"):
        Hours("America/Toronto", time(17), time(9))
    with pytest.raises(ValueError, match="1 to 60"):
        take_turns([], [], minutes=60, zone="UTC")
