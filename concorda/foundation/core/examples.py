"""What the components page shows. All of it is made up."""

import re
from datetime import date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace as Example
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.utils.translation import gettext_lazy as _

from concorda.foundation.core import clock
from concorda.foundation.core.drawing import Axis
from concorda.foundation.core.forms import Cards, LongText, Switch


class ExampleForm(forms.Form):
    """The form on the components page."""

    name = forms.CharField(label=_("Name of the working group"), help_text=_("As people say it: “Housing”"))
    email = forms.EmailField(
        label=_("E-mail"),
        error_messages={
            "invalid": _("This address has no ending. It should look like name@harbourstreet.example."),
        },
    )
    due = forms.DateField(label=_("Due"), required=False)
    meets = forms.DateTimeField(label=_("Next meeting"), required=False)
    lead = forms.ChoiceField(label=_("Lead"), choices=[("tom", "Tom Hendry"), ("amina", "Amina Warsame")])
    languages = forms.MultipleChoiceField(
        label=_("Languages"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[("fr", _("French")), ("dari", _("Dari")), ("ti", _("Tigrinya"))],
    )
    position = forms.ChoiceField(
        label=_("Position"),
        choices=[("consent", _("Consent")), ("object", _("Object"))],
        widget=Cards(hints={"consent": _("We can work with this"), "object": _("This would do harm. Say why")}),
    )
    why = forms.CharField(label=_("Reason"), required=False, widget=LongText(voice=True, rows=3))
    show = forms.ChoiceField(label=_("Show"), choices=[("changes", _("Changes")), ("clean", _("Clean"))], widget=Switch)
    tell = forms.BooleanField(label=_("Tell the group when this changes"), required=False)


def examples() -> dict[str, Any]:
    """The context of the components page."""
    typed = {"email": "tom.hendry@harbourstreet", "due": "2026-03-23", "lead": "tom", "position": "consent"}
    form = ExampleForm({**typed, "name": "", "tell": "on", "show": "changes", "languages": ["fr"]})
    axis = Axis(date(2026, 1, 5), date(2026, 7, 19))
    kinds = {"name": "Landlord handbook", "kind": "crit", "slack_until": None, "label": "+6"}
    late = Example(
        **kinds,
        start=date(2026, 2, 16),
        end=date(2026, 3, 23),
        late_since=date(2026, 3, 14),
        links=[(date(2026, 3, 24), 1)],
    )
    breakfast = Example(name="Landlord breakfast", start=date(2026, 3, 24), end=date(2026, 4, 17), kind="crit")
    path = Example(
        name="Rent-bank path", start=date(2026, 3, 16), end=date(2026, 4, 24), kind="", slack_until=date(2026, 6, 12)
    )
    positions = ("consent", "consent", "concern", "consent", "object", "none", "aside")
    names = ("Newcomer Centre", "Harbour Street", "Workforce Board", "Lakeshore", "County", "School Board", "Library")
    now = clock.now()
    return {
        "form": form,
        "stages_shown": ("connect", "begin", "implement", "monitor"),
        "icons": ICONS,
        "organization": Example(monogram="MNC"),
        "person": Example(initials="AW"),
        "page": Paginator(range(38), 25).page(1),
        "axis": axis,
        "today": date(2026, 3, 12),
        "bars": (late, breakfast, path),
        "replies": [Example(pos=pos, name=name) for pos, name in zip(positions, names, strict=True)],
        "pulse": (70, 74, 80, 84, 90, 93),
        "spread": (3, 7, 6, 6, 2),
        "rounds": (4.0, 3.5, 3.0),
        "groups": (("C", 2), ("S", 2.5), ("L", 3), ("N", 4)),
        "moments": (
            now,
            now - timedelta(days=1),
            now + timedelta(days=9),
            datetime(2025, 3, 16, 17, tzinfo=now.tzinfo),
        ),
        "network": NETWORK,
    }


SPRITE = Path(__file__).parent / "static/core/icons.svg"
ICONS = re.findall(r'id="i-([\w-]+)"', SPRITE.read_text(encoding="utf-8"))

NETWORK = {
    "width": 400,
    "height": 200,
    "title": "Five people in two working groups",
    "description": "Housing is tied to Health only through Amina Warsame.",
    "groups": [
        {"name": "Housing", "x": 90, "y": 100, "rx": 70, "ry": 60, "cut": True, "label_y": 184},
        {"name": "Health", "x": 310, "y": 100, "rx": 70, "ry": 60, "cut": False, "label_y": 184},
    ],
    "ties": [
        {"x1": 70, "y1": 80, "x2": 110, "y2": 130, "kind": "inner"},
        {"x1": 290, "y1": 80, "x2": 330, "y2": 130, "kind": "inner"},
        {"x1": 200, "y1": 100, "x2": 110, "y2": 130, "kind": "fragile"},
        {"x1": 200, "y1": 100, "x2": 290, "y2": 80, "kind": "cross"},
    ],
    "people": [
        {"name": "Tom Hendry", "x": 70, "y": 80, "r": 7, "bridge": False},
        {"name": "Bev Oakes", "x": 110, "y": 130, "r": 7, "bridge": False},
        {"name": "Grace Adeyemi", "x": 290, "y": 80, "r": 7, "bridge": False},
        {"name": "Helen Osei", "x": 330, "y": 130, "r": 7, "bridge": False},
        {"name": "Amina Warsame", "x": 200, "y": 100, "r": 13, "bridge": True, "label": "Amina Warsame", "label_y": 78},
    ],
}
