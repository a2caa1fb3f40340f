"""Mail out and in, through real servers: posted by SMTP, fetched by IMAP, and everything a mailbox may hold."""

import smtplib
from datetime import timedelta
from email import policy
from email.message import EmailMessage
from urllib.parse import quote, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from concorda.foundation.accounts import mail, posting
from concorda.foundation.accounts.models import DeadAddress, Letter, Person, Received, Silence
from concorda.foundation.core import clock
from concorda.foundation.partnerships.door import access_of
from concorda.implement.communication import letters, mailroom, services, talking
from concorda.implement.communication.forms import LONGEST
from concorda.implement.communication.models import Announcement, Document, Follow, Topic
from concorda.implement.communication.tool import waiting
from concorda.portal import clockwork
from tests.mailing import HOST, OURS, PASSWORD, USER, post_office

pytestmark = pytest.mark.enable_socket
O = Received.Outcome  # noqa: E741


@pytest.fixture(scope="module")
def servers():
    with post_office() as post:
        yield post


@pytest.fixture
def post(servers, settings, db):
    """The servers, set as an installation would set them."""
    servers.empty()
    settings.EMAIL_URL = f"smtp://{HOST}:{servers.smtp}"
    settings.EMAIL_BACKEND = "concorda.foundation.accounts.outbox.Backend"
    settings.MAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = HOST, servers.smtp, 60
    settings.DEFAULT_FROM_EMAIL = f"Concorda <{OURS}>"
    settings.IMAP_URL = f"imap://{USER}:{quote(PASSWORD)}@{HOST}:{servers.imap}/INBOX"
    settings.MAIL_ANSWERS = OURS.replace("@", "+{}@")
    Letter.objects.all().delete()
    return servers


@pytest.fixture
def topic(world, inside):
    """The discussion for everyone; Bev follows it."""
    found = Topic.objects.get(group=None)
    Follow.objects.create(partnership=inside, topic=found, participant=world.participant("bev"))
    return found


def said(topic):
    return [reply.text for reply in topic.replies.order_by("pk")]


def letter_to(post, who):
    return next(one for one in post.letters if one.to == [f"{who}@concorda.example"])


def answer_to(topic, participant, text="At the library.", **headers):
    """An answer as a mail program writes it."""
    message = EmailMessage(policy=policy.SMTP)
    told = {
        "From": f"{participant.person.name} <{participant.person.email}>",
        "To": OURS.replace("@", f"+{letters.answer_token(topic, participant)}@"),
        "Subject": f"Re: {topic.title}",
        "Message-ID": f"<{len(text)}.{hash(text) % 10**8}@mail.example>",
    } | {name.replace("_", "-"): value for name, value in headers.items()}
    for name, value in told.items():
        message[name] = value
    message.set_content(text)
    return message


def send(post, message):
    with smtplib.SMTP(HOST, post.smtp, timeout=60) as server:
        server.send_message(message)


def fates():
    return list(Received.objects.order_by("pk").values_list("outcome", flat=True))[-5:]


def take(message):
    from concorda.foundation.accounts.incoming import Mail

    return mailroom.take_in(Mail.read(message.as_bytes()))


# Out


