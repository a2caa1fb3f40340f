from concorda.begin.governance import services as governance
from concorda.begin.vision import services
from concorda.begin.vision.models import OwnVision, Statement, StatementVersion
from concorda.foundation.process.story import PARTNERS, Story

OWN = {
    "newcomer": ("farida", "A family that arrives here finds one door, a decent home and work within its first year."),
    "county": ("denise", "A county in which newcomers settle well, and services that taxpayers can afford."),
    "school": ("marisol", "Every child is placed in class within a week, and every parent knows whom to ask."),
    "health": ("grace", "Newcomers find a family doctor, and are served in a language they understand."),
    "housing": ("tom", "Nobody waits months for a decent home. Landlords rent to newcomers without a second thought."),
    "franco": ("luc", "Une vallée où les familles francophones sont accueillies et servies dans leur langue."),
    "work": ("harpreet", "Newcomers work in their own field, and employers ask us for the next one."),
}
FOURTH = (
    "Maitland Valley is a community where every newcomer is welcomed, has a decent home, does work that uses their "
    "skills, and is served in English or French, and where people who were here before them gain from it too."
)
VERSIONS = (
    (-200, "farida", "Newcomers feel at home in Maitland Valley.", "A first sentence to quarrel with."),
    (
        -150,
        "priya",
        "Maitland Valley is a place where newcomers feel welcome and find work.",
        "Work came up in four of your own visions.",
    ),
    (
        -80,
        "priya",
        "Maitland Valley is a community where newcomers feel welcome, find work and can get the services they need.",
        "Services belong in it, said the Health Centre and the School Board.",
    ),
    (
        -17,
        "priya",
        FOURTH,
        "What you asked for since the autumn, in one sentence.",
    ),
)
NOTES = (
    ("rahim", "every newcomer is welcomed", "‘Feel’ is about us. ‘Is welcomed’ is about what you do."),
    ("tom", "has a decent home", ""),
    ("harpreet", "does work that uses their skills", ""),
    ("luc", "is served in English or French", ""),
    ("marisol", "people who were here before them", ""),
)
REPLIES = (
    (-11, "10:30", "newcomer", "farida", "for", "It says what we do in words our clients would use."),
    (-10, "09:15", "housing", "tom", "for", "At last it names housing."),
    (-9, "08:50", "health", "grace", "for", "Health is not named, but “is served” covers it."),
    (-9, "14:20", "franco", "luc", "for", "Le français est nommé. Merci."),
    (
        -8,
        "11:05",
        "work",
        "harpreet",
        "concern",
        "“Uses their skills” is right. We would like to check once a year that it is true.",
    ),
)
GROUND_RULES = (
    "We start and end on time. Who speaks for people says who asked them to. Names of newcomers stay in the room. "
    "A concern is welcome; a surprise is not."
)
FRENCH = (
    "La vallée de Maitland est une communauté où chaque personne nouvellement arrivée est accueillie, a un logement "
    "convenable, exerce un travail qui fait appel à ses compétences et est servie en français ou en anglais, et où "
    "celles et ceux qui étaient là avant y gagnent aussi."
)


def tell(story: Story) -> None:
    """Seven visions side by side, the ground rules adopted, and the vision in its fourth version with an objection."""
    for place, (key, (person, text)) in enumerate(OWN.items()):
        with story.day(-250 + 3 * place) as here:
            own = OwnVision(
                partnership=here,
                organization=story.organizations[key],
                text=text,
                language="fr" if key == "franco" else "en",
            )
            services.say_own(own, by=story.people[person])
    adopt_ground_rules(story)
    write_the_vision(story)
    decide_the_vision(story)


def adopt_ground_rules(story: Story) -> None:
    with story.day(-275) as here:
        rules = Statement(partnership=here, kind=Statement.Kind.GROUND_RULE)
        version = services.start(rules, GROUND_RULES, by=story.people["priya"])
        decision = services.put_to_decision(version, rule=story.things["rule.strategic"], by=story.people["priya"])
    for key in PARTNERS:
        with story.day(-272, "11:00"):
            seat = story.things[f"seat.{key}"]
            worried = key == "county"
            governance.cast(
                decision,
                seat,
                position="concern" if worried else "for",
                reason="“Stay in the room” must leave space for the law on records." if worried else "",
                by=seat.holder.person,
            )
    with story.day(-272):
        decision.refresh_from_db()
    story.things["decision.ground_rules"], story.things["statement.ground_rules"] = decision, rules


def write_the_vision(story: Story) -> None:
    with story.day(VERSIONS[0][0]) as here:
        vision = Statement(partnership=here, kind=Statement.Kind.VISION)
        _day, who, text, note = VERSIONS[0]
        services.start(vision, text, note=note, by=story.people[who])
    for day, who, text, note in VERSIONS[1:]:
        with story.day(day):
            version: StatementVersion = services.write(vision, text, note=note, by=story.people[who])
    for who, passage, text in NOTES:
        with story.day(-15):
            services.comment(version, passage=passage, text=text, by=story.people[who])
    with story.day(-15):
        for place, key in enumerate(PARTNERS[:5]):
            step = (1, 4, 2, 2, 1)[place]
            by = story.people[OWN[key][0]]
            services.support(version, story.organizations[key], step, by=by)
    with story.day(-14) as here:
        french = Statement(partnership=here, kind=Statement.Kind.VISION, language="fr", translates=vision, equal=True)
        services.start(french, FRENCH, note="Pour que les deux textes disent la même chose.", by=story.people["luc"])
    story.things["statement.vision"], story.things["version.vision"] = vision, version


def decide_the_vision(story: Story) -> None:
    """Opened eleven days ago, six have replied, the County objects, and it closes in three days."""
    with story.day(-11, "09:00"):
        decision = services.put_to_decision(
            story.things["version.vision"],
            rule=story.things["rule.strategic"],
            closes_at=story.moment(3, "17:00"),
            talked_on=story.date(11),
            must_know="All groups, the boards of the seven partners, the Western Lakes Community Fund",
            by=story.people["priya"],
        )
    for day, at, key, person, position, reason in REPLIES:
        with story.day(day, at):
            seat = story.things[f"seat.{key}"]
            governance.cast(decision, seat, position=position, reason=reason, by=story.people[person])
    with story.day(-3, "09:00"):
        governance.remind(decision, by=story.people["priya"])
    with story.day(-2, "16:20"):
        governance.cast(
            decision,
            story.things["seat.county"],
            position="object",
            reason="“Has a decent home” reads as a promise that the County would have to fund.",
            passage="has a decent home",
            instead="can find a decent home",
            by=story.people["denise"],
        )
    with story.day(-1, "08:45"):
        said = "“Can find” works for us, if the goal of 60 days stays in the plan."
        governance.say(decision, said, by=story.people["tom"])
        decision.refresh_from_db()
    story.things["decision.vision"] = decision
