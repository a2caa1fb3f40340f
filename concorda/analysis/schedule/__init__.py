"""Critical path, slack, working calendars, baseline and forecast of a plan.

Input: tasks with durations in working days and links FS, SS, FF, SF with lags; `Plan.of` checks them, `schedule`
computes n-long arrays. Formulas, sources and traps are described in docs/analysis/schedule.md.
"""

from concorda.analysis.schedule.baseline import Move, compare, slipped
from concorda.analysis.schedule.calendars import Calendar
from concorda.analysis.schedule.msproject import read_project, write_project
from concorda.analysis.schedule.path import CriticalPaths, Schedule, critical_paths, number, schedule
from concorda.analysis.schedule.plan import Fault, FaultyTasks, Link, LinkType, Plan, Task, faults
from concorda.analysis.schedule.read import PlanFile, parse_plan, read_plan
from concorda.analysis.schedule.simulate import Forecast, simulate

__all__ = [
    "Calendar",
    "CriticalPaths",
    "Fault",
    "FaultyTasks",
    "Forecast",
    "Link",
    "LinkType",
    "Move",
    "Plan",
    "PlanFile",
    "Schedule",
    "Task",
    "compare",
    "critical_paths",
    "faults",
    "number",
    "parse_plan",
    "read_plan",
    "read_project",
    "schedule",
    "simulate",
    "slipped",
    "write_project",
]
