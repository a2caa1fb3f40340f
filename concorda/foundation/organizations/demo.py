"""What the organizations of the demo know about themselves. `story` is foundation/process/story.py, a floor above."""

from typing import Any

from django.db.models import Q, QuerySet

from concorda.foundation.core import clock
from concorda.foundation.core.scoping import within_own
from concorda.foundation.organizations import search, services
from concorda.foundation.organizations.models import Disclosure, Organization, Place, Reach, Term
from concorda.foundation.organizations.registers.loading import search_row

Level = Disclosure.Level
# key: topics it works on, people it serves, what it looks for in partners (only what it has shared)
SHARED = {
    "newcomer": (
        "settlement.first_weeks settlement.case_management language.english means.volunteers means.outreach",
        "people.newcomers people.refugees people.families",
        "housing.large_families language.interpretation health.trauma housing.tenant_advice work.credentials",
    ),
    "county": (
        "housing.affordable learning.child_care community.planning means.funding means.space belonging.heritage",
        "people.everyone people.low_income people.families",
        "settlement.needs_assessment means.outreach language.interpretation",
    ),
    "school": (
        "learning.school learning.settlement_in_schools learning.adult language.english means.space",
        "people.children people.youth people.families",
        "language.interpretation health.mental settlement.community_connections",
    ),
    "health": (
        "health.primary_care health.mental health.trauma health.public language.interpretation skills.data",
        "people.everyone people.refugees people.low_income",
        "daily.rides settlement.first_weeks language.translation",
    ),
    "housing": (
        "housing.search housing.large_families housing.landlords housing.rent_bank housing.homelessness",
        "people.families people.low_income people.large_families",
        "language.interpretation settlement.case_management means.funding",
    ),
    "franco": (
        "language.services_in_french language.french settlement.first_weeks work.job_search belonging.arts",
        "people.francophones people.newcomers people.youth",
        "work.credentials housing.search skills.evaluation",
    ),
    "work": (
        "work.job_search work.credentials work.employers work.mentoring work.training settlement.pre_arrival",
        "people.job_seekers people.newcomers",
        "language.english language.services_in_french learning.child_care",
    ),
    "seniors": (
        "belonging.isolation daily.rides daily.food means.volunteers",
        "people.seniors",
        "daily.rides means.funding",
    ),
    "tenants": (
        "housing.tenant_advice rights.legal rights.advocacy housing.landlords language.services_in_french",
        "people.low_income people.families",
        "language.interpretation means.outreach work.income daily.clothing skills.data",
    ),
    "eritrean": (
        "language.interpretation belonging.dialogue settlement.community_connections daily.rides learning.school",
        "people.newcomers people.refugees people.families",
        "means.space means.funding skills.governance",
    ),
    "stranger": ("work.credentials", "people.job_seekers", ""),
}
VISIONS = {
    "newcomer": "Every family that arrives in Maitland knows a neighbour by name before the first winter.",
    "housing": "No family pays for a home with its food money.",
    "tenants": "No one should lose a home because of a letter they could not read.",
    "eritrean": "Our children speak three languages and belong in all of them.",
    "franco": "Vivre, travailler et vieillir en français dans la vallée.",
    "health": "Care that understands you, the first time you come.",
}
# More of the directory: name, kind, languages, what it does, topics, people served, looks for
NEIGHBOURS = [
    (
        "Bluewater Counselling",
        "nonprofit",
        ["en", "prs", "ar"],
        "Counsels families who have lived through war, in their own language.",
        "health.trauma health.mental learning.child_care",
        "people.refugees people.families",
        "means.space means.outreach",
    ),
    (
        "Northern Credential Bridge",
        "nonprofit",
        ["en", "fr"],
        "Guides nurses, engineers and trades back into their professions.",
        "work.credentials work.mentoring skills.evaluation",
        "people.job_seekers people.newcomers",
        "work.employers language.english",
    ),
    (
        "Wexcombe Volunteer Drivers",
        "informal",
        ["en"],
        "Drives people without a car to appointments, anywhere in the county.",
        "daily.rides means.volunteers",
        "people.seniors people.rural",
        "means.funding means.volunteers",
    ),
    (
        "Port Alder Public Legal Clinic",
        "nonprofit",
        ["en", "fr"],
        "Advises free of charge on leases, work and immigration papers.",
        "rights.legal rights.immigration_law housing.tenant_advice",
        "people.low_income people.newcomers",
        "language.interpretation",
    ),
    (
        "St. Brigid’s Community Kitchen",
        "faith",
        ["en", "es"],
        "Cooks and serves a warm meal five days a week; lends its hall.",
        "daily.food means.space belonging.faith",
        "people.low_income people.unhoused",
        "means.volunteers",
    ),
    (
        "Alder River First Nation Education Office",
        "indigenous",
        ["oj", "en"],
        "Runs the language nest and welcomes visitors to the land.",
        "language.indigenous belonging.reconciliation learning.early_years",
        "people.indigenous people.children",
        "means.funding",
    ),
    (
        "Maitland Youth Mentors",
        "nonprofit",
        ["en", "fr"],
        "Pairs young newcomers with a mentor for a school year.",
        "learning.school belonging.sport settlement.community_connections",
        "people.youth people.newcomers",
        "means.volunteers means.space",
    ),
]
# Towns of the story: English and French name, latitude, longitude
TOWNS = {
    "port-alder": ("Port Alder", "Port Alder", 43.70, -81.70),
    "wexcombe": ("Wexcombe", "Wexcombe", 43.70, -81.40),
    "elmsford": ("Elmsford", "Elmsford", 43.90, -80.99),
    "alder-river": ("Alder River", "Rivière-Alder", 44.05, -81.55),
}
LIVES_IN = {
    "port-alder": ("newcomer", "county", "health", "housing", "tenants", "eritrean", "Port Alder Public Legal Clinic"),
    "wexcombe": (
        "school", "franco", "work", "Bluewater Counselling", "Wexcombe Volunteer Drivers",
        "St. Brigid’s Community Kitchen",
    ),
    "elmsford": ("seniors", "Northern Credential Bridge"),
    "alder-river": ("Alder River First Nation Education Office",),
}  # fmt: skip
ANSWERS = {
    "services": (
        "We meet families at the bus, help with papers, schools and doctors, and teach English.",
        "First weeks, schools, language classes, and two hundred volunteers who become friends.",
    ),
    "mandate": (
        "The federal government funds us to settle permanent residents; our members want us to welcome everybody.",
        "Settle permanent residents and refugees in the County of Maitland.",
    ),
    "vision": (VISIONS["newcomer"], "Newcomers who lead, not only newcomers who are helped."),
    "values": ("We do nothing about families without them.", "Nobody tells their story twice if we can prevent it."),
    "history": (
        "Two years with Harbour Street: it works because Oleh picks up the telephone.",
        "The 2019 network ended when its one coordinator moved away. Nobody had a list of who had promised what.",
    ),
    "red_lines": (
        "We do not report anyone’s status to anybody.",
        "We do not put a funder’s logo on a family’s story.",
    ),
}
RATINGS = {
    "strength": [
        ("settlement.first_weeks", 5, 4, "412 families last year"),
        ("means.volunteers", 4, 5, "214 active volunteers"),
        ("language.english", 4, 4, "Waiting list under four weeks"),
        ("means.outreach", 4, 3, "Six communities call us first"),
    ],
    "weakness": [
        ("housing.large_families", 5, 5, "Families of six wait four months"),
        ("language.interpretation", 4, 5, "Dari: one volunteer, Rahim"),
        ("health.trauma", 4, 4, "Nobody on staff is trained for it"),
        ("work.credentials", 3, 3, "We only hand out brochures"),
        ("language.services_in_french", 2, 4, "One person, two days a week"),
        ("skills.evaluation", 2, 2, "We count, we do not measure"),
    ],
    "need": [
        ("housing.tenant_advice", 4, 4, "Three evictions in autumn that a letter would have stopped"),
        ("work.mentoring", 3, 3, "Asked for in every class"),
        ("daily.rides", 2, 2, "Clinic is 40 km away for some"),
        ("learning.child_care", 3, 3, "Evening classes lose mothers"),
    ],
}
READY = {
    "time": (3, 2, "Half a day a week for Priya, if the board agrees"),
    "authority": (4, 4, ""),
    "money": (2, 3, "A line for interpretation at meetings"),
    "skills": (4, 3, "Somebody to chair in French"),
    "culture": (4, 4, ""),
}


