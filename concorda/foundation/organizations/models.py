"""Organizations, their people, places and the vocabulary that describes what they do and need."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from concorda.foundation.core import clock
from concorda.foundation.core.scoping import OwnManager
from concorda.foundation.organizations.gazetteer import key_of, keys_of
from concorda.foundation.organizations.vocabulary import PEOPLE, SCHEME


class Labelled(models.Model):
    """Something with an English and a French label."""

    label_en = models.CharField(_("English label"), max_length=200)
    label_fr = models.CharField(_("French label"), max_length=200, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return (self.label_fr or self.label_en) if (get_language() or "").startswith("fr") else self.label_en


class TermQuerySet(models.QuerySet["Term"]):
    def topics(self) -> "TermQuerySet":
        """What can be needed or offered, without the groups that only order it."""
        return (
            self.filter(scheme=Term.CONCORDA, parent__isnull=False, retired=False)
            .exclude(parent__code=PEOPLE)
            .select_related("parent")
        )

    def people_served(self) -> "TermQuerySet":
        """The populations somebody can serve."""
        return self.filter(scheme=Term.CONCORDA, parent__code=PEOPLE, retired=False).select_related("parent")


class Term(Labelled):
    """One word of a vocabulary: a topic that can be needed, offered, or describe an organization.

    Terms of other schemes (ukcat, cra, ntee …) say in `means` which of ours they lead to.
    """

    CONCORDA = SCHEME

    scheme = models.CharField(_("scheme"), max_length=40, default=CONCORDA)
    code = models.CharField(_("code"), max_length=80)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    means = models.ManyToManyField(
        "self", symmetrical=False, blank=True, related_name="said_by", verbose_name=_("means")
    )
    retired = models.BooleanField(_("retired"), default=False, help_text=_("Kept where it is used, offered no more."))
    # Added or renamed here: a new release leaves its labels alone.
    local = models.BooleanField(default=False, editable=False)

    objects = TermQuerySet.as_manager()

    class Meta:
        ordering = ["scheme", "code"]
        constraints = [models.UniqueConstraint(fields=["scheme", "code"], name="term_code_once")]


class PlaceQuerySet(models.QuerySet["Place"]):
    def named(self, name: str) -> "PlaceQuerySet":
        """Called so in either language, with or without accents; the most populous first.

        “Stratford, PE”, “Stratford (Ontario)”: only those that lie there.
        """
        found = self.filter(keys__contains=f"|{key_of(name)}|") if key_of(name) else self.none()
        own, _sign, above = name.rstrip(" )").partition("(" if "(" in name else ",")
        if key_of(own) and key_of(above):
            there = Q(parent__keys__contains=f"|{key_of(above)}|") | Q(parent__code__endswith=f"/{key_of(above)}")
            found = found | self.filter(there, keys__contains=f"|{key_of(own)}|")
        return found.select_related("parent").order_by(F("population").desc(nulls_last=True), "code")


class Place(Labelled):
    """A province, a district or a town; its code is a path from large to small, such as `ca/on/stratford`."""

    class Kind(models.TextChoices):
        COUNTRY = "country", _("Country")
        PROVINCE = "province", _("Province or territory")
        DISTRICT = "district", _("District")
        TOWN = "town", _("Town")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    code = models.CharField(_("code"), max_length=80, unique=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    time_zone = models.CharField(max_length=64, blank=True)
    population = models.PositiveIntegerField(null=True, blank=True)
    # Every name it goes by, as gazetteer.key_of writes it, with | around each.
    keys = models.TextField(blank=True, editable=False)

    objects = PlaceQuerySet.as_manager()

    class Meta:
        ordering = ["code"]

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.keys = self.keys or keys_of([self.label_en, self.label_fr])
        super().save(*args, **kwargs)

    @property
    def full(self) -> str:
        """“Stratford, Ontario”: a town with what it lies in; any other place by its name."""
        return f"{self.label}, {self.parent.label}" if self.kind == self.Kind.TOWN and self.parent else self.label


class OrganizationQuerySet(models.QuerySet["Organization"]):
    def of(self, person: Any) -> "OrganizationQuerySet":
        """The organizations this person works for."""
        return self.filter(memberships__person=person)


class Organization(models.Model):
    class Kind(models.TextChoices):
        NONPROFIT = "nonprofit", _("Non-profit organization")
        CHARITY = "charity", _("Registered charity")
        MUNICIPALITY = "municipality", _("Municipality or county")
        GOVERNMENT = "government", _("Provincial or federal government")
        INDIGENOUS = "indigenous", _("Indigenous government or organization")
        SCHOOL = "school", _("School, college or university")
        HEALTH = "health", _("Health organization")
        LIBRARY = "library", _("Library, museum or culture")
        EMPLOYER = "employer", _("Business or employers’ body")
        FAITH = "faith", _("Faith community")
        INFORMAL = "informal", _("Group that is not incorporated")
        FUNDER = "funder", _("Foundation or funder")
        OTHER = "other", pgettext_lazy("kind of organization", "Other")

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=250)
    short_name = models.CharField(_("short name"), max_length=60, blank=True)
    other_names = models.TextField(_("other names"), blank=True, help_text=_("One on each line."))
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices, default=Kind.NONPROFIT)
    activities = models.TextField(_("what it does"), blank=True)
    mandate = models.TextField(_("mandate"), blank=True)
    vision = models.TextField(_("vision"), blank=True)
    website = models.URLField(_("website"), blank=True)
    email_domain = models.CharField(_("e-mail domain"), max_length=120, blank=True)
    languages = models.JSONField(_("languages"), default=list, blank=True)
    place = models.ForeignKey(
        Place, models.PROTECT, null=True, blank=True, related_name="organizations", verbose_name=_("place")
    )
    area = models.CharField(
        _("area"), max_length=120, blank=True, help_text=_("Region or postal area, as the register writes it.")
    )
    postcode = models.CharField(_("postal code"), max_length=12, blank=True)
    income = models.DecimalField(_("yearly income"), max_digits=16, decimal_places=2, null=True, blank=True)
    registered_on = models.DateField(_("registered on"), null=True, blank=True)
    terms = models.ManyToManyField(Term, blank=True, related_name="organizations", verbose_name=_("topics"))
    populations = models.ManyToManyField(Term, blank=True, related_name="serving", verbose_name=_("people it serves"))
    values = models.TextField(_("values"), blank=True)
    looking_for = models.ManyToManyField(
        Term, blank=True, related_name="+", verbose_name=_("what it looks for in partners")
    )
    source = models.CharField(_("register"), max_length=40, blank=True)
    source_digest = models.CharField(max_length=64, blank=True, editable=False)
    # Names of fields its own people have written: a register does not change them any more.
    kept = models.JSONField(default=list, blank=True, editable=False)
    active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(default=clock.now)
    changed_at = models.DateTimeField(default=clock.now)
    people = models.ManyToManyField(settings.AUTH_USER_MODEL, through="Membership", related_name="organizations")

    objects = OrganizationQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        indexes = [models.Index(fields=["name"]), models.Index(fields=["changed_at"])]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("organizations:detail", args=[self.slug])

    @property
    def short(self) -> str:
        return self.short_name or self.name

    @property
    def where(self) -> str:
        """Area, town and province or country, each said once; reads the place and what it lies in."""
        place = self.place
        above = place.parent if place and place.kind == Place.Kind.TOWN else None
        return ", ".join(dict.fromkeys(str(one) for one in (self.area, place, above) if one))

    @property
    def monogram(self) -> str:
        """Up to three initials of the words that carry meaning."""
        small = {"the", "of", "and", "for", "de", "du", "des", "la", "le", "les", "et", "pour", "l"}
        said = (word.strip('()[]“”«»",.&') for word in self.name.replace("’", " ").replace("-", " ").split())
        words = [word for word in said if word and word.lower() not in small]
        return "".join(word[0] for word in words[:3]).upper() or self.name[:2].upper()


class Identifier(models.Model):
    """A number by which a register knows an organization, such as GB-CHC 1000003 (org-id.guide)."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="identifiers")
    scheme = models.CharField(max_length=40)
    value = models.CharField(max_length=80)
    # Came with an entry that was merged into this one: what the register says under it changes nothing here.
    merged = models.BooleanField(default=False, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scheme", "value"], name="identifier_once")]

    def __str__(self) -> str:
        return f"{self.scheme}-{self.value}"


class Service(models.Model):
    """One service of an organization, as a directory of services lists it."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="services")
    reference = models.CharField(max_length=80)
    name = models.CharField(_("name"), max_length=250)
    description = models.TextField(_("description"), blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Site(models.Model):
    """A place where an organization can be found; latitude and longitude in degrees, where known."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="sites")
    reference = models.CharField(max_length=80)
    name = models.CharField(_("name"), max_length=250, blank=True)
    address = models.CharField(_("address"), max_length=300, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name or self.address


class Tie(models.Model):
    """A tie between two organizations that a register knows, such as a grant from one to the other."""

    giver = models.ForeignKey(Organization, models.CASCADE, related_name="ties_given")
    to = models.ForeignKey(Organization, models.CASCADE, related_name="ties_received")
    source = models.CharField(_("register"), max_length=40)
    reference = models.CharField(max_length=200)
    on = models.DateField(_("day"), null=True, blank=True)
    title = models.CharField(_("title"), max_length=250, blank=True)
    amount = models.DecimalField(_("amount"), max_digits=16, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)

    class Meta:
        ordering = ["-on", "reference"]
        constraints = [models.UniqueConstraint(fields=["source", "reference"], name="tie_once")]

    def __str__(self) -> str:
        return f"{self.giver} → {self.to}"


class KeptColumns(models.Model):
    """Which column of a table holds what, kept under a name so that it can be used again."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    columns = models.JSONField(default=dict)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Load(models.Model):
    """One load of a register: who, what, how far, and what came of it."""

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("load of a register", "Waiting")
        RUNNING = "running", pgettext_lazy("load of a register", "Loading")
        DONE = "done", pgettext_lazy("load of a register", "Done")
        REFUSED = "refused", pgettext_lazy("load of a register", "Refused")

    source = models.CharField(_("kind of file"), max_length=40)
    file = models.CharField(_("file"), max_length=250)
    publisher = models.CharField(_("publisher"), max_length=60, blank=True)
    kept = models.CharField(max_length=64, blank=True, editable=False)
    columns = models.JSONField(default=dict, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    done = models.PositiveIntegerField(default=0)
    size = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict)
    problems = models.JSONField(default=list)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return self.file

    @property
    def percent(self) -> int:
        return min(100, 100 * self.done // self.size) if self.size else 0

    @property
    def going(self) -> bool:
        return self.state in (self.State.WAITING, self.State.RUNNING)


class Suggestion(models.Model):
    """Two entries that could be the same organization, and why."""

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("possible duplicate", "To be looked at")
        APART = "apart", pgettext_lazy("possible duplicate", "Two organizations")

    one = models.ForeignKey(Organization, models.CASCADE, related_name="+")
    other = models.ForeignKey(Organization, models.CASCADE, related_name="+")
    score = models.PositiveSmallIntegerField(_("score"))
    reasons = models.JSONField(default=list)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["-score", "pk"]
        constraints = [models.UniqueConstraint(fields=["one", "other"], name="suggestion_once")]

    def __str__(self) -> str:
        return f"{self.one} = {self.other}?"


class Merge(models.Model):
    """One entry was found to be another; `moved` holds what undoing needs to put back."""

    kept = models.ForeignKey(Organization, models.CASCADE, related_name="merges")
    gone = models.ForeignKey(Organization, models.CASCADE, related_name="+")
    moved = models.JSONField(default=list, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=clock.now)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.gone} → {self.kept}"


class Membership(models.Model):
    """A person's role in an organization."""

    class Role(models.TextChoices):
        ADMIN = "admin", _("Administrator")
        MEMBER = "member", _("Member")

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="memberships")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=10, choices=Role.choices, default=Role.MEMBER)
    title = models.CharField(_("job title"), max_length=120, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "person"], name="membership_once")]

    def __str__(self) -> str:
        return f"{self.person}, {self.organization}"


