"""Announcements and whom they reach, discussions, the plan, and letters at one's own pace."""

from datetime import date, datetime, time, timedelta

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from concorda.foundation.accounts.stopping import stopped_kinds
from concorda.foundation.core import clock
from concorda.foundation.partnerships.door import access_of
from concorda.foundation.partnerships.models import Entry, Final
from concorda.foundation.process.progress import progress_of
from concorda.implement.communication import letters, queries, services, talking
from concorda.implement.communication.models import Announcement, Delivery, MailSetting, PlanItem, Topic, months_later
from concorda.implement.communication.tool import progress, waiting

A = Announcement.Audience


@pytest.fixture
def address(world):
    def of(name, pk=None):
        return reverse(f"communication:{name}", args=[world.partnership.slug, *([pk] if pk else [])])

    return of


@pytest.fixture
def write(world, inside):
    """A draft by Priya."""

    def one(**facts):
        made = {"title": "Snow day", "text": "We stay home.", "author": world.participant("priya")} | facts
        return services.draft(Announcement(partnership=inside, **made), by=made["author"].person)

    return one


def words(answer):
    return answer.content.decode().replace("\u00a0", " ")


def opened_by(announcement):
    return set(announcement.deliveries.values_list("participant__person__email", flat=True))


# The story


def test_the_story_says_who_opened_the_february_update(inside):
    found = progress(inside)
    assert found.sentence == "22 of 31 people opened “February update”."
    assert (found.done, found.total, found.state) == (22, 31, "done")
    assert found.step.label.replace("\u00a0", " ") == "Send “Monthly update” by 31 March"


def test_opening_it_counts_at_once(world, inside, sign_in, address):
    assert "22 of 31" in progress_of(inside)["communication"].sentence
    row = world.things["announcement.february"]
    client = sign_in("rahim")
    client.head(address("announcement", row.pk))
    assert "22 of 31" in progress_of(inside)["communication"].sentence
    client.get(address("announcement", row.pk))
    client.get(address("announcement", row.pk))
    assert "23 of 31" in progress_of(inside)["communication"].sentence


# Audiences


def test_each_audience_reaches_its_people_and_no_others(world, write):
    reached = {}
    for audience in A.values:
        row = write(audience=audience, group=world.things["group.prearrival"] if audience == A.GROUP else None)
        reached[audience] = services.publish(row, by=world.people["priya"])
        assert len(opened_by(row)) == reached[audience]
    assert reached["all"] == 31 and reached["observers"] == reached["public"] == 32 and reached["group"] == 4
    assert reached["representatives"] in (7, 8)


def test_what_is_not_for_me_is_not_there(world, write, sign_in, address):
    group = write(title="For Pre-arrival", audience=A.GROUP, group=world.things["group.prearrival"])
    representatives = write(title="For the seven", audience=A.REPRESENTATIVES)
    for row in (group, representatives):
        services.publish(row, by=world.people["priya"])
    client = sign_in("bev")
    shown = words(client.get(address("home")))
    assert "For Pre-arrival" not in shown and "For the seven" not in shown
    assert client.get(address("announcement", group.pk)).status_code == 404
    assert client.post(address("acknowledge", group.pk)).status_code == 404
    assert sign_in("callum").get(address("announcement", group.pk)).status_code == 200
    assert sign_in("denise").get(address("announcement", representatives.pk)).status_code == 200


def test_an_observer_reads_only_what_is_for_observers(world, sign_in, address):
    client = sign_in("jo")
    shown = words(client.get(address("home")))
    assert "A memorandum is on its way" in shown
    for hidden in (
        "February update",
        "Signing at the County",
        "Stories for the paper",
        "Visit to the councils",
        "people opened",
        "of 32",
    ):
        assert hidden not in shown
    assert client.get(address("announcement", world.things["announcement.february"].pk)).status_code == 404
    for name in ("discussions", "directory", "planitem_list", "discussion_new", "announcement_new"):
        assert client.get(address(name)).status_code == 403
    assert client.get(address("settings")).status_code == 200


