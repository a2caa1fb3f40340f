"""Webhooks: lines of the timeline, sent to addresses outside; tried again, later and later, until they arrive."""

import hmac
import json
import logging
import secrets
from datetime import timedelta
from hashlib import sha256

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django_tasks import task

from concorda.foundation.accounts.models import Person
from concorda.foundation.core import clock
from concorda.foundation.core.scoping import EVERY, scopes_disabled, within
from concorda.foundation.partnerships import timeline
from concorda.foundation.partnerships.access import Ability, Access
from concorda.foundation.partnerships.door import access_of
from concorda.foundation.partnerships.models import Entry
from concorda.portal.api.models import Hook, HookDelivery, KeptAnswer
from concorda.portal.api.outside import Unreachable, post
from concorda.portal.api.showing import plain

log = logging.getLogger(__name__)
WAITS = (1, 5, 30, 120, 360, 720, 1440)
"""Minutes to wait after each try that failed; after the last, the delivery is given up."""
AT_ONCE = 100
KEPT = timedelta(days=30)
Status = HookDelivery.Status


@transaction.atomic
def add(hook: Hook, *, by: Person) -> str:
    """Set up an address; returns its secret, which is shown once. It is told what happens from now on."""
    hook.person, hook.secret, hook.seen = by, secrets.token_hex(32), hook.partnership.length + 1
    hook.save()
    message = gettext_noop("set up a webhook to %(address)s")
    timeline.record(hook.partnership, by, message, about=hook, address=hook.url[:120])
    return hook.secret


@transaction.atomic
def remove(hook: Hook, *, by: Person) -> None:
    """Tell this address nothing any more."""
    here, url = hook.partnership, hook.url
    hook.delete()
    timeline.record(here, by, gettext_noop("removed the webhook to %(address)s"), tool="api", address=url[:120])


@transaction.atomic
def resume(hook: Hook, *, by: Person) -> None:
    """Go on telling an address that was stopped, from now on."""
    hook.stopped_because, hook.seen = "", hook.partnership.length
    hook.save(update_fields=["stopped_because", "seen"])
    message = gettext_noop("resumed the webhook to %(address)s")
    timeline.record(hook.partnership, by, message, about=hook, address=hook.url[:120])


@transaction.atomic
def ping(hook: Hook) -> HookDelivery:
    """Send something that says nothing, to see whether it arrives."""
    return HookDelivery.objects.create(partnership=hook.partnership, hook=hook)


# What is due


def run_due() -> None:
    """Note what is to be told, give what is due to the queue, and forget what is long done."""
    with scopes_disabled():
        behind = Hook.objects.filter(stopped_because="").select_related("partnership", "person")
        for hook in behind.iterator():
            if hook.seen < hook.partnership.length:
                collect(hook)
        HookDelivery.objects.exclude(status=Status.WAITING).filter(tried_at__lt=clock.now() - KEPT).delete()
    KeptAnswer.objects.filter(at__lt=clock.now() - timedelta(days=1)).delete()
    for pk in claim_due():
        deliver.enqueue(pk)


@transaction.atomic
def collect(hook: Hook) -> None:
    """Note each new line this hook is to be told: what its person may read, of the kinds it asks for."""
    access = access_of(hook.person, hook.partnership.slug) if hook.person.is_active else None
    if access is None or not access.can(Ability.SEE):
        stop(hook, _("The person who set it up may not read here any more."))
        return
    found = lines_for(hook, access)
    for entry in found:
        HookDelivery.objects.get_or_create(partnership=hook.partnership, hook=hook, entry=entry)
    seen = found[-1].number if len(found) == AT_ONCE else hook.partnership.length
    Hook.objects.filter(pk=hook.pk).update(seen=seen)


def lines_for(hook: Hook, access: Access) -> list[Entry]:
    with within(hook.partnership, access.own_organizations):
        found = timeline.visible(hook.partnership, access.own_organizations).filter(number__gt=hook.seen)
        if hook.kinds:
            found = found.filter(tool__in=hook.kinds)
        return list(found.filter(number__lte=hook.partnership.length).order_by("number")[:AT_ONCE])


def stop(hook: Hook, because: str) -> None:
    Hook._base_manager.filter(pk=hook.pk).update(stopped_because=because[:250])


@transaction.atomic
def claim_due() -> list[int]:
    """The deliveries to be tried now; should whoever tries one vanish, it is due again after its wait."""
    with scopes_disabled():
        due = HookDelivery.objects.select_for_update().filter(
            status=Status.WAITING, next_at__lte=clock.now(), hook__stopped_because=""
        )
        claimed = list(due.order_by("next_at", "pk")[:AT_ONCE])
        for one in claimed:
            wait = WAITS[min(one.tries, len(WAITS) - 1)]
            one.tries, one.next_at = one.tries + 1, clock.now() + timedelta(minutes=wait)
            one.save(update_fields=["tries", "next_at"])
    return [one.pk for one in claimed]


@task()
def deliver(pk: int) -> None:
    """Try one delivery."""
    with scopes_disabled():
        one = HookDelivery.objects.select_related("hook__person", "hook__partnership", "entry").filter(pk=pk).first()
        if one is None or one.status != Status.WAITING:
            return
        body = payload(one)
        try:
            one.answered, one.problem = post(one.hook.url, body, headers(one, body)), ""
        except Unreachable as error:
            one.answered, one.problem = None, str(error)[:250]
        settle(one)


def settle(one: HookDelivery) -> None:
    """Note what came of a try; where nothing ever arrives, the address is told nothing any more."""
    one.tried_at = clock.now()
    if one.answered is not None and 200 <= one.answered < 300:
        one.status = Status.DELIVERED
    elif one.tries > len(WAITS) or one.entry_id is None:
        one.status = Status.GIVEN_UP
    one.save(update_fields=["status", "answered", "problem", "tried_at"])
    if one.status == Status.GIVEN_UP and one.entry_id:
        with translation.override(one.hook.person.language):
            stop(one.hook, _("Nothing arrived there for two days."))


def payload(one: HookDelivery) -> bytes:
    """What is sent: the line of the timeline, in the language of who set it up."""
    from concorda.portal.api.whole import shown_entry

    with translation.override(one.hook.person.language), within(one.hook.partnership, EVERY):
        told = shown_entry(one.entry) if one.entry else None
    facts = {"delivery": one.pk, "partnership": one.hook.partnership.slug, "event": kind_of(one), "entry": told}
    return json.dumps(plain(facts), ensure_ascii=False).encode()


def kind_of(one: HookDelivery) -> str:
    return (one.entry.target or one.entry.tool) if one.entry else "ping"


def headers(one: HookDelivery, body: bytes) -> dict[str, str]:
    """The signature covers the moment and the body, so that an old message cannot be sent again as a new one."""
    moment = str(int(clock.now().timestamp()))
    return {
        "Content-Type": "application/json",
        "User-Agent": "Concorda",
        "Concorda-Delivery": str(one.pk),
        "Concorda-Timestamp": moment,
        "Concorda-Signature": f"v1={signature(one.hook.secret, moment, body)}",
    }


def signature(secret: str, moment: str, body: bytes) -> str:
    """HMAC-SHA256 of "moment.body" under the secret, in hexadecimal."""
    return hmac.new(secret.encode(), moment.encode() + b"." + body, sha256).hexdigest()
