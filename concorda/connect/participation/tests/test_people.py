"""Candidates, voices, due diligence: who may do what, what stays with those who steer, and bad input."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from concorda.connect.participation import queries, services
from concorda.connect.participation.models import Check, Look, Voice
from concorda.connect.participation.tool import TOOL
from concorda.foundation.core import clock
from concorda.foundation.core.scoping import EVERY, within
from concorda.foundation.organizations.models import Organization
from concorda.foundation.partnerships.access import Role
from concorda.foundation.partnerships.door import access_of
from concorda.foundation.partnerships.models import Final, Participant, Partner
from concorda.foundation.partnerships.services import take_in

S = Partner.Status


@pytest.fixture
def tenants(inside, world):
    return world.partner("tenants")


def at(world, name: str, *args) -> str:
    return reverse(f"participation:{name}", args=[world.partnership.slug, *args])


def test_the_sentence_counts_and_names_who_is_missing(inside):
    progress = TOOL.progress(inside)
    assert progress.sentence == "7 of 9 organizations asked have joined; lived experience is still missing."
    assert (progress.done, progress.total) == (7, 9)
    assert progress.step.label == "Invite Tenant Advice"


def test_planning_waits_for_two(world):
    with within(world.stalled, EVERY):
        sentence = TOOL.progress(world.stalled).sentence
    assert sentence == "2 candidates have not said yes yet; planning starts once two organizations have committed."


def test_the_unanswered_letter_of_the_stalled_partnership_waits(world):
    access = access_of(world.people["walter"], world.stalled.slug)
    with within(world.stalled, access.own_organizations):
        labels = [one.label for one in TOOL.waiting(access)]
    assert labels == ["Remind Marta Nowak of Lakeshore Health: no answer yet"]


def test_a_request_waits_for_an_answer(world):
    access = access_of(world.people["priya"], world.partnership.slug)
    with within(world.partnership, access.own_organizations):
        assert [one.label for one in TOOL.waiting(access)] == ["Answer Tenant Advice, who asked to join"]


def test_those_who_steer_cannot_say_yes_for_others(tenants, world):
    with pytest.raises(ValidationError, match="it says so itself"):
        services.move(tenants, S.COMMITTED, by=world.people["priya"])


def test_a_representative_says_yes(tenants, world, sign_in):
    joy = world.people["stranger"]
    take_in(
        world.partnership,
        joy,
        organization=tenants.organization,
        roles=[Role.REPRESENTATIVE],
        by=world.people["priya"],
    )
    assert sign_in("stranger").post(at(world, "say", tenants.pk), {"answer": "committed"}).status_code == 302
    tenants.refresh_from_db()
    assert tenants.committed
    assert tenants.joined_on == clock.today()


def test_nobody_speaks_for_another_organization(tenants, world, sign_in):
    for who in ("priya", "denise", "tom"):
        assert sign_in(who).post(at(world, "say", tenants.pk), {"answer": "committed"}).status_code == 403


def test_a_yes_of_tomorrow_is_refused(tenants, world, sign_in):
    said = {"said_by": "Ana", "said_on": "2030-01-01", "how": "call"}
    answer = sign_in("priya").post(at(world, "commitment", tenants.pk), said)
    assert "This day is still to come" in answer.content.decode()
    tenants.refresh_from_db()
    assert tenants.status == S.IDENTIFIED


def test_leaving_takes_the_people_along_but_never_the_convener(world, inside):
    services.note_left(world.partner("work"), by=world.people["priya"], reason="Merged")
    assert not Participant.objects.filter(organization=world.organizations["work"], left_on=None).exists()
    with pytest.raises(ValidationError, match="convenes"):
        services.note_left(world.partner("newcomer"), by=world.people["priya"], reason="…")


def test_an_organization_by_name_is_there_once(world, inside, sign_in):
    client = sign_in("priya")
    added = {"name": "  Wexcombe   Tool Library ", "kind": "nonprofit", "area": "Wexcombe"}
    assert client.post(at(world, "add"), added).status_code == 302
    assert Partner.objects.get(organization__name="Wexcombe Tool Library").status == S.IDENTIFIED
    again = client.post(at(world, "add"), added | {"name": "wexcombe tool library"})
    assert "is in the directory already" in again.content.decode()
    assert Organization.objects.filter(name__iexact="wexcombe tool library").count() == 1


def test_what_those_who_steer_find_out_is_for_nobody_else(tenants, world, sign_in):
    secret = "two landlords who work with Harbour Street"
    assert secret in sign_in("priya").get(at(world, "checks", tenants.pk)).content.decode()
    for who in ("farida", "denise", "tom", "amina", "lena", "jo"):
        client = sign_in(who)
        assert client.get(at(world, "checks", tenants.pk)).status_code == 403
        for path in (at(world, "home"), at(world, "partner", tenants.pk)):
            text = client.get(path).content.decode()
            assert secret not in text
            assert "Stakeholder map" not in text
            assert "risk" not in text.split("<main")[1].split("guidance")[0]


def test_others_do_not_even_read_that_somebody_looked(tenants, world):
    outside = access_of(world.people["denise"], world.partnership.slug)
    sentences = [entry.sentence for entry in queries.history(tenants, outside)]
    assert not any("checks" in one or "stakeholder" in one for one in sentences)


def test_a_finding_needs_its_evidence(tenants, world, sign_in):
    typed = {f"{question}-finding": "open" for question in Check.Question}
    answer = sign_in("priya").post(at(world, "checks", tenants.pk), typed | {"money-finding": "fine"})
    assert answer.status_code == 200
    assert "Say how you know" in answer.content.decode()


def test_a_voice_is_heard_once_somebody_who_brings_it_has_joined(inside, world):
    voice = services.need_voice(
        Voice(partnership=inside, kind="sector", name="Faith", sector="faith"), by=world.people["priya"]
    )
    assert "Faith" in queries.missing_names(queries.voices(inside))
    voice.carried_by = world.partner("tenants")
    voice.save()
    assert "Faith" in queries.missing_names(queries.voices(inside)), "a candidate does not count yet"
    voice.carried_by = world.partner("county")
    voice.save()
    assert "Faith" not in queries.missing_names(queries.voices(inside))


def test_home_costs_the_same_with_more_candidates(world, inside, sign_in):
    client = sign_in("priya")
    client.get(at(world, "home"))
    counts = []
    for number in range(3):
        services.add_by_name(inside, by=world.people["priya"], name=f"Group {number}", kind="informal")
        client.get(at(world, "home"))
        with CaptureQueriesContext(
            connection,
        ) as seen:
            client.get(at(world, "home"))
        counts.append(len(seen))
    assert counts[0] == counts[-1] <= 35


def test_in_french(sign_in, world, tenants):
    client = sign_in("luc")
    assert "Les voix qu’il nous faut" in client.get(at(world, "home")).content.decode()
    assert "Les meilleurs accords d’abord" in client.get(at(world, "find")).content.decode()


def test_a_flag_keeps_its_history(world, sign_in, tenants):
    page = sign_in("priya").get(at(world, "checks", tenants.pk)).content.decode()
    assert "Looked at 2 times" in page
    assert "Tom: some of their cases are against landlords he rents from." in page
    look = Look.objects.filter(subject__partner=tenants).first()
    look.evidence = "It was fine all along."
    with pytest.raises(Final):
        look.save()
    checks = queries.checks_of(tenants)
    services.look_into(tenants, checks, by=world.people["priya"])
    assert Look.objects.filter(subject__partner=tenants).count() == 2, "nothing new adds nothing"
    conflict = next(one for one in checks if one.question == Check.Question.CONFLICT)
    conflict.risk = Check.Risk.RESOLVED
    services.look_into(tenants, checks, by=world.people["priya"])
    assert [one.risk for one in Look.objects.filter(subject=conflict)] == ["resolved", "escalated", "open"]
    assert queries.flags(world.partnership) == {}


def test_an_open_risk_is_named_before_an_invitation(world, sign_in, tenants):
    page = sign_in("priya").get(at(world, "invite", tenants.pk)).content.decode()
    assert "1 risk is flagged and not resolved: look at it before you write." in page


def test_partners_are_named_in_public_only_when_they_agreed(world, sign_in, inside):
    def page_of(key):
        return sign_in("stranger").get(world.organizations[key].get_absolute_url()).content.decode()

    assert "Takes part in" in page_of("housing")
    assert "Centre francophone de la Vallée" in page_of("housing")
    assert "County of Maitland" not in page_of("housing"), "the County has not agreed"
    assert "Takes part in" not in page_of("county")
    housing, newcomer = world.partner("housing"), world.partner("newcomer")
    assert sign_in("priya").post(at(world, "named", housing.pk)).status_code == 403
    assert sign_in("oleh").post(at(world, "named", housing.pk)).status_code == 403
    assert sign_in("tom").post(at(world, "named", housing.pk), {"withdraw": "1"}).status_code == 302
    assert "Takes part in" not in page_of("housing")
    assert "Harbour Street Housing" not in page_of("franco")
    services.be_named(newcomer, by=world.people["farida"], agreed=False)
    assert "Takes part in" not in page_of("franco"), "nothing is named once the organization that convenes is not"
    with pytest.raises(ValidationError, match="has not joined"):
        services.be_named(world.partner("tenants"), by=world.people["priya"], agreed=True)
