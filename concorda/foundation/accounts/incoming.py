"""Mail that comes in: fetched by IMAP, and read: who wrote, what it answers, its words, what it carries."""

import email
import imaplib
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.utils import getaddresses, parseaddr
from html.parser import HTMLParser
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings

LARGEST = 25 * 1024 * 1024
"""Bytes of a mail that is fetched at all; of a larger one only its head."""
AT_ONCE = 50
TIMEOUT = 30
MARK = "##-"
"""Begins the line above which people write their answers; nothing below the line that holds it is theirs."""


@dataclass(frozen=True)
class Mail:
    """One mail as it arrived; `whole` is False when it was too large to be fetched."""

    message: EmailMessage
    raw: bytes
    size: int
    whole: bool = True

    @classmethod
    def read(cls, raw: bytes, *, size: int | None = None, whole: bool = True) -> "Mail":
        message = email.message_from_bytes(raw, policy=policy.default)
        assert isinstance(message, EmailMessage)
        return cls(message, raw, len(raw) if size is None else size, whole)

    def header(self, name: str) -> str:
        """A header as one line; what no reader understands counts as not there."""
        try:
            found = self.message.get(name)
        except (ValueError, IndexError, AttributeError, TypeError):  # the library stumbles over broken headers
            return ""
        return " ".join(str(found).split()) if found else ""

    @property
    def sender(self) -> str:
        return parseaddr(self.header("From"))[1].lower()

    @property
    def subject(self) -> str:
        return self.header("Subject")

    @property
    def recipients(self) -> list[str]:
        names = ("To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To")
        found = [value for name in names for value in self.message.get_all(name, [])]
        return [address.lower() for _name, address in getaddresses([str(one) for one in found])]

    @property
    def answers(self) -> list[str]:
        """The numbers of the messages it answers, the nearest first."""
        return (self.header("In-Reply-To") + " " + " ".join(reversed(self.header("References").split()))).split()


# What a program wrote

AUTOMATIC = {"bulk", "junk", "list", "auto_reply"}


def automatic(mail: Mail, here: str) -> str:
    """Why nobody must answer this, or take it for a person's words: a program sent it. Empty for a person's mail."""
    said = mail.header("Auto-Submitted").lower()
    signs = {
        "Auto-Submitted": said not in {"", "no"},
        "Precedence": mail.header("Precedence").lower() in AUTOMATIC,
        "X-Concorda": bool(mail.header("X-Concorda")),
        "X-Autoreply": bool(mail.header("X-Autoreply") or mail.header("X-Autorespond")),
        "X-Loop": bool(mail.header("X-Loop")),
        "List-Id": bool(mail.header("List-Id")),
        "Return-Path": mail.header("Return-Path") == "<>",
        "From": not mail.sender or mail.sender == here or mail.sender.split("@")[0] in {"mailer-daemon", "postmaster"},
    }
    return next((sign for sign, there in signs.items() if there), "")


# Reports that a letter did not arrive (RFC 3464)


@dataclass(frozen=True)
class Failure:
    """A recipient a mail server could not reach for good, and what it said."""

    address: str
    reason: str


def is_report(mail: Mail) -> bool:
    kind = str(mail.message.get_param("report-type") or "").lower()
    return mail.message.get_content_type() == "multipart/report" and kind == "delivery-status"


def failures(mail: Mail) -> list[Failure]:
    """The recipients a report says will never get the letter; those that are only late are not among them."""
    found = []
    for part in mail.message.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        for block in blocks(part):
            status, action = str(block.get("Status", "")).strip(), str(block.get("Action", "")).strip().lower()
            address = str(block.get("Final-Recipient") or block.get("Original-Recipient") or "").rpartition(";")[2]
            if action == "failed" and status.startswith("5") and address.strip():
                said = str(block.get("Diagnostic-Code", "")).partition(";")[2].strip()
                found.append(Failure(address.strip().lower(), " ".join((said or status).split())[:300]))
    return found


def blocks(part: Any) -> list[Any]:
    inside = part.get_payload()
    return [block for block in inside if hasattr(block, "get")] if isinstance(inside, list) else []


def reported(mail: Mail) -> list[str]:
    """The numbers of the messages a report is about, from what it sends back of them."""
    found = []
    for part in mail.message.walk():
        kind = part.get_content_type()
        if kind == "message/rfc822" and isinstance(part.get_payload(), list):
            found += [str(one.get("Message-ID", "")).strip() for one in part.get_payload() if hasattr(one, "get")]
        elif kind == "text/rfc822-headers":
            head = email.message_from_string(str(part.get_payload()))
            found.append(str(head.get("Message-ID", "")).strip())
    return [one for one in found if one]


# What a person wrote

QUOTED = (
    re.compile(r"^\s*-{2,}\s*(original message|message d.origine|forwarded message)\s*-{2,}", re.IGNORECASE),
    re.compile(r"^\s*_{10,}\s*$"),
    re.compile(r"^\s*(on|le)\b.{5,200}\b(wrote|a écrit)\s*:\s*$", re.IGNORECASE),
    re.compile(r"^(from|de)\s*:.{3,}$", re.IGNORECASE),
)
SIGNATURE = re.compile(r"^-- ?$")


def words(mail: Mail) -> str:
    """What the sender wrote: the plain text, or the text of the HTML, without quotation and signature."""
    body = mail.message.get_body(preferencelist=("plain", "html"))
    if body is None:
        return ""
    text = content(body)
    if body.get_content_type() == "text/html":
        text = plain(text)
    return above(text)


