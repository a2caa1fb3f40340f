"""The demo story: its cast, its calendar, and how each tool tells its chapter.

A tool's `demo.py` has one function, `tell(story)`. It calls the tool's own services inside `with story.day(…)`, so that
everything carries the date the story says; day 0 is today, earlier days are negative. Stages are told in order, and the
telling can stop after any of them, so a chapter leans only on chapters before it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.hashers import make_password

from concorda.foundation.accounts.models import Person
from concorda.foundation.accounts.services import open_account
from concorda.foundation.core import clock
from concorda.foundation.core.scoping import EVERY, within
from concorda.foundation.organizations.models import Membership, Organization
from concorda.foundation.partnerships import services
from concorda.foundation.partnerships.access import Role
from concorda.foundation.partnerships.models import Participant, Partner, Partnership
from concorda.foundation.process.stages import stages

PASSWORD = "harbour-lights-2026"  # noqa: S105  of the demo's people, printed by `make run`
ZONE = ZoneInfo("America/Toronto")

KIND = Organization.Kind
# key: name, short name, kind, languages, what it does
ORGANIZATIONS = {
    "newcomer": (
        "Maitland Newcomer Centre",
        "Newcomer Centre",
        KIND.NONPROFIT,
        ["en", "fr"],
        "Settles newcomer families: first weeks, papers, schools, language classes and a volunteer network.",
    ),
    "county": (
        "County of Maitland",
        "County",
        KIND.MUNICIPALITY,
        ["en"],
        "Runs social housing, child care subsidies, paramedics, roads and the county library.",
    ),
    "school": (
        "Maitland Valley District School Board",
        "School Board",
        KIND.SCHOOL,
        ["en", "fr"],
        "Teaches 14,000 pupils in 41 schools and welcomes newcomer families at a reception desk.",
    ),
    "health": (
        "Lakeshore Community Health Centre",
        "Lakeshore Health",
        KIND.HEALTH,
        ["en"],
        "Family doctors, counselling and prevention for people who have trouble getting care elsewhere.",
    ),
    "housing": (
        "Harbour Street Housing",
        "Harbour Street",
        KIND.CHARITY,
        ["en"],
        "Finds homes with private landlords, keeps a rent bank and mediates between tenants and owners.",
    ),
    "franco": (
        "Centre francophone de la Vallée",
        "Centre francophone",
        KIND.NONPROFIT,
        ["fr", "en"],
        "Accueille les familles francophones: premiers services, culture, emploi et école en français.",
    ),
    "work": (
        "Valley Workforce Board",
        "Workforce Board",
        KIND.NONPROFIT,
        ["en"],
        "Brings employers and job seekers together and helps people have their credentials recognized.",
    ),
    "seniors": (
        "Lakeshore Seniors’ Association",
        "Seniors’ Association",
        KIND.NONPROFIT,
        ["en"],
        "Keeps older people connected: visits, rides, meals and a telephone line.",
    ),
    "tenants": (
        "Lakeside Tenant Advice",
        "Tenant Advice",
        KIND.NONPROFIT,
        ["en"],
        "Advises tenants on leases, repairs and evictions, in person and by telephone.",
    ),
    "eritrean": (
        "Eritrean Community of Port Alder",
        "Eritrean Community",
        KIND.INFORMAL,
        ["ti", "en"],
        "Brings families together, interprets in Tigrinya and runs a Saturday school.",
    ),
    "stranger": (
        "Northgate Credential Services",
        "Northgate",
        KIND.EMPLOYER,
        ["en"],
        "Assesses foreign credentials for a fee.",
    ),
}

R = Role
# key: name, organization, title, roles in the main partnership, language, time zone
CAST: dict[str, tuple[str, str, str, tuple[Role, ...], str, str]] = {
    "priya": ("Priya Raman", "newcomer", "Partnership coordinator", (R.COORDINATOR,), "en-ca", "America/Toronto"),
    "farida": (
        "Farida Noorzai",
        "newcomer",
        "Executive director",
        (R.REPRESENTATIVE, R.SIGNATORY),
        "en-ca",
        "America/Toronto",
    ),
    "amina": ("Amina Warsame", "newcomer", "Family settlement worker", (R.PARTICIPANT,), "en-ca", "America/Toronto"),
    "rahim": (
        "Rahim Sediqi",
        "newcomer",
        "Volunteer, interpreter in Dari",
        (R.PARTICIPANT,),
        "en-ca",
        "America/Toronto",
    ),
    "joy": ("Joy Mensah", "newcomer", "Welcome desk", (R.PARTICIPANT,), "en-ca", "America/Toronto"),
    "mebrat": ("Mebrat Haile", "newcomer", "Language classes", (R.PARTICIPANT,), "en-ca", "America/Toronto"),
    "denise": (
        "Denise Kowalchuk",
        "county",
        "Director of community services",
        (R.REPRESENTATIVE, R.SIGNATORY),
        "en-ca",
        "America/Toronto",
    ),
    "bev": ("Bev Oakes", "county", "Social housing manager", (R.PARTICIPANT,), "en-ca", "America/Toronto"),
    "karim": ("Karim Nasser", "county", "Policy analyst", (R.PARTICIPANT,), "en-ca", "America/Toronto"),
    "ruth": ("Ruth Klassen", "county", "County library", (R.PARTICIPANT,), "en-ca", "America/Toronto"),
    "paul": ("Paul Tran", "county", "Paramedic services", (R.PARTICIPANT,), "en-ca", "America/Toronto"),
    "marisol": (
        "Marisol Quintero",
        "school",
        "Superintendent",
        (R.REPRESENTATIVE, R.SIGNATORY),
        "en-ca",
        "America/Toronto",
    ),
    "ben": ("Ben Achebe", "school", "Newcomer reception", (R.PARTICIPANT,), "en-ca", "America/Toronto"),
    "sunita": ("Sunita Rao", "school", "Adult education", (R.PARTICIPANT,), "en-ca", "America/Toronto"),
    "iris": ("Iris Wong", "school", "Settlement workers in schools", (R.PARTICIPANT,), "en-ca", "America/Halifax"),
    "grace": (
        "Grace Adeyemi",
        "health",
        "Director of community care",
        (R.REPRESENTATIVE, R.SIGNATORY),
        "en-ca",
        "America/Toronto",
    ),
    "yodit": ("Yodit Tesfay", "health", "Interpretation lead", (R.PARTICIPANT,), "en-ca", "America/Toronto"),
    "helen": ("Helen Osei", "health", "Nurse practitioner", (R.PARTICIPANT,), "en-ca", "America/Toronto"),
    "samira": ("Samira Haidari", "health", "Counsellor", (R.PARTICIPANT,), "en-ca", "America/Toronto"),
    "lena": ("Lena Fischer", "health", "Data and quality", (R.EVALUATOR,), "en-ca", "America/Toronto"),
    "tom": (
        "Tom Hendry",
        "housing",
        "Executive director",
        (R.REPRESENTATIVE, R.SIGNATORY, R.PROJECT_MANAGER),
        "en-ca",
        "America/Toronto",
    ),
    "oleh": ("Oleh Bondar", "housing", "Landlord relations", (R.PARTICIPANT,), "en-ca", "America/Toronto"),
    "diego": ("Diego Fuentes", "housing", "Rent bank", (R.PARTICIPANT,), "en-ca", "America/Toronto"),
    "tess": ("Tess Comeau", "housing", "Tenancy support", (R.PARTICIPANT,), "en-ca", "America/Halifax"),
    "luc": (
        "Luc Thériault",
        "franco",
        "Directeur général",
        (R.REPRESENTATIVE, R.SIGNATORY),
        "fr-ca",
        "America/Toronto",
    ),
    "claire": ("Claire Dubois", "franco", "Accueil", (R.PARTICIPANT,), "fr-ca", "America/Toronto"),
    "marc": ("Marc Gagnon", "franco", "Emploi", (R.PARTICIPANT,), "fr-ca", "America/Toronto"),
    "nour": ("Nour Khalil", "franco", "Jeunesse", (R.PARTICIPANT,), "fr-ca", "America/Toronto"),
    "harpreet": (
        "Harpreet Gill",
        "work",
        "Executive director",
        (R.REPRESENTATIVE, R.SIGNATORY),
        "en-ca",
        "America/Toronto",
    ),
    "anneke": ("Anneke Dueck", "work", "Credential pathways", (R.PARTICIPANT,), "en-ca", "America/Winnipeg"),
    "callum": ("Callum MacNeil", "work", "Pre-arrival services", (R.PARTICIPANT,), "en-ca", "America/Halifax"),
}
STEWARD = "maya"
"""Keeps the directory and its words for the whole installation; sees no partnership from inside."""
# People outside the main partnership: an observer in it, and the second partnership's own.
OTHERS: dict[str, tuple[str, str | None, str]] = {
    "jo": ("Jo Lindqvist", None, "Program officer, Western Lakes Community Fund"),
    "walter": ("Walter Brandt", "seniors", "President"),
    "stranger": ("Vera Stone", "stranger", "Sales"),
    STEWARD: ("Maya Ostrowski", None, "Network steward"),
}
PARTNERS = ("newcomer", "county", "school", "health", "housing", "franco", "work")


def previous_working_day(day: date) -> date:
    while day.weekday() > 4:
        day -= timedelta(days=1)
    return day


@dataclass
class Story:
    """The world of the demo: `people`, `organizations`, `partnership` (the main one), `stalled` (the second one)."""

    today: date
    people: dict[str, Person] = field(default_factory=dict)
    organizations: dict[str, Organization] = field(default_factory=dict)
    partnership: Partnership = field(init=False)
    stalled: Partnership = field(init=False)
    things: dict[str, Any] = field(default_factory=dict)
    """What a chapter leaves for later ones, by key: story.things["goal.housing"]."""

    def date(self, offset: int) -> date:
        """The working day `offset` days from today (or the one before it)."""
        return previous_working_day(self.today + timedelta(days=offset))

    def moment(self, offset: int, at: str = "10:00") -> datetime:
        return datetime.combine(self.date(offset), time.fromisoformat(at), ZONE)

    @contextmanager
    def day(self, offset: int, at: str = "10:00", *, partnership: Partnership | None = None) -> Iterator[Partnership]:
        """Do something in the partnership as if it were that day; everything is in scope."""
        here = partnership or self.partnership
        with clock.at(self.moment(offset, at)), within(here, EVERY):
            yield here

    def participant(self, key: str, partnership: Partnership | None = None) -> Participant:
        with within(partnership or self.partnership, EVERY):
            return Participant.objects.select_related("person", "organization").get(person=self.people[key])

    def partner(self, key: str, partnership: Partnership | None = None) -> Partner:
        with within(partnership or self.partnership, EVERY):
            return Partner.objects.select_related("organization").get(organization=self.organizations[key])

    def open(self) -> None:
        """Organizations, people and the two partnerships, with nothing done in them yet."""
        for key, (name, short, kind, languages, activities) in ORGANIZATIONS.items():
            slug = f"demo-{key}"
            self.organizations[key] = Organization.objects.create(
                slug=slug,
                name=name,
                short_name=short,
                kind=kind,
                languages=languages,
                activities=activities,
                area="Maitland",
                source="demo",
            )
        password = make_password(PASSWORD)
        for key, (name, organization, title, _roles, language, zone) in CAST.items():
            self.introduce(key, name, organization, title, password, language=language, time_zone=zone)
        for key, (name, works_at, title) in OTHERS.items():
            self.introduce(key, name, works_at, title, password)
        Person.objects.filter(pk=self.people[STEWARD].pk).update(is_steward=True)
        self.open_partnerships()

    def introduce(self, key: str, name: str, organization: str | None, title: str, password: str, **facts: str) -> None:
        person = open_account(email=f"{key}@concorda.example", name=name, **facts)
        Person.objects.filter(pk=person.pk).update(password=password)  # one hash for all: hashing is slow on purpose
        person.password = password
        self.people[key] = person
        if organization:
            role = (
                Membership.Role.ADMIN
                if "director" in title.lower() or key in ("luc", "priya", "walter", "stranger", "marisol")
                else "member"
            )
            Membership.objects.create(
                organization=self.organizations[organization], person=person, role=role, title=title
            )

    def open_partnerships(self) -> None:
        with clock.at(self.moment(-365)):
            self.partnership = services.start(
                by=self.people["priya"],
                organization=self.organizations["newcomer"],
                name="Maitland Valley Local Immigration Partnership",
                short_name="Maitland Valley LIP",
                purpose="So that newcomers find a home, work and a welcome here, from organizations that act as one.",
                place_name="Port Alder",
                started_on=self.date(-365),
            )
        with clock.at(self.moment(-364)), within(self.partnership, EVERY):
            # Farida speaks and signs for the Newcomer Centre; Priya keeps the partnership together.
            services.set_roles(self.participant("priya"), [Role.COORDINATOR], by=self.people["priya"])
        with clock.at(self.moment(-200)):
            self.stalled = services.start(
                by=self.people["walter"],
                organization=self.organizations["seniors"],
                name="Lakeshore Seniors’ Network",
                short_name="Seniors’ Network",
                purpose="Rides, visits and a telephone line for older people along the lake.",
                place_name="Lakeshore",
                started_on=self.date(-200),
            )


def chapters() -> Iterator[tuple[str, str]]:
    """(stage, module) of every chapter, in order; the organizations' reflection comes first, as part of Connect."""
    yield "connect", "concorda.foundation.organizations.demo"
    for stage in stages():
        for tool in stage.tools:
            yield stage.key, f"concorda.{stage.key}.{tool.key}.demo"
