"""Stopping letters of one kind: with one click from the letter, without signing in (RFC 8058), and back again."""

from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.urls import reverse

from concorda.foundation.accounts.models import Silence

SALT = "concorda.stop-letters"


@dataclass(frozen=True)
class Stream:
    """Letters of one kind to one address, from one partnership or from everywhere."""

    address: str
    kind: str
    place: str

    @property
    def silent(self) -> bool:
        return is_silent(self.address, self.kind, self.place)

    def stop(self) -> None:
        if not self.silent:
            Silence.objects.create(address=self.address.lower(), kind=self.kind, place=self.place)

    def resume(self) -> None:
        Silence.objects.filter(address__iexact=self.address, kind=self.kind, place=self.place).delete()


def is_silent(address: str, kind: str, place: str) -> bool:
    return Silence.objects.filter(address__iexact=address, kind=kind, place=place).exists()


def stopped_kinds(address: str, place: str) -> set[str]:
    return set(Silence.objects.filter(address__iexact=address, place=place).values_list("kind", flat=True))


def token(address: str, kind: str, place: str) -> str:
    return signing.dumps([address, kind, place], salt=SALT, compress=True)


def address(to: str, kind: str, place: str) -> str:
    """The full address of the page that stops such letters."""
    path = reverse("accounts:stop", args=[token(to, kind, place)])
    return settings.SITE_URL.rstrip("/") + path


def stream_of(token: str) -> Stream | None:
    """What a link in a letter stops; None for a link that was cut off or made up."""
    try:
        return Stream(*signing.loads(token, salt=SALT))
    except (signing.BadSignature, TypeError):
        return None
