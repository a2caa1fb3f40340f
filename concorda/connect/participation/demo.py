"""Seven organizations have joined, one thinks about it, one said no, one asked to join; two voices are missing."""

from concorda.connect.participation import calls, services
from concorda.connect.participation.models import Application, Call, Check, Inquiry, Stake, Voice
from concorda.foundation.organizations.models import Organization
from concorda.foundation.partnerships.access import Role
from concorda.foundation.partnerships.models import Partner
from concorda.foundation.partnerships.services import take_in
from concorda.foundation.process.story import CAST, PARTNERS, Story

JOINED = {
    "county": ("denise", "letter of the county’s chief officer"),
    "school": ("marisol", "minutes of the trustees"),
    "health": ("grace", "e-mail of 12 lines, kept by Priya"),
    "housing": ("tom", "said at the first meeting"),
    "franco": ("luc", "lettre du conseil"),
    "work": ("harpreet", "said at the first meeting"),
}
M = Stake.Much
# organization: interest, influence
STAKES = {
    "county": (M.SOME, M.MUCH),
    "school": (M.SOME, M.MUCH),
    "housing": (M.MUCH, M.SOME),
    "franco": (M.MUCH, M.SOME),
    "work": (M.SOME, M.SOME),
    "eritrean": (M.MUCH, M.LITTLE),
    "tenants": (M.MUCH, M.LITTLE),
}
K = Voice.Kind
# kind, whose, why, kind of organization, the partner that carries it
VOICES = (
    (K.SECTOR, "The municipality", "It owns the land and the waiting list.", Organization.Kind.MUNICIPALITY, ""),
    (K.SECTOR, "Schools", "Children arrive first.", Organization.Kind.SCHOOL, ""),
    (K.SECTOR, "Health", "Nobody settles while they are ill.", Organization.Kind.HEALTH, ""),
    (K.SECTOR, "Employers", "Work is what people ask for in the second month.", "", "work"),
    (K.POPULATION, "French-speaking newcomers", "They choose their language, not we.", "", "franco"),
    (K.LIVED, "Newcomers of the last three years", "They know which door was the wrong one.", "", ""),
    (K.LIVED, "Families who were refused a home", "We plan for them; none of them has been in the room.", "", ""),
)


DRIVERS_WEIGHED_BY = [
    ("Reaches Wexcombe and the lakeshore", 3),
    ("Drivers are checked and insured", 3),
    ("Can begin by summer", 1),
]
# day, organization, name, e-mail, what they would bring
DRIVERS = (
    (
        -9,
        "Wexcombe Volunteer Drivers",
        "Dale Hutchins",
        "dale@wexcombedrivers.example",
        "Fourteen of us drive already. We could take families on Tuesdays and Thursdays; two cars have child seats.",
    ),
    (
        -5,
        "Lakeshore Wheels Cooperative",
        "Mina Castellanos",
        "mina@lakeshorewheels.example",
        "We share six cars among forty members and would open them to families, with a driver, at cost.",
    ),
)


def tell(story: Story) -> None:
    join(story)
    come_in(story)
    name_voices(story)
    agree_to_be_named(story)
    ask_more(story)
    call_for_drivers(story)
    stall(story)


def join(story: Story) -> None:
    """Six organizations join the one that convenes."""
    priya = story.people["priya"]
    for place, key in enumerate(PARTNERS[1:]):
        person, how = JOINED[key]
        with story.day(-346 + place, "09:00") as here:
            partner = services.add_candidate(here, story.organizations[key], by=priya)
        with story.day(-340 + place):
            services.move(partner, Partner.Status.APPROACHED, by=priya)
        with story.day(-330 + place * 4) as here:
            services.note_commitment(
                partner, by=priya, said_by=story.people[person].name, said_on=story.date(-330 + place * 4), how=how
            )


def come_in(story: Story) -> None:
    """Their people come in; the funder looks on."""
    priya = story.people["priya"]
    with story.day(-300) as here:
        for key, (_name, organization, _title, roles, _language, _zone) in CAST.items():
            take_in(
                here,
                story.people[key],
                organization=story.organizations[organization],
                roles=roles,
                by=priya,
                tell=False,
            )
        take_in(here, story.people["jo"], organization=None, roles=[Role.OBSERVER], by=priya, title="Funder")


def name_voices(story: Story) -> None:
    for kind, name, because, sector, carrier in VOICES:
        with story.day(-298, "11:00") as here:
            carried_by = Partner.objects.get(organization=story.organizations[carrier]) if carrier else None
            voice = Voice(partnership=here, kind=kind, name=name, because=because, sector=sector, carried_by=carried_by)
            services.need_voice(voice, by=story.people["priya"])


def agree_to_be_named(story: Story) -> None:
    """Three partners let their pages in the directory say that they take part."""
    for key, organization in (("farida", "newcomer"), ("tom", "housing"), ("luc", "franco")):
        with story.day(-290) as here:
            partner = Partner.objects.get(partnership=here, organization=story.organizations[organization])
            services.be_named(partner, by=story.people[key], agreed=True)


