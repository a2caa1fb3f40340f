from concorda.foundation.core import clock
from concorda.foundation.partnerships.access import Role
from concorda.foundation.partnerships.models import Partner
from concorda.foundation.partnerships.services import take_in
from concorda.foundation.process.story import CAST, PARTNERS, Story


def tell(story: Story) -> None:
    """Six organizations join the one that convenes; the people come in; the funder looks on."""
    for place, key in enumerate(PARTNERS[1:]):
        with story.day(-330 + place * 4) as here:
            Partner.objects.create(
                partnership=here,
                organization=story.organizations[key],
                status=Partner.Status.COMMITTED,
                joined_on=clock.today(),
            )
    with story.day(-300) as here:
        for key, (_name, organization, _title, roles, _language, _zone) in CAST.items():
            take_in(
                here,
                story.people[key],
                organization=story.organizations[organization],
                roles=roles,
                by=story.people["priya"],
                tell=False,
            )
        take_in(
            here, story.people["jo"], organization=None, roles=[Role.OBSERVER], by=story.people["priya"], title="Funder"
        )