def content(part: Any) -> str:
    """The text of a part, whatever its charset claims to be."""
    try:
        return str(part.get_content())
    except (LookupError, UnicodeError, ValueError, KeyError):
        return bytes(part.get_payload(decode=True) or b"").decode("utf-8", errors="replace")


def above(text: str) -> str:
    """The lines before the letter that is answered, and before the signature."""
    kept: list[str] = []
    lines = text.replace("\r\n", "\n").replace("\x00", "").split("\n")
    for number, line in enumerate(lines):
        pair = line + " " + (lines[number + 1] if number + 1 < len(lines) else "")
        if MARK in line or SIGNATURE.match(line) or any(one.match(line) for one in QUOTED) or QUOTED[2].match(pair):
            break
        kept.append(line)
    while kept and (not kept[-1].strip() or kept[-1].lstrip().startswith(">")):
        kept.pop()
    return "\n".join(line for line in kept if not line.lstrip().startswith(">")).strip()


class Plain(HTMLParser):
    """The text of HTML, with line breaks where a reader sees them."""

    BREAKS = {"br", "p", "div", "tr", "li", "h1", "h2", "h3", "blockquote"}
    UNSEEN = {"script", "style", "head", "title"}

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.unseen = 0

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.unseen += tag in self.UNSEEN
        if tag in self.BREAKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self.unseen = max(0, self.unseen - (tag in self.UNSEEN))
        if tag in self.BREAKS - {"br"}:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.unseen:
            self.parts.append(re.sub(r"\s+", " ", data))


def plain(html: str) -> str:
    reader = Plain()
    reader.feed(html)
    lines = [line.strip() for line in "".join(reader.parts).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


@dataclass(frozen=True)
class Enclosure:
    """A file that came with a mail."""

    name: str
    kind: str
    data: bytes


def enclosures(mail: Mail) -> list[Enclosure]:
    """The files somebody put in; pictures inside the text and calendars are none."""
    found = []
    for part in mail.message.iter_attachments():
        data = part.get_payload(decode=True)
        if isinstance(data, bytes) and part.get_content_type() != "text/calendar":
            found.append(Enclosure(str(part.get_filename() or ""), part.get_content_type(), data))
    return found


def calendar_reply(mail: Mail) -> str:
    """The answer to an invitation (iTIP, METHOD:REPLY) that a mail carries, or nothing."""
    for part in mail.message.walk():
        if part.get_content_type() in {"text/calendar", "application/ics"}:
            text = content(part)
            if re.search(r"^METHOD:REPLY\s*$", text, re.MULTILINE | re.IGNORECASE):
                return text
    return ""


# The mailbox


class MailboxFault(Exception):
    """The mailbox could not be opened or read."""


@contextmanager
def mailbox() -> Iterator[imaplib.IMAP4]:
    """The mailbox of the settings, open; raises MailboxFault with what is wrong."""
    address = urlsplit(settings.IMAP_URL)
    server, port = address.hostname or "", address.port
    try:
        if address.scheme == "imaps":
            box: imaplib.IMAP4 = imaplib.IMAP4_SSL(server, port or 993, timeout=TIMEOUT)
        else:
            box = imaplib.IMAP4(server, port or 143, timeout=TIMEOUT)
            if address.scheme == "imap+tls":
                box.starttls()
    except (OSError, imaplib.IMAP4.error) as error:
        raise MailboxFault(f"{server} does not answer: {error}") from error
    try:
        box.login(unquote(address.username or ""), unquote(address.password or ""))
        folder = unquote(address.path.lstrip("/")) or "INBOX"
        answer, _said = box.select('"' + folder.replace("\\", "\\\\").replace('"', '\\"') + '"')
        if answer != "OK":
            raise MailboxFault(f"there is no folder {folder} at {server}")
        yield box
    except (OSError, imaplib.IMAP4.error) as error:
        raise MailboxFault(f"{server}: {error}") from error
    finally:
        with suppress(OSError, imaplib.IMAP4.error):  # it may be gone already
            box.logout()


def unread(box: imaplib.IMAP4) -> Iterator[tuple[str, Mail]]:
    """The mails nobody has looked at, oldest first, each with its number; looking does not mark them."""
    _answer, found = box.uid("SEARCH", "UNSEEN")
    for number in (found[0] or b"").split()[:AT_ONCE]:
        uid = number.decode()
        _answer, told = box.uid("FETCH", uid, "(RFC822.SIZE)")
        size = int(re.search(rb"RFC822\.SIZE (\d+)", flat(told)).group(1))  # type: ignore[union-attr]
        whole = size <= LARGEST
        _answer, told = box.uid("FETCH", uid, "(BODY.PEEK[])" if whole else "(BODY.PEEK[HEADER])")
        raw = next((bytes(part[1]) for part in told if isinstance(part, tuple)), b"")
        yield uid, Mail.read(raw, size=size, whole=whole)


def flat(told: Any) -> bytes:
    return b" ".join(part if isinstance(part, bytes) else b" ".join(part) for part in told if part)


def mark_read(box: imaplib.IMAP4, uid: str, *, look: bool = False) -> None:
    """It has been dealt with; `look` flags it for a person to look at."""
    box.uid("STORE", uid, "+FLAGS", r"(\Seen \Flagged)" if look else r"(\Seen)")
