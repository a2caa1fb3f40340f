"""What no page may trip over: numbers no row can have, and more text than anybody writes."""

from collections.abc import Iterator
from typing import Any

import pytest
from django import forms
from django.urls import get_resolver, reverse

from concorda.foundation.core.forms import Several
from concorda.foundation.core.scoping import EVERY, within
from concorda.implement.working_groups.models import Group

HUGE = "9" * 400


def every_form() -> Iterator[type[forms.BaseForm]]:
    get_resolver().url_patterns  # noqa: B018  views import their forms
    waiting: list[Any] = [forms.BaseForm]
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        if kind.__module__.startswith("concorda."):
            yield kind


def test_every_choice_of_several_rows_refuses_numbers_no_row_has():
    found = [kind for kind in every_form() if hasattr(kind, "base_fields")]
    assert len(found) > 100
    for kind in found:
        for name, field in kind.base_fields.items():
            if isinstance(field, forms.ModelMultipleChoiceField):
                assert isinstance(field, Several), f"{kind.__qualname__}.{name}"


@pytest.mark.parametrize("value", [HUGE, "-" + HUGE, "9223372036854775808", "x", ["1", HUGE]])
def test_a_huge_number_in_a_multiple_choice_is_an_error_beside_the_field(world, sign_in, value):
    address = reverse("working_groups:group_new", args=[world.partnership.slug])
    answer = sign_in("priya").post(address, {"name": "Numbers", "goals": value})
    assert answer.status_code == 200
    assert answer.context["form"].errors["goals"]
    with within(world.partnership, EVERY):
        assert not Group.objects.filter(name="Numbers").exists()


def test_programs_are_told_422(world, sign_in):
    address = f"/api/v1/partnerships/{world.partnership.slug}/working-groups/groups"
    sent = {"name": "Numbers", "goals": [int("9" * 40)]}
    answer = sign_in("priya").post(address, sent, content_type="application/json")
    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["errors"]] == ["goals"]


def test_ten_megabytes_pasted_into_a_form_are_refused_in_plain_words(world, sign_in):
    address = reverse("action_plans:action_new", args=[world.partnership.slug])
    answer = sign_in("priya").post(address, {"title": "Notes", "notes": "n" * 10_000_000})
    assert answer.status_code == 413
    assert "at most 5 MB" in answer.content.decode()
