"""Visions side by side, versions, support, and adoption by a decision."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from concorda.begin.governance import services as governance
from concorda.begin.governance.models import Decision
from concorda.begin.governance.queries import decision_about
from concorda.begin.vision import queries, services
from concorda.begin.vision.common import common_words, stem
from concorda.begin.vision.models import Comment, OwnVision, Statement, StatementVersion, Support
from concorda.begin.vision.tool import progress
from concorda.foundation.core.scoping import EVERY, within
from concorda.foundation.core.text import merged
from concorda.foundation.partnerships.models import Final
from concorda.foundation.process.progress import waiting_for
from concorda.foundation.process.stages import State
from concorda.foundation.process.story import PARTNERS


def page(world, name, *pk):
    return reverse(f"vision:{name}", args=[world.partnership.slug, *pk])


def access(world, key):
    from concorda.foundation.partnerships.door import access_of

    return access_of(world.people[key], world.partnership.slug)


def everyone_consents(world, decision):
    for key in PARTNERS:
        seat = world.things[f"seat.{key}"]
        if Decision.objects.get(pk=decision.pk).is_open:
            governance.cast(decision, seat, position="for", by=seat.holder.person)


# The story


def test_the_map_says_what_the_vision_needs(world, inside):
    found = progress(inside)
    assert found.state == State.CARE and found.care == "the vision"
    assert found.sentence == "Version 4 of the vision has one objection."
    assert (found.done, found.total, found.step.label) == (6, 7, "Answer the County")


@pytest.mark.parametrize(
    ("key", "label"),
    [
        ("priya", "Answer the County’s objection to the vision"),
        ("tom", "Answer the County’s objection to the vision"),
        ("marisol", "Reply for School Board: Adopt version 4 of our vision"),
    ],
)
def test_what_waits_for_whom(world, key, label):
    found = {one.label: one for _tool, one in waiting_for(access(world, key))}
    assert label in found
    assert str(found[label].due) == "2026-03-16"


def test_nothing_waits_for_who_holds_no_seat(world):
    assert not [
        one for tool, one in waiting_for(access(world, "oleh")) if tool.key == "vision" and "Reply" in one.label
    ]
    assert not [one for tool, one in waiting_for(access(world, "denise")) if "objection" in one.label]


def test_the_page_of_the_decision_as_in_the_story(world, sign_in):
    url = reverse("governance:decision_detail", args=[world.partnership.slug, world.things["decision.vision"].pk])
    said = sign_in("farida").get(url).content.decode()
    for words in (
        "One objection stands, so this has not passed.",
        "Quorum is met: 6 of 7 organizations have replied.",
        "Where the 7 organizations stand",
        "<ins>",
        "<del>",
        "The County objects",
        "We could live with “can find a decent home”",
        "Try this wording as version 5",
        "Save our reply",
        "One person for each of 7 organizations",
    ):
        assert words in said, words
    assert "Save our reply" not in sign_in("amina").get(url).content.decode()
    assert sign_in("jo").get(url).status_code == 404


# Words


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("en", "newcomer", "newcomers"),
        ("en", "served", "serves"),
        ("en", "welcoming", "welcomed"),
        ("en", "families", "family"),
        ("fr", "accueille", "accueillent"),
        ("fr", "familles", "famille"),
        ("fr", "sociaux", "social"),
    ],
)
def test_forms_of_a_word_have_one_stem(language, one, other):
    assert stem(one, language) == stem(other, language)


def test_common_words_are_counted_by_text_within_one_language():
    found = common_words(
        [
            ("a", "Homes, homes and homes for newcomers", "en"),
            ("b", "A home for every newcomer", "en"),
            ("c", "Un home pour les familles", "fr"),
            ("d", "", "en"),
        ]
    )
    assert [(one.word, one.count) for one in found] == [("homes", 2), ("newcomer", 2)]


def test_what_is_not_shared_counts_only_at_home(world, inside):
    county = world.organizations["county"]
    own = OwnVision.objects.get(organization=county)
    own.text, own.shared = "SECRET plans for landlords", False
    services.say_own(own, by=world.people["denise"])
    with within(inside, [world.organizations["housing"].pk]):
        found = queries.side_by_side(inside)
        assert county in found.missing and county not in [one.organization for one in found.own]
        assert "landlords" not in [one.word for one in found.words]


# Versions


def test_versions_are_numbered_and_never_changed(world, inside):
    first = services.start(Statement(partnership=inside, kind="mission"), "We act as one.", by=world.people["priya"])
    second = services.write(first.statement, "We act together.", by=world.people["tom"])
    assert (first.number, second.number) == (1, 2)
    second.text = "We act alone."
    with pytest.raises(Final):
        second.save()


@pytest.mark.parametrize("text", ["", "   ", "We act as one. "])
def test_a_version_needs_new_words(world, inside, text):
    first = services.start(Statement(partnership=inside, kind="mission"), "We act as one.", by=world.people["priya"])
    with pytest.raises(ValidationError):
        services.write(first.statement, text, by=world.people["priya"])


def test_no_version_while_one_is_being_decided(world, inside):
    with pytest.raises(ValidationError, match="being decided"):
        services.write(world.things["statement.vision"], "Other words.", by=world.people["priya"])


def test_a_translation_fits_its_original(world, inside):
    vision, priya = world.things["statement.vision"], world.people["priya"]
    for facts in ({"language": "en"}, {"kind": "mission", "language": "fr"}, {"language": "fr"}):
        wrong = Statement(partnership=inside, **{"kind": "vision", "translates": vision, **facts})
        with pytest.raises(ValidationError):
            services.start(wrong, "Mots.", by=priya)


def test_comments_quote_words_that_are_there(world, inside):
    version, rahim = world.things["version.vision"], world.people["rahim"]
    with pytest.raises(ValidationError, match="not in the text"):
        services.comment(version, text="x", passage="a castle", by=rahim)
    with pytest.raises(ValidationError):
        services.comment(version, text=" ", by=rahim)
    assert services.comment(version, text="Good.", passage="“a decent home”", by=rahim).passage == "a decent home"
    with pytest.raises(PermissionDenied):
        services.comment(version, text="x", by=world.people["stranger"])


def test_notes_stand_in_the_order_of_the_text(world, inside):
    wording = queries.wording(world.things["decision.vision"])
    assert [note.who for note in wording.notes][:2] == ["Rahim Sediqi", "Harbour Street Housing"]
    assert [n for piece in wording.pieces for n in piece.notes] == [1, 2, 3, 4, 5]
    kept = "".join(piece.whole for piece in wording.pieces if piece.kind != "removed")
    assert kept.split() == wording.after.split()


def test_support_has_eight_steps_and_is_said_once(world, inside):
    version, tom, own = world.things["version.vision"], world.people["tom"], world.organizations["housing"]
    for step in (0, 9):
        with pytest.raises(ValidationError, match="eight"):
            services.support(version, own, step, by=tom)
    services.support(version, own, 3, by=tom)
    assert Support.objects.get(version=version, organization=own).step == 3
    assert queries.gradient(version).answered == 5


# Adoption


def test_adopted_when_the_decision_is_adopted(world, inside):
    decision = world.things["decision.vision"]
    everyone_consents(world, decision)
    vision = Statement.objects.get(pk=world.things["statement.vision"].pk)
    assert vision.adopted == world.things["version.vision"]
    assert decision_about(vision.adopted) == decision
    found = progress(inside)
    assert found.state == State.DONE and found.sentence == "The vision was adopted on 13\N{NO-BREAK SPACE}March."


def test_not_adopted_when_an_objection_stands(world, inside):
    from concorda.foundation.core import clock

    decision = world.things["decision.vision"]
    with clock.at(decision.closes_at):
        assert governance.close(decision, by=world.people["priya"]).outcome == "blocked"
        assert progress(inside).state == State.CARE
    assert Statement.objects.get(pk=world.things["statement.vision"].pk).adopted is None


def test_another_wording_takes_the_place_of_the_one_objected_to(world, sign_in, inside):
    decision, vision = world.things["decision.vision"], world.things["statement.vision"]
    client = sign_in("priya")
    url = page(world, "write", vision.pk)
    offered = client.get(url, {"of": "has a decent home", "instead": "can find a decent home"}).content.decode()
    assert "can find a decent home" in offered and "everyone is asked once more" in offered
    text = world.things["version.vision"].text.replace("has a decent home", "can find a decent home")
    assert client.post(url, {"text": text, "note": "As the County asked."}).status_code == 302
    fifth = StatementVersion.objects.get(statement=vision, number=5)
    assert Decision.objects.get(pk=decision.pk).status == "withdrawn"
    asked = decision_about(fifth)
    assert asked.is_open and asked.title == "Adopt version 5 of our vision" and asked.text == text
    everyone_consents(world, asked)
    assert Statement.objects.get(pk=vision.pk).adopted == fifth


def test_two_decisions_about_one_statement_are_refused(world, inside):
    rule, priya = world.things["rule.strategic"], world.people["priya"]
    with pytest.raises(ValidationError, match="already"):
        services.put_to_decision(world.things["version.vision"], rule=rule, by=priya)
    rules = world.things["statement.ground_rules"]
    rules.refresh_from_db()
    with pytest.raises(ValidationError, match="adopted already"):
        services.put_to_decision(rules.adopted, rule=rule, by=priya)


# Pages


@pytest.mark.parametrize("language", ["en", "fr"])
def test_pages_open(world, sign_in, language):
    world.people["luc"].language = f"{language}-ca"
    world.people["luc"].save()
    client = sign_in("luc")
    client.cookies["django_language"] = language
    for name in ("home", "own", "new"):
        assert client.get(page(world, name)).status_code == 200
    version = world.things["version.vision"]
    assert client.get(page(world, "version", version.pk)).status_code == 200
    assert client.get(page(world, "statement", version.statement_id)).status_code == 302


def test_observers_read_what_is_adopted_only(world, sign_in, inside):
    jo, rules = sign_in("jo"), world.things["statement.ground_rules"]
    home = jo.get(page(world, "home")).content.decode()
    assert "We start and end on time" in home and "decent home" not in home
    assert jo.get(page(world, "statement", rules.pk)).status_code == 302
    assert jo.get(page(world, "statement", world.things["statement.vision"].pk)).status_code == 404
    assert jo.get(page(world, "version", world.things["version.vision"].pk)).status_code == 404
    assert jo.get(page(world, "new")).status_code == 403


def test_who_may_not_speak_for_an_organization_finds_no_button(world, sign_in):
    version = world.things["version.vision"]
    bev = sign_in("bev")
    assert "Save our answer" not in bev.get(page(world, "version", version.pk)).content.decode()
    assert bev.post(page(world, "support", version.pk), {"step": "1"}).status_code == 403
    assert bev.get(page(world, "decide", version.pk)).status_code == 403
    assert bev.get(page(world, "own")).status_code == 403


def test_forms_keep_what_was_typed(world, sign_in):
    version = world.things["version.vision"]
    answer = sign_in("denise").post(
        page(world, "comment", version.pk), {"passage": "a castle", "text": "Not ours to promise."}
    )
    said = answer.content.decode()
    assert answer.status_code == 200 and "Not ours to promise." in said and "not in the text" in said
    assert sign_in("denise").post(page(world, "support", version.pk), {"step": "12"}).status_code == 200


def test_the_version_page_costs_the_same_for_one_comment_and_more(world, sign_in, inside):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client, version = sign_in("amina"), world.things["version.vision"]
    url = page(world, "version", version.pk)
    client.get(url)
    with CaptureQueriesContext(connection) as before:
        client.get(url)
    for text in ("One.", "Two.", "Three."):
        Comment.objects.create(partnership=inside, version=version, text=text, by=world.participant("tom"))
    with CaptureQueriesContext(connection) as after:
        client.get(url)
    assert len(after.captured_queries) == len(before.captured_queries)


def test_a_new_partnership_begins_with_own_visions(world):
    with within(world.stalled, EVERY):
        found = progress(world.stalled)
    assert found.state == State.NONE and "Nobody" in found.sentence


words = st.lists(
    st.sampled_from(["we", "they", "house", "families", "young", "old", "here", "now", "well"]), min_size=1, max_size=9
)


@given(words.map(" ".join), words.map(" ".join))
def test_putting_together_with_no_change_is_the_other_change(base, new):
    assert merged(base, new, base) == merged(base, base, new) == merged(base, new, new) == new


@given(st.integers(0, 4), st.integers(6, 9))
def test_changes_in_different_places_are_both_there(one, other):
    base = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"]
    first, second = [*base], [*base]
    first[one], second[other] = "X", "Y"
    both = merged(" ".join(base), " ".join(first), " ".join(second))
    assert both == merged(" ".join(base), " ".join(second), " ".join(first))
    assert [both.split()[one], both.split()[other]] == ["X", "Y"]


def test_the_same_words_changed_twice_are_not_put_together():
    assert merged("We house families.", "We house large families.", "We house young families.") is None
    assert merged("a b c", "a b c d", "a b c e") is None


def test_two_people_write_the_next_version_at_once(world, sign_in, inside):
    base = "We house families here and we help them find work."
    version = services.start(Statement(partnership=inside, kind="value", language="en"), base, by=world.people["priya"])
    url = f"/p/{inside.slug}/begin/vision/{version.statement_id}/write/"
    typed = {"text": base.replace("families", "large families"), "note": "", "since": 1}
    assert sign_in("tom").post(url, typed).status_code == 302
    mine = {"text": base.replace("find work", "find good work"), "note": "", "since": 1}
    client = sign_in("denise")
    page = client.post(url, mine).content.decode()
    both = "We house large families here and we help them find good work."
    assert "Tom Hendry wrote version 2 while you were writing." in page
    assert both in page
    assert StatementVersion.objects.filter(statement=version.statement).count() == 2
    assert client.post(url, {"text": both, "note": "", "since": 2}).status_code == 302
    clash = client.post(url, {"text": base.replace("families", "young families"), "note": "", "since": 1})
    assert "changed the same words" in clash.content.decode()
    assert "We house young families" in clash.content.decode()
