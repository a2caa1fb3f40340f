"""How the organizations work, what they agree about it, and which form of governance would suit."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from concorda.begin.governance import describing, queries, services
from concorda.begin.governance.forms import FormNeedsForm, StyleForm, WorkingAgreementForm
from concorda.begin.governance.models import Answer, Trust, WorkingAgreement
from concorda.begin.governance.views.common import may_answer, speaking, submitted, to
from concorda.begin.governance.worksheet import STYLES
from concorda.foundation.partnerships.access import Ability
from concorda.foundation.partnerships.door import Visit
from concorda.foundation.partnerships.queries import committed
from concorda.foundation.process.pages import READ, Register, page


@page(Ability.SEE, methods=READ)
def styles(request: Visit) -> HttpResponse:
    """The habits of the organizations side by side; each large difference asks for a working agreement."""
    found = queries.differences(request.partnership)
    organizations = sorted({one for difference in found for one in difference.values}, key=lambda one: one.name)
    letters = queries.letters(organizations)
    rows = [(one, [(letters[organization], value) for organization, value in one.values.items()]) for one in found]
    context = {
        "title": _("How we work"),
        "rows": rows,
        "letters": sorted(letters.items(), key=lambda one: one[1]),
        "missing": [p.organization.short for p in committed(request.partnership) if p.organization not in letters],
        "can_answer": may_answer(request),
        **describing.differences(found),
    }
    return render(request, "governance/styles.html", context)


@page(Ability.AGREE)
def style_answer(request: Visit) -> HttpResponse:
    """One organization says how it works."""
    own = speaking(request)
    stored = {one.question: one for one in Answer.objects.filter(organization=own)}
    initial: dict[str, Any] = {
        question.key: stored[question.key].value for question in STYLES if question.key in stored
    }
    if initial:
        initial["shared"] = all(stored[key].shared for key in initial)
    form = StyleForm(request.POST or None, initial=initial)

    def keep() -> None:
        shared = form.cleaned_data["shared"]
        services.answer(request.partnership, own, form.answers(), by=request.user, shared=shared)

    if submitted(request, form, keep, _("Saved. Thank you.")):
        return redirect(to(request, "styles"))
    context = {
        "title": _("How does %(organization)s work?") % {"organization": own.short},
        "standing": _("There is no right answer: it helps the others to know."),
        "form": form,
        "frame": "tool.html",
        "save_label": _("Save our answers"),
        "cancel_url": to(request, "styles"),
    }
    return render(request, "form.html", context)


class WorkingAgreements(Register):
    model, form = WorkingAgreement, WorkingAgreementForm
    roles = ("new", "edit", "delete")
    new_label = gettext_lazy("Write a working agreement")

    def initial(self) -> dict[str, Any]:
        return {"question": self.request.GET.get("about", "")}

    def save(self, form: Any) -> Any:
        if not form.instance._state.adding:
            return super().save(form)
        facts = form.cleaned_data
        row = services.agree_on_work(self.request.partnership, facts["question"], facts["text"], by=self.request.user)
        row.agreed_on = facts["agreed_on"]
        row.save(update_fields=["agreed_on"])
        return row

    def back(self, row: Any | None = None) -> str:
        return to(self.request, "styles")


# The form of governance


@page(Ability.SEE, methods=READ)
def form_of_governance(request: Visit) -> HttpResponse:
    """Which form would suit, with the reasons and what is not known yet."""
    found = queries.advice(request.partnership)
    context = {
        "title": _("Which form of governance?"),
        "advice": found,
        "fits": [describing.fit(fit) for fit in found.top],
        "missing": describing.missing(found),
        "arrangement": queries.arrangement(request.partnership),
        "can_answer": may_answer(request),
        **describing.advice(found),
    }
    return render(request, "governance/form_of_governance.html", context)


@page(Ability.AGREE)
def form_answer(request: Visit) -> HttpResponse:
    """One organization says what the governance needs, and, for its own eyes, whom it relies on."""
    own = speaking(request)
    others = [partner for partner in committed(request.partnership) if partner.organization_id != own.pk]
    initial = {one.question: one.value for one in Answer.objects.filter(organization=own)}
    initial |= {f"partner-{one.toward_id}": one.level for one in Trust.objects.filter(organization=own)}
    form = FormNeedsForm(request.POST or None, others=others, initial=initial)

    def keep() -> None:
        services.rely(request.partnership, own, form.levels(), judgements=form.judgements(), by=request.user)

    if submitted(request, form, keep, _("Saved. Thank you.")):
        return redirect(to(request, "form"))
    context = {
        "title": _("What does the governance need?"),
        "standing": _("Only your own people see whom you rely on; the others see one number for all of you."),
        "form": form,
        "frame": "tool.html",
        "save_label": _("Save our answers"),
        "cancel_url": to(request, "form"),
    }
    return render(request, "form.html", context)
