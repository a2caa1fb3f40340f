from decimal import Decimal
from typing import Any

from concorda.begin.governance import delegating, disputing, handing_over, services
from concorda.begin.governance.models import Arrangement, Body, Delegation, Dispute, HandOver, LadderStep, Rule, Seat
from concorda.begin.governance.worksheet import NEEDS, STYLES
from concorda.foundation.process.story import PARTNERS, Story

M, D = Rule.Matter, Rule.Method
SEATS = {
    "newcomer": ("farida", "priya", "Co-chair", True),
    "county": ("denise", "karim", "", False),
    "school": ("marisol", "ben", "", False),
    "health": ("grace", "yodit", "", False),
    "housing": ("tom", "oleh", "", False),
    "franco": ("luc", "claire", "", False),
    "work": ("harpreet", "anneke", "", False),
}
# pace, formality, hierarchy, risk, horizon, communication, conflict, language, accessibility
HABITS = {
    "newcomer": (3, 1, 2, 3, 2, 2, 3, 3, 3),
    "county": (1, 4, 4, 1, 3, 4, 2, 4, 3),
    "school": (1, 3, 3, 1, 3, 3, 2, 3, 2),
    "health": (2, 3, 2, 2, 3, 3, 3, 3, 4),
    "housing": (4, 1, 1, 3, 1, 1, 4, 4, 2),
    "franco": (2, 2, 2, 2, 2, 1, 2, 0, 2),
    "work": (3, 2, 3, 3, 2, 3, 3, 4, 1),
}
AGREEMENTS = {
    "pace": "A question that needs the County’s council is put four weeks ahead. Meanwhile the others may prepare, "
    "but promise nothing.",
    "formality": "Decisions are written down in one page the same day. Calls between meetings are fine, as long as "
    "nothing is promised in them.",
    "hierarchy": "Each proposal says who has to be asked at home and by when, before it comes to the table.",
    "language": "Invitations and decisions go out in English and French on the same day. Everyone speaks the language "
    "they think in.",
}
# What each says of how far they agree, and of what the partnership itself needs.
JUDGEMENTS = {
    "newcomer": (3, 3),
    "county": (3, 2),
    "school": (3, 2),
    "health": (4, 3),
    "housing": (3, 3),
    "franco": (3, 2),
    "work": (3, 2),
}
RELIANCE = (
    (4, 3, 4, 4, 4, 3),
    (4, 3, 3, 2, 2, 3),
    (3, 3, 3, 2, 3, 2),
    (4, 3, 3, 3, 3, 2),
    (4, 2, 2, 3, 3, 3),
    (4, 2, 3, 3, 3, 2),
    (3, 3, 2, 2, 3, 2),
)


def tell(story: Story) -> None:
    """How the partners work, the steering table and its rules, and the first decisions under them."""
    compare_habits(story)
    form_the_table(story)
    write_the_rules(story)
    decide_first_things(story)
    decide_small_things(story)
    differ(story)


def compare_habits(story: Story) -> None:
    keys = [question.key for question in STYLES]
    for place, key in enumerate(PARTNERS):
        with story.day(-318 + 2 * place) as here:
            by, organization = story.people[SEATS[key][0]], story.organizations[key]
            answers = {question: (value, "") for question, value in zip(keys, HABITS[key], strict=True)}
            services.answer(here, organization, answers, by=by, shared=True)
            needs = [question.key for question in NEEDS]
            judged = {question: (value, "") for question, value in zip(needs, JUDGEMENTS[key], strict=True)}
            others = [story.partner(other) for other in PARTNERS if other != key]
            services.rely(here, organization, dict(zip(others, RELIANCE[place], strict=True)), judgements=judged, by=by)
    for question, text in AGREEMENTS.items():
        with story.day(-298) as here:
            services.agree_on_work(here, question, text, by=story.people["priya"])