def ask_more(story: Story) -> None:
    """The Seniors’ Association says no, the Eritrean Community asks for time, Tenant Advice asks to join."""
    priya = story.people["priya"]
    with story.day(-120) as here:
        partner = services.add_candidate(here, story.organizations["seniors"], by=priya)
        coordinator = story.participant("priya")
        letter = services.invite(
            partner,
            by=coordinator,
            name="Walter Brandt",
            email="walter@concorda.example",
            message=(
                "Walter, some of the families we welcome live next door to your members. "
                "Would your association join us?"
            ),
        )
    with story.day(-112):
        services.answer(
            letter,
            Partner.Status.DECLINED,
            name="Walter Brandt",
            reply="A good thing you are doing. Our hands are full with our own network this year.",
            by=story.people["walter"],
        )
    with story.day(-20) as here:
        partner = services.add_candidate(here, story.organizations["eritrean"], by=priya)
        letter = services.invite(
            partner,
            by=story.participant("priya"),
            name="Selam Berhe",
            email="selam@eritrean.example",
            message=(
                "Selam, your Saturday school does what none of us can. "
                "We would like to talk about interpreting in Tigrinya, and about what you need in return."
            ),
        )
    with story.day(-10):
        services.answer(
            letter, "later", name="Selam Berhe", reply="After Easter, please. We are all volunteers.", by=None
        )
    with story.day(-9) as here:
        services.note_request(
            here,
            story.organizations["tenants"],
            by=story.people["tom"],
            name="Rosa Pinto",
            email="rosa@tenants.example",
            words="No one should lose a home because of a letter they could not read. We would like to sit with you.",
            asked_on=story.date(-9),
        )
    place(story)


def place(story: Story) -> None:
    """What those who steer think: the stakeholder map, and one open risk."""
    priya = story.people["priya"]
    for key, (interest, influence) in STAKES.items():
        with story.day(-8) as here:
            stake = Stake(
                partnership=here,
                partner=Partner.objects.get(organization=story.organizations[key]),
                interest=interest,
                influence=influence,
            )
            services.rate(stake, by=priya)
    with story.day(-8, "15:00") as here:
        tenants = Partner.objects.get(organization=story.organizations["tenants"])
        first = Check(
            partnership=here,
            partner=tenants,
            question=Check.Question.CONFLICT,
            finding=Check.Finding.CONCERN,
            evidence="Tom: some of their cases are against landlords he rents from.",
            risk=Check.Risk.OPEN,
        )
        services.look_into(tenants, [first], by=priya)
    with story.day(-7) as here:
        check = Check.objects.get(partner=tenants, question=Check.Question.CONFLICT)
        check.evidence, check.risk, check.look_again_on = (
            ("They advise tenants of two landlords who work with Harbour Street. Ask both how that can be kept apart."),
            Check.Risk.ESCALATED,
            story.date(20),
        )
        services.look_into(tenants, [check], by=priya)


def call_for_drivers(story: Story) -> None:
    """A call for what nobody covers: one question answered, two applications, the marks of one reviewer so far."""
    priya = story.people["priya"]
    with story.day(-34) as here:
        call = Call(
            partnership=here,
            title="Drivers for families without a car",
            purpose=(
                "Families in Wexcombe and along the lakeshore miss appointments because there is no bus. "
                "We look for an organization whose drivers take them there and back.\n\n"
                "You get a share of the travel fund, training with the Newcomer Centre, and a seat at our table."
            ),
            deadline=story.date(14),
        )
        reviewers = [story.participant("tom"), story.participant("grace")]
        calls.draft(call, by=priya, criteria=DRIVERS_WEIGHED_BY, reviewers=reviewers)
    with story.day(-33):
        calls.publish(call, by=priya)
    with story.day(-21) as here:
        inquiry = Inquiry(
            partnership=here,
            call=call,
            email="office@stbrigids.example",
            question="Do drivers need a police check, and who pays for it?",
        )
        calls.ask(inquiry)
    with story.day(-20):
        calls.reply(inquiry, by=priya, answer="Yes, for everybody who drives children. The travel fund pays.")
    for offset, organization, name, email, text in DRIVERS:
        with story.day(offset) as here:
            application = Application(
                partnership=here, call=call, organization=organization, name=name, email=email, text=text
            )
            calls.apply(application)
    with story.day(-3):
        first = call.applications.first()
        tom = calls.reviewer_of(call, story.participant("tom"))
        assert first
        assert tom
        calls.mark(first, tom, dict(zip(call.criteria.all(), (4, 3, 2), strict=True)))


def stall(story: Story) -> None:
    """Two candidates of the second partnership; one was written to and never answered."""
    walter = story.people["walter"]
    with story.day(-190, partnership=story.stalled) as here:
        first = services.add_candidate(here, story.organizations["health"], by=walter)
        services.add_candidate(here, story.organizations["county"], by=walter)
    with story.day(-185, partnership=story.stalled):
        services.invite(
            first,
            by=story.participant("walter", story.stalled),
            name="Marta Nowak",
            email="frontdesk@lakeshorehealth.example",
            message="Your patients over 80 miss appointments for want of a ride. Could we talk about drivers?",
        )
