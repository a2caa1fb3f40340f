"""Two-way matching: who covers what we need, needs what we have, wants what we want, near us, through people we know.

See `docs/analysis/matching.md` for the formulas. `Index` finds; the rest describes what goes in and what comes out.
"""

from concorda.analysis.matching.model import (
    PARTS,
    Candidate,
    Filters,
    Organization,
    Reason,
    Weights,
)
from concorda.analysis.matching.search import Index
from concorda.analysis.matching.storage import Builder

__all__ = ["PARTS", "Builder", "Candidate", "Filters", "Index", "Organization", "Reason", "Weights"]
