"""Webhooks: signed, tried again, no more than their person may read, and never to an address inside."""

import http.server
import json
import socket
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction

from concorda.foundation.core import clock
from concorda.foundation.core.scoping import EVERY, scopes_disabled, within
from concorda.foundation.partnerships import services as partnerships
from concorda.foundation.partnerships.access import Role
from concorda.foundation.partnerships.models import Entry
from concorda.foundation.partnerships.timeline import record
from concorda.portal.api import hooks, outside
from concorda.portal.api.models import Hook, HookDelivery

OUTSIDE = "https://hooks.example.org/concorda"


class Receiver(http.server.BaseHTTPRequestHandler):
    server: Any

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((dict(self.headers), body))
        self.send_response(self.server.answers.pop(0) if self.server.answers else 204)
        self.send_header("Location", "http://127.0.0.1:1/")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *words: Any) -> None:
        pass


@pytest.fixture
def receiver(settings):
    server: Any = http.server.HTTPServer(("127.0.0.1", 0), Receiver)
    server.got, server.answers = [], []
    settings.WEBHOOK_INSIDE = [f"127.0.0.1:{server.server_port}"]
    server.url = f"http://127.0.0.1:{server.server_port}/here?a=1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def set_up(world: Any, url: str, key: str = "priya", **facts: Any) -> Hook:
    with within(world.partnership, EVERY):
        world.partnership.refresh_from_db()
        hook = Hook(partnership=world.partnership, url=url, **facts)
        hooks.add(hook, by=world.people[key])
    return hook


def happen(world: Any, what: str, **facts: Any) -> Entry:
    with within(world.partnership, EVERY), transaction.atomic():
        return record(world.partnership, world.people["tom"], "said %(what)s", what=what, **facts)


def deliveries(hook: Hook) -> list[HookDelivery]:
    with scopes_disabled():
        return list(HookDelivery.objects.filter(hook=hook).order_by("pk"))


@pytest.mark.enable_socket
def test_what_happens_arrives_signed(world, receiver):
    hook = set_up(world, receiver.url)
    entry = happen(world, "hello", tool="motivation")
    hooks.run_due()
    ((headers, body),) = receiver.got
    told = json.loads(body)
    assert (told["event"], told["entry"]["sentence"]) == ("motivation", "said hello")
    assert told["entry"]["hash"] == entry.hash
    moment = headers["Concorda-Timestamp"]
    assert headers["Concorda-Signature"] == "v1=" + hooks.signature(hook.secret, moment, body)
    assert hooks.signature(hook.secret, moment, body) != hooks.signature(hook.secret, "0", body)
    hooks.run_due()
    assert len(receiver.got) == 1
    (one,) = deliveries(hook)
    assert (one.status, one.answered, one.tries) == ("delivered", 204, 1)


@pytest.mark.enable_socket
def test_what_fails_is_tried_again_later_and_given_up_in_the_end(world, receiver):
    hook = set_up(world, receiver.url)
    happen(world, "hello")
    receiver.answers += [302, 500] * 10
    hooks.run_due()
    hooks.run_due()
    assert len(receiver.got) == 1  # it is not followed, and not tried again at once
    now = clock.now()
    for _try in range(12):
        now += timedelta(days=1)
        with clock.at(now):
            hooks.run_due()
    assert len(receiver.got) == len(hooks.WAITS) + 1
    assert deliveries(hook)[0].status == "given_up"
    hook.refresh_from_db()
    assert hook.stopped_because


@pytest.mark.enable_socket
def test_only_what_was_asked_for(world, receiver):
    set_up(world, receiver.url, kinds=["vision"])
    happen(world, "nothing of it", tool="motivation")
    happen(world, "this", tool="vision")
    hooks.run_due()
    assert [json.loads(body)["entry"]["sentence"] for _headers, body in receiver.got] == ["said this"]


@pytest.mark.enable_socket
def test_it_is_told_no_more_than_its_person_may_read(world, receiver):
    hook = set_up(world, receiver.url)
    happen(world, "in private", private_to=world.organizations["county"])
    hooks.run_due()
    assert receiver.got == []
    with within(world.partnership, EVERY):
        partnerships.set_roles(world.participant("tom"), [Role.COORDINATOR], by=world.people["priya"])
        partnerships.leave(world.participant("priya"), by=world.people["tom"])
    cache.clear()
    hooks.run_due()
    assert receiver.got == []
    hook.refresh_from_db()
    assert hook.stopped_because


