"""Finding partners: reasons, filters, comparison, coalition, saved searches, the command, the real register."""

from datetime import timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils.text import slugify

from concorda.connect.capacity.models import Item
from concorda.connect.motivation.models import Need
from concorda.connect.participation import directory, finding, services, watching
from concorda.connect.participation.finding import Asked
from concorda.connect.participation.models import SavedSearch
from concorda.connect.participation.profiles import of_organization, of_partnership, profile
from concorda.foundation.core import clock
from concorda.foundation.organizations.models import Organization, Place, Sought, Term
from concorda.foundation.organizations.registers.loading import load, open_source
from concorda.foundation.organizations.services import index
from concorda.foundation.partnerships.models import Partner


@pytest.fixture(autouse=True)
def fresh_index(tmp_path, monkeypatch):
    monkeypatch.setattr(directory, "FOLDER", tmp_path / "matching")
    directory._held.clear()
    yield
    directory._held.clear()


def term(code: str) -> Term:
    return Term.objects.get(scheme=Term.CONCORDA, code=code)


@pytest.fixture
def described(world):
    """Three organizations that are not partners, with what they do."""
    made = {}
    for name, codes, kind, area in (
        ("Harbour Interpreters", ["language.interpretation", "daily.rides"], "nonprofit", "Wexcombe"),
        ("Big Family Homes", ["housing.large_families"], "charity", "Port Alder"),
        ("Silent Club", [], "informal", ""),
    ):
        one = Organization.objects.create(
            name=name, slug=slugify(name), kind=kind, area=area, activities=f"{name} for newcomers", languages=["en"]
        )
        one.terms.set([term(code) for code in codes])
        index(one)
        made[one.slug] = one
    return made


def names(found) -> list[str]:
    return [one.organization.slug for one in found]


def page(sign_in, world, name: str, who: str = "priya", query: str = ""):
    return sign_in(who).get(reverse(f"participation:{name}", args=[world.partnership.slug]) + query)


def test_who_covers_a_need_is_found_with_the_reason(inside, described):
    seeker = of_partnership(inside)
    found = finding.matches(seeker, Asked(), limit=50, partnership=inside)
    best = next(one for one in found if one.organization.slug == "harbour-interpreters")
    assert best.covers == ["Interpretation", "Rides and transport"]
    assert best.essential == 1
    assert "what it looks for" in best.unknown


def test_partners_are_not_found_again(inside, described):
    found = finding.matches(of_partnership(inside), Asked(), limit=100, partnership=inside)
    joined = set(Partner.objects.filter(status=Partner.Status.COMMITTED).values_list("organization__slug", flat=True))
    assert not joined & set(names(found))


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (Asked(area="Wexcombe"), {"harbour-interpreters"}),
        (Asked(kind="charity"), {"big-family-homes"}),
        (Asked(topic="housing.large_families", area="Port Alder"), {"big-family-homes"}),
        (Asked(q="interpreters harbour"), {"harbour-interpreters"}),
        (Asked(language="tlh"), set()),
    ],
)
def test_filters(inside, described, asked, expected):
    found = finding.matches(of_partnership(inside), asked, limit=50, partnership=inside)
    assert set(names(found)) & set(described) == expected
    elsewhere = Place.objects.filter(kind="town").exclude(label_en="Wexcombe")
    if asked.area == "Wexcombe":
        assert not [one for one in found if one.organization.place in elsewhere and one.organization.area != "Wexcombe"]


def test_the_wishes_partners_share_count_and_private_ones_do_not(inside, world):
    before = set(of_partnership(inside).needs)
    for code, shared in (("means.fundraising", True), ("rights.legal", False)):
        Item.objects.create(
            partnership=inside,
            organization=world.organizations["county"],
            direction=Item.Direction.SEEK,
            kind=Item.Kind.EXPERTISE,
            what=code,
            term=term(code),
            shared=shared,
        )
    assert set(of_partnership(inside).needs) - before == {"means.fundraising"} - before


