"""Telling the demo story, chapter by chapter, up to and including a stage."""

from collections.abc import Callable
from datetime import date
from importlib import import_module

from django.conf import settings
from django.db import transaction

from concorda.foundation.accounts.models import Person
from concorda.foundation.process.story import Story, chapters


def already_told() -> bool:
    return Person.objects.filter(email="priya@concorda.example").exists()


@transaction.atomic
def tell(*, until: str = "monitor", today: date, say: Callable[[str], None] = lambda line: None) -> Story:
    """Tell the whole story, or stop after the stage `until`; one transaction, so there is never half a story."""
    last = settings.STAGES.index(until)
    story = Story(today=today)
    story.open()
    for stage, module in chapters():
        if settings.STAGES.index(stage) <= last:
            import_module(module).tell(story)
            say(module.split(".")[-2])
    return story
