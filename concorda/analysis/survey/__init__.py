"""What people said, counted fairly: reliability, agreement, change, and what may be shown.

Input: answers (n people × k items) on one scale. Formulas, sources and traps are described in docs/analysis/survey.md.
"""

from concorda.analysis.survey.agreement import Icc, chance_variance, icc, rwg, rwg_j
from concorda.analysis.survey.answers import Answers, read_answers, scores, turned
from concorda.analysis.survey.change import Change, paired_change, sign_test, wilcoxon
from concorda.analysis.survey.disclosure import Cell, Limits, Why, may_show, suppress
from concorda.analysis.survey.organizations import (
    Summary,
    distribution,
    finite_population_correction,
    organization_means,
    summarize,
)
from concorda.analysis.survey.reliability import STEADY, Alpha, alpha, alpha_interval, item_rest
from concorda.analysis.survey.report import Report, report

__all__ = [
    "STEADY",
    "Alpha",
    "Answers",
    "Cell",
    "Change",
    "Icc",
    "Limits",
    "Report",
    "Summary",
    "Why",
    "alpha",
    "alpha_interval",
    "chance_variance",
    "distribution",
    "finite_population_correction",
    "icc",
    "item_rest",
    "may_show",
    "organization_means",
    "paired_change",
    "read_answers",
    "report",
    "rwg",
    "rwg_j",
    "scores",
    "sign_test",
    "summarize",
    "suppress",
    "turned",
    "wilcoxon",
]
