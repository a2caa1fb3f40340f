"""Words for the knots of the thread."""

from django import template
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def kind_word(kind: str) -> str:
    """What a knot is, in the reader's language."""
    words = {
        "need": _("Need"),
        "goal": _("Goal"),
        "action": _("Action"),
        "indicator": _("Indicator"),
        "result": _("Result"),
    }
    return words[kind]