def form_the_table(story: Story) -> None:
    with story.day(-296) as here:
        priya = story.people["priya"]
        table = Body(
            partnership=here,
            name="Steering table",
            kind=Body.Kind.COUNCIL,
            meets=Body.Meets.MONTHLY,
            purpose="Agrees on direction, money and new partners, and answers for the plan as a whole.",
        )
        story.things["body.steering"] = services.add_body(table, by=priya)
        office = Body(
            partnership=here,
            name="Coordination office",
            kind=Body.Kind.SECRETARIAT,
            parent=table,
            meets=Body.Meets.WEEKLY,
            purpose="Prepares the table’s meetings and keeps the groups in touch. It decides nothing of its own.",
        )
        services.add_body(office, by=priya)
        story.things["body.office"] = office
        services.arrange(
            Arrangement(
                partnership=here,
                form=Arrangement.Form.SHARED,
                because="We are seven, we agree on most of what we want, and nobody wishes to be run by another. "
                "The Newcomer Centre lends its coordinator.",
                scope="We plan together how newcomers find homes, work, care and a school in the valley. We run no "
                "service of our own and judge nobody’s.",
                membership="Whoever serves newcomers in the valley can ask to join; the table decides by consent. A "
                "partner that leaves says so ninety days before and finishes what it has promised for that time.",
                confidentiality="What families tell us, and what is said in the room about people. Numbers we share.",
                speaking="The two co-chairs. In a hurry, whoever of them is reached first, and the other is told.",
                review_on=story.date(85),
            ),
            by=priya,
        )
    build_the_ladder(story)
    for place, (key, (holder, alternate, role, chairs)) in enumerate(SEATS.items()):
        with story.day(-290 + place):
            seat = services.add_seat(
                story.things["body.steering"],
                story.partner(key),
                by=priya,
                role=role,
                chairs=chairs,
                term_ends=story.date(460),
            )
            people = {"holder": story.participant(holder), "alternate": story.participant(alternate)}
            services.name_people(seat, **people, by=story.people[holder])
            story.things[f"seat.{key}"] = seat


LADDER = (
    ("The people concerned speak with each other.", 7),
    ("A co-chair listens to both and proposes a way.", 14),
    ("The steering table talks it through at its next meeting.", 30),
    ("Someone from outside whom all seven accept mediates. Until then nothing changes.", 60),
)


def build_the_ladder(story: Story) -> None:
    with story.day(-294) as here:
        for place, (text, days) in enumerate(LADDER, start=1):
            LadderStep.objects.create(partnership=here, place=place, text=text, days=days)


def write_the_rules(story: Story) -> None:
    table = story.things["body.steering"]
    written: dict[str, dict[str, Any]] = {
        M.STRATEGIC: {"method": D.CONSENT, "quorum_fraction": "2/3"},
        M.FINANCIAL: {"method": D.SUPERMAJORITY, "threshold": "2/3", "quorum_fraction": "2/3"},
        M.MEMBERSHIP: {"method": D.CONSENT, "quorum_fraction": "2/3"},
        M.OPERATIONAL: {"method": D.MAJORITY, "quorum_fraction": "1/2", "tie": "chair", "days": 7},
        M.COMMUNICATIONS: {"method": D.CONSENT, "quorum_fraction": "1/2", "silence": "assent", "days": 5},
        M.AMENDMENT: {"method": D.UNANIMITY, "basis": "all_members", "quorum_fraction": "1", "days": 21},
    }
    with story.day(-280) as here:
        for matter, facts in written.items():
            rule = Rule(partnership=here, matter=matter, body=table, **facts)
            rule.full_clean(exclude=["partnership", "body", "replaces"])
            story.things[f"rule.{matter}"] = services.set_rule(rule, by=story.people["priya"])
    with story.day(-279) as here:
        allowed = Delegation(
            partnership=here,
            matter=M.FINANCIAL,
            person=story.participant("priya"),
            what="Rooms, interpreters and travel between meetings, told at the next one",
            up_to=Decimal(500),
            a_year=Decimal(4000),
        )
        story.things["delegation.small"] = delegating.give(allowed, by=story.people["priya"])


