"""Six needs in the partners' own words; five of the seven partners have said why they are here."""

from dataclasses import dataclass

from concorda.connect.motivation import services
from concorda.connect.motivation.models import Expectation, Motive, Need, Standpoint
from concorda.foundation.organizations.models import Term
from concorda.foundation.process.story import Story


@dataclass(frozen=True)
class NeedTold:
    owner: str
    others: tuple[str, ...]
    statement: str
    affected: str
    area: str
    evidence: str
    urgency: int
    importance: int
    topic: str


@dataclass(frozen=True)
class WhyTold:
    person: str
    alone: str
    because: str
    trigger: str
    reasons: dict[str, tuple[int, str]]
    """Kind → how strong, what they hope for."""


NEEDS = {
    "homes": NeedTold(
        "housing",
        ("county", "newcomer", "school"),
        "Families of six or more cannot find a home they can afford.",
        "About 60 newcomer families with four or more children each year",
        "Port Alder and Wexcombe",
        "Harbour Street’s waiting list: 43 families of six or more, the longest for 14 months. "
        "Median from arrival to lease: 121 days.",
        urgency=4,
        importance=4,
        topic="housing.large_families",
    ),
    "interpreters": NeedTold(
        "health",
        ("newcomer", "school"),
        "Patients cannot be understood in Dari or Tigrinya.",
        "Patients who speak Dari or Tigrinya, and their children who interpret for them",
        "The whole valley",
        "Of 210 requests for an interpreter in one quarter, 38 % were filled within 48 hours.",
        urgency=4,
        importance=4,
        topic="language.interpretation",
    ),
    "intake": NeedTold(
        "newcomer",
        ("county", "health", "housing", "franco"),
        "People tell their story again at every desk.",
        "Every newcomer family; hardest for those who fled violence",
        "The whole valley",
        "We asked 30 clients: they had told their story at four desks on average, one of them at nine.",
        urgency=3,
        importance=3,
        topic="settlement.needs_assessment",
    ),
    "credentials": NeedTold(
        "work",
        ("newcomer", "franco"),
        "Nurses and engineers are stacking shelves.",
        "Internationally trained workers",
        "The whole valley",
        "7 of 96 people with a regulated profession worked in their own field a year after arriving.",
        urgency=2,
        importance=3,
        topic="work.credentials",
    ),
    "french": NeedTold(
        "franco",
        ("school",),
        "French-speaking families are sent to English desks.",
        "Families whose first official language is French",
        "Port Alder and rural Maitland",
        "19 of 45 French-speaking families told us their first contact was in English only.",
        urgency=2,
        importance=3,
        topic="language.services_in_french",
    ),
    "rides": NeedTold(
        "health",
        (),
        "Rural families miss appointments because there is no ride.",
        "Families without a car outside Port Alder",
        "Rural Maitland",
        "One in six appointments of rural families was missed last winter; nurses wrote “no ride” beside most.",
        urgency=2,
        importance=2,
        topic="daily.rides",
    ),
}

K = Motive.Kind
WHY = {
    "newcomer": WhyTold(
        "farida",
        "no",
        "We meet families first, but we have no homes, no doctors and no jobs to give.",
        "Three families slept in our waiting room in one week.",
        {
            K.CLIENTS: (4, "A family tells its story once, and everyone after us has heard it."),
            K.MISSION: (4, "Newcomers belong here from the first week."),
            K.CAPACITY: (3, "Partners who pick up where our mandate ends."),
            K.FUNDING: (3, "One strong application in place of seven weak ones."),
        },
    ),
    "county": WhyTold(
        "denise",
        "partly",
        "We can build homes. We cannot make people feel expected.",
        "Council asked for a plan after the growth of the last two years.",
        {
            K.POLICY: (4, "A settlement plan the council can adopt."),
            K.CLIENTS: (3, "Fewer families in motels."),
            K.INFLUENCE: (2, "To be seen as a county that plans ahead."),
        },
    ),
    "health": WhyTold(
        "grace",
        "no",
        "An interpreter for every language is more than any one of us can keep.",
        "A mother signed a consent form she could not read.",
        {
            K.CLIENTS: (4, "That no child has to interpret for a parent again."),
            K.CAPACITY: (3, "One roster of interpreters that all of us use."),
            K.LEARNING: (2, "What the others know about families we see too late."),
        },
    ),
    "housing": WhyTold(
        "tom",
        "no",
        "Landlords ask who stands behind a family. Alone, it is only us.",
        "The waiting list passed forty large families.",
        {
            K.MISSION: (4, "Homes large enough, within two months of arriving."),
            K.CAPACITY: (4, "Others who stay with a family after the lease is signed."),
            K.FUNDING: (3, "A rent bank that lasts more than one year."),
            K.RELATIONSHIP: (2, "Amina already walks families from her desk to ours."),
        },
    ),
    "franco": WhyTold(
        "luc",
        "partly",
        "Nous accueillons en français; le logement et la santé ne sont pas chez nous.",
        "Une famille sur deux nous trouve par hasard.",
        {
            K.MISSION: (4, "Que chaque famille puisse choisir le français dès le premier contact."),
            K.INFLUENCE: (3, "Que le français ait sa place à la table, pas seulement sur l’affiche."),
            K.RELATIONSHIP: (2, "Nous partageons déjà une salle avec le centre de santé."),
        },
    ),
}

