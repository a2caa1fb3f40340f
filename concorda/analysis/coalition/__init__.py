"""Coalitions: the few partners that together cover the most of what is needed, with proof.

Maximum weighted coverage with side constraints, solved exactly by a search of its own (`search`). See
`docs/analysis/coalition.md`.
"""

from concorda.analysis.coalition.answer import Alternative, Coalition, Relaxation
from concorda.analysis.coalition.choosing import choose
from concorda.analysis.coalition.question import Need, Partner, Question

__all__ = ["Alternative", "Coalition", "Need", "Partner", "Question", "Relaxation", "choose"]