def decide_first_things(story: Story) -> None:
    take(
        story,
        "decision.housing_group",
        -214,
        "operational",
        "Form a housing group",
        "Five people from at least four organizations find out what keeps newcomer families from signing a lease, and "
        "what landlords need. Harbour Street Housing chairs. It may spend nothing.",
        {"school": ("abstain", "We have no one to send before September.")},
    )
    take(
        story,
        "decision.interpreter_fund",
        -120,
        "financial",
        "Put $18,000 a year into a common fund for interpreters",
        "Each partner pays by its size. The Health Centre keeps the account and reports every quarter.",
        {"work": ("against", "Our funder does not allow it before April."), "school": ("for", "")},
    )


def decide_small_things(story: Story) -> None:
    """The coordinator within her limit; one seat passes on for a while and comes back."""
    with story.day(-40):
        delegating.decide_alone(
            story.things["delegation.small"],
            title="Rent the library hall for the open evening",
            amount=Decimal(240),
            reach=[story.things["body.steering"]],
            by=story.people["priya"],
        )
    with story.day(-170):
        services.name_people(
            seat_of(story, "work"),
            holder=story.participant("anneke"),
            alternate=story.participant("harpreet"),
            note="The table wants our numbers on credentials by June; they are half done. Grace knows the history.",
            by=story.people["harpreet"],
        )
    with story.day(-168):
        handing_over.take(HandOver.objects.latest("pk"), by=story.people["anneke"])
    with story.day(-130):
        people = {"holder": story.participant("harpreet"), "alternate": story.participant("anneke")}
        services.name_people(seat_of(story, "work"), **people, by=story.people["harpreet"])
        handing_over.take(HandOver.objects.latest("pk"), by=story.people["harpreet"])


def seat_of(story: Story, key: str) -> Seat:
    return Seat.objects.select_related("body", "partner__organization").get(pk=story.things[f"seat.{key}"].pk)


def differ(story: Story) -> None:
    """One interest on record, one disagreement settled on the second step, one on the first."""
    with story.day(-260) as here:
        said = "We rent out 140 flats, some of them to families the plan speaks of."
        services.declare_interest(here, said, by=story.people["tom"])
    with story.day(-190) as here:
        found = Dispute(
            partnership=here,
            title="Who answers the phone after five?",
            text="Calls to the county line are passed to our volunteers, who are not paid for evenings.",
        )
        disputing.bring_up(found, [story.partner("county")], by=story.people["farida"])
        story.things["dispute.phone"] = found
    with story.day(-183):
        disputing.go_on(found, "We spoke. Each thought the other had promised it.", by=story.people["denise"])
    with story.day(-174):
        agreed = "The county line takes a message in six languages; the Newcomer Centre calls back before ten."
        disputing.settle(found, agreed, by=story.people["farida"])
    with story.day(-4) as here:
        found = Dispute(
            partnership=here,
            title="Whose name stands on the interpreter cards?",
            text="The cards went out with one logo. The fund is paid by all.",
        )
        disputing.bring_up(found, [story.partner("health")], by=story.people["marisol"])
        story.things["dispute.cards"] = found


def take(
    story: Story, key: str, day: int, matter: str, title: str, text: str, others: dict[str, tuple[str, str]]
) -> None:
    """A decision proposed, replied to by everyone within a week, and decided."""
    with story.day(day) as here:
        decision = services.propose(
            here, title=title, text=text, rule=story.things[f"rule.{matter}"], by=story.people["priya"]
        )
        services.open_replies(decision, by=story.people["priya"])
    for place, organization in enumerate(PARTNERS):
        position, reason = others.get(organization, ("for", ""))
        with story.day(day + 1 + place // 2):
            seat, by = story.things[f"seat.{organization}"], story.people[SEATS[organization][0]]
            services.cast(decision, seat, position=position, reason=reason, by=by)
    with story.day(day):
        decision.refresh_from_db()
    story.things[key] = decision
