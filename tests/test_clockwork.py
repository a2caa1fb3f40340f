"""What happens because time passed."""

from datetime import timedelta

import pytest

from concorda.begin.governance.models import Decision
from concorda.foundation.core import clock
from concorda.foundation.core.scoping import EVERY, within
from concorda.foundation.process.stages import tool
from concorda.portal.clockwork import run_due


def stored(decision):
    with within(decision.partnership, EVERY):
        return Decision.objects.get(pk=decision.pk)


def test_a_decision_is_counted_when_its_time_has_come(world):
    decision = world.things["decision.vision"]
    assert run_due() == 0
    assert stored(decision).status == Decision.Status.OPEN
    with clock.at(decision.closes_at + timedelta(minutes=1)):
        assert run_due() == 0
        found = stored(decision)
        assert found.status == Decision.Status.DECIDED
        assert run_due() == 0
    assert stored(decision).decided_at == found.decided_at


def test_a_fault_in_one_tool_stops_no_other(world, monkeypatch, caplog):
    decision = world.things["decision.vision"]

    def fails(partnership):
        raise ValueError("no such thing")

    broken = tool("communication")
    monkeypatch.setattr(type(broken), "__setattr__", object.__setattr__)
    monkeypatch.setattr(broken, "by_the_clock", fails)
    with clock.at(decision.closes_at + timedelta(minutes=1)):
        assert run_due() == 2  # one for each partnership
    assert stored(decision).status == Decision.Status.DECIDED
    assert "no such thing" in caplog.text


@pytest.fixture(autouse=True)
def loud(caplog):
    caplog.set_level("ERROR")