def test_what_an_organization_keeps_to_itself_is_not_in_the_index(inside, world, described):
    club = described["silent-club"]
    Sought.objects.create(organization=club, term=term("rights.legal"), importance=3, by=world.people["joy"])
    assert "rights.legal" in of_organization(club).needs
    assert not profile(club).needs


def test_a_changed_organization_is_found_at_once(inside, described):
    seeker = of_partnership(inside)
    assert "late-comer" not in names(finding.matches(seeker, Asked(), limit=50))
    late = Organization.objects.create(name="Late Comer", slug="late-comer")
    late.terms.set([term("language.interpretation")])
    assert "late-comer" in names(finding.matches(seeker, Asked(), limit=50))


def test_the_page(sign_in, world, described):
    text = page(sign_in, world, "find", query="?all=1").content.decode()
    for words in ("Harbour Interpreters", "They cover", "Not known", "Add as candidate", "Best matches first"):
        assert words in text
    assert "Your ideal partner" in page(sign_in, world, "find", query="?for=organization").content.decode()


def test_a_small_directory_is_said_to_be_small(sign_in, world, monkeypatch):
    monkeypatch.setattr(directory, "TOO_FEW", 10_000)
    assert "too few to say" in page(sign_in, world, "find").content.decode()


def test_nobody_fits(sign_in, world):
    assert "Nobody fits all of this" in page(sign_in, world, "find", query="?language=ar&kind=funder").content.decode()


def test_an_open_need_leads_to_who_covers_it(sign_in, world, described, inside):
    need = world.things["need.homes"]
    shown = page(sign_in, world, "find", query=f"?need={need.pk}").content.decode()
    assert need.statement in shown and "Who covers this need?" in shown
    assert f'<option value="{need.term.code}" selected>' in shown
    Need.objects.filter(pk=need.pk).update(term=None)
    shown = page(sign_in, world, "find", query=f"?need={need.pk}").content.decode()
    assert "This need has no topic yet" in shown and "Give it a topic" in shown
    for wrong in ("0", "x", "999999999999999999999"):
        assert page(sign_in, world, "find", query=f"?need={wrong}").status_code == 200


def test_only_who_steers_adds_candidates(sign_in, world, described, inside):
    assert "Add as candidate" not in page(sign_in, world, "find", "amina").content.decode()
    path = reverse("participation:take", args=[world.partnership.slug])
    assert sign_in("amina").post(path, {"pick": "harbour-interpreters"}).status_code == 403
    answer = sign_in("priya").post(path, {"pick": "harbour-interpreters", "asked": "area=Wexcombe&next=evil"})
    assert answer.url.endswith("/find/?area=Wexcombe")
    assert Partner.objects.get(organization=described["harbour-interpreters"]).status == "identified"
    assert sign_in("priya").post(path, {"pick": "nobody"}).status_code == 404


def test_side_by_side(sign_in, world, described):
    query = "?with=harbour-interpreters&with=big-family-homes&with=demo-tenants&with=demo-seniors"
    text = page(sign_in, world, "compare", query=query).content.decode()
    assert "Harbour Interpreters" in text
    assert "Big Family Homes" in text
    assert "Lakeshore Seniors’ Association" not in text.split("<main")[1], "three at most"


def test_a_coalition_with_proof_and_what_each_adds(inside, described):
    seeker = of_partnership(inside)
    pool = finding.matches(seeker, Asked(), limit=200, partnership=inside)
    result = finding.together(seeker, pool, most=2, exclude=["demo-eritrean", "demo-tenants"])
    assert result.answer.status == "optimal"
    assert set(names(result.chosen)) == {"harbour-interpreters", "big-family-homes"}
    assert all(percent > 0 for _match, percent in result.added)
    assert "Recognition of credentials" in result.open


def test_an_impossible_coalition_names_what_to_relax(inside, described, sign_in, world):
    text = page(sign_in, world, "coalition", query="?most=1&kinds=faith").content.decode()
    assert "Do not ask for one of this kind: Faith community." in text


