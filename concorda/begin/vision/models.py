"""Vision, mission and values, in versions, adopted by a decision."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from concorda.begin.governance.models import Decision
from concorda.foundation.core import clock
from concorda.foundation.partnerships.models import OrganizationShared, Participant, PartnershipOwned
from concorda.foundation.process.models import Version


class Language(models.TextChoices):
    ENGLISH = "en", _("English")
    FRENCH = "fr", _("French")


class OwnVision(OrganizationShared):
    """What one organization wants to reach, in its own words; the common vision starts from these."""

    text = models.TextField(_("what you want to reach"))
    language = models.CharField(_("language"), max_length=2, choices=Language.choices, default=Language.ENGLISH)
    written_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["organization__name"]
        constraints = [models.UniqueConstraint(fields=["partnership", "organization"], name="own_vision_once")]
        verbose_name, verbose_name_plural = _("own vision"), _("own visions")

    def __str__(self) -> str:
        return f"{self.organization}: {self.text[:60]}"


class Statement(PartnershipOwned):
    """A vision, a mission, a value or a ground rule; its words stand in its versions."""

    class Kind(models.TextChoices):
        VISION = "vision", _("Vision")
        MISSION = "mission", _("Mission")
        VALUE = "value", _("Value")
        GROUND_RULE = "ground_rule", _("Ground rule")

    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    language = models.CharField(_("language"), max_length=2, choices=Language.choices, default=Language.ENGLISH)
    # The statement this one says in the other language. The original prevails, unless both are equally valid.
    translates = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="translations",
        verbose_name=_("says the same as"),
    )
    equal = models.BooleanField(_("both languages are equally valid"), default=False)
    adopted = models.ForeignKey("StatementVersion", models.PROTECT, null=True, editable=False, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["pk"]
        verbose_name, verbose_name_plural = _("statement"), _("statements")
        constraints = [
            models.UniqueConstraint(
                fields=["translates", "language"],
                condition=models.Q(translates__isnull=False),
                name="statement_translated_once",
            )
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())

    def clean(self) -> None:
        original = self.translates
        if original is None:
            return
        if original.translates_id:
            raise ValidationError({"translates": _("This is itself a translation. Choose the text it translates.")})
        if original.language == self.language:
            raise ValidationError({"language": _("The original is in this language already.")})
        if original.kind != self.kind:
            raise ValidationError({"kind": _("A translation is of the same kind as its original.")})


class StatementVersion(Version):
    statement = models.ForeignKey(Statement, models.CASCADE, related_name="versions", editable=False)
    # Set once, when the version is put to decision; the words themselves never change.
    decision = models.ForeignKey(Decision, models.PROTECT, null=True, editable=False, related_name="+")

    class Meta(Version.Meta):
        constraints = [models.UniqueConstraint(fields=["statement", "number"], name="statement_version_once")]


class Comment(PartnershipOwned):
    """What somebody says about some of the words of a version, or about all of it."""

    version = models.ForeignKey(StatementVersion, models.CASCADE, related_name="comments", editable=False)
    passage = models.CharField(_("the words this is about"), max_length=250, blank=True)
    text = models.TextField(_("what you want to say"), blank=True)
    by = models.ForeignKey(Participant, models.PROTECT, related_name="+", editable=False)
    at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["at", "pk"]
        verbose_name, verbose_name_plural = _("comment"), _("comments")

    def __str__(self) -> str:
        return self.text or self.passage


class Support(OrganizationShared):
    """How far one organization supports a version, from 1 (whole-hearted) to 8 (block)."""

    class Step(models.IntegerChoices):
        HEART = 1, _("We are behind it with all our heart")
        RESERVATION = 2, _("We are for it, with a small reservation")
        SUPPORT = 3, _("We can support it")
        OPEN = 4, _("We have no opinion")
        TALK = 5, _("We need to talk before we can say")
        ALONG = 6, _("We do not like it, but go along")
        APART = 7, _("We want no part in it, and do not stop it")
        STOP = 8, _("We cannot let it pass")

    version = models.ForeignKey(StatementVersion, models.CASCADE, related_name="support", editable=False)
    step = models.PositiveSmallIntegerField(_("support"), choices=Step.choices)
    comment = models.TextField(_("comment"), blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "organization"], name="support_once"),
            models.CheckConstraint(condition=models.Q(step__gte=1, step__lte=8), name="support_step_1_to_8"),
        ]

    def __str__(self) -> str:
        return f"{self.organization}: {self.step}"
