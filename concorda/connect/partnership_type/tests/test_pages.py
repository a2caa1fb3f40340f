"""What the pages of Partnership type show, to whom, and what can be done on them."""

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from concorda.connect.partnership_type.models import TypeAnswer, TypeDecision
from concorda.connect.partnership_type.questions import questions
from concorda.foundation.core.scoping import EVERY, within

DECISION = {
    "level": "share",
    "reasons": "It is enough for now.",
    "decided_on": "2026-03-10",
    "dissent": "Luc: “Trop peu.”",
}


def url(world, name):
    return reverse(f"partnership_type:{name}", args=[world.partnership.slug])


def body(client, address):
    return client.get(address).content.decode()


def test_home(world, sign_in):
    page = body(sign_in("amina"), url(world, "home"))
    assert "You chose collaboration: shared goals, separate budgets." in page
    assert "Your answers point to: Create together." in page
    assert "Council can share plans and rooms" in page
    assert "That is what the answers recommended." in page
    assert "Himmelman: Coordinating" in page
    assert "Record a decision" not in page
    assert "Answer for us" not in page


def test_observers_read_what_was_decided_alone(world, sign_in):
    page = body(sign_in("jo"), url(world, "home"))
    assert "shared goals, separate budgets" in page
    assert "Your answers point to" not in page
    assert "Where each partner stands" not in page


def test_buttons_follow_the_role(world, sign_in):
    assert "Answer for us" in body(sign_in("tom"), url(world, "home"))
    assert "Record a decision" in body(sign_in("priya"), url(world, "home"))
    assert sign_in("amina").get(url(world, "answer")).status_code == 403
    assert sign_in("tom").get(url(world, "decide")).status_code == 403


def test_answering(world, sign_in):
    tom = sign_in("tom")
    given = {one.key: "4" for one in questions()} | {"risk.needed": ""}
    assert tom.post(url(world, "answer"), given | {"shared": "on"}).status_code == 302
    with within(world.partnership, EVERY):
        mine = TypeAnswer.objects.filter(organization=world.organizations["housing"])
        assert set(mine.values_list("value", "shared")) == {(4, True)}
        assert mine.count() == 23
    assert "Harbour Street 4" in body(sign_in("denise"), url(world, "home"))
    tom.post(url(world, "answer"), given)
    page = body(sign_in("denise"), url(world, "home"))
    assert "Harbour Street 4" not in page
    form = tom.get(url(world, "answer")).context["form"]
    assert form.initial["formality.needed"] == 4


def test_a_step_that_is_not_there_is_refused_and_the_rest_kept(world, sign_in):
    page = sign_in("tom").post(url(world, "answer"), {"risk.needed": "7", "risk.feasible": "2"})
    assert page.status_code == 200
    assert set(page.context["form"].errors) == {"risk.needed"}
    assert page.context["form"]["risk.feasible"].value() == "2"


def test_deciding(world, sign_in):
    priya = sign_in("priya")
    assert priya.post(url(world, "decide"), DECISION).status_code == 302
    page = body(priya, url(world, "home"))
    assert "You chose: Share resources." in page
    assert "Luc: “Trop peu.”" in page
    assert "That is less close than the answers recommended then" in page
    assert "1 earlier decision" in page
    with within(world.partnership, EVERY):
        assert TypeDecision.objects.count() == 3


def test_bad_decisions_are_told_and_kept(world, sign_in):
    wrong = DECISION | {"level": "collaborate", "decided_on": "2030-01-01", "reasons": "", "review_on": "x"}
    page = sign_in("priya").post(url(world, "decide"), wrong)
    assert set(page.context["form"].errors) == {"level", "decided_on", "reasons", "review_on"}
    assert "Luc: “Trop peu.”" in page.content.decode()
    early = sign_in("priya").post(url(world, "decide"), DECISION | {"review_on": "2026-03-01"})
    assert "after the decision" in early.content.decode()


def test_in_french(world, sign_in):
    page = body(sign_in("luc"), url(world, "home"))
    assert "Vos réponses mènent à : Créer ensemble." in page
    assert "Là où vous différez" in page


def test_home_asks_as_often_for_many_answers_as_for_few(world, sign_in):
    def queries() -> int:
        page = sign_in("amina")
        page.get(url(world, "home"))
        with CaptureQueriesContext(connection) as seen:
            page.get(url(world, "home"))
        return len(seen)

    many = queries()
    with within(world.partnership, EVERY):
        kept = [world.organizations[key] for key in ("county", "school")]
        TypeAnswer.objects.exclude(organization__in=kept).delete()
    assert queries() == many


def test_an_activity_has_its_own_advice(world, sign_in):
    tom, address = sign_in("tom"), url(world, "home")
    tom.post(url(world, "answer"), {"activity": "Rides", "formality.needed": "0", "shared": "on"})
    page = body(sign_in("denise"), f"{address}?activity=Rides")
    assert "Rides: Your answers point to" in page
    assert "What was not answered for this activity counts as for the whole." in page
    assert "Rides: Your answers" not in body(sign_in("denise"), address)
    assert 'value="Rides"' in body(tom, f"{url(world, 'answer')}?activity=Rides")
    assert "Atlantis: Your answers" not in body(sign_in("denise"), f"{address}?activity=Atlantis")


def test_the_next_step_leads_on(world, sign_in):
    """Never to the page one is on: to the answers, to the decision, to who takes part, or on to governance."""
    for person in ("priya", "tom", "amina", "jo"):
        page = sign_in(person).get(url(world, "home"))
        step = page.context["next_step"]["url"]
        assert step == reverse("governance:home", args=[world.partnership.slug])
        assert sign_in(person).get(step).status_code == 200
    with within(world.partnership, EVERY):
        TypeDecision.objects.filter(supersedes__isnull=False)._raw_delete("default")
        TypeDecision.objects.all()._raw_delete("default")
        TypeAnswer.objects.filter(organization=world.organizations["housing"]).delete()
    assert sign_in("tom").get(url(world, "home")).context["next_step"]["url"] == url(world, "answer")
    assert sign_in("priya").get(url(world, "home")).context["next_step"]["url"] == url(world, "decide")
    elsewhere = reverse("participation:home", args=[world.partnership.slug])
    assert sign_in("amina").get(url(world, "home")).context["next_step"]["url"] == elsewhere
