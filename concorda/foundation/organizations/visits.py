"""A request of somebody signed in; in the private rooms of an organization it carries which, and the role there."""

from django.http import HttpRequest

from concorda.foundation.accounts.models import Person
from concorda.foundation.organizations.models import Membership, Organization


class Visit(HttpRequest):
    user: Person
    membership: Membership
    organization: Organization