def test_a_letter_is_stored_with_its_cause_and_posted_by_the_worker(world, inside, post):
    row = Announcement(partnership=inside, title="Snow day", text="We stay home.", author=world.participant("priya"))
    services.draft(row, by=world.people["priya"])
    services.publish(row, by=world.people["priya"])
    assert not post.letters
    assert Letter.objects.filter(posted_at=None).count() == Letter.objects.count() > 20
    assert clockwork.post_mail()
    assert len(post.letters) == Letter.objects.count()
    arrived = letter_to(post, "bev")
    head = arrived.message
    assert head["Auto-Submitted"] == "auto-generated" and head["Precedence"] == "bulk"
    assert head["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert arrived.envelope_from.startswith("answers+b-"), "reports of what does not arrive find their letter"
    assert "We stay home." in head.get_content()
    kept = Letter.objects.get(to="bev@concorda.example")
    assert kept.posted_at and not kept.body and kept.parcel is None, "what was posted is not kept"
    assert posting.post_due() == 0


def test_quiet_hours_hold_a_letter_back(world, inside, post):
    with clock.at(clock.now().replace(hour=23)):
        mail.send(
            "bev@concorda.example", lambda: "Late", "communication/mail/refused.txt", {"topic": "x"},
            due_at=clock.now() + timedelta(hours=8),
        )  # fmt: skip
        assert posting.post_due() == 0
    with clock.at(clock.now().replace(hour=7) + timedelta(days=1)):
        assert posting.post_due() == 1


def test_a_server_that_is_down_is_asked_again_and_again_and_then_no_more(world, post, settings):
    settings.EMAIL_PORT = 1
    mail.send("bev@concorda.example", lambda: "Hello", "communication/mail/refused.txt", {"topic": "x"})
    now, tries = clock.now(), 0
    while not Letter.objects.get().given_up_at:
        with clock.at(now):
            posting.post_due()
            assert posting.post_due() == 0, "not twice at once"
        letter = Letter.objects.get()
        now, tries = letter.due_at, tries + 1
    assert tries == len(posting.AGAIN)
    assert "refused" in letter.trouble.lower()


def test_what_could_not_go_out_goes_out_later(world, post, settings):
    right, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    mail.send("bev@concorda.example", lambda: "Hello", "communication/mail/refused.txt", {"topic": "x"})
    assert posting.post_due() == 0
    settings.EMAIL_PORT = right
    assert posting.post_due() == 0
    with clock.at(clock.now() + timedelta(minutes=2)):
        assert posting.post_due() == 1
    assert [one.to for one in post.letters] == [["bev@concorda.example"]]


def test_two_workers_do_not_post_the_same_letter(world, post):
    mail.send("bev@concorda.example", lambda: "Hello", "communication/mail/refused.txt", {"topic": "x"})
    letter = Letter.objects.get()
    Letter.objects.update(tries=1)  # another one was quicker
    assert posting.post(letter, None) is False


def test_an_address_the_server_refuses_gets_no_more_and_the_coordinator_hears(world, inside, post):
    post.refuses.add("bev@concorda.example")
    mail.send("bev@concorda.example", lambda: "One", "communication/mail/refused.txt", {}, kind="meetings", of=inside)
    assert clockwork.post_mail()
    dead = DeadAddress.objects.get()
    assert (dead.address, "no such person" in dead.reason) == ("bev@concorda.example", True)
    assert not mail.send(
        "bev@concorda.example", lambda: "2", "communication/mail/refused.txt", {}, kind="meetings", of=inside
    )
    clockwork.post_mail()
    assert letter_to(post, "priya").message["Subject"] == "Letters to Bev Oakes do not arrive"


# Answers


def test_a_member_answers_by_mail(world, inside, post, topic):
    """From the reply on a page to the letter, its answer, the mailbox and the discussion."""
    talking.reply(topic, "Where could we meet the families?", world.participant("luc"), by=world.people["luc"])
    posting.post_due()
    letter = letter_to(post, "bev").message
    assert "Where could we meet the families?" in letter.get_content()
    answer = EmailMessage(policy=policy.SMTP)
    answer["From"], answer["To"], answer["Subject"] = "Bev <Bev@Concorda.example>", letter["Reply-To"], "Re: it"
    answer["In-Reply-To"] = letter["Message-ID"]
    quoted = "\n".join(f"> {line}" for line in letter.get_content().splitlines())
    answer.set_content(f"At the library, on Friday.\n\nLe ven. 13 mars 2026, Concorda a écrit :\n{quoted}\n")
    answer.add_attachment(b"page,room\n1,library\n", maintype="text", subtype="csv", filename="rooms.csv")
    send(post, answer)
    assert mailroom.collect() == 1
    reply = topic.replies.last()
    assert (reply.text, str(reply.author), reply.by_mail) == ("At the library, on Friday.", "Bev Oakes", True)
    assert [str(one) for one in Document.objects.filter(topic=topic)] == ["rooms"]
    assert fates()[-1] == O.POSTED
    assert mailroom.collect() == 0, "it is marked as read"
    assert all("Seen" in flags for flags in post.flags())


def test_without_addresses_of_their_own_answers_are_found_by_what_they_answer(world, inside, post, topic, settings):
    settings.MAIL_ANSWERS = OURS
    talking.reply(topic, "Where?", world.participant("luc"), by=world.people["luc"])
    posting.post_due()
    letter = letter_to(post, "bev").message
    assert letter["Reply-To"] == OURS
    answer = answer_to(topic, world.participant("bev"), "Here.", References=letter["Message-ID"])
    del answer["To"]
    answer["To"] = OURS
    assert take(answer).outcome == O.POSTED
    assert said(topic)[-1] == "Here."


def test_a_stranger_who_got_hold_of_the_address_changes_nothing(world, inside, post, topic):
    before = said(topic)
    forged = answer_to(topic, world.participant("bev"))
    forged.replace_header("From", "Mallory <mallory@elsewhere.example>")
    send(post, forged)
    mailroom.collect()
    posting.post_due()
    assert (said(topic), fates()[-1]) == (before, O.STRANGER)
    assert not [one for one in post.letters if "mallory@elsewhere.example" in one.to], "nobody answers a stranger"


def test_a_made_up_address_leads_nowhere(world, topic, post):
    token = letters.answer_token(topic, world.participant("bev"))
    answer = answer_to(topic, world.participant("bev"))
    answer.replace_header("To", OURS.replace("@", f"+{token[:-1]}{'a' if token[-1] != 'a' else 'b'}@"))
    assert take(answer).outcome == O.UNKNOWN


def test_who_may_not_read_it_any_more_does_not_answer(world, inside, post):
    housing = Topic.objects.get(group=world.things["group.housing"])
    assert take(answer_to(housing, world.participant("luc"))).outcome == O.STRANGER
    bev = world.participant("bev")
    bev.left_on = clock.today()
    bev.save()
    assert take(answer_to(housing, bev)).outcome == O.UNKNOWN
    assert "At the library." not in said(housing)


@pytest.mark.parametrize(
    "sign",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Precedence": "bulk"},
        {"Precedence": "auto_reply"},
        {"X_Concorda": "concorda.example"},
        {"X_Loop": "here"},
        {"List_Id": "<news.example>"},
        {"X_Autoreply": "yes"},
        {"Return_Path": "<>"},
    ],
)
def test_what_a_program_wrote_is_never_answered_nor_posted(world, post, topic, sign):
    before, count = said(topic), Letter.objects.count()
    assert take(answer_to(topic, world.participant("bev"), **sign)).outcome == O.AUTOMATIC
    assert (said(topic), Letter.objects.count()) == (before, count)