@pytest.mark.parametrize("query", ["?most=0", "?most=x", "?most=99", "?most=2&must=nobody", "?most="])
def test_a_coalition_asked_badly_says_so(sign_in, world, described, query):
    answer = page(sign_in, world, "coalition", query=query)
    assert answer.status_code == 200
    assert "error-summary" in answer.content.decode()


def test_a_search_is_saved_run_again_and_private_to_who_saved_it(sign_in, world, inside):
    path = reverse("participation:save", args=[world.partnership.slug])
    sign_in("priya").post(path, {"called": "French speakers", "asked": "language=fr&page=3"})
    saved = SavedSearch.objects.get(owner__person=world.people["priya"])
    assert saved.asked == {"language": "fr"}
    run = reverse("participation:run", args=[world.partnership.slug, saved.pk])
    assert sign_in("priya").get(run).url.endswith("?language=fr")
    assert sign_in("tom").get(run).status_code == 404
    assert "French speakers" not in page(sign_in, world, "find", "tom").content.decode()
    assert sign_in("priya").post(path, {"called": "  "}).status_code == 302
    assert SavedSearch.objects.count() == 1


def test_the_list_costs_ten_questions_however_many_it_shows(sign_in, world, described, django_assert_max_num_queries):
    client = sign_in("priya")
    path = reverse("participation:find", args=[world.partnership.slug])
    client.get(path)
    with django_assert_max_num_queries(10) as few:
        client.get(path + "?kind=charity")
    for number in range(5):
        Organization.objects.create(name=f"More {number}", slug=f"more-{number}", languages=["en"], kind="charity")
    client.get(path)
    with django_assert_max_num_queries(10) as many:
        client.get(path + "?all=1")
    assert abs(len(many) - len(few)) <= 1
    with django_assert_max_num_queries(13):  # words ask the full text too
        client.get(path + "?q=interpreters+homes")


def test_the_label_never_rises_down_the_list(inside, described):
    """Who covers nothing stands below everybody who covers a need, and is worth a talk at most."""
    loud = described["silent-club"]
    need = Need.objects.filter(partnership=inside).first()
    loud.activities, loud.languages = f"{inside.purpose} {need.statement}", ["en", "fr"]
    loud.save()
    directory._held.clear()
    found = finding.matches(of_partnership(inside), Asked(), limit=60, partnership=inside)
    levels = [one.level for one in found]
    assert levels == sorted(levels, reverse=True)
    covering = [bool(one.covers) for one in found]
    assert covering == sorted(covering, reverse=True)
    assert not all(covering)
    assert next(one for one in found if one.organization == loud).fit == "Worth a talk"


@pytest.fixture
def towns(described):
    northby = Place.objects.create(
        code="ca/on/northby", kind="town", label_en="Northby", label_fr="Northby", latitude=63.0, longitude=-81.0
    )
    southby = Place.objects.create(
        code="ca/on/southby",
        kind="town",
        label_en="Port Southby",
        label_fr="Port-Southby",
        latitude=64.0,
        longitude=-81.0,
    )
    for slug, place in (("harbour-interpreters", northby), ("big-family-homes", southby)):
        described[slug].place = place
        described[slug].income = 50_000 if place is northby else 2_000_000
        described[slug].save()
    directory._held.clear()
    return described


def test_distance_is_measured_from_a_town(inside, towns):
    found = finding.matches(of_partnership(inside), Asked(near="Northby"), limit=60, partnership=inside)
    by_slug = {one.organization.slug: one for one in found}
    assert by_slug["harbour-interpreters"].distance == 0
    assert by_slug["big-family-homes"].distance == 111, "one degree of latitude"
    elsewhere = next(one for one in found if one.organization.slug == "demo-maitland-mentors")
    assert elsewhere.distance is None
    assert "how far away it is" in elsewhere.unknown
    near = finding.matches(of_partnership(inside), Asked(near="northby", km="50"), limit=60, partnership=inside)
    assert names(near) == ["harbour-interpreters"]
    far = finding.matches(of_partnership(inside), Asked(near="Port-Southby", km="111,5"), limit=60, partnership=inside)
    assert set(names(far)) == {"harbour-interpreters", "big-family-homes"}


