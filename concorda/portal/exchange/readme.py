"""The words that lie in an archive for whoever opens it without Concorda, in English and French."""

from collections.abc import Mapping
from pathlib import Path

from django.apps import apps
from django.utils import translation

from concorda.foundation.core import clock
from concorda.foundation.partnerships.models import Partnership

WORDS = Path(__file__).parent / "words"
LANGUAGES = {"README.md": "en-ca", "LISEZMOI.md": "fr-ca"}
HOLDS = {
    "en-ca": {
        "everything": "A partnership with all its data, also what is private to each organization. Keep it safe.",
        "partnership": "A partnership with all its data, except what is private to organizations other than one's own.",
        "organization": "The share of one organization: what is its own or shared with it, and what that speaks of.",
    },
    "fr-ca": {
        "everything": "Un partenariat avec toutes ses données, même privées. À garder en lieu sûr.",
        "partnership": "Un partenariat avec toutes ses données, sauf ce qui est propre aux autres organismes.",
        "organization": "La part d’un organisme : ce qui est à lui ou partagé avec lui, et ce dont cela parle.",
    },
}


def readme(partnership: Partnership, holds: str, rows: Mapping[str, int]) -> dict[str, str]:
    """File name → text, with how many records of each kind there are."""
    made = {}
    for name, language in LANGUAGES.items():
        with translation.override(language):
            counts = [f"- {apps.get_model(kind)._meta.verbose_name_plural}: {count}" for kind, count in rows.items()]
        facts = {"name": partnership.name, "holds": HOLDS[language][holds], "day": clock.today().isoformat()}
        text = (WORDS / name).read_text(encoding="utf-8").format(**facts)
        made[name] = "\n".join([text, *counts, ""])
    return made
