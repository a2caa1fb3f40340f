"""The reflection, private to one organization: one question at a time, by several people, and what follows from it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from concorda.foundation.organizations import queries, services
from concorda.foundation.organizations.forms import (
    LANGUAGES,
    AnswerForm,
    RatingForms,
    ReachForm,
    ReadinessForm,
    ShareForm,
    SoughtForm,
    WordingForm,
)
from concorda.foundation.organizations.models import Answer, Rating, Reach, Readiness, Sought
from concorda.foundation.organizations.questions import BY_KEY, FIX, QUESTIONS, Kind, Question
from concorda.foundation.organizations.views import administers, admins_only
from concorda.foundation.organizations.visits import Visit

READ_WRITE = ["GET", "HEAD", "POST"]


@require_safe
def overview(request: Visit) -> HttpResponse:
    """Where the reflection stands, question by question."""
    steps = queries.steps()
    following = next((step.question for step in steps if not step.done), None)
    ideal = queries.ideal_partner(request.organization)
    context = {
        "title": _("Reflection of %(name)s") % {"name": request.organization.short},
        "standing": queries.standing(steps),
        "standing_more": _("Only people of your organization can read this."),
        "organization": request.organization,
        "steps": steps,
        "following": following,
        "ideal": ideal,
        "readiness": queries.readiness(),
        "admin": administers(request),
    }
    return render(request, "organizations/reflection.html", context)


@require_http_methods(READ_WRITE)
def question(request: Visit, question: str) -> HttpResponse:
    """One question: my answer, and what the others said."""
    asked = BY_KEY.get(question)
    if asked is None:
        raise Http404
    form = form_for(request, asked)
    if request.method == "POST" and form.is_valid():
        save(request, asked, form)
        messages.success(request, _("Saved."))
        following = next_question(asked)
        if "stay" in request.POST or following is None:
            return redirect("organizations:reflection", request.organization.slug)
        return redirect("organizations:question", request.organization.slug, following.key)
    step = next(step for step in queries.steps() if step.question == asked)
    number = QUESTIONS.index(asked) + 1
    context = {
        "title": asked.ask,
        "standing_more": asked.hint,
        "organization": request.organization,
        "asked": asked,
        "step": step,
        "form": form,
        "others": [row for row in step.answers if getattr(row, "person_id", None) not in (None, request.user.pk)],
        "settling": settling_form(asked, step),
        "number": number,
        "count": len(QUESTIONS),
        "following": next_question(asked),
        "before": QUESTIONS[number - 2] if number > 1 else None,
    }
    return render(request, "organizations/question.html", context)


def next_question(asked: Question) -> Question | None:
    at = QUESTIONS.index(asked) + 1
    return QUESTIONS[at] if at < len(QUESTIONS) else None


def form_for(request: Visit, asked: Question) -> Any:
    """The form of a question, with what this person has said."""
    data = request.POST or None
    if asked.kind == Kind.TEXT:
        own = Answer.objects.filter(person=request.user, question=asked.key).first()
        return AnswerForm(data, initial={"text": own.text if own else ""})
    if asked.kind == Kind.REACH:
        return ReachForm(data, instance=Reach.objects.first() or Reach(organization=request.organization))
    if asked.kind == Kind.READINESS:
        rows = Readiness.objects.filter(person=request.user)
        initial = {row.dimension: str(row.level) for row in rows} | {f"{row.dimension}_note": row.note for row in rows}
        return ReadinessForm(data, initial=initial)
    rated = Rating.objects.filter(person=request.user, side=asked.key)
    return RatingForms(
        data, initial=[{"term": row.term_id, "level": str(row.level), "evidence": row.evidence} for row in rated]
    )


def save(request: Visit, asked: Question, form: Any) -> None:
    organization, person = request.organization, request.user
    if asked.kind == Kind.TEXT:
        services.answer(organization, asked.key, form.cleaned_data["text"], by=person)
    elif asked.kind == Kind.REACH:
        form.save()
    elif asked.kind == Kind.READINESS:
        services.say_ready(organization, form.given(), by=person)
    else:
        lines = [line for line in form.cleaned_data if line.get("term")]
        services.rate(
            organization, asked.key, [(line["term"], int(line["level"]), line["evidence"]) for line in lines], by=person
        )


def settling_form(asked: Question, step: queries.Step) -> WordingForm | None:
    """Where a text has answers: the form of the wording all agree on."""
    if asked.kind != Kind.TEXT or not step.answers:
        return None
    text = step.wording.text if step.wording else step.answers[0].text
    return WordingForm(prefix="ours", initial={"text": text, "base": step.wording.revision if step.wording else None})


@require_http_methods(READ_WRITE)
def compare(request: Visit) -> HttpResponse:
    """Everybody's answers side by side; settle on a wording."""
    if request.method == "POST":
        asked = BY_KEY.get(request.POST.get("question", ""))
        form = WordingForm(request.POST, prefix="ours")
        if asked is None or asked.kind != Kind.TEXT:
            raise Http404
        if form.is_valid():
            try:
                services.settle(
                    request.organization,
                    asked.key,
                    form.cleaned_data["text"],
                    by=request.user,
                    base=form.cleaned_data["base"],
                )
            except services.Refusal as refusal:
                messages.error(request, str(refusal))
            else:
                messages.success(request, _("This is what you say together now."))
        return redirect("organizations:compare", request.organization.slug)
    steps = [step for step in queries.steps() if step.done and step.question.kind != Kind.REACH]
    context = {
        "title": _("What you said, side by side"),
        "standing": queries.standing(queries.steps()),
        "organization": request.organization,
        "steps": [(step, settling_form(step.question, step), by_subject(step)) for step in steps],
    }
    return render(request, "organizations/compare.html", context)