def tell(story: Any) -> None:
    """Profiles of everybody, a few more organizations, and the reflection of two of them, a year ago."""
    with clock.at(story.moment(-400)):
        describe(story)
        for neighbour in NEIGHBOURS:
            settle_in(neighbour)
        build_towns(story)
        search.put(search_row(one, [*one.terms.all(), *one.populations.all()]) for one in Organization.objects.all())
    with clock.at(story.moment(-390)):
        newcomer_centre(story)
    with clock.at(story.moment(-380)):
        harbour_street(story)


def ontario() -> Place:
    return Place.objects.get(code="ca/on")


def build_towns(story: Any) -> None:
    """The towns of the story on the map, and who lives in which; of the others only the province is known."""
    for key, (english, french, latitude, longitude) in TOWNS.items():
        town, _new = Place.objects.get_or_create(
            code=f"ca/on/{key}",
            defaults={
                "kind": Place.Kind.TOWN,
                "parent": ontario(),
                "label_en": english,
                "label_fr": french,
                "latitude": latitude,
                "longitude": longitude,
            },
        )
        slugs = [story.organizations[one].slug for one in LIVES_IN[key] if one in story.organizations]
        Organization.objects.filter(Q(slug__in=slugs) | Q(name__in=LIVES_IN[key])).update(place=town)


