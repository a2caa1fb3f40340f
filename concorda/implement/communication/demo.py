"""The February update that 22 of 31 people opened, a rule everyone has to confirm, two discussions (one answer came by
mail), a plan that carries itself out, cards, people outside, documents in versions, and a public page."""

from dataclasses import dataclass
from email.message import EmailMessage

from django.core.files.base import ContentFile

from concorda.foundation.accounts.incoming import Mail
from concorda.foundation.process.story import Story
from concorda.implement.communication import letters, mailroom, people, services, shelf, talking
from concorda.implement.communication.models import (
    Announcement,
    Card,
    Contact,
    Delivery,
    Document,
    MailSetting,
    PlanItem,
    PublicPage,
    Topic,
)
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
        audience=A.PUBLIC,
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
        letters.choose_pace(story.participant("denise"), MailSetting.Pace.DIGEST, by=story.people["denise"])
        letters.choose_pace(story.participant("rahim"), MailSetting.Pace.NONE, by=story.people["rahim"])
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
    show_cards(story)
    write_down_contacts(story)
    fill_the_shelf(story)
    open_the_page(story)


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
            if title == "Monthly update":
                item.reach, item.news = PlanItem.Reach.ALL, True
            if title == "Word to the paper":
                item.reach, item.contact_kind = PlanItem.Reach.CONTACTS, Contact.Kind.PRESS
                item.message = "Newcomers and neighbours: what changed this quarter, and whom you may ask."
                item.approver = story.participant("denise")
            services.add_to_plan(item, by=story.people["priya"])


def discuss(story: Story) -> None:
    """One question for everyone, and one that stays in the Housing group."""
    with story.day(-20, "11:00") as here:
        text = "The paper asks for a family that found a home. Which stories may we tell, and who asks the family?"
        topic = Topic(partnership=here, started_by=story.participant("ruth"), title="Stories for the paper", text=text)
        talking.start_topic(topic, by=story.people["ruth"])
    replies = (
        (-19, "amina", "Ask through somebody they know. I can ask two families, in Somali."),
        (-18, "luc", "Et montrons-leur le texte avant l’impression, en français aussi."),
        (-18, "farida", "No names of children. The rest as the family wishes. @Amina, would you ask them?"),
    )
    for day, key, words in replies:
        with story.day(day, "14:20"):
            talking.reply(topic, words, story.participant(key), by=story.people[key])
    with story.day(-17, "07:50"):
        answer_by_mail(story, topic, "amina", "I asked on Sunday: both families say yes, if they may read it first.")
    for key in ("amina", "luc", "farida", "ruth"):
        with story.day(-16, "09:00"):
            talking.mark_read(topic, story.participant(key))
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
        talking.start_topic(topic, by=story.people["tom"])
    for day, key, words in (
        (-7, "amina", "Nine families wait for the Dari one. Rahim could read it aloud to them meanwhile."),
        (-7, "bev", "Printing twice costs $380 more."),
    ):
        with story.day(day, "16:45"):
            talking.reply(topic, words, story.participant(key), by=story.people[key])


def answer_by_mail(story: Story, topic: Topic, key: str, words: str) -> None:
    """As it comes from a mail program: the answer above, the letter it answers below."""
    author = story.participant(key)
    message = EmailMessage()
    message["From"], message["To"] = f"{author.person.name} <{author.person.email}>", "concorda@localhost"
    message["Subject"] = f"Re: {topic.title}"
    message["In-Reply-To"] = f"<{letters.answer_token(topic, author)}@localhost>"
    message.set_content(f"{words}\n\n-- \n{author.person.name}\n\n> Which stories may we tell?\n")
    mailroom.take_in(Mail.read(message.as_bytes()))


