"""What runs by itself: the daily letters."""

from django_tasks import task

from concorda.foundation.core.scoping import EVERY, within
from concorda.foundation.partnerships.models import Partnership
from concorda.implement.communication import services


@task()
def daily_letters() -> int:
    """Send the letters of people who want one a day, in every active partnership; returns how many."""
    sent = 0
    for partnership in Partnership.objects.filter(status=Partnership.Status.ACTIVE).iterator():
        with within(partnership, EVERY):
            sent += services.send_digests(partnership)
    return sent