def test_drafts_are_for_their_author_and_coordinators(world, write, sign_in, address):
    row = write(author=world.participant("bev"))
    assert sign_in("bev").get(address("announcement", row.pk)).status_code == 200
    assert sign_in("priya").get(address("announcement", row.pk)).status_code == 200
    for who in ("karim", "jo"):
        assert sign_in(who).get(address("announcement", row.pk)).status_code == 404
        assert sign_in(who).post(address("announcement_publish", row.pk)).status_code in (403, 404)
    assert sign_in("bev").post(address("announcement_publish", row.pk)).status_code == 403


def test_a_chair_publishes_to_the_own_group_only(world, write, sign_in, address):
    own = write(author=world.participant("grace"), audience=A.GROUP, group=world.things["group.health"])
    other = write(author=world.participant("grace"), audience=A.GROUP, group=world.things["group.housing"])
    client = sign_in("grace")
    assert client.post(address("announcement_publish", own.pk)).status_code == 302
    assert client.post(address("announcement_publish", other.pk)).status_code == 403


def test_titles_for_a_few_stay_off_the_timeline_and_out_of_search(world, write, sign_in, address):
    secret = write(title="Zanzibar", text="Zanzibar", audience=A.REPRESENTATIVES)
    services.publish(secret, by=world.people["priya"])
    topic = Topic(
        partnership=secret.partnership,
        title="Zanzibar",
        text="Zanzibar",
        started_by=world.participant("tom"),
        group=world.things["group.housing"],
    )
    talking.start_topic(topic, by=world.people["tom"])
    assert not [entry for entry in Entry.objects.all() if "Zanzibar" in entry.sentence]
    search = reverse("partnership:search", args=[world.partnership.slug])
    found = words(sign_in("claire").get(search, {"q": "Zanzibar"}))
    assert address("announcement", secret.pk) not in found and address("discussion", topic.pk) not in found
    assert address("announcement", secret.pk) in words(sign_in("luc").get(search, {"q": "Zanzibar"}))


# Final


def test_what_was_published_never_changes(world, write):
    row = write()
    services.publish(row, by=world.people["priya"])
    row.title = "Sunny day"
    for change in (
        row.save,
        row.delete,
        lambda: services.publish(row, by=world.people["priya"]),
        lambda: services.discard(row, by=world.people["priya"]),
    ):
        with pytest.raises(Final):
            change()
    assert Announcement.objects.get(pk=row.pk).title == "Snow day"


def test_a_correction_supersedes_and_both_can_be_read(world, sign_in, address, inside):
    row = world.things["announcement.february"]
    client = sign_in("priya")
    client.post(address("announcement_correct", row.pk))
    client.post(address("announcement_correct", row.pk))
    draft = Announcement.objects.get(supersedes=row)
    assert draft.audience == row.audience and not draft.published
    assert "newer version" not in words(client.get(address("announcement", row.pk)))
    services.publish(draft, by=world.people["priya"])
    assert "newer version" in words(client.get(address("announcement", row.pk)))
    assert "Corrects" in words(client.get(address("announcement", draft.pk)))


def test_the_form_of_something_published_is_closed(world, sign_in, address):
    row = world.things["announcement.february"]
    client = sign_in("priya")
    for name in ("announcement_edit", "announcement_publish", "announcement_discard"):
        assert client.post(address(name, row.pk), {}).status_code == 403


def test_a_group_without_members_cannot_be_told(world, write, inside):
    world.things["group.prearrival"].members.update(left_on=clock.today())
    row = write(audience=A.GROUP, group=world.things["group.prearrival"])
    with pytest.raises(ValidationError, match="no members"):
        services.publish(row, by=world.people["priya"])
    row.refresh_from_db()
    assert not row.published


# Letters


