"""The organic way in: what partners who already work together have is recorded, and the map tells it."""

from django.urls import reverse

from concorda.foundation.core.scoping import EVERY, within
from concorda.foundation.partnerships.models import Entry, Partner, Partnership
from concorda.foundation.process.progress import progress_of
from concorda.foundation.process.stages import State

LETTER = "letter of 4 March 2024, with the clerk"
AGREED = {"agreed_on": "2024-03-04", "agreed_by": "the two boards", "agreed_in": LETTER}
NEIGHBOUR = {
    "name": "Wexcombe Volunteer Drivers",
    "kind": "informal",
    "level": "contributing",
    "said_on": "2023-05-01",
    "said_by": "Dale Hutchins",
    "how": "minutes of 1 May 2023",
}


def at(partnership: Partnership, name: str, *more: str) -> str:
    space = "participation" if name == "already" else "partnership"
    return reverse(f"{space}:{name}", args=[partnership.slug, *more])


def begun(client, **change: str) -> Partnership:
    """A partnership of the Seniors’ Association that has existed for years."""
    said = {
        "name": "Lakeshore Rides",
        "origin": "organic",
        "started_on": "2022-09-01",
        "time_zone": "America/Toronto",
        "organization": client.get("/partnerships/new/").context["form"].fields["organization"].queryset.get().pk,
    }
    answer = client.post("/partnerships/new/", said | change)
    assert answer.status_code == 302, answer.context["form"].errors
    return Partnership.objects.get(name="Lakeshore Rides")


def test_who_already_works_together_records_it_and_the_map_tells(world, sign_in):
    walter = sign_in("walter")
    here = begun(walter)
    assert str(here.started_on) == "2022-09-01"
    assert "1 organization is in." in walter.get(at(here, "existing")).content.decode()
    assert walter.post(at(here, "already"), NEIGHBOUR).status_code == 302
    with within(here, EVERY):
        partner = Partner.objects.get(organization__name="Wexcombe Volunteer Drivers")
        assert (partner.status, partner.level, str(partner.joined_on)) == ("committed", "contributing", "2023-05-01")
        assert any("minutes of 1 May 2023" in entry.sentence for entry in Entry.objects.all())
    here.refresh_from_db()
    assert progress_of(here)["vision"].state == State.NONE
    assert walter.post(at(here, "agreed_before", "vision"), AGREED).status_code == 302
    here.refresh_from_db()
    vision = progress_of(here)["vision"]
    assert vision.state == State.DONE
    assert vision.sentence.replace("\xa0", " ") == f"Agreed on 4 March 2024 by the two boards: {LETTER}."
    shown = walter.get(here.get_absolute_url()).content.decode()
    assert "letter of 4 March 2024, with the clerk" in shown
    assert "Record what exists already" in shown
    assert "2 of 2 organizations asked have joined" in shown, "participation counts who was recorded"
    assert walter.post(at(here, "agreed_before", "vision"), {"undo": "1"}).status_code == 302
    here.refresh_from_db()
    assert progress_of(here)["vision"].state == State.NONE


def test_records_of_their_own_tell_more_than_what_was_agreed_before(world, sign_in):
    before = progress_of(world.partnership)["agreements"].sentence
    sign_in("priya").post(at(world.partnership, "agreed_before", "agreements"), AGREED)
    world.partnership.refresh_from_db()
    assert progress_of(world.partnership)["agreements"].sentence == before


def test_what_is_wrong_is_said(world, sign_in):
    walter = sign_in("walter")
    answer = walter.post("/partnerships/new/", {"name": "Soon", "origin": "organic", "started_on": "2031-01-01"})
    assert "This day is still to come." in answer.content.decode()
    here = begun(walter)
    for page, said, words in (
        (at(here, "already"), NEIGHBOUR | {"said_on": "2031-01-01"}, "This day is still to come."),
        (at(here, "already"), NEIGHBOUR | {"name": "Lakeshore Seniors’ Association"}, "has joined already"),
        (at(here, "agreed_before", "vision"), AGREED | {"agreed_on": "2031-01-01"}, "This day is still to come."),
        (at(here, "agreed_before", "vision"), AGREED | {"agreed_in": ""}, 'aria-invalid="true"'),
    ):
        answer = walter.post(page, said)
        assert answer.status_code == 200
        assert words in answer.content.decode()
    assert walter.get(at(here, "agreed_before", "nothing")).status_code == 404


def test_only_those_who_steer_record_it(world, sign_in):
    page = at(world.partnership, "agreed_before", "vision")
    assert sign_in("tom").post(page, AGREED).status_code == 403
    assert sign_in("walter").post(page, AGREED).status_code == 404
    assert sign_in("amina").get(at(world.partnership, "existing")).status_code == 200
    assert sign_in("jo").get(at(world.partnership, "existing")).status_code == 403