def test_size_and_people_narrow_the_list(inside, towns):
    seeker = of_partnership(inside)
    assert names(finding.matches(seeker, Asked(size="large", near="Port Southby", km="9"), limit=60)) == [
        "big-family-homes"
    ]
    assert "big-family-homes" not in names(finding.matches(seeker, Asked(people="people.low_income"), limit=60))
    towns["big-family-homes"].populations.add(term("people.low_income"))
    directory._held.clear()
    assert "big-family-homes" in names(finding.matches(seeker, Asked(people="people.low_income"), limit=60))


def test_what_has_no_town_is_said_to_be_left_out(sign_in, world, towns):
    text = page(sign_in, world, "find", query="?near=Northby&km=200").content.decode()
    assert "the town is not known" in text
    assert "111 km from Northby" in text


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("?near=Atlantis", "We know no town called “Atlantis”"),
        ("?near=Ontario&km=5", "We know no town called “Ontario”"),
        ("?km=50", "From where?"),
        ("?near=Northby&km=far", "Write the distance as a number of kilometres"),
        ("?near=Northby&km=-4", "Write the distance as a number of kilometres"),
        ("?near=Northby&km=nan", "Write the distance as a number of kilometres"),
        ("?kind=spaceship", "error-summary"),
    ],
)
def test_a_filter_that_cannot_be_meant_says_so(sign_in, world, towns, query, words):
    answer = page(sign_in, world, "find", query=query)
    assert answer.status_code == 200
    assert words in answer.content.decode()


def test_conditions_that_contradict_say_which_to_leave_out(sign_in, world, towns):
    text = page(sign_in, world, "find", query="?area=Wexcombe&kind=charity").content.decode()
    assert "Without “Area: Wexcombe”" in text
    assert "Without “Kind: Registered charity”" in text
    assert "?kind=charity" in text
    alone = page(sign_in, world, "find", query="?language=ar&kind=funder").content.decode()
    assert "Nobody fits all of this" in alone


def morning():
    """Seven o’clock of the next day, in Port Alder."""
    return clock.at(clock.now().astimezone(ZoneInfo("America/Toronto")).replace(hour=7) + timedelta(days=1))


def test_a_new_match_and_a_changed_one_reach_who_saved_the_search(
    world, inside, described, mailoutbox, django_capture_on_commit_callbacks
):
    owner = inside.partnerships_participant.get(person=world.people["priya"])
    saved = services.save_search(inside, by=owner, name="Interpreters", asked={"topic": "language.interpretation"})
    with django_capture_on_commit_callbacks(execute=True), morning():
        watching.by_the_clock(inside)
    assert not mailoutbox, "the first look remembers"
    fresh = Organization.objects.create(name="Fresh Voices", slug="fresh-voices")
    fresh.terms.set([term("language.interpretation")])
    described["harbour-interpreters"].terms.add(term("housing.large_families"))
    directory._held.clear()
    with django_capture_on_commit_callbacks(execute=True), morning(), morning():
        watching.by_the_clock(inside)
        watching.by_the_clock(inside)
    (letter,) = mailoutbox
    assert letter.to == ["priya@concorda.example"]
    new, changed = letter.body.split("Changed:")
    assert "Fresh Voices" in new
    assert "Harbour Interpreters" in changed
    assert "two" not in letter.subject
    saved.refresh_from_db()
    assert "fresh-voices" in saved.seen


def test_letters_stop_by_their_last_link_without_an_account(
    client, world, inside, described, mailoutbox, django_capture_on_commit_callbacks
):
    owner = inside.partnerships_participant.get(person=world.people["priya"])
    saved = services.save_search(inside, by=owner, name="Interpreters", asked={})
    path = reverse("participation_public:stop", args=[watching.token_of(saved)])
    assert "Stop these letters" in client.get(path).content.decode()
    assert SavedSearch.objects.filter(notify=True).count() == 1, "looking at the page changes nothing"
    assert "No more letters" in client.post(path).content.decode()
    assert not SavedSearch.objects.filter(notify=True).exists()
    with django_capture_on_commit_callbacks(execute=True), morning():
        assert watching.look(inside) == 0
    assert client.get(reverse("participation_public:stop", args=["wrong"])).status_code == 404