class OrganizationOwned(models.Model):
    """A row private to one organization, outside any partnership: it answers only inside that organization's scope."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+")
    revision = models.PositiveIntegerField(default=0, editable=False)

    objects = OwnManager()

    class Meta:
        abstract = True


class Invite(models.Model):
    """A letter that lets a person join an organization."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="invites")
    email = models.EmailField(_("e-mail"))
    role = models.CharField(_("role"), max_length=10, choices=Membership.Role.choices, default=Membership.Role.MEMBER)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    at = models.DateTimeField(default=clock.now)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return self.email


class Claim(models.Model):
    """A person says: this entry of the register is ours. A steward answers where the e-mail address cannot."""

    class Status(models.TextChoices):
        OPEN = "open", _("Waiting for a steward")
        GRANTED = "granted", pgettext_lazy("claim", "Granted")
        DECLINED = "declined", pgettext_lazy("claim", "Declined")

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="claims")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="claims")
    reason = models.TextField(_("how you work for it"), blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.OPEN)
    at = models.DateTimeField(default=clock.now)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["at"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "person"], condition=models.Q(status="open"), name="claim_open_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.organization}"


class Answer(OrganizationOwned):
    """What one person answers to one question of the reflection."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    question = models.CharField(max_length=20)
    text = models.TextField(_("your answer"))
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["changed_at"]
        constraints = [models.UniqueConstraint(fields=["organization", "person", "question"], name="answer_once")]

    def __str__(self) -> str:
        return self.text


class Wording(OrganizationOwned):
    """The answer an organization has settled on, after its people compared theirs."""

    question = models.CharField(max_length=20)
    text = models.TextField(_("our answer"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "question"], name="wording_once")]

    def __str__(self) -> str:
        return self.text


class Rating(OrganizationOwned):
    """How one person rates a strength, a weakness or a need of the organization, on a topic."""

    class Side(models.TextChoices):
        STRENGTH = "strength", _("Strength")
        WEAKNESS = "weakness", _("Weakness")
        NEED = "need", _("Need")

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    side = models.CharField(max_length=10, choices=Side.choices)
    term = models.ForeignKey(Term, models.PROTECT, related_name="+", verbose_name=_("topic"))
    level = models.PositiveSmallIntegerField(_("level"))
    evidence = models.CharField(_("how you know"), max_length=300, blank=True)

    class Meta:
        ordering = ["-level", "term__code"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "person", "side", "term"], name="rating_once"),
            models.CheckConstraint(condition=models.Q(level__range=(1, 5)), name="rating_level_1_to_5"),
        ]

    def __str__(self) -> str:
        return f"{self.term}: {self.level}"


class Readiness(OrganizationOwned):
    """How ready one person finds the organization for a partnership, in one respect."""

    class Dimension(models.TextChoices):
        TIME = "time", _("Time")
        AUTHORITY = "authority", _("Authority")
        MONEY = "money", _("Money")
        SKILLS = "skills", _("Skills")
        CULTURE = "culture", _("Culture")

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    dimension = models.CharField(max_length=10, choices=Dimension.choices)
    level = models.PositiveSmallIntegerField(_("level"))
    note = models.CharField(_("what would help"), max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "person", "dimension"], name="readiness_once"),
            models.CheckConstraint(condition=models.Q(level__range=(1, 5)), name="readiness_level_1_to_5"),
        ]

    def __str__(self) -> str:
        return f"{self.get_dimension_display()}: {self.level}"


class Reach(OrganizationOwned):
    """Whom the organization serves, in which languages and where, as its people see it; shared only on purpose."""

    populations = models.ManyToManyField(Term, blank=True, related_name="+", verbose_name=_("people we serve"))
    languages = models.JSONField(_("languages we work in"), default=list, blank=True)
    places = models.ManyToManyField(Place, blank=True, related_name="+", verbose_name=_("provinces and territories"))
    area = models.CharField(_("where exactly"), max_length=120, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization"], name="reach_once")]

    def __str__(self) -> str:
        return self.area


class Sought(OrganizationOwned):
    """A characteristic of the ideal partner that people set by hand; the rest is computed."""

    class Importance(models.IntegerChoices):
        NONE = 0, _("Not looked for")
        HELPFUL = 1, _("Helpful")
        IMPORTANT = 2, _("Important")
        ESSENTIAL = 3, _("Essential")

    term = models.ForeignKey(Term, models.PROTECT, related_name="+", verbose_name=_("topic"))
    importance = models.PositiveSmallIntegerField(_("importance"), choices=Importance.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "term"], name="sought_once")]

    def __str__(self) -> str:
        return f"{self.term}: {self.get_importance_display()}"


class Disclosure(OrganizationOwned):
    """How much of one part of its reflection an organization shows to another one, or to everybody."""

    class Level(models.IntegerChoices):
        NOTHING = 0, pgettext_lazy("what is shown", "Nothing")
        COUNT = 1, pgettext_lazy("what is shown", "Only how much there is")
        OVERLAP = 2, pgettext_lazy("what is shown", "Where it meets theirs")
        ALL = 3, pgettext_lazy("what is shown", "All of it")

    part = models.CharField(max_length=20)
    to = models.ForeignKey(Organization, models.CASCADE, null=True, blank=True, related_name="+")
    level = models.PositiveSmallIntegerField(choices=Level.choices, default=Level.NOTHING)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "part", "to"], name="disclosure_once"),
            models.UniqueConstraint(
                fields=["organization", "part"], condition=models.Q(to=None), name="disclosure_to_everybody_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.part}: {self.get_level_display()}"