@pytest.mark.parametrize(
    ("url", "ip"),
    [
        ("https://inside.example/", "127.0.0.1"),
        ("https://inside.example/", "10.1.2.3"),
        ("https://inside.example/", "192.168.0.10"),
        ("https://inside.example/", "172.16.9.9"),
        ("https://inside.example/", "169.254.169.254"),
        ("https://inside.example/", "100.64.0.1"),
        ("https://inside.example/", "0.0.0.0"),
        ("https://inside.example/", "224.0.0.1"),
        ("https://inside.example/", "::1"),
        ("https://inside.example/", "fe80::1%eth0"),
        ("https://inside.example/", "fd00::1"),
        ("https://inside.example/", "::ffff:10.0.0.1"),
        ("https://inside.example/", "64:ff9b::a9fe:a9fe"),
        ("https://inside.example/", "2002:7f00:1::"),
        ("http://hooks.example.org/", "93.184.216.34"),
        ("https://user@hooks.example.org/", "93.184.216.34"),
        ("https:///nowhere", "93.184.216.34"),
        ("ftp://hooks.example.org/", "93.184.216.34"),
        ("https://hooks.example.org:99999/", "93.184.216.34"),
    ],
)
def test_nothing_is_sent_to_an_address_inside(world, monkeypatch, url, ip):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_asked, **_more: [(0, 0, 0, "", (ip, 443))])
    with pytest.raises(outside.Unreachable):
        outside.destination(url)


def test_one_address_inside_among_several_is_enough_to_refuse(monkeypatch):
    found = [(0, 0, 0, "", (ip, 443)) for ip in ("93.184.216.34", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_asked, **_more: found)
    with pytest.raises(outside.Unreachable):
        outside.destination(OUTSIDE)


def test_a_name_that_turns_inside_later_is_refused_when_it_is_sent(world, monkeypatch):
    names = iter(["93.184.216.34", "127.0.0.1"])
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_asked, **_more: [(0, 0, 0, "", (next(names), 443))])
    outside.destination(OUTSIDE)
    hook = set_up(world, OUTSIDE)
    happen(world, "hello")
    hooks.run_due()
    (one,) = deliveries(hook)
    assert (one.status, one.answered) == ("waiting", None)
    assert "inside" in one.problem


def test_it_connects_to_the_machine_that_was_looked_at(monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_asked, **_more: [(0, 0, 0, "", ("93.184.216.34", 443))])
    reached: list[Any] = []

    def connect(to: Any, *_more: Any) -> Any:
        reached.append(to)
        raise OSError("far away")

    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(outside.Unreachable, match="far away"):
        outside.post(OUTSIDE, b"{}", {})
    assert reached == [("93.184.216.34", 443)]


def test_it_is_set_up_looked_at_and_removed_on_its_pages(world, sign_in, monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_asked, **_more: [(0, 0, 0, "", ("93.184.216.34", 443))])
    priya, home = sign_in("priya"), f"/p/{world.partnership.slug}/webhooks/"
    page = priya.post(home, {"url": OUTSIDE, "kinds": ["vision"]}, follow=True)
    with scopes_disabled():
        hook = Hook.objects.get(url=OUTSIDE)
    assert hook.secret in page.content.decode()
    assert hook.secret not in priya.get(home).content.decode()
    priya.post(f"{home}{hook.pk}/test/")
    for language in ("en-ca", "fr-ca"):
        priya.cookies["django_language"] = language
        assert priya.get(f"{home}{hook.pk}/").status_code == 200
    assert sign_in("tom").get(home).status_code == 403
    priya.post(f"{home}{hook.pk}/remove/")
    with scopes_disabled():
        assert not Hook.objects.exists()


def test_an_address_inside_cannot_be_set_up(world, sign_in, monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_asked, **_more: [(0, 0, 0, "", ("127.0.0.1", 443))])
    page = sign_in("priya").post(f"/p/{world.partnership.slug}/webhooks/", {"url": OUTSIDE})
    assert "only addresses in the internet" in page.content.decode()