def test_letters_are_switched_by_their_owner_alone(sign_in, world, inside):
    owner = inside.partnerships_participant.get(person=world.people["priya"])
    saved = services.save_search(inside, by=owner, name="Mine", asked={})
    path = reverse("participation:letters", args=[world.partnership.slug, saved.pk])
    assert sign_in("tom").post(path).status_code == 404
    sign_in("priya").post(path)
    saved.refresh_from_db()
    assert not saved.notify


def test_a_search_whose_owner_left_writes_no_letter(world, inside, described):
    owner = inside.partnerships_participant.get(person=world.people["lena"])
    services.save_search(inside, by=owner, name="Mine", asked={})
    owner.left_on = clock.today()
    owner.save()
    assert watching.look(inside) == 0
    assert SavedSearch.objects.get(owner=owner).seen is None


def test_a_coalition_within_a_budget(inside, described, sign_in, world):
    pool = finding.matches(of_partnership(inside), Asked(), limit=200, partnership=inside)
    costs = {"harbour-interpreters": Decimal(900), "big-family-homes": Decimal(500)}
    found = finding.together(of_partnership(inside), pool, most=2, budget=Decimal(1000), costs=costs)
    assert len(found.chosen) == 1
    assert names(found.chosen)[0] in costs
    both = finding.together(of_partnership(inside), pool, most=2, budget=Decimal(1400), costs=costs)
    assert set(names(both.chosen)) == set(costs)
    assert both.gap == 0
    assert all(rows and isinstance(left, list) for rows, _percent, left in both.alternatives)
    query = (
        "?most=2&budget=100&must=harbour-interpreters&cost-harbour-interpreters=900&must=big-family-homes"
        "&cost-big-family-homes=500"
    )
    text = page(sign_in, world, "coalition", query=query).content.decode()
    assert "100 is too little; 1400 would do" in text


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("?most=2&budget=100", "what at least one organization would cost"),
        ("?most=2&budget=-1", "An amount cannot be negative"),
        ("?most=2&must=harbour-interpreters&mustnot=harbour-interpreters", "stand in each other’s way"),
        ("?most=1&must=harbour-interpreters&must=big-family-homes", "at most 1 is too few; 2 would do"),
    ],
)
def test_a_coalition_that_cannot_be_says_what_to_relax(sign_in, world, described, query, words):
    assert words in page(sign_in, world, "coalition", query=query).content.decode()


def test_where_a_search_begins(sign_in, world):
    text = sign_in("priya").get("/find/").content.decode()
    assert "Maitland Valley Local Immigration Partnership" in text
    assert "Lakeshore Seniors’ Network" not in text
    assert sign_in("priya").get("/find/demo-newcomer/").status_code == 200
    assert sign_in("priya").get("/find/demo-county/").status_code == 404


def test_a_large_register_is_prepared_and_then_mapped(inside, described, monkeypatch):
    monkeypatch.setattr(directory, "SMALL", 1)
    monkeypatch.setattr(directory, "ask_for_rebuild", lambda: None)
    assert finding.matches(of_partnership(inside), Asked(), limit=5) is None
    directory.rebuild()
    assert "harbour-interpreters" in names(finding.matches(of_partnership(inside), Asked(), limit=50))


@pytest.mark.real_data
def test_the_real_register(inside, real_data, capsys):
    """Thirteen thousand organizations: written, mapped, searched, and a coalition among them."""
    path = real_data / "orgs_uk_charities" / "uk_orgs_combined_DERIVED.csv.gz"
    load(open_source(path, "ccew"), "ccew")
    assert directory.rebuild() > 13_000
    seeker = of_partnership(inside)
    matches = finding.matches(seeker, Asked(), limit=200, partnership=inside)
    assert matches is not None and len(matches) == 200
    assert matches[0].covers
    result = finding.together(seeker, [one for one in matches if one.found.covers], most=3)
    assert result.answer.status == "optimal"
    assert len(result.chosen) <= 3
