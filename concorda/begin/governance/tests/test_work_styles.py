"""How the organizations work, and which form of governance would suit."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from concorda.analysis.governance_form import Form, Predictor, crowd, recommend, trust_density
from concorda.analysis.problems import Refused
from concorda.begin.governance import queries, services
from concorda.begin.governance.models import Answer, Trust
from concorda.foundation.core.scoping import within
from concorda.foundation.partnerships.models import Entry

P = Predictor


def test_the_typical_values_of_each_form_give_that_form():
    from concorda.analysis.governance_form import TYPICAL

    for form, typical in TYPICAL.items():
        best = recommend(typical).ranking[0]
        assert (best.form, best.score) == (form, 1.0)


def test_the_score_is_one_minus_the_mean_distance():
    found = {fit.form: fit.score for fit in recommend(dict.fromkeys(P, 2.0)).ranking}
    assert found[Form.SHARED] == pytest.approx(1 - (2 + 2 + 2 + 1.5) / 16)
    assert found[Form.LEAD] == pytest.approx(1 - (1 + 0 + 0.5 + 0) / 16)
    assert found[Form.ADMINISTRATIVE] == pytest.approx(1 - (0.5 + 1 + 1 + 2) / 16)


def test_what_is_not_answered_is_left_out_and_named():
    found = recommend({P.PARTICIPANTS: 0.0, P.TRUST: None})
    assert found.missing == (P.TRUST, P.CONSENSUS, P.COMPETENCE)
    assert found.ranking[0].form == Form.SHARED and found.margin > 0
    assert recommend({}).ranking == () and recommend({}).margin == 0


def test_weights_shift_the_choice():
    known = {P.TRUST: 4.0, P.PARTICIPANTS: 0.0, P.CONSENSUS: 4.0, P.COMPETENCE: 4.0}
    assert recommend(known).ranking[0].form == Form.SHARED
    heavy = recommend(known, {P.TRUST: 0, P.PARTICIPANTS: 0, P.CONSENSUS: 1, P.COMPETENCE: 9})
    assert heavy.ranking[0].form == Form.ADMINISTRATIVE


@pytest.mark.parametrize("known", [{P.TRUST: 5.0}, {P.TRUST: -1.0}, {P.TRUST: float("nan")}])
def test_a_value_off_the_scale_is_refused(known):
    with pytest.raises(Refused):
        recommend(known)


def test_trust_is_the_share_of_pairs_in_both_directions():
    assert trust_density([]) is None
    assert trust_density([("a", "b", 3), ("b", "a", 2), ("a", "c", 4), ("c", "a", 0)]) == 0.5
    with pytest.raises(Refused, match="same organization"):
        trust_density([("a", "a", 3)])
    with pytest.raises(Refused, match="twice"):
        trust_density([("a", "b", 3), ("a", "b", 1)])


def test_how_many_are_few():
    assert [crowd(n) for n in (2, 8, 9, 20, 21)] == [0, 0, 2, 2, 4]


def test_large_differences_ask_for_an_agreement_until_there_is_one(world, inside):
    found = {one.question.key: one for one in queries.differences(inside)}
    assert found["language"].spread == 4 and found["language"].large and not found["language"].open
    assert found["communication"].open and not found["risk"].large
    services.agree_on_work(inside, "communication", "We call first.", by=world.people["priya"])
    again = {one.question.key: one for one in queries.differences(inside)}
    assert not again["communication"].open
    with pytest.raises(ValidationError):
        services.agree_on_work(inside, "pace", "  ", by=world.people["priya"])


def test_letters_are_never_twice(world):
    found = queries.letters([world.organizations[key] for key in ("franco", "county", "newcomer", "school")])
    assert sorted(found.values()) == ["C", "F", "N", "S"]
    assert found[world.organizations["county"]] == "C"


def test_answers_not_shared_stay_at_home(world, sign_in, inside):
    county = world.organizations["county"]
    services.answer(inside, county, {"pace": (4, "SECRET haste")}, by=world.people["denise"], shared=False)
    url = reverse("governance:styles", args=[world.partnership.slug])
    assert "SECRET" not in sign_in("tom").get(url).content.decode()
    with within(inside, [world.organizations["housing"].pk]):
        assert not Answer.objects.filter(organization=county, question="pace").exists()
    told = Entry.objects.order_by("-number").first()
    assert (told.message, told.private_to) == ("said how %(organization)s works", county)


def test_whom_one_relies_on_is_seen_by_nobody_else(world, inside):
    with within(inside, [world.organizations["housing"].pk]):
        assert set(Trust.objects.values_list("organization", flat=True)) == {world.organizations["housing"].pk}
    with pytest.raises(ValidationError, match="others"):
        services.rely(
            inside,
            world.organizations["county"],
            {world.partner("county"): 4},
            judgements={},
            by=world.people["denise"],
        )


def test_trust_of_few_is_not_used(world, inside):
    full = queries.advice(inside)
    assert full.trust is not None and full.top[0].form == Form.SHARED and full.recommendation.missing == ()
    Trust.objects.exclude(organization__in=[world.organizations[key] for key in ("county", "health")]).delete()
    few = queries.advice(inside)
    assert few.trust is None and few.recommendation.missing == (P.TRUST,)


def test_an_organization_answers_for_itself(world, sign_in, inside):
    client = sign_in("denise")
    url = reverse("governance:style_answer", args=[world.partnership.slug])
    assert client.post(url, {"pace": "3", "shared": "on"}).status_code == 302
    assert Answer.objects.get(organization=world.organizations["county"], question="pace").value == 3
    assert client.post(url, {"pace": "9"}).status_code == 200
    assert sign_in("bev").get(url).status_code == 403
    form = reverse("governance:form_answer", args=[world.partnership.slug])
    assert client.post(form, {"consensus": "1"}).status_code == 302
    assert Answer.objects.get(organization=world.organizations["county"], question="consensus").value == 1
