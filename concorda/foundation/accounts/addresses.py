"""Addresses made for one letter or one reader: what arrives there says what it answers, and cannot be guessed."""

import base64
import re
from collections.abc import Iterable

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

SALT = "concorda.addresses"
TOKEN = re.compile(r"\b([a-z])-((?:[0-9a-z]+-)+)([a-z2-7]{16})\b")
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def base36(number: int) -> str:
    found = ""
    while number:
        number, digit = divmod(number, 36)
        found = DIGITS[digit] + found
    return found or "0"


def stamp(word: str) -> str:
    made = salted_hmac(SALT, word, algorithm="sha256").digest()[:10]
    return base64.b32encode(made).decode().lower()


def sealed(kind: str, *numbers: int) -> str:
    """A word of small letters and digits for some numbers, with a stamp only this installation can make."""
    word = "-".join([kind, *map(base36, numbers)])
    return f"{word}-{stamp(word)}"


def opened(kind: str, texts: Iterable[str]) -> tuple[int, ...] | None:
    """The numbers of the first such word in addresses or message numbers whose stamp is right."""
    for text in texts:
        for found in TOKEN.finditer(text.lower()):
            word = found[1] + "-" + found[2].rstrip("-")
            if found[1] == kind and constant_time_compare(stamp(word), found[3]):
                return tuple(int(part, 36) for part in word.split("-")[1:])
    return None


def personal(token: str) -> str:
    """The address at which an answer with this token arrives; empty when the mailbox has but one address."""
    pattern: str = settings.MAIL_ANSWERS
    return pattern.replace("{}", token) if "{}" in pattern else ""


def answers(token: str) -> str:
    """Where an answer is to be sent; empty when no mail is read here."""
    return personal(token) or settings.MAIL_ANSWERS
