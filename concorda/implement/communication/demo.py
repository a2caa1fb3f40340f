"""The February update that 22 of 31 people opened, a rule everyone has to confirm, two discussions and a plan."""

from dataclasses import dataclass

from concorda.foundation.process.story import Story
from concorda.implement.communication import services
from concorda.implement.communication.models import Announcement, Delivery, MailSetting, PlanItem, Topic
from concorda.implement.communication.queries import not_confirmed
from concorda.implement.working_groups.models import Group

A = Announcement.Audience
AWAY = frozenset({"rahim", "nour", "karim", "ruth", "diego", "sunita", "joy"})
FEBRUARY_UNOPENED = AWAY | {"paul", "marc"}
NOT_CONFIRMED = frozenset({"rahim", "karim", "nour", "paul"})


@dataclass(frozen=True)
class Told:
    key: str
    day: int
    by: str
    title: str
    text: str
    audience: str = A.ALL
    group: str = ""
    unopened: frozenset[str] = frozenset()
    must_acknowledge: bool = False


ANNOUNCED = (
    Told(
        "december",
        -88,
        "priya",
        "%(month)s update",
        "The roster has its rules, and the clinic has chosen its evening.\n\nThank you to the "
        "eleven people who tested the rules on their own calls.",
        unopened=AWAY | {"oleh", "iris"},
    ),
    Told(
        "memorandum",
        -63,
        "priya",
        "A memorandum is on its way",
        "Seven organizations are writing down what they promise each other. The steering table "
        "reads the first version next month.",
        audience=A.OBSERVERS,
        unopened=frozenset({"joy", "nour"}),
    ),
    Told(
        "consent",
        -40,
        "priya",
        "Consent on the shared intake form",
        "From next Monday we pass on a family’s answers only when they have signed the consent at "
        "the end of the form.\n\nPlease confirm that you read this. It holds for everyone who meets "
        "families.",
        unopened=NOT_CONFIRMED,
        must_acknowledge=True,
    ),
    Told(
        "handbook",
        -16,
        "tom",
        "The handbook goes to the translators",
        "Text is closed. If you find a mistake now, tell Oleh before Friday.",
        audience=A.GROUP,
        group="housing",
        unopened=frozenset({"karim", "joy"}),
    ),
    Told(
        "february",
        -14,
        "priya",
        "%(month)s update",
        "61 of 100 interpreter requests are now met within 48 hours; in the autumn it was "
        "38.\n\nNewcomer hours at the clinic have begun. The landlord handbook is with its four "
        "translators.\n\nNext: signing of the memorandum, and the answer to the County’s "
        "objection.",
        unopened=FEBRUARY_UNOPENED,
    ),
    Told(
        "signing",
        -4,
        "priya",
        "Signing at the County on %(signing)s",
        "The County signs at 11. Please bring your organization’s seal if you use one.",
        audience=A.REPRESENTATIVES,
        unopened=frozenset({"marisol"}),
    ),
)

PLAN = (
    (
        "Monthly update",
        "Everyone who takes part",
        "Everyone knows what moved and what comes next.",
        "announcement",
        "monthly",
        "both",
        "priya",
        -14,
        18,
    ),
    (
        "Visit to the councils",
        "Councils and boards of the partners",
        "They renew what they promised, knowing what it brought.",
        "meeting",
        "quarterly",
        "en",
        "denise",
        -40,
        47,
    ),
    (
        "Welcome page",
        "Families who arrive",
        "They know whom to call on the first day.",
        "web",
        "quarterly",
        "other",
        "luc",
        -30,
        60,
    ),
    (
        "Letter to landlords",
        "Landlords in Port Alder",
        "They trust that a lease with a newcomer family works out.",
        "print",
        "yearly",
        "en",
        "tom",
        None,
        35,
    ),
    (
        "Word to the paper",
        "People of Maitland Valley",
        "Neighbours see what newcomers bring.",
        "media",
        "quarterly",
        "both",
        "ruth",
        -75,
        25,
    ),
)


