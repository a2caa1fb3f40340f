"""Real mail servers on this machine: one that takes letters by SMTP and puts answers into a mailbox read by IMAP."""

import imaplib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

HOST, USER, PASSWORD = "127.0.0.1", "answers", "harbour lights"
OURS = "answers@concorda.example"
"""What begins like this address, with anything after a plus, lies in the mailbox; all else lands in `letters`."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@dataclass
class Arrived:
    """A letter as the SMTP server took it."""

    envelope_from: str
    to: list[str]
    message: EmailMessage


@dataclass
class Post:
    """The two servers, what arrived at the one, and a hand to the other."""

    smtp: int
    imap: int
    letters: list[Arrived] = field(default_factory=list)
    refuses: set[str] = field(default_factory=set)

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if address in self.refuses:
            return "550 5.1.1 no such person here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        name = OURS.partition("@")[0]
        if any(to.startswith((f"{name}@", f"{name}+")) for to in envelope.rcpt_tos):
            to = ", ".join(envelope.rcpt_tos).encode()
            self.deposit(b"Delivered-To: " + to + b"\r\n" + envelope.content)
        else:
            message = message_from_bytes(envelope.content, policy=policy.default)
            self.letters.append(Arrived(envelope.mail_from, envelope.rcpt_tos, message))
        return "250 OK"

    def deposit(self, raw: bytes) -> None:
        box = self.box()
        box.append("INBOX", "", None, raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
        box.logout()

    def box(self) -> imaplib.IMAP4:
        box = imaplib.IMAP4(HOST, self.imap)
        box.login(USER, PASSWORD)
        box.select("INBOX")
        return box

    def flags(self) -> list[str]:
        """The flags of every mail in the mailbox."""
        box = self.box()
        _answer, found = box.search(None, "ALL")
        told = [box.fetch(number.decode(), "(FLAGS)")[1][0] for number in found[0].split()]
        box.logout()
        return [str(one) for one in told]

    def empty(self) -> None:
        box = self.box()
        box.store("1:*", "+FLAGS", r"(\Deleted)")
        box.expunge()
        box.logout()
        self.letters.clear()
        self.refuses.clear()


@contextmanager
def post_office() -> Iterator[Post]:
    """Both servers, until the end of the block."""
    from aiosmtpd.controller import Controller

    post = Post(free_port(), free_port())
    program = str(Path(sys.executable).with_name("pymap"))
    words = [program, "--host", HOST, "--port", str(post.imap), "--no-tls", "dict"]
    server = subprocess.Popen(
        [*words, "--demo-user", USER, "--demo-password", PASSWORD],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    controller = Controller(post, hostname=HOST, port=post.smtp, data_size_limit=60 * 1024 * 1024)
    controller.start()
    try:
        wait_for(post)
        yield post
    finally:
        controller.stop()
        server.terminate()
        server.wait(10)


def wait_for(post: Post) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        with suppress(OSError, imaplib.IMAP4.error):
            post.box().logout()
            return
        time.sleep(0.1)
    raise RuntimeError("the IMAP server did not start")