CARDS = (
    ("priya", Card.Shows.PHONE, "519 555 0117", "Weekdays until five; call when it is urgent."),
    ("denise", Card.Shows.PHONE, "519 555 0142", "Her assistant Paul knows where she is."),
    ("tom", Card.Shows.EMAIL, "", "Tuesdays and Thursdays."),
    ("amina", Card.Shows.PHONE, "519 555 0163", "Text rather than call; in the evening too."),
    ("farida", Card.Shows.EMAIL, "", ""),
    ("grace", Card.Shows.EMAIL, "", ""),
    ("luc", Card.Shows.EMAIL, "", "En français ou en anglais."),
    ("yodit", Card.Shows.EMAIL, "", ""),
    ("anneke", Card.Shows.PHONE, "204 555 0188", "An hour behind Port Alder."),
)


def show_cards(story: Story) -> None:
    for key, shows, phone, note in CARDS:
        with story.day(-95) as here:
            participant = story.participant(key)
            card = Card(partnership=here, participant=participant, shows=shows, phone=phone, note=note)
            people.show(card, by=participant.person)


OUTSIDE = (
    (
        "Marjorie Keane",
        "Port Alder Beacon",
        "Editor",
        Contact.Kind.PRESS,
        "desk@beacon.example",
        "Asked for it by mail",
    ),
    ("Owen Birch", "Valley Landlords", "Chair", Contact.Kind.EMPLOYER, "owen@landlords.example", "At the open house"),
    ("Sylvie Caron", "Town of Brisay", "Clerk", Contact.Kind.BOARD, "clerk@brisay.example", "Council motion 2025-14"),
    ("Dev Patel", "Harbour Foods", "Owner", Contact.Kind.EMPLOYER, "dev@harbourfoods.example", ""),
)


def write_down_contacts(story: Story) -> None:
    """Three people outside agreed to hear from the partnership; one has not been asked yet."""
    with story.day(-90) as here:
        for name, organization, title, kind, email, how in OUTSIDE:
            contact = Contact(
                partnership=here, name=name, organization=organization, title=title, kind=kind, email=email,
                consent_on=story.date(-90) if how else None, consent_how=how,
            )  # fmt: skip
            people.write_down(contact, by=story.people["priya"])


def fill_the_shelf(story: Story) -> None:
    """The questions of the intake form in two versions, the rules of the roster for observers too, one of a group."""
    first = "1. Who is in your family?\n2. Which languages do you speak at home?\n3. Where do you live now?\n"
    second = first + "4. May we pass your answers on to the partners you choose? (signature)\n"
    with story.day(-70, "10:00") as here:
        form = Document(
            partnership=here, title="Questions of the shared intake form", added_by=story.participant("farida"),
            about="What every partner asks a family, once.",
        )  # fmt: skip
        shelf.put(form, ContentFile(first.encode(), name="intake-questions.txt"), by=story.people["farida"])
    with story.day(-41, "10:00"):
        file = ContentFile(second.encode(), name="intake-questions.txt")
        shelf.renew(form, file, story.participant("farida"), by=story.people["farida"], note="Consent added at the end")
    with story.day(-86, "11:00") as here:
        rules = Document(
            partnership=here, title="Rules of the interpreter roster", added_by=story.participant("yodit"),
            about="Who may call whom, and what it costs.", for_observers=True,
        )  # fmt: skip
        text = "Call before noon for the next day.\nHealth first, then school, then everything else.\n"
        shelf.put(rules, ContentFile(text.encode(), name="roster-rules.txt"), by=story.people["yodit"])
    with story.day(-15, "15:00") as here:
        listed = Document(
            partnership=here, title="Handbook: what is still open", added_by=story.participant("tom"),
            group=story.things["group.housing"],
        )  # fmt: skip
        table = "page,question,who\n4,Deposit in Dari,Rahim\n11,Photo of the furnace,Bev\n"
        shelf.put(listed, ContentFile(table.encode(), name="handbook-open.csv"), by=story.people["tom"])


def open_the_page(story: Story) -> None:
    text = (
        "Seven organizations of Maitland Valley work together so that newcomers find a home, a doctor, a language "
        "class and work, and so that neighbours know whom to ask."
    )
    with story.day(-60) as here:
        page = PublicPage(partnership=here, open=True, text=text, contact="hello@maitlandvalley.example")
        services.show_public(page, by=story.people["priya"])
