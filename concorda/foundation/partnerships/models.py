"""Partnerships, the organizations in them (partners), the people in them (participants), and the timeline."""

from collections.abc import Collection
from typing import Any, ClassVar, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from concorda.foundation.accounts.models import validate_time_zone
from concorda.foundation.core import clock
from concorda.foundation.core.scoping import OwnedManager, PrivateManager, SharedManager, here
from concorda.foundation.organizations.models import Organization
from concorda.foundation.partnerships.access import Role


class PartnershipQuerySet(models.QuerySet["Partnership"]):
    def visible_to(self, person: Any) -> "PartnershipQuerySet":
        """The partnerships this person takes part in. The door asks the same question."""
        return self.filter(partnerships_participant__person=person, partnerships_participant__left_on=None)


class Partnership(models.Model):
    class Origin(models.TextChoices):
        REASON = "reason", _("A new idea: we have a reason to look for partners")
        ORGANIC = "organic", _("It grew: we already work together")

    class Status(models.TextChoices):
        ACTIVE = "active", _("Active")
        PAUSED = "paused", _("Paused")
        ENDED = "ended", _("Ended")

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=160)
    short_name = models.CharField(_("short name"), max_length=60, blank=True)
    purpose = models.TextField(_("purpose"), blank=True)
    origin = models.CharField(_("how it began"), max_length=10, choices=Origin.choices, default=Origin.REASON)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.ACTIVE)
    time_zone = models.CharField(
        _("time zone"), max_length=64, default="America/Toronto", validators=[validate_time_zone]
    )
    place_name = models.CharField(_("place"), max_length=120, blank=True)
    started_on = models.DateField(_("started on"), default=clock.today)
    pattern = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="copies")
    created_at = models.DateTimeField(default=clock.now)
    # Head of the hash-chained timeline; `length` is also the version every derived result is cached by.
    length = models.PositiveIntegerField(default=0, editable=False)
    head = models.CharField(max_length=64, blank=True, editable=False)

    objects = PartnershipQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def short(self) -> str:
        return self.short_name or self.name

    def get_absolute_url(self) -> str:
        return reverse("partnership:map", args=[self.slug])


class PartnershipOwned(models.Model):
    """A row of one partnership: answers only inside its scope, and may point only at rows of the same partnership."""

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="%(app_label)s_%(class)s", editable=False)
    revision = models.PositiveIntegerField(default=0, editable=False)

    objects: ClassVar[models.Manager[Any]] = OwnedManager()

    class Meta:
        abstract = True

    @classmethod
    def from_db(cls, db: str | None, field_names: Collection[str], values: Collection[Any], **options: Any) -> Self:
        """A row read in the scope of its partnership knows it, so that its address asks nothing more."""
        row = super().from_db(db, field_names, values, **options)
        partnership = here()
        if partnership is not None and row.__dict__.get("partnership_id") == partnership.pk:
            row._state.fields_cache["partnership"] = partnership
        return row

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.guard()
        super().save(*args, **kwargs)

    def guard(self) -> None:
        """The save guard: no foreign key leaves the partnership."""
        for field in self._meta.concrete_fields:
            target = field.related_model
            if (
                not target
                or target is Partnership
                or not hasattr(target, "partnership_id")
                or getattr(self, field.attname) is None
            ):
                continue
            if field.name in self._state.fields_cache:
                owner = getattr(self, field.name).partnership_id
            else:
                owner = target._base_manager.values_list("partnership_id", flat=True).get(
                    pk=getattr(self, field.attname)
                )
            if owner != self.partnership_id:
                raise CrossPartnershipLink(f"{self._meta.label}.{field.name} points into another partnership")


class CrossPartnershipLink(RuntimeError):
    """A programming error or an attack: a row was about to point into another partnership."""


