"""Whether what is meant to change is worded as a change, or as something that is delivered (an output)."""

import re

DELIVERED = {
    "en": (
        r"printed published distributed delivered held organized organised built created developed launched produced "
        r"drafted written installed opened offered completed set\ up put\ online"
    ).replace(r"\ ", "_"),
    "fr": (
        "imprimé publié distribué livré tenu organisé construit créé élaboré lancé produit rédigé installé ouvert "
        "offert achevé mis_en_place mis_en_ligne"
    ),
}
DOING = {
    "en": "deliver hold organize organise print publish distribute build create develop launch produce draft write "
    "install offer run train provide host conduct hire purchase buy prepare",
    "fr": "livrer tenir organiser imprimer publier distribuer construire créer élaborer lancer produire rédiger "
    "installer offrir former fournir accueillir mener embaucher acheter préparer",
}
THINGS = {
    "en": "workshop session meeting handbook brochure leaflet website page report training course event tool kit "
    "database guide video pamphlet newsletter survey form",
    "fr": "atelier séance réunion manuel brochure dépliant site rapport formation cours activité outil trousse base "
    "guide vidéo bulletin sondage formulaire",
}
BEING = {"en": "is are was were be been gets get", "fr": "est sont sera seront était étaient été"}
ENDING = {"en": "", "fr": "(?:e|s|es)?"}
PLURAL = {"en": "s?", "fr": "s?"}


def any_of(words: str, ending: str = "") -> str:
    return "(?:" + "|".join(rf"{re.escape(word).replace('_', ' ')}{ending}" for word in words.split()) + ")"


def patterns(language: str) -> tuple[re.Pattern[str], ...]:
    being, delivered = any_of(BEING[language]), any_of(DELIVERED[language], ENDING[language])
    doing, things = any_of(DOING[language]), any_of(THINGS[language], PLURAL[language])
    return (
        re.compile(rf"^\W*({doing})\b", re.IGNORECASE),
        re.compile(rf"^\W*(?:\w+\W+){{0,3}}?({things})\b(?:\W+\w+){{0,6}}?\W+{being}\b", re.IGNORECASE),
        re.compile(rf"\b({being}\W+(?:\w+\W+)?{delivered})\b", re.IGNORECASE),
        re.compile(rf"^\W*(\d+\W+(?:\w+\W+)?{things})\b", re.IGNORECASE),
    )


PATTERNS = {language: patterns(language) for language in ("en", "fr")}


def delivers(text: str) -> str:
    """The words by which an outcome sounds like a thing delivered; empty when it reads as a change in somebody.

    A sign and no proof: it looks, in English and French, for a verb of doing at the beginning ("Hold four workshops"),
    a thing as its subject ("A handbook is …"), a passive of delivery ("… are published"), and counted things ("12
    sessions"). Changes in people, "families have a lease", show none of these. After the distinction of outputs and
    outcomes in results-based management (Treasury Board of Canada, RMAF guide, 2001).
    """
    found = [match for of in PATTERNS.values() for one in of if (match := one.search(text))]
    return min(found, key=lambda match: match.start(1))[1] if found else ""