def terms(codes: str) -> QuerySet[Term]:
    return Term.objects.filter(scheme=Term.CONCORDA, code__in=codes.split())


def describe(story: Any) -> None:
    """What each organization of the story has chosen to show."""
    for key, (topics, people, sought) in SHARED.items():
        organization = story.organizations[key]
        organization.place, organization.vision = ontario(), VISIONS.get(key, "")
        organization.email_domain = f"{key}.example"
        organization.save()
        tie(organization, topics, people, sought)


def tie(organization: Organization, topics: str, people: str, sought: str) -> None:
    organization.terms.set(terms(topics))
    organization.populations.set(terms(people))
    organization.looking_for.set(terms(sought))


def settle_in(neighbour: tuple[Any, ...]) -> None:
    """An organization of the directory that nobody has claimed."""
    name, kind, languages, activities, topics, people, sought = neighbour
    facts = {"kind": kind, "languages": languages, "activities": activities}
    organization = Organization.objects.create(
        slug=f"demo-{name.split()[0].lower().strip('.')}-{name.split()[-1].lower()}",
        name=name,
        area="Maitland",
        place=ontario(),
        source="demo",
        **facts,
    )
    tie(organization, topics, people, sought)


def newcomer_centre(story: Any) -> None:
    """Farida and Priya answer apart, compare, and settle on one vision; on French they still differ."""
    organization, farida, priya = story.organizations["newcomer"], story.people["farida"], story.people["priya"]
    by_code = {term.code: term for term in Term.objects.filter(scheme=Term.CONCORDA)}
    with within_own(organization):
        for question, (first, second) in ANSWERS.items():
            services.answer(organization, question, first, by=farida)
            services.answer(organization, question, second, by=priya)
        services.settle(organization, "vision", VISIONS["newcomer"], by=farida, base=None)
        for side, rated in RATINGS.items():
            services.rate(organization, side, [(by_code[code], level, why) for code, level, _, why in rated], by=farida)
            services.rate(organization, side, [(by_code[code], level, "") for code, _, level, _ in rated], by=priya)
        services.say_ready(organization, {key: (one, note) for key, (one, _, note) in READY.items()}, by=farida)
        services.say_ready(organization, {key: (two, "") for key, (_, two, _) in READY.items()}, by=priya)
        reach = Reach.objects.create(
            organization=organization, languages=["en", "fr", "ar", "prs", "ti"], area="Maitland"
        )
        reach.populations.set(terms(SHARED["newcomer"][1]))
        reach.places.set([ontario()])
        services.seek(organization, by_code["skills.governance"], 1, by=farida)
        everybody = {"strength": Level.COUNT, "ideal": Level.OVERLAP}
        services.disclose(organization, everybody, to=None, by=farida)
        closer = {"vision": Level.ALL, "need": Level.ALL, "weakness": Level.OVERLAP, "readiness": Level.COUNT}
        services.disclose(organization, closer, to=story.organizations["housing"], by=farida)


def harbour_street(story: Any) -> None:
    """Tom has begun alone."""
    organization, tom = story.organizations["housing"], story.people["tom"]
    by_code = {term.code: term for term in Term.objects.filter(scheme=Term.CONCORDA)}
    with within_own(organization):
        services.answer(organization, "services", "We find homes with private landlords and keep them.", by=tom)
        services.answer(organization, "vision", VISIONS["housing"], by=tom)
        services.answer(organization, "red_lines", "We never house a family where we would not live.", by=tom)
        services.rate(organization, "strength", [(by_code["housing.landlords"], 5, "61 landlords, nine years")], by=tom)
        weak = [
            (by_code["language.interpretation"], 4, "We sign leases by gesture"),
            (by_code["settlement.case_management"], 3, ""),
        ]
        services.rate(organization, "weakness", weak, by=tom)