class Partner(PartnershipOwned):
    """An organization in a partnership, from first idea to leaving."""

    class Status(models.TextChoices):
        IDENTIFIED = "identified", _("Identified")
        APPROACHED = "approached", _("Approached")
        EXPLORING = "exploring", _("Exploring")
        COMMITTED = "committed", _("Committed")
        DECLINED = "declined", _("Declined")
        LEFT = "left", _("Left")

    class Level(models.TextChoices):
        CORE = "core", pgettext_lazy("level of participation", "Core")
        CONTRIBUTING = "contributing", pgettext_lazy("level of participation", "Contributing")
        CONSULTED = "consulted", pgettext_lazy("level of participation", "Consulted")
        INFORMED = "informed", pgettext_lazy("level of participation", "Informed")

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="partners")
    status = models.CharField(_("status"), max_length=12, choices=Status.choices, default=Status.IDENTIFIED)
    level = models.CharField(_("level"), max_length=14, choices=Level.choices, default=Level.CORE)
    convenes = models.BooleanField(_("convenes the partnership"), default=False)
    joined_on = models.DateField(null=True, blank=True)
    left_on = models.DateField(null=True, blank=True)
    # Since when its own representative lets public pages name it as a partner; None: they do not.
    named_since = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-convenes", "organization__name"]
        constraints = [
            models.UniqueConstraint(fields=["partnership", "organization"], name="partner_once"),
        ]

    def __str__(self) -> str:
        return self.organization.name

    @property
    def committed(self) -> bool:
        return self.status == self.Status.COMMITTED


class Participant(PartnershipOwned):
    """A person in a partnership, usually for a partner organization."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="participations")
    organization = models.ForeignKey(Organization, models.PROTECT, null=True, blank=True, related_name="participants")
    title = models.CharField(_("job title"), max_length=120, blank=True)
    joined_on = models.DateField(default=clock.today)
    left_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["person__name"]
        constraints = [models.UniqueConstraint(fields=["partnership", "person"], name="participant_once")]

    def __str__(self) -> str:
        return self.person.name


class RoleHeld(PartnershipOwned):
    """One role of a participant."""

    participant = models.ForeignKey(Participant, models.CASCADE, related_name="roles")
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["participant", "role"], name="role_once")]

    def __str__(self) -> str:
        return self.get_role_display()


class OrganizationPrivate(PartnershipOwned):
    """A row of a partnership that only the organization it belongs to may read."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", editable=False)

    objects: ClassVar[models.Manager[Any]] = PrivateManager()

    class Meta:
        abstract = True


class OrganizationShared(PartnershipOwned):
    """A row that belongs to one organization and is read by the others once it is shared."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", editable=False)
    shared = models.BooleanField(_("shared with the partners"), default=True)

    objects: ClassVar[models.Manager[Any]] = SharedManager()

    class Meta:
        abstract = True


class Final(ValidationError):
    """Somebody tried to change what was agreed, signed, voted, published or recorded."""


class ChangedMeanwhile(Exception):
    """Another save came between the check of a form and its own save; the page asks to try again."""


class Entry(PartnershipOwned):
    """One line of the timeline: who did what, when. Appended only; each line carries the hash of the one before."""

    number = models.PositiveIntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    by_name = models.CharField(max_length=120, blank=True)
    organization_name = models.CharField(max_length=250, blank=True)
    tool = models.CharField(max_length=40, blank=True)
    message = models.CharField(max_length=300)
    facts = models.JSONField(default=dict)
    target = models.CharField(max_length=80, blank=True)
    target_id = models.BigIntegerField(null=True)
    private_to = models.ForeignKey(Organization, models.PROTECT, null=True, related_name="+")
    previous = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)
    # For a line that came from another installation: the numbers its hash was made with there (timeline.numbers).
    recorded = models.JSONField(null=True, editable=False)

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["partnership", "number"], name="entry_number_once")]
        indexes = [models.Index(fields=["partnership", "target", "target_id"])]

    def __str__(self) -> str:
        return f"{self.number} {self.sentence}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise Final("The timeline is only ever added to.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        raise Final("The timeline is only ever added to.")

    @property
    def sentence(self) -> str:
        """What happened, in the reader's language, without the name of who did it."""
        return gettext(self.message) % self.facts