def by_subject(step: queries.Step) -> list[tuple[str, list[Any]]]:
    """Levels given to the same topic or dimension, together."""
    rows: dict[str, list[Any]] = {}
    if step.question.kind != Kind.TEXT:
        for row in step.answers:
            subject = str(row.term) if isinstance(row, Rating) else row.get_dimension_display()
            rows.setdefault(subject, []).append(row)
    return sorted(rows.items())


@require_http_methods(READ_WRITE)
def ideal(request: Visit) -> HttpResponse:
    """What to look for in a partner: computed, and changed by hand."""
    form = SoughtForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.seek(request.organization, form.cleaned_data["term"], form.cleaned_data["importance"], by=request.user)
        messages.success(request, _("Saved."))
        return redirect("organizations:ideal", request.organization.slug)
    found = queries.ideal_partner(request.organization)
    essential = sum(one.importance == Sought.Importance.ESSENTIAL for one in found)
    standing = (
        ngettext(
            "You look for %(n)d thing; essential: %(essential)d.",
            "You look for %(n)d things; essential: %(essential)d.",
            len(found),
        )
        % {"n": len(found), "essential": essential}
        if found
        else _("Nothing yet.")
    )
    context = {
        "title": _("What to look for in a partner"),
        "standing": standing,
        "standing_more": _("It follows from your weaknesses and needs, and from what you set by hand."),
        "organization": request.organization,
        "ideal": found,
        "struck": Sought.objects.filter(importance=0).select_related("term"),
        "importances": Sought.Importance.choices,
        "form": form,
    }
    return render(request, "organizations/ideal.html", context)


@require_safe
def readiness(request: Visit) -> HttpResponse:
    """How ready the organization is, and what to fix first."""
    found = queries.readiness()
    weak = [one for one in found if one.lowest <= 2]
    if not found:
        standing = _("Nobody has said yet.")
    elif weak:
        standing = _("Fix first: %(what)s.") % {"what": queries.listed([one.label.lower() for one in weak])}
    else:
        standing = _("Nothing stands in the way.")
    context = {
        "title": _("Ready for a partnership?"),
        "standing": standing,
        "standing_more": _("The lowest answer counts, because it will be felt first.") if found else "",
        "organization": request.organization,
        "respects": [(one, FIX[one.dimension] if one.lowest <= 3 else "") for one in found],
    }
    return render(request, "organizations/readiness.html", context)


@require_http_methods(READ_WRITE)
@admins_only
def share(request: Visit) -> HttpResponse:
    """Choose what becomes the public profile."""
    parts = {part: preview(request, part) for part in services.SHAREABLE}
    choices = [(part, title) for part, (title, text) in parts.items() if text]
    form = ShareForm(
        request.POST or None, choices=choices, hints={part: text for part, (_title, text) in parts.items()}
    )
    if request.method == "POST" and form.is_valid():
        services.share(request.organization, form.cleaned_data["parts"], by=request.user)
        messages.success(request, _("Shared. This is how others see you now."))
        return redirect(request.organization)
    context = {
        "title": _("Share parts of your reflection"),
        "standing": _("Nothing is public until you tick it here.") if choices else _("There is nothing to share yet."),
        "standing_more": _("What you share is copied into the public profile as it is now."),
        "form": form,
        "save_label": _("Share what is ticked"),
        "cancel_url": "../",
    }
    return render(request, "form.html", context)


def preview(request: Visit, part: str) -> tuple[str, str]:
    """Title of a part, and what would be shown; "" when there is nothing or people still differ."""
    titles = {
        "reach": _("People, languages, places"),
        "strength": _("Strengths, as topics"),
        "ideal": _("What you look for, as topics"),
    }
    facts = services.public_facts(request.organization, part)
    words = []
    for key, value in facts.items():
        if key == "languages":
            words += [str(dict(LANGUAGES).get(code, code)) for code in value]
        elif isinstance(value, list):
            words += [str(one) for one in value]
        elif value:
            words.append(str(value))
    return str(titles.get(part) or BY_KEY[part].title), ", ".join(words)
