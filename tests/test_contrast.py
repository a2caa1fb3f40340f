"""Every pair of tokens that meets on a screen can be read, in the light and in the dark scheme.

Text and marks as WCAG 2.2 asks (1.4.3, 1.4.11). Add a pair when a token gets a new neighbour.
"""

import re
from itertools import product
from pathlib import Path

import pytest

TOKENS_FILE = Path(__file__).parents[1] / "concorda/foundation/core/static/core/tokens.css"
DECLARATION = re.compile(r"--([\w-]+):\s*light-dark\((#[0-9a-f]{6}),\s*(#[0-9a-f]{6})\)")
TOKENS = {name: (light, dark) for name, light, dark in DECLARATION.findall(TOKENS_FILE.read_text())}

TEXT, MARK = 4.5, 3.0
STAGES = ("connect", "begin", "implement", "monitor")
GROUND = ("paper", "sheet", "sheet-sunk")
MEETINGS = [  # what stands in front, what lies behind, the least contrast
    (("ink", "ink-2", "ink-3", "brand"), (*GROUND, "sheet-raised"), TEXT),
    ((*STAGES, "alert"), GROUND, TEXT),
    (("on-brand",), ("brand", "brand-strong", *STAGES), TEXT),
    (("on-alert",), ("alert",), TEXT),
    (("ink-2",), tuple(f"{name}-tint" for name in (*STAGES, "alert", "brand", "thread")), TEXT),
    (("ink-2", "ink-3", "implement"), ("chart-faint",), TEXT),
    (("ink-3",), ("brand-tint", "begin-tint"), TEXT),
    (("brand",), ("brand-tint", "alert-tint", "begin-tint", "implement-tint"), TEXT),
    (("alert",), ("begin-tint", "implement-tint"), TEXT),
    (("sheet",), ("ink",), TEXT),
    (("ins-ink",), ("ins-tint",), TEXT),
    (("del-ink",), ("del-tint",), TEXT),
    (("thread", "line-control", "focus", "chart"), GROUND, MARK),
    (("thread", "chart"), ("chart-faint",), MARK),
    (("line-control",), ("brand-tint",), MARK),
    (("focus",), ("brand-tint", "alert-tint"), MARK),
]
PAIRS = [(*pair, least) for front, back, least in MEETINGS for pair in product(front, back)]
PAIRS += [(name, f"{name}-tint", TEXT) for name in (*STAGES, "alert")]


def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb` (WCAG 2.2), 0 to 1."""
    parts = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours (WCAG 2.2), 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_the_measure_itself():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize(("scheme", "place"), [("light", 0), ("dark", 1)])
def test_every_pair_that_meets_can_be_read(scheme, place):
    measured = {(front, back): contrast(TOKENS[front][place], TOKENS[back][place]) for front, back, _ in PAIRS}
    short = [f"{f} on {b}: {measured[f, b]:.2f}, needs {least}" for f, b, least in PAIRS if measured[f, b] < least]
    assert not short, f"{scheme}: {short}"
