"""Words of a mandate or a vision: split, stemmed, stripped of accents, without the words every text has.

Accents are stripped after stemming, because the French stemmer needs them. Stemming: Snowball (Porter 2001), through
snowballstemmer. A language that is not in `LANGUAGES` is not judged rather than judged badly.
"""

import re
import threading
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import snowballstemmer

LANGUAGES = {"en": "english", "fr": "french"}

WORD = re.compile(r"[^\W\d_]{2,}")

STOP_WORDS = {
    "en": frozenset(
        WORD.findall(
            """about above after again against all also am among an and any are as at be because been before being
            below between both but by can could did do does doing down during each either etc every few for from
            further had has have having he her here hers herself him himself his how if in into is it its itself
            just may me might more most must my myself no nor not of off on once one only or other others our
            ours ourselves out over own per same shall she should so some such than that the their theirs them
            themselves then there therefore these they this those through thus to too toward towards under until
            up upon us very was we well were what when where whether which while who whom whose why will with
            within without would you your yours yourself"""
        )
    ),
    "fr": frozenset(
        WORD.findall(
            """ai ainsi alors an ans au aucun aucune aussi autre autres aux avait avant avec avoir avons ayant car
            ce ceci cela celle celles celui ces cet cette ceux chaque chez ci comme comment dans de depuis des
            donc dont du elle elles en encore entre es est et etc eu eux été être fait faire fois font hors il
            ils je jusque la le les leur leurs lors lorsque lui là ma mais me mes moi moins mon même mêmes ne ni
            non nos notre nous on ont ou où par parce pas pendant peu peut plus pour pourra pourquoi près qu
            quand que quel quelle quelles quels qui quoi sa sans sauf se selon sera ses si sien son sont sous
            suis sur ta te tel telle telles tels tes ton tous tout toute toutes tu un une vers via voici vos
            votre vous à étaient était étant"""
        )
    ),
}

_stemmers = threading.local()


def words(text: str) -> list[str]:
    """The words of a text in lower case, in order; numbers and single letters are left out."""
    return WORD.findall(unicodedata.normalize("NFC", text).lower())


def stem(word: str, language: str) -> str | None:
    """The stem of one lower-case word without accents, or None for a stop word."""
    if word in STOP_WORDS[language]:
        return None
    return without_accents(_stemmer(language).stemWord(word))


# a worker meets the same words again and again; the bound keeps its memory small
remembered_stem = lru_cache(maxsize=20_000)(stem)


def without_accents(word: str) -> str:
    """`été` → `ete`; ligatures are opened (`œuvre` → `oeuvre`)."""
    if word.isascii():
        return word
    opened = word.replace("œ", "oe").replace("æ", "ae")
    return "".join(mark for mark in unicodedata.normalize("NFD", opened) if not unicodedata.combining(mark))


def _stemmer(language: str) -> "snowballstemmer.stemmer":
    """One stemmer per thread: they keep their place in the word they work on."""
    found = getattr(_stemmers, language, None)
    if found is None:
        import snowballstemmer

        found = snowballstemmer.stemmer(LANGUAGES[language])
        setattr(_stemmers, language, found)
    return found
