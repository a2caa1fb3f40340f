"""Exact numbers from what people write: fractions, percentages and decimals without rounding."""

import re
from decimal import Decimal, InvalidOperation
from fractions import Fraction

_FRACTION = re.compile(r"([+-]?\d{1,18})\s*/\s*(\d{1,18})")
_DECIMAL = re.compile(r"([+-]?\d{1,18}(?:[.,]\d{1,18})?)\s*(%?)")
# 0.667, 0.6667, … and 0.333, 0.3333, …: what a third or two thirds becomes when it is written as a decimal.
_THIRDS = re.compile(r"0?\.(?:(?P<one>3{3,})|(?P<two>6{2,}7|6{3,}))")


def exact(value: object) -> Fraction:
    """The exact value of an int, Decimal, float, Fraction or text like "2/3", "60 %", "0.6".

    A float stands for the decimal it prints as. ValueError says in plain words why there is no such number.
    """
    if isinstance(value, bool) or value is None:
        raise ValueError("a number is needed")
    if isinstance(value, int | Fraction):
        return Fraction(value)
    if isinstance(value, float | Decimal):
        return _from_decimal(str(value))
    if isinstance(value, str):
        return _from_text(value.strip())
    raise ValueError("a number is needed")


def _from_decimal(text: str) -> Fraction:
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise ValueError(f"'{text}' is not a number") from error
    # Without this limit 1e999999999 would be written out digit by digit.
    if not number.is_finite() or number.adjusted() > 18 or number.as_tuple().exponent < -40:  # type: ignore[operator]
        raise ValueError(f"'{text}' is not a number that can be used here")
    return Fraction(number)


def _from_text(text: str) -> Fraction:
    if match := _FRACTION.fullmatch(text):
        if int(match[2]) == 0:
            raise ValueError(f"'{text}' divides by zero")
        return Fraction(int(match[1]), int(match[2]))
    if match := _DECIMAL.fullmatch(text):
        number = Fraction(match[1].replace(",", "."))
        return number / 100 if match[2] else number
    raise ValueError(f"'{text}' is not a number; write 2/3, 60 % or 0.6")


def share(value: object) -> Fraction:
    """A share of a whole, above 0 and at most 1; decimals that round a third (0.667, 0.6667) mean that third.

    Without this, 0.6667 of nine seats would demand seven where two thirds demand six.
    """
    text = str(value).strip()
    if not isinstance(value, bool | Fraction) and (match := _THIRDS.fullmatch(text)):
        return Fraction(1 if match["one"] else 2, 3)
    number = exact(value)
    if not 0 < number <= 1:
        raise ValueError(f"'{text}' is not a share of the whole; it must be above 0 and at most 1")
    return number


def plain(number: Fraction) -> int | float:
    """The number for JSON: an int when it is whole."""
    return number.numerator if number.denominator == 1 else float(number)
