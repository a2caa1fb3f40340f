"""The words several texts share, compared by their stems within one language.

A light stemmer of our own: it takes off the endings of English and French that inflection leaves, so that "newcomer"
and "newcomers", or "accueille" and "accueillent", count as one word. It finds words, not meanings.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import dataclass

WORD = re.compile(r"[^\W\d_]+")
ENGLISH_SMALL = """a about after all also an and any are as at be because been before being both but by can could do
does each every everyone for from get gets had has have here how in into is it its just like may more most must no not
of on one or other our ours out over own same she should so some such than that the their them then there these they
this those through to too under up us very was we were what when where which while who whom whose why will with within
without would you your"""
FRENCH_SMALL = """a au aussi aux avec car ce ceci cela celle celles celui ces cet cette ceux chacun chaque comme dans de
des donc dont du elle elles en encore entre est et etre eux fait font ici il ils je la le les leur leurs lui mais meme
memes moins mon ne nos notre nous on ont ou par pas plus pour qu quand que qui sa sans se ses si son sont sous sur ta
tous tout toute toutes tres tu un une vos votre vous y"""
SMALL = {"en": frozenset(ENGLISH_SMALL.split()), "fr": frozenset(FRENCH_SMALL.split())}
ENGLISH_ENDINGS = "ations ation ments ment nesses ness ities ity ings ing ies ed es e s y"
FRENCH_ENDINGS = """issements issement ements ement ations ation aient erent irent issent antes ante ants ant ees ent
ons ez es er ir ee e s x"""
ENDINGS = {"en": ENGLISH_ENDINGS.split(), "fr": FRENCH_ENDINGS.split()}
LEAST = 3  # letters a stem keeps


@dataclass(frozen=True)
class Common:
    """One word that several texts share: as it is most often written, its language, and whose texts use it."""

    word: str
    language: str
    used_by: tuple[Hashable, ...]

    @property
    def count(self) -> int:
        return len(self.used_by)


def plain(word: str) -> str:
    """Lower case, without accents."""
    taken_apart = unicodedata.normalize("NFKD", word.lower())
    return "".join(letter for letter in taken_apart if not unicodedata.combining(letter))


def stem(word: str, language: str) -> str:
    """The word without the ending that inflection gives it; at least three letters stay."""
    bare = plain(word)
    if language == "fr" and bare.endswith("aux") and len(bare) > LEAST + 2:
        bare = bare[:-3] + "al"
    for ending in ENDINGS.get(language, ()):
        if bare.endswith(ending) and len(bare) - len(ending) >= LEAST:
            return bare[: -len(ending)]
    return bare


def stems(text: str, language: str) -> dict[str, Counter[str]]:
    """Stem → how each of its forms is written in the text, without the small words."""
    found: dict[str, Counter[str]] = {}
    for word in WORD.findall(text):
        if len(word) > 2 and plain(word) not in SMALL.get(language, frozenset()):
            found.setdefault(stem(word, language), Counter())[word.lower()] += 1
    return found


def common_words(texts: Iterable[tuple[Hashable, str, str]], least: int = 2) -> list[Common]:
    """Words used in at least `least` of the texts, most widely used first. `texts`: whose, the text, "en" or "fr"."""
    users: dict[tuple[str, str], list[Hashable]] = {}
    forms: dict[tuple[str, str], Counter[str]] = {}
    for whose, text, language in texts:
        for root, written in stems(text, language).items():
            users.setdefault((language, root), []).append(whose)
            forms.setdefault((language, root), Counter()).update(written)
    found = [
        Common(most_written(forms[key]), key[0], tuple(whose)) for key, whose in users.items() if len(whose) >= least
    ]
    return sorted(found, key=lambda one: (-one.count, one.word))


def most_written(forms: Counter[str]) -> str:
    return min(forms, key=lambda word: (-forms[word], len(word), word))
