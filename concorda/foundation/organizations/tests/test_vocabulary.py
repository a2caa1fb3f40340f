"""The vocabulary: terms of our own, used terms stay, codes of other schemes and what they mean."""

import pytest
from django.urls import reverse

from concorda.foundation.accounts.models import Person
from concorda.foundation.organizations import search, services, vocabulary
from concorda.foundation.organizations.models import Organization, Place, Term


@pytest.fixture
def steward(sign_in):
    Person.objects.filter(email="jo@concorda.example").update(is_steward=True)
    return sign_in("jo")


def term(code, scheme=Term.CONCORDA):
    return Term.objects.get(scheme=scheme, code=code)


def test_a_term_of_our_own(steward):
    group = term("housing")
    facts = {"parent": group.pk, "label_en": "Tiny homes", "label_fr": "Minimaisons"}
    steward.post(reverse("organizations:new_term"), facts)
    made = Term.objects.get(label_en="Tiny homes")
    assert (made.code, made.local, made.parent) == ("housing.tiny_homes", True, group)
    assert made in Term.objects.topics() and "housing.tiny_homes" in vocabulary.our_codes()
    again = steward.post(reverse("organizations:new_term"), facts)
    assert "has this term already" in again.content.decode()
    assert "Tiny homes" in steward.get(reverse("organizations:vocabulary")).content.decode()


def test_a_used_term_is_retired_and_not_deleted(steward, world):
    own = services.add_term(
        parent=term("housing"), label_en="Tiny homes", label_fr="Minimaisons", by=world.people["jo"]
    )
    one = Organization.objects.first()
    one.terms.add(own)
    page = steward.post(reverse("organizations:term", args=[own.pk]), {"delete": "1"}, follow=True)
    assert "Retire it instead" in page.content.decode() and Term.objects.filter(pk=own.pk).exists()
    facts = {"label_en": "Very small homes", "label_fr": "Minimaisons", "retired": "on"}
    steward.post(reverse("organizations:term", args=[own.pk]), facts)
    own.refresh_from_db()
    assert own.retired and own not in Term.objects.topics() and own in one.terms.all()
    assert one in search.narrow(Organization.objects.all(), "very small homes").organizations
    one.terms.remove(own)
    steward.post(reverse("organizations:term", args=[own.pk]), {"delete": "1"})
    assert not Term.objects.filter(pk=own.pk).exists()


def test_what_comes_with_concorda_is_not_deleted(world):
    with pytest.raises(services.Refusal, match="comes with Concorda"):
        services.delete_term(term("housing.search"), by=world.people["jo"])


def test_a_new_release_leaves_what_was_renamed_here(world):
    services.change_term(term("housing.search"), by=world.people["jo"], label_en="Flats", label_fr="Appartements")
    code = term("L", "ntee")
    services.change_term(code, by=world.people["jo"], means=[term("housing.search")])
    vocabulary.load(Term, Place)
    assert term("housing.search").label_en == "Flats"
    assert vocabulary.terms_for("ntee", "L99", vocabulary.meanings()) == ("housing.search",)


def test_every_code_has_both_labels_and_leads_somewhere(db):
    for one in Term.objects.exclude(scheme=Term.CONCORDA).prefetch_related("means"):
        assert one.label_en and one.label_fr and one.means.all(), one.code
    assert {"ukcat", "icnptso", "ccew", "cra", "ntee", "unsdg", "3w"} <= set(
        Term.objects.values_list("scheme", flat=True)
    )


def test_the_codes_of_a_scheme(steward):
    page = steward.get(reverse("organizations:codes", args=["ntee"])).content.decode()
    assert "Housing and shelter" in page and "Logement et hébergement" in page
    assert steward.get(reverse("organizations:codes", args=["nothing"])).status_code == 404
    code = term("L", "ntee")
    facts = {"label_en": "Housing", "label_fr": "Logement", "means": [term("housing.search").pk]}
    steward.post(reverse("organizations:term", args=[code.pk]), facts)
    assert [one.code for one in code.means.all()] == ["housing.search"]