def test_letters_go_by_each_persons_pace_and_language(world, write, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        services.publish(write(), by=world.people["priya"])
    sent = {letter.to[0].split("@")[0]: letter for letter in mail.outbox}
    assert {"priya", "denise", "rahim", "jo", "walter", "stranger"} <= set(world.people) - set(sent)
    assert sent["bev"].subject == "Maitland Valley LIP: Snow day"
    assert "You get this because you take part in" in sent["bev"].body
    assert reverse("communication:settings", args=[world.partnership.slug]) in sent["bev"].body
    assert "We stay home." in sent["luc"].body and "You get this" not in sent["luc"].body


def test_what_must_be_confirmed_reaches_everyone(world, write, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        services.publish(write(must_acknowledge=True), by=world.people["priya"])
    assert {"denise@concorda.example", "rahim@concorda.example"} <= {letter.to[0] for letter in mail.outbox}


def tomorrow(hour, days=1):
    """An hour in Port Alder, some days from now."""
    return clock.at(clock.now().replace(hour=hour, minute=5) + timedelta(days=days))


def test_a_digest_holds_what_is_new_once(world, write, inside):
    with tomorrow(8, days=0):
        letters.send_letters(inside)
    for title in ("One", "Two"):
        services.publish(write(title=title), by=world.people["priya"])
    topic = Topic.objects.get(group=None)
    talking.reply(topic, "What does @Denise say?", world.participant("bev"), by=world.people["bev"])
    mail.outbox.clear()
    with tomorrow(8):
        assert letters.send_letters(inside) == 1
        assert letters.send_letters(inside) == 0
    assert [letter.to for letter in mail.outbox] == [["denise@concorda.example"]]
    assert "3 things to read" in mail.outbox[0].subject
    for words_ in ("One", "Two", "What does @Denise say?", "mentions you"):
        assert words_ in mail.outbox[0].body


def test_the_daily_letter_comes_at_the_hour_its_reader_chose_where_they_are(world, write, inside):
    person = world.people["denise"]
    person.time_zone = "America/Vancouver"
    person.save()
    MailSetting.objects.filter(participant=world.participant("denise")).update(hour=6, last_letter_on=clock.today())
    services.publish(write(title="One"), by=world.people["priya"])
    mail.outbox.clear()
    for hour, count in ((7, 0), (8, 0), (9, 1), (10, 1)):  # nine in Port Alder is six in Vancouver
        with tomorrow(hour):
            letters.send_letters(inside)
        assert len(mail.outbox) == count, hour


def test_the_weekly_letter_comes_on_monday(world, write, inside):
    letters.choose_pace(world.participant("denise"), MailSetting.Pace.WEEKLY, by=world.people["denise"])
    services.publish(write(title="One"), by=world.people["priya"])
    mail.outbox.clear()
    for days, count in ((1, 0), (2, 0), (3, 1), (4, 1)):
        with tomorrow(8, days=days):
            letters.send_letters(inside)
        assert len(mail.outbox) == count, days


def test_quiet_hours_hold_letters_until_they_end(world, write, inside):
    setting = MailSetting(quiet_from=time(21), quiet_until=time(7))
    zone = world.people["bev"].zone
    night, early, noon = (datetime(2026, 3, 13, hour, 30, tzinfo=zone) for hour in (22, 5, 12))
    assert setting.opens_at(night) == datetime(2026, 3, 14, 7, tzinfo=zone)
    assert setting.opens_at(early) == datetime(2026, 3, 13, 7, tzinfo=zone)
    assert setting.opens_at(noon) is None
    with tomorrow(22):
        services.publish(write(), by=world.people["priya"])
    held = next(letter for letter in mail.outbox if letter.to == ["bev@concorda.example"])
    assert held.due_at.astimezone(zone) == datetime(2026, 3, 15, 7, tzinfo=zone)


def test_a_person_chooses_their_pace(world, inside, sign_in, address):
    client = sign_in("bev")
    chosen = {"pace": "none", "hour": 7, "quiet_from": "21:00", "quiet_until": "06:30", "kinds": ["meetings"]}
    assert client.post(address("settings"), chosen).status_code == 302
    assert "decisions" in stopped_kinds(world.people["bev"].email, inside.slug)
    assert "meetings" not in stopped_kinds(world.people["bev"].email, inside.slug)
    assert queries.pace_of(world.participant("bev")) == MailSetting.Pace.NONE
    answer = client.post(address("settings"), chosen | {"pace": "hourly"})
    assert answer.status_code == 200 and "valid choice" in words(answer)
    for wrong, problem in (({"hour": 24}, "hours 0 to 23"), ({"quiet_until": ""}, "leave both empty")):
        assert problem in words(client.post(address("settings"), chosen | wrong))


# Confirming


def test_who_has_not_confirmed_is_seen_and_reminded_once_a_day(world, inside, sign_in, address):
    row = world.things["announcement.consent"]
    client = sign_in("priya")
    shown = words(client.get(address("announcement", row.pk)))
    for name in ("Rahim Sediqi", "Karim Nasser", "Nour Khalil", "Paul Tran"):
        assert name in shown
    assert "4 people were reminded" in words(client.post(address("remind", row.pk), follow=True))
    assert "Nobody was reminded" in words(client.post(address("remind", row.pk), follow=True))
    with clock.at(clock.now() + timedelta(days=1, minutes=1)):
        assert services.remind(row, by=world.people["priya"]) == 4
    assert "Who has not confirmed" not in words(sign_in("luc").get(address("announcement", row.pk)))
    assert sign_in("luc").post(address("remind", row.pk)).status_code == 403


def test_confirming_takes_it_off_the_list_of_what_waits(world, inside, sign_in, address):
    row = world.things["announcement.consent"]
    access = access_of(world.people["rahim"], inside.slug)
    assert [one.label for one in waiting(access)] == ["Read and confirm “Consent on the shared intake form”"]
    client = sign_in("rahim")
    assert "I have read it" in words(client.get(address("announcement", row.pk)))
    client.post(address("acknowledge", row.pk))
    assert list(waiting(access)) == []
    length = Entry.objects.count()
    client.post(address("acknowledge", row.pk))
    assert Entry.objects.count() == length
    assert "You confirmed this" in words(client.get(address("announcement", row.pk)))


def test_what_asks_for_no_confirmation_gets_none(world, inside):
    delivery = Delivery.objects.filter(announcement=world.things["announcement.february"], acknowledged_at=None).first()
    with pytest.raises(ValidationError):
        services.acknowledge(delivery, by=delivery.participant.person)
    with pytest.raises(ValidationError):
        services.remind(world.things["announcement.february"], by=world.people["priya"])


# Discussions


def test_what_a_group_discusses_is_read_by_its_members_and_coordinators(world, inside, sign_in, address):
    topic = Topic.objects.get(group=world.things["group.housing"])
    for who, status in (
        ("amina", 200),
        ("tom", 200),
        ("priya", 200),
        ("luc", 404),
        ("grace", 404),
        ("lena", 200),
        ("jo", 403),
    ):
        client = sign_in(who)
        assert client.get(address("discussion", topic.pk)).status_code == status, who
        assert ("Handbook without Dari" in words(client.get(address("discussions")))) == (status == 200)
    luc = sign_in("luc")
    assert luc.post(address("discussion", topic.pk), {"text": "Me too"}).status_code == 404
    assert luc.post(address("reply_withdraw", topic.replies.first().pk)).status_code == 404
    assert "Handbook without Dari" not in words(luc.get(address("home")))


def test_an_evaluator_reads_and_does_not_write(world, inside, sign_in, address):
    topic = Topic.objects.get(group=None)
    client = sign_in("lena")
    assert "Your reply" not in words(client.get(address("discussion", topic.pk)))
    assert client.post(address("discussion", topic.pk), {"text": "Hm"}).status_code == 403


def test_people_reply_and_take_back(world, inside, sign_in, address):
    topic = Topic.objects.get(group=None)
    client = sign_in("bev")
    page = address("discussion", topic.pk)
    assert "Write your reply first" in words(client.post(page, {"text": " "}))
    client.post(page, {"text": "<script>alert(1)</script> At the library?"})
    shown = words(client.get(page))
    assert "<script>alert" not in shown and "At the library?" in shown
    reply = topic.replies.last()
    assert sign_in("karim").post(address("reply_withdraw", reply.pk)).status_code == 403
    client.post(address("reply_withdraw", reply.pk))
    shown = words(client.get(page))
    assert "At the library?" not in shown and "Taken back by its author" in shown


def test_a_closed_discussion_takes_no_more(world, inside, sign_in, address):
    topic = Topic.objects.get(group=None)
    assert sign_in("bev").post(address("discussion_close", topic.pk)).status_code == 403
    sign_in("ruth").post(address("discussion_close", topic.pk))
    assert sign_in("bev").post(address("discussion", topic.pk), {"text": "Late"}).status_code == 403
    with pytest.raises(Final):
        talking.reply(Topic.objects.get(pk=topic.pk), "Late", world.participant("bev"), by=world.people["bev"])


def test_nobody_starts_a_discussion_in_a_group_they_are_not_in(world, sign_in, address):
    facts = {"title": "Hello", "text": "Keep me", "group": world.things["group.housing"].pk}
    answer = sign_in("luc").post(address("discussion_new"), facts)
    assert answer.status_code == 200 and "Keep me" in words(answer)
    assert sign_in("amina").post(address("discussion_new"), facts).status_code == 302


# The plan and the people


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),
        (date(2026, 11, 30), 1, date(2026, 12, 30)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
    ],
)
def test_months_keep_their_day_or_end(day, months, expected):
    assert months_later(day, months) == expected


