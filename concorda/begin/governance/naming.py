"""Names of organizations inside a sentence."""

from django.utils.translation import get_language

# English puts "the" before a short name that ends in a common noun: the County, the School Board.
COMMON_NOUNS = """agency association authority board bureau centre city clinic college commission committee community
council county department district foundation group institute library ministry municipality network office region school
service services society table town union university village"""
TAKES_THE = frozenset(COMMON_NOUNS.split())


def the(name: str) -> str:
    """“the County”, “Harbour Street”: the article where an English sentence wants one."""
    english = (get_language() or "en").startswith("en")
    last = name.rsplit(maxsplit=1)[-1].lower() if name.split() else ""
    return f"the {name}" if english and last in TAKES_THE else name


def starting(words: str) -> str:
    """The same at the start of a sentence."""
    return words[:1].upper() + words[1:]
