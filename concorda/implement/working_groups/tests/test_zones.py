"""Times in places: nights when clocks change, and meeting hours that fall badly somewhere."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from concorda.implement.working_groups import zones

TORONTO = ZoneInfo("America/Toronto")
SPRING, AUTUMN = date(2026, 3, 8), date(2026, 11, 1)


def test_an_ordinary_time_is_one_moment():
    assert zones.moments(date(2026, 3, 16), time(13), TORONTO) == [datetime(2026, 3, 16, 17, tzinfo=UTC)]


def test_a_time_clocks_jump_over_is_no_moment_and_its_neighbours_are_named():
    assert zones.moments(SPRING, time(2, 30), TORONTO) == []
    before, after = zones.around_jump(SPRING, time(2, 30), TORONTO)
    assert (before.time(), after.time()) == (time(1, 30), time(3, 30))


def test_a_time_that_comes_twice_is_two_moments_an_hour_apart():
    first, second = zones.moments(AUTUMN, time(1, 30), TORONTO)
    assert (second - first).total_seconds() == 3600


def test_the_edges_of_the_change_exist_once():
    for at in (time(1, 59), time(3)):
        assert len(zones.moments(SPRING, at, TORONTO)) == 1
    for at in (time(0, 59), time(2)):
        assert len(zones.moments(AUTUMN, at, TORONTO)) == 1


def test_half_hour_changes_are_known_too():
    assert zones.moments(date(2026, 10, 4), time(2, 15), ZoneInfo("Australia/Lord_Howe")) == []


def test_outside_the_workday_counts_beginning_and_end():
    def outside(start: str, end: str) -> bool:
        first, last = (datetime.combine(date(2026, 3, 16), time.fromisoformat(t), TORONTO) for t in (start, end))
        return zones.outside_workday(first, last, TORONTO)

    assert not outside("09:00", "17:00")
    assert outside("08:30", "09:30")
    assert outside("16:30", "17:30")


def test_the_readers_place_comes_first_under_the_name_the_partnership_uses():
    found = list(
        zones.places(
            "America/Toronto",
            {"America/Winnipeg", "America/Toronto", "America/St_Johns"},
            {"America/Toronto": "Port Alder"},
        )
    )
    assert [place.name for place in found] == ["Port Alder", "St Johns", "Winnipeg"]