def test_what_went_out_comes_again_and_never_in_the_past(world, inside):
    item = PlanItem(partnership=inside, title="Update", audience="All", cadence="monthly", next_on=date(2025, 11, 30))
    services.add_to_plan(item, by=world.people["priya"])
    assert item.late and progress(inside).state == "care"
    services.done(item, by=world.people["priya"])
    assert (item.last_on, item.next_on) == (date(2026, 3, 13), date(2026, 3, 28))
    item.cadence = "once"
    services.done(item, by=world.people["priya"])
    assert item.next_on is None


def test_the_plan_is_kept_on_its_page(world, inside, sign_in, address):
    client = sign_in("bev")
    answer = client.post(
        address("planitem_new"),
        {
            "title": "Radio",
            "audience": "",
            "purpose": "Keep me",
            "channel": "media",
            "cadence": "once",
            "language": "en",
            "hour": 9,
        },
    )
    assert answer.status_code == 200 and "Keep me" in words(answer)
    client.post(
        address("planitem_new"),
        {
            "title": "Radio",
            "audience": "Neighbours",
            "channel": "media",
            "cadence": "once",
            "language": "en",
            "hour": 9,
        },
    )
    assert "Neighbours" in words(client.get(address("planitem_list")))
    row = PlanItem.objects.get(title="Radio")
    client.post(address("plan_done", row.pk))
    row.refresh_from_db()
    assert row.last_on == clock.today()
    assert sign_in("lena").post(address("plan_done", row.pk)).status_code == 403


