"""What was learned, and what each goal does next: continue, change or close."""

from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from concorda.begin.governance.models import Decision
from concorda.begin.strategic_plan.models import Goal
from concorda.foundation.core import clock
from concorda.foundation.partnerships.models import Final, Participant, PartnershipOwned


class Lesson(PartnershipOwned):
    what = models.CharField(_("what happened"), max_length=250)
    so_what = models.TextField(_("why it matters"), blank=True)
    now_what = models.TextField(_("what we do differently"), blank=True)
    used_in = models.CharField(_("where it was used"), max_length=250, blank=True)
    by = models.ForeignKey(Participant, models.PROTECT, related_name="+", editable=False)
    learned_on = models.DateField(_("learned on"), default=clock.today)

    class Meta:
        ordering = ["-learned_on", "-pk"]
        verbose_name, verbose_name_plural = _("lesson"), _("lessons")

    def __str__(self) -> str:
        return self.what

    def get_absolute_url(self) -> str:
        return reverse("future_plans:lesson_detail", args=[self.partnership.slug, self.pk])


class Review(PartnershipOwned):
    """The answer to a question the records raise (see agenda.py). Never changed; a new answer follows it."""

    class Answer(models.TextChoices):
        CONTINUE = "continue", _("Continue")
        CHANGE = "change", _("Change")
        CLOSE = "close", _("Close")

    subject = models.CharField(max_length=60, editable=False)
    goal = models.ForeignKey(
        Goal, models.PROTECT, null=True, blank=True, related_name="reviews", verbose_name=_("goal")
    )
    question = models.CharField(_("question"), max_length=250, editable=False)
    answer = models.CharField(_("answer"), max_length=10, choices=Answer.choices)
    reasons = models.TextField(_("reasons"))
    decision = models.ForeignKey(
        Decision, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decision it rests on")
    )
    by = models.ForeignKey(Participant, models.PROTECT, related_name="+", editable=False)
    answered_on = models.DateField(default=clock.today, editable=False)

    class Meta:
        ordering = ["-answered_on", "-pk"]
        indexes = [models.Index(fields=["partnership", "subject"])]
        verbose_name, verbose_name_plural = _("answer"), _("answers")

    def __str__(self) -> str:
        return self.question

    def get_absolute_url(self) -> str:
        return reverse("future_plans:review_detail", args=[self.partnership.slug, self.pk])

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise Final(_("An answer is never changed. Answer again: the new one follows it."))
        super().save(*args, **kwargs)
