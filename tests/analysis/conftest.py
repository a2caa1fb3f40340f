"""How properties are tested here."""

from hypothesis import settings

# A deadline is on the clock, and would fail right answers on a busy machine; benchmarks tell what is slow.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