def test_a_loop_nobody_marks_ends_by_itself(world, inside, post, topic):
    """Two programs that answer each other without saying that they are programs."""
    fates = [
        take(answer_to(topic, world.participant("bev"), f"I am away until Monday. ({number})")).outcome
        for number in range(mailroom.MOST_AN_HOUR + 3)
    ]
    assert fates.count(O.POSTED) == mailroom.MOST_AN_HOUR
    assert fates[-3:] == [O.AUTOMATIC] * 3


def test_our_own_letter_coming_back_is_left_alone(world, inside, post, topic):
    talking.reply(topic, "Where?", world.participant("luc"), by=world.people["luc"])
    letter = Letter.objects.filter(to="bev@concorda.example").get()
    raw = (
        bytes(letter.parcel)
        .replace(b"From: Concorda <answers@", b"From: Bev <bev@")
        .replace(b"To: bev@", b"To: answers@")
    )
    post.deposit(raw)
    before = said(topic)
    mailroom.collect()
    assert (said(topic), Received.objects.latest("pk").outcome) == (before, O.AUTOMATIC)


def test_ten_megabytes_of_text_are_refused_and_the_sender_told_why(world, inside, post, topic):
    before = said(topic)
    send(post, answer_to(topic, world.participant("bev"), "word " * (2 * 1024 * 1024)))
    mailroom.collect()
    posting.post_due()
    told = letter_to(post, "bev").message
    assert said(topic) == before
    assert f"at most {LONGEST:,} fit" in told.get_content()
    assert told["Auto-Submitted"] == "auto-replied" and told["In-Reply-To"]


def test_a_mail_too_large_to_be_fetched_is_refused_from_its_head(world, inside, post, topic, monkeypatch):
    monkeypatch.setattr("concorda.foundation.accounts.incoming.LARGEST", 50_000)
    before = said(topic)
    send(post, answer_to(topic, world.participant("bev"), "word " * 20_000))
    assert mailroom.collect() == 1
    posting.post_due()
    assert said(topic) == before
    assert "too large" in letter_to(post, "bev").message.get_content()


