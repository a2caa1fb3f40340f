from django import forms
from django.utils.translation import gettext_lazy as _

from concorda.foundation.core.forms import Cards, LongText
from concorda.foundation.partnerships.models import Partner
from concorda.foundation.process.forms import OwnedForm
from concorda.monitor.growth.models import Passage, Trajectory


class TrajectoryForm(forms.Form):
    path = forms.ChoiceField(
        label=_("Where are we heading?"),
        choices=Trajectory.Path.choices,
        widget=Cards(
            hints={
                "renew": _("Go on with the same partners and purpose."),
                "scale": _("More places, more people, more partners."),
                "replicate": _("Others use our way of working."),
                "institutionalise": _("It becomes part of what organizations do anyway."),
                "spin_off": _("It becomes an organization, or joins one."),
                "shrink": _("Keep the core, let the rest go."),
                "close": _("The task is done, or no longer ours."),
            }
        ),
    )
    reasons = forms.CharField(label=_("Why?"), widget=LongText(rows=4), max_length=4000)


class PassageForm(OwnedForm):
    class Meta:
        model = Passage
        fields = ["partner", "kind", "notice_on", "ends_on"]

    def choices_of(self, model: type) -> object:
        if model is Partner:
            return Partner.objects.exclude(status__in=[Partner.Status.DECLINED, Partner.Status.LEFT]).select_related(
                "organization"
            )
        return super().choices_of(model)

    def clean(self) -> dict:
        cleaned = super().clean()
        partner, kind = cleaned.get("partner"), cleaned.get("kind")
        if (
            partner
            and Passage.objects.filter(partner=partner, kind=kind, closed_on=None).exclude(pk=self.instance.pk).exists()
        ):
            self.add_error("partner", _("This is under way already. Open it below."))
        ends, notice = cleaned.get("ends_on"), cleaned.get("notice_on")
        if ends and notice and ends < notice:
            self.add_error("ends_on", _("This lies before the notice. Choose a later day."))
        return cleaned