S = Expectation.Side
# organization, who says it, side, what, how likely, how large
EXPECTED = (
    ("newcomer", "farida", S.BENEFIT, "Families reach a doctor and a home within weeks, not months", 3, 3),
    ("newcomer", "farida", S.COST, "A full position to hold the partnership together", 4, 3),
    ("county", "denise", S.BENEFIT, "One place that speaks for settlement in the valley", 3, 3),
    ("county", "denise", S.DRAWBACK, "Decisions take longer when six others are asked", 3, 2),
    ("health", "grace", S.BENEFIT, "An interpreter within 48 hours", 3, 4),
    ("housing", "tom", S.DRAWBACK, "Landlords who leave if a shared promise is broken", 2, 3),
    ("franco", "luc", S.DRAWBACK, "Que l’anglais devienne la langue de travail par défaut", 2, 3),
)
SPEAKERS = {
    "newcomer": "farida",
    "county": "denise",
    "school": "marisol",
    "health": "grace",
    "housing": "tom",
    "franco": "luc",
    "work": "harpreet",
}


def tell(story: Story) -> None:
    for place, (key, told) in enumerate(NEEDS.items()):
        story.things[f"need.{key}"] = write_down(story, -352 + place, told)
    for place, (key, why) in enumerate(WHY.items()):
        say_why(story, -340 + 2 * place, key, why)
    for key, person, side, what, likelihood, size in EXPECTED:
        with story.day(-325, "15:00") as here:
            owner = story.organizations[key]
            row = Expectation(
                partnership=here, organization=owner, side=side, what=what, likelihood=likelihood, size=size
            )
            services.expect(row, by=story.people[person])
    stall(story)


def write_down(story: Story, day: int, told: NeedTold) -> Need:
    with story.day(day) as here:
        need = Need(
            partnership=here,
            raised_by=story.organizations[told.owner],
            statement=told.statement,
            affected=told.affected,
            area=told.area,
            evidence=told.evidence,
            urgency=told.urgency,
            importance=told.importance,
            term=Term.objects.get(scheme=Term.CONCORDA, code=told.topic),
        )
        services.add_need(need, by=story.people[SPEAKERS[told.owner]])
    for other in told.others:
        with story.day(day, "14:00"):
            services.support(need, story.organizations[other], by=story.people[SPEAKERS[other]])
    return need


def say_why(story: Story, day: int, key: str, why: WhyTold) -> None:
    with story.day(day, "11:00") as here:
        standpoint = Standpoint(
            partnership=here,
            organization=story.organizations[key],
            alone=why.alone,
            because=why.because,
            trigger=why.trigger,
        )
        services.say_why(standpoint, why.reasons, by=story.people[why.person])


def stall(story: Story) -> None:
    """The second partnership: one need without evidence, and nobody has said why they are here."""
    with story.day(-196, partnership=story.stalled) as here:
        need = Need(
            partnership=here,
            statement="People over 80 along the lake have nobody to drive them.",
            affected="Members who gave up their licence",
            area="Lakeshore",
            raised_by=story.organizations["seniors"],
            importance=Need.Importance.IMPORTANT,
            urgency=Need.Urgency.MONTHS,
        )
        story.things["need.lake_rides"] = services.add_need(need, by=story.people["walter"])
