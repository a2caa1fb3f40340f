from concorda.foundation.accounts.models import Person
from concorda.foundation.partnerships.door import access_of
from concorda.foundation.partnerships.models import Partnership
from concorda.foundation.process.progress import urgency, waiting_for
from concorda.foundation.process.stages import Tool, Waiting


def waiting_everywhere(person: Person) -> list[tuple[Partnership, Tool, Waiting]]:
    """What waits for a person in all partnerships: late first, then by date."""
    found = []
    for partnership in Partnership.objects.visible_to(person):
        access = access_of(person, partnership.slug)
        if access:
            found += [(partnership, tool, waiting) for tool, waiting in waiting_for(access)]
    return sorted(found, key=lambda one: urgency(one[1:]))
