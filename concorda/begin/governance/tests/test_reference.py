"""The terms of reference: the same sections on the page and as PDF, without names for who only observes."""

import pytest
from django.urls import reverse
from django.utils import translation

from concorda.begin.governance import drawing, queries, reference
from concorda.begin.governance.models import Arrangement, LadderStep


def said(here, *, inside):
    found = reference.sections(here, queries.bodies(here), inside=inside)
    return found, " ".join(str(one) for one in found)


def test_sections_come_from_the_records(world, inside):
    found, words = said(inside, inside=True)
    assert not [one.heading for one in found if one.missing]
    for expected in ("County of Maitland", "Denise Kowalchuk", "up to $500 each time", "140 flats", "(7 days)"):
        assert expected in words, expected


def test_who_observes_reads_no_name(world, inside):
    _found, words = said(inside, inside=False)
    assert "County of Maitland" in words
    assert not [one.name for one in world.people.values() if one.name in words]
    assert "140 flats" not in words


def test_what_is_not_written_down_is_named(world, inside):
    Arrangement.objects.all().delete()
    LadderStep.objects.all().delete()
    found, _words = said(inside, inside=True)
    assert {one.key for one in found if one.missing} == {
        *("scope", "joining", "form", "disputes", "confidentiality", "speaking")
    }


@pytest.mark.parametrize("who", ["priya", "jo", "luc"])
def test_the_pdf_opens_for_everybody(world, sign_in, who):
    answer = sign_in(who).get(reverse("governance:terms_pdf", args=[world.partnership.slug]))
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer.content.startswith(b"%PDF-")


def test_the_picture_says_who_decides_what(world, inside):
    with translation.override("en-ca"):
        boxes = drawing.printed(drawing.tree(queries.bodies(inside)))["boxes"]
    assert boxes[0]["name"] == "Steering table" and boxes[0]["note"] == "7 seats · every month"
    assert boxes[0]["decides"].startswith("Decides: Strategy, Money")
    assert boxes[1]["lines"] and not boxes[0]["lines"]
