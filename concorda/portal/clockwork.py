"""What happens because time passed: each tool's own part, in every active partnership."""

import logging

from concorda.foundation.accounts import posting
from concorda.foundation.core.scoping import EVERY, within
from concorda.foundation.partnerships.models import Partnership
from concorda.foundation.process.stages import Tool, never, tools
from concorda.implement.communication import mailroom
from concorda.portal.api import hooks

log = logging.getLogger(__name__)


def run_due() -> int:
    """Let every tool do what is due; returns how many could not, which stands in the log. One fault stops no other."""
    active = [tool for tool in tools() if tool.by_the_clock is not never]
    partnerships = Partnership.objects.filter(status=Partnership.Status.ACTIVE)
    failed = sum(not done(tool, partnership) for partnership in partnerships.iterator() for tool in active)
    posting.forget_old()
    return failed + (not told())


def told() -> bool:
    """Tell the addresses outside what has happened, also by the hand of the tools just now."""
    try:
        hooks.run_due()
    except Exception:  # the next minute tries again
        log.exception("webhooks")
        return False
    return True


def done(tool: Tool, partnership: Partnership) -> bool:
    try:
        with within(partnership, EVERY):
            tool.by_the_clock(partnership)
    except Exception:  # whatever went wrong here, the other partnerships have their work done
        log.exception("%s in %s", tool.key, partnership.slug)
        return False
    return True


def post_mail() -> bool:
    """Post the letters that are due."""
    try:
        posting.post_due()
        mailroom.tell_refused()
    except Exception:  # the next round tries again
        log.exception("posting letters")
        return False
    return True


def collect_mail() -> bool:
    """Take in what came to the mailbox."""
    try:
        mailroom.collect()
    except Exception:  # the next minute tries again
        log.exception("collecting mail")
        return False
    return True
