"""Five people agreed to be bridges; one more was asked and has not answered. Some said whom they go to."""

from concorda.foundation.process.story import Story
from concorda.implement.boundary_crossers import services
from concorda.implement.boundary_crossers.models import AskedTie
from concorda.implement.working_groups.models import Group

# who, between which groups, hours a month, who stands in, days since the answer
AGREED = (
    ("amina", "housing", "health", 20, "", -40),
    ("yodit", "health", "language", 8, "amina", -39),
    ("luc", "language", "employment", 6, "harpreet", -38),
    ("harpreet", "language", "employment", 6, "luc", -38),
    ("anneke", "employment", "prearrival", 8, "", -35),
)
SUPPORT = {"amina": "Her centre counts it as work; the bus is paid.", "anneke": "Meets Halifax by video."}
ASKED = ("callum", "prearrival", "employment", -4)
GOES_TO = (
    ("tom", "amina"),
    ("bev", "amina"),
    ("helen", "yodit"),
    ("samira", "amina"),
    ("marc", "luc"),
    ("callum", "anneke"),
)


def tell(story: Story) -> None:
    if not all(f"group.{key}" in story.things for key in ("housing", "health", "language", "employment", "prearrival")):
        return
    for who, first, second, hours, backup, when in AGREED:
        with story.day(when - 3):
            crosser = services.ask(
                *(story.participant(who), group(story, first), group(story, second)),
                by=story.people["priya"], hours=hours, backup=story.participant(backup) if backup else None,
                support=SUPPORT.get(who, ""),
            )  # fmt: skip
        with story.day(when, "16:30"):
            services.consent(crosser, by=story.people[who])
        story.things[f"crosser.{who}"] = crosser
    who, first, second, when = ASKED
    with story.day(when):
        story.things[f"crosser.{who}"] = services.ask(
            story.participant(who), group(story, first), group(story, second), by=story.people["priya"]
        )
    for source, target in GOES_TO:
        with story.day(-30, "11:00"):
            kind = AskedTie.Kind.INFORMATION
            services.answer(story.participant(source), story.participant(target), kind, by=story.people[source])


def group(story: Story, key: str) -> Group:
    found = story.things[f"group.{key}"]
    assert isinstance(found, Group)
    return found