def test_an_attachment_too_large_is_left_out_and_the_words_are_kept(world, inside, post, topic, monkeypatch):
    monkeypatch.setattr(mailroom, "LARGEST_ENCLOSURE", 1024 * 1024)
    answer = answer_to(topic, world.participant("bev"), "See the film.")
    answer.add_attachment(b"%PDF-1.7" + b"x" * 1_500_000, maintype="application", subtype="pdf", filename="film.pdf")
    answer.add_attachment(b"MZ" + b"x" * 100, maintype="application", subtype="pdf", filename="bill.pdf")
    assert take(answer).outcome == O.POSTED
    posting.post_due()
    told = letter_to(post, "bev").message.get_content()
    assert said(topic)[-1] == "See the film."
    assert "“film.pdf” is too large" in told and "“bill.pdf” is not a kind of file" in told
    assert not Document.objects.filter(topic=topic).exists()


def test_a_closed_discussion_says_so_by_mail(world, inside, post, topic):
    talking.close_topic(topic, by=world.people["ruth"])
    assert take(answer_to(topic, world.participant("bev"))).outcome == O.REFUSED
    assert Letter.objects.filter(to="bev@concorda.example", subject__contains="Your answer").count() == 1


def test_the_same_mail_twice_counts_once(world, post, topic):
    answer = answer_to(topic, world.participant("bev"), "Once.")
    take(answer)
    take(answer)
    assert said(topic).count("Once.") == 1


def test_html_is_read_as_text_and_runs_nowhere(world, post, topic):
    answer = answer_to(topic, world.participant("bev"))
    answer.set_content(
        "<style>p{}</style><p>At the <b>hall</b>.</p><script>alert(1)</script><p>Or not?</p>", subtype="html"
    )
    take(answer)
    assert said(topic)[-1] == "At the hall.\n\nOr not?"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\xff\xfe garbage",
        b"From: =?x?Q?=\r\nTo: <\r\nContent-Type: multipart/mixed\r\n\r\nno boundary",
        b"From: bev@concorda.example\r\nContent-Type: text/plain; charset=klingon-8\r\n\r\n\xff\xfe",
        b"Subject: =?utf-8?b?!!!!?=\r\nFrom: a@b@c\r\n\r\nhello",
    ],
)
def test_a_mail_nobody_can_read_stops_none_behind_it(world, inside, post, topic, raw):
    post.deposit(raw or b"\r\n")
    send(post, answer_to(topic, world.participant("bev"), "After the broken one."))
    assert mailroom.collect() == 2
    assert said(topic)[-1] == "After the broken one."


def test_an_answer_to_an_invitation_goes_to_its_meeting(world, inside, post):
    from concorda.implement.working_groups.models import Meeting

    meeting = Meeting.objects.filter(starts_at__gt=clock.now(), cancelled=False).first()
    Meeting.objects.filter(pk=meeting.pk).update(series=None)
    member = meeting.group.members.filter(left_on=None).first().participant.person
    answer = EmailMessage(policy=policy.SMTP)
    answer["From"], answer["To"], answer["Subject"] = member.email, OURS, "Accepted"
    answer["Auto-Submitted"] = "auto-generated"
    answer.set_content("Yes")
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Other//EN", "METHOD:REPLY", "BEGIN:VEVENT", f"UID:{meeting.uid}",
        f"SEQUENCE:{meeting.sequence}", f"DTSTAMP:{clock.now():%Y%m%dT%H%M%SZ}",
        f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:{member.email}", "END:VEVENT", "END:VCALENDAR", "",
    ]  # fmt: skip
    answer.add_attachment("\r\n".join(lines), subtype="calendar", params={"method": "REPLY"}, filename="reply.ics")
    assert take(answer) == (O.CALENDAR, "", inside.slug)


# Letters that do not arrive (RFC 3464)


def report(letter, address, *, status="5.1.1", action="failed", to=None):
    """What a mail server writes when it cannot bring a letter to its reader."""
    back = f"Message-ID: {letter.message_id}\r\nSubject: {letter.subject}\r\n"
    return (
        f"From: MAILER-DAEMON@relay.example\r\nTo: {to or OURS}\r\nSubject: Undelivered\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n'
        "Auto-Submitted: auto-replied\r\n\r\n"
        "--b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; relay.example\r\n\r\n"
        f"Final-Recipient: rfc822; {address}\r\nAction: {action}\r\nStatus: {status}\r\n"
        "Diagnostic-Code: smtp; 550 mailbox unavailable\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\n{back}\r\n--b--\r\n"
    ).encode()


