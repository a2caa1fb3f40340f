"""The recommendation from stored answers, its sentences, decisions that stay, and what the map says."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError

from concorda.analysis.partnership_type import DIMENSIONS, GATES
from concorda.connect.partnership_type import queries, services, wording
from concorda.connect.partnership_type.models import TypeAnswer, TypeDecision
from concorda.connect.partnership_type.questions import DIMENSIONS as ASKED
from concorda.connect.partnership_type.questions import GATES as ASKED_GATES
from concorda.connect.partnership_type.questions import questions
from concorda.connect.partnership_type.tool import TOOL
from concorda.foundation.core import clock
from concorda.foundation.core.scoping import EVERY, within
from concorda.foundation.partnerships.door import access_of
from concorda.foundation.partnerships.models import Entry, Final
from concorda.foundation.process.progress import waiting_for
from concorda.foundation.process.stages import State


def step_label(progress):
    assert progress.step
    return progress.step.label


def answer(world, here, key, needed, feasible, gates=3, *, shared=True):
    given = {f"{name}.needed": needed for name in DIMENSIONS} | {f"{name}.feasible": feasible for name in DIMENSIONS}
    given |= {f"gate.{name}": gates for name in GATES}
    services.answer(here, world.organizations[key], given, shared=shared, by=world.people["priya"])


def advice(world, here, current=()):
    sheets = queries.sheets(here)
    found = queries.recommendation(sheets, current)
    names = {str(sheet.organization.pk): sheet.organization.short for sheet in sheets}
    return found, [reason.text for reason in wording.reasons(found, names)]


@pytest.fixture
def blank(world, inside):
    """The main partnership before anybody answered or decided."""
    TypeAnswer.objects.all().delete()
    TypeDecision.objects.filter(supersedes__isnull=False).delete()
    TypeDecision.objects.all().delete()
    return inside


def test_the_questions_are_those_the_recommendation_reads():
    assert tuple(one.key for one in ASKED) == DIMENSIONS
    assert tuple(one.key for one in ASKED_GATES) == GATES
    assert all(len(one.anchors) == 5 for one in questions())
    assert len({one.key for one in questions()}) == 24


def test_the_demo_stands_as_the_map_says(world, inside):
    progress = TOOL.progress(inside)
    assert progress.sentence == "You chose collaboration: shared goals, separate budgets."
    assert (progress.state, step_label(progress)) == (State.DONE, "Review in February 2027")
    decision = world.things["type.collaboration"]
    assert (decision.level, decision.recommended) == ("co-create", "co-create")


def test_a_review_that_is_due_needs_care(world, inside):
    with clock.at(world.moment(400)):
        progress = TOOL.progress(inside)
    assert (progress.state, progress.care) == (State.CARE, "the partnership type, due for a review")


def test_before_a_decision_the_answers_are_counted(world, blank):
    assert TOOL.progress(blank).state == State.NONE
    answer(world, blank, "county", 3, 3)
    TypeAnswer.objects.filter(question__startswith="gate.").delete()
    assert TOOL.progress(blank).done == 0
    answer(world, blank, "county", 3, 3)
    progress = TOOL.progress(blank)
    assert progress.sentence == "1 of 7 partners have said what they need and what is feasible."
    assert step_label(progress) == "Ask Newcomer Centre, Centre francophone and Harbour Street"
    for key in ("newcomer", "school", "health", "housing", "franco", "work"):
        answer(world, blank, key, 3, 3)
    assert step_label(TOOL.progress(blank)) == "Decide the type"


def test_too_few_answers_say_so(world, blank):
    answer(world, blank, "county", 3, 3)
    services.answer(blank, world.organizations["school"], {"risk.needed": 2}, shared=True, by=world.people["priya"])
    found, reasons = advice(world, blank)
    assert "not enough answers" in wording.headline(found)
    assert reasons == ["Answers of School Board are too incomplete to count."]


def test_private_answers_count_for_nobody(world, blank):
    answer(world, blank, "county", 4, 4)
    answer(world, blank, "school", 4, 4, shared=False)
    assert advice(world, blank)[0].level is None
    line = Entry.objects.latest("number")
    assert line.private_to == world.organizations["school"]


def test_open_answers_stay_open(world, blank):
    answer(world, blank, "county", 4, 4)
    services.answer(blank, world.organizations["county"], {"risk.needed": None}, shared=True, by=world.people["priya"])
    assert not TypeAnswer.objects.filter(question="risk.needed").exists()


def test_sentences_name_what_holds_back(world, blank):
    answer(world, blank, "county", 4, 4, gates=1)
    answer(world, blank, "school", 4, 4, gates=1)
    found, reasons = advice(world, blank)
    assert wording.headline(found) == "Your answers point to: Share resources."
    assert "What is needed stands at 4 of 4, but only 2 is feasible: that decides." in reasons
    assert any("what holds you back is trust" in reason for reason in reasons)
    assert any("trust is low" in reason for reason in reasons)


def test_sentences_name_who_is_apart_and_what_is_overbuilt(world, blank):
    answer(world, blank, "county", 1, 4)
    answer(world, blank, "school", 3, 4)
    built = TypeDecision(partnership=blank, level="integrate", reasons="We merged once")
    _found, reasons = advice(world, blank, [built])
    assert "You are split: County stands at “Align what we do”, School Board at “Create together”." in reasons
    assert "You are built for more than is needed." in reasons


def test_a_decision_stays_as_it_was_made(world, inside):
    decision = world.things["type.collaboration"]
    decision.reasons = "Other reasons"
    with pytest.raises(Final):
        decision.save()
    with pytest.raises(Final):
        decision.delete()


def test_a_new_decision_supersedes_the_one_for_the_same_activity(world, inside):
    before = {one.activity: one for one in queries.decisions_in_force(inside)}
    assert set(before) == {"", "Health records"}
    again = TypeDecision(partnership=inside, level="share", activity=" health RECORDS ", reasons="The law changed")
    services.decide(again, by=world.people["priya"])
    assert again.supersedes == before["Health records"]
    assert {one.level for one in queries.decisions_in_force(inside)} == {"co-create", "share"}
    assert "health RECORDS" in Entry.objects.latest("number").sentence


def test_a_decision_needs_reasons(world, inside):
    with pytest.raises(ValidationError, match="Say why"):
        services.decide(TypeDecision(partnership=inside, level="share", reasons=" "), by=world.people["priya"])


def test_who_speaks_is_asked_until_it_is_decided(world):
    def asked(key):
        access = access_of(world.people[key], world.partnership.slug)
        return [one.label for tool, one in waiting_for(access) if tool.key == "partnership_type"]

    assert asked("tom") == []
    with within(world.partnership, EVERY):
        TypeDecision.objects.all().delete()
        TypeAnswer.objects.filter(organization=world.organizations["housing"]).update(shared=False)
        services.answer(world.partnership, world.organizations["county"], {}, shared=True, by=world.people["denise"])
    assert asked("tom") == ["Say what Harbour Street needs and what is feasible"]
    assert asked("oleh") == asked("denise") == []


def test_review_a_year_from_now_names_the_year(world, inside):
    soon = TypeDecision(
        partnership=inside, level="share", reasons="For now", review_on=clock.today() + timedelta(days=60)
    )
    services.decide(soon, by=world.people["priya"])
    assert step_label(TOOL.progress(inside)) == "Review in May"
    assert TOOL.progress(inside).sentence == "You chose: Share resources."
    assert soon.decided_on == date(2026, 3, 13)


def test_an_activity_may_point_elsewhere(world, inside):
    """Answers for an activity overlay those for the whole; its decision stands beside the whole's."""
    low = {f"{one.key}.{side}": 0 for one in ASKED for side in ("needed", "feasible")}
    whole = queries.recommendation(queries.sheets(inside)).level
    for key in ("newcomer", "county", "health", "housing"):
        services.answer(
            inside, world.organizations[key], low, shared=True, by=world.people["priya"], activity="Health records"
        )
    assert queries.recommendation(queries.sheets(inside)).level == whole == "co-create"
    found = queries.recommendation(queries.sheets(inside, "health RECORDS"))
    assert found.level == "inform" and found.split
    assert len(found.positions) == 7, "who said nothing for the activity counts as for the whole"
    made = services.decide(
        TypeDecision(partnership=inside, level="align", activity="health records", reasons="The law."),
        by=world.people["priya"],
    )
    assert made.recommended == "inform" and made.supersedes.activity == "Health records"
    assert queries.activities(inside) == ["Health records"]


def test_an_activity_left_private_is_named_to_nobody(world, inside):
    given = {"formality.needed": 1}
    services.answer(
        inside, world.organizations["housing"], given, shared=False, by=world.people["tom"], activity="Merger"
    )
    assert "Merger" not in queries.activities(inside)
