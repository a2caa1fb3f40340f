from concorda.foundation.partnerships.models import Partner
from concorda.foundation.process.story import Story
from concorda.monitor.growth import services
from concorda.monitor.growth.models import Passage

RATINGS = {
    "newcomer": (1, 2, 3, 4, 3, 2, 3),
    "housing": (1, 1, 2, 4, 3, 1, 3),
    "health": (2, 2, 3, 3, 2, 2, 3),
    "franco": (1, 2, 2, 4, 2, 2, 2),
    "work": (2, 1, 3, 3, 3, 2, 4),
}
KEYS = ("funding", "succession", "ownership", "relationships", "value", "capacity", "adapting")


def tell(story: Story) -> None:
    """Five organizations say whether it would last; the tenants' advice office is on the doorstep."""
    for key, values in RATINGS.items():
        with story.day(-20) as here:
            by = next(
                story.people[who]
                for who in ("farida", "tom", "grace", "luc", "harpreet")
                if story.participant(who).organization == story.organizations[key]
            )
            services.rate(here, story.organizations[key], dict(zip(KEYS, values, strict=True)), by=by)
    with story.day(-6) as here:
        partner, _ = Partner.objects.get_or_create(
            partnership=here,
            organization=story.organizations["tenants"],
            defaults={"status": Partner.Status.EXPLORING},
        )
        passage = Passage(partnership=here, partner=partner, kind=Passage.Kind.JOINING, ends_on=story.date(40))
        services.begin_passage(passage, by=story.people["priya"])
        services.settle(passage, ["promise"], by=story.people["priya"])