@pytest.fixture
def letter(world, inside, post):
    mail.send("bev@concorda.example", lambda: "One", "communication/mail/refused.txt", {}, kind="meetings", of=inside)
    return Letter.objects.get()


def test_a_report_stops_letters_and_tells_the_coordinator(world, inside, post, letter):
    post.deposit(report(letter, "bev@concorda.example"))
    mailroom.collect()
    assert DeadAddress.objects.get().reason == "550 mailbox unavailable"
    posting.post_due()
    told = letter_to(post, "priya").message
    assert "550 mailbox unavailable" in told.get_content()
    assert any("new address" in one.label for one in waiting(access_of(world.people["priya"], inside.slug)))
    page = reverse("communication:directory", args=[inside.slug])
    client = Client()
    client.force_login(world.people["priya"], backend="allauth.account.auth_backends.AuthenticationBackend")
    assert "Letters do not arrive since" in client.get(page).content.decode()
    client.post(reverse("communication:address_works", args=[inside.slug, world.participant("bev").pk]))
    assert not DeadAddress.objects.exists()


def test_the_return_path_alone_finds_the_letter(post, letter):
    envelope = posting.envelope(letter)
    raw = report(letter, "bev@concorda.example", to=envelope).replace(letter.message_id.encode(), b"<lost>")
    post.deposit(raw)
    mailroom.collect()
    assert DeadAddress.objects.count() == 1


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"address": "priya@concorda.example"}, "the letter was to somebody else"),
        ({"address": "bev@concorda.example", "status": "4.4.7", "action": "delayed"}, "it is only late"),
    ],
)
def test_a_report_that_proves_nothing_changes_nothing(post, letter, facts, why):
    post.deposit(report(letter, **facts))
    mailroom.collect()
    assert not DeadAddress.objects.exists(), why
    assert fates()[-1] == O.UNKNOWN


def test_a_report_about_no_letter_of_ours_stops_nobody(post, letter):
    post.deposit(report(letter, "bev@concorda.example").replace(letter.message_id.encode(), b"<made.up@elsewhere>"))
    mailroom.collect()
    assert not DeadAddress.objects.exists()


# One click


def test_one_click_stops_letters_of_a_kind_and_only_those(world, inside, post):
    def write(kind):
        return mail.send(
            "bev@concorda.example", lambda: kind, "communication/mail/refused.txt", {}, kind=kind, of=inside
        )

    write("meetings")
    posting.post_due()
    link = letter_to(post, "bev").message["List-Unsubscribe"].strip(" <>")
    stranger = Client(enforce_csrf_checks=True)
    assert "Stop these letters" in stranger.get(urlsplit(link).path).content.decode()
    assert not Silence.objects.exists(), "opening the page stops nothing: mail programs open links"
    answer = stranger.post(urlsplit(link).path, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert (write("meetings"), write("decisions")) == (False, True)
    stranger.post(urlsplit(link).path, {"again": "1"})
    assert write("meetings")
    assert stranger.post(reverse("accounts:stop", args=["made-up"])).status_code == 404


def test_a_sign_in_link_is_sent_whatever_was_stopped(world, inside, post):
    from concorda.foundation.accounts import links

    mail.bury("bev@concorda.example", "550")
    links.send(Person.objects.get(email="bev@concorda.example"))
    assert posting.post_due() == 1
    assert "List-Unsubscribe" not in letter_to(post, "bev").message


def test_every_letter_nobody_asked_for_can_be_stopped(world, inside, post):
    """Each place that writes letters says what kind they are, or writes only what was asked for."""
    import ast
    from pathlib import Path

    asked = {"links.py": "a link to sign in", "calls.py": "answers to who asked or applied"}
    root, missing = Path(mail.__file__).parents[2], []
    for path in root.rglob("*.py"):
        if "tests" in path.parts or path.name in asked:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "mail.send":
                names = {one.arg for one in node.keywords}
                template = next((ast.unparse(one) for one in node.args[2:3]), "")
                if names.isdisjoint({"kind", None}) and not any(word in template for word in ANSWERS):
                    missing.append(f"{path.relative_to(root)}:{node.lineno} {template}")
    assert not missing


ANSWERS = ("answered.txt", "claim.txt", "refused.txt")
"""Letters that answer what their reader just did, once."""