def tell(story: Story) -> None:
    if "group.housing" not in story.things:
        return
    with story.day(-100):
        services.choose_pace(story.participant("denise"), MailSetting.Pace.DIGEST, by=story.people["denise"])
        services.choose_pace(story.participant("rahim"), MailSetting.Pace.NONE, by=story.people["rahim"])
    for told in ANNOUNCED:
        story.things[f"announcement.{told.key}"] = announce(story, told)
    with story.day(-2, "15:00") as here:
        priya = story.participant("priya")
        text = "The steering table met.\n\nTo add: what the County answered, and the new date of the handbook."
        draft = Announcement(partnership=here, author=priya, title=f"{story.today:%B} update", text=text)
        services.draft(draft, by=priya.person)
    remind_of_consent(story)
    plan(story)
    discuss(story)


def announce(story: Story, told: Told) -> Announcement:
    """Publish it, and let people open it the day after."""
    author = story.participant(told.by)
    signing = story.date(5)
    title = told.title % {"month": f"{story.date(told.day):%B}", "signing": f"{signing.day} {signing:%B}"}
    with story.day(told.day, "16:00") as here:
        group = story.things.get(f"group.{told.group}")
        assert group is None or isinstance(group, Group)
        announcement = Announcement(
            partnership=here,
            author=author,
            title=title,
            text=told.text,
            audience=told.audience,
            group=group,
            must_acknowledge=told.must_acknowledge,
        )
        services.draft(announcement, by=author.person)
        services.publish(announcement, by=author.person)
    unopened = {story.people[key].pk for key in told.unopened}
    with story.day(told.day + 1, "09:10"):
        found = Delivery.objects.filter(announcement=announcement).exclude(participant__person__in=unopened)
        for delivery in found.select_related("participant__person", "announcement", "partnership"):
            services.mark_seen(announcement, delivery.participant)
            if told.must_acknowledge:
                services.acknowledge(delivery, by=delivery.participant.person)
    return announcement


def remind_of_consent(story: Story) -> None:
    with story.day(-9, "10:30"):
        announcement = story.things["announcement.consent"]
        assert isinstance(announcement, Announcement)
        assert not_confirmed(announcement).exists()
        services.remind(announcement, by=story.people["priya"])


def plan(story: Story) -> None:
    with story.day(-150) as here:
        for title, audience, purpose, channel, cadence, language, owner, last, following in PLAN:
            item = PlanItem(
                partnership=here,
                title=title,
                audience=audience,
                purpose=purpose,
                channel=channel,
                cadence=cadence,
                language=language,
                owner=story.participant(owner),
                last_on=story.date(last) if last else None,
                next_on=story.date(following),
            )
            services.add_to_plan(item, by=story.people["priya"])


def discuss(story: Story) -> None:
    """One question for everyone, and one that stays in the Housing group."""
    with story.day(-20, "11:00") as here:
        text = "The paper asks for a family that found a home. Which stories may we tell, and who asks the family?"
        topic = Topic(partnership=here, started_by=story.participant("ruth"), title="Stories for the paper", text=text)
        services.start_topic(topic, by=story.people["ruth"])
    replies = (
        (-19, "amina", "Ask through somebody they know. I can ask two families, in Somali."),
        (-18, "luc", "Et montrons-leur le texte avant l’impression, en français aussi."),
        (-18, "farida", "No names of children. The rest as the family wishes."),
    )
    for day, key, words in replies:
        with story.day(day, "14:20"):
            services.reply(topic, words, story.participant(key), by=story.people[key])
    with story.day(-8, "09:30") as here:
        group = story.things["group.housing"]
        assert isinstance(group, Group)
        text = "Our Dari translator is ill until the end of the month. Do we wait, or print three languages first?"
        topic = Topic(
            partnership=here,
            started_by=story.participant("tom"),
            group=group,
            title="Handbook without Dari?",
            text=text,
        )
        services.start_topic(topic, by=story.people["tom"])
    for day, key, words in (
        (-7, "amina", "Nine families wait for the Dari one. Rahim could read it aloud to them meanwhile."),
        (-7, "bev", "Printing twice costs $380 more."),
    ):
        with story.day(day, "16:45"):
            services.reply(topic, words, story.participant(key), by=story.people[key])