def test_the_directory_finds_people_by_name_and_organization(sign_in, address):
    client = sign_in("farida")
    shown = words(client.get(address("directory"), {"q": "harbour tom"}))
    assert "tom@concorda.example" in shown and "oleh@concorda.example" not in shown
    assert "Nobody here matches" in words(client.get(address("directory"), {"q": "zzz"}))


# Forms


@pytest.mark.parametrize(
    ("facts", "problem"),
    [
        ({"title": ""}, "becomes the subject"),
        ({"text": " "}, "Write the message"),
        ({"text": "x" * 20_001}, "20,001 characters"),
        ({"audience": "group"}, "Choose the group"),
        ({"audience": "world"}, "valid choice"),
    ],
)
def test_an_announcement_needs_its_parts(sign_in, address, facts, problem):
    sound = {"title": "Keep me", "text": "Keep this too", "audience": "all"}
    answer = sign_in("priya").post(address("announcement_new"), sound | facts)
    assert answer.status_code == 200
    assert problem in words(answer) and "Keep" in words(answer)


def test_in_french(sign_in, address):
    for name in (
        "home", "discussions", "directory", "planitem_list", "settings", "card", "documents", "plan_sent",
        "contact_list",
    ):  # fmt: skip
        answer = sign_in("luc").get(address(name))
        assert answer.status_code == 200 and 'lang="fr-ca"' in words(answer)
    assert "22 personnes sur 31 ont ouvert" in words(sign_in("luc").get(address("home")))


def test_pages_cost_the_same_with_one_row_and_three(world, write, sign_in, address, inside):
    client = sign_in("priya")

    def cost():
        total = []
        for name in ("home", "discussions", "planitem_list", "directory"):
            client.get(address(name))
            with CaptureQueriesContext(connection) as found:
                client.get(address(name))
            total.append(len(found))
        return total

    before = cost()
    for number in range(3):
        services.publish(write(title=f"Number {number}"), by=world.people["priya"])
        topic = Topic(partnership=inside, title=f"Topic {number}", text="x", started_by=world.participant("bev"))
        talking.start_topic(topic, by=world.people["bev"])
        item = PlanItem(
            partnership=inside,
            title=f"Line {number}",
            audience="All",
            owner=world.participant("bev"),
            next_on=clock.today(),
        )
        services.add_to_plan(item, by=world.people["bev"])
    assert cost() == before
