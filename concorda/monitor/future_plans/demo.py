from concorda.foundation.process.story import Story
from concorda.monitor.future_plans import services
from concorda.monitor.future_plans.agenda import find
from concorda.monitor.future_plans.models import Lesson

LESSONS = (
    (
        -60,
        "tom",
        "Landlords came to the breakfast because a landlord asked them.",
        "Our own letters brought four people; one phone call from a landlord brought eleven.",
        "Every event now has a host from the people it is meant for.",
        "Landlord breakfast in April",
    ),
    (
        -25,
        "yodit",
        "Interpreters left when they were booked for five minutes and needed for an hour.",
        "They are paid by the booking, and said so only after the third had gone.",
        "Bookings are for a full hour at least.",
        "Shared interpreter roster",
    ),
)


def tell(story: Story) -> None:
    """Two lessons, and one goal already answered."""
    for day, who, what, so_what, now_what, used_in in LESSONS:
        with story.day(day) as here:
            Lesson.objects.create(
                partnership=here,
                by=story.participant(who),
                what=what,
                so_what=so_what,
                now_what=now_what,
                used_in=used_in,
            )
    goal = story.things.get("goal.interpreters")
    if goal is not None:
        with story.day(-10) as here:
            question = find(here, f"goal:{goal.pk}")
            reasons = "It works: 61 % instead of 38 %. We keep the roster and train sixteen more people."
            assert question
            services.answer(here, question, answer="continue", reasons=reasons, decision=None, by=story.people["priya"])
