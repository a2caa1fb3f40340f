from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from concorda.begin.strategic_plan.models import Indicator
from concorda.foundation.core.moments import say_day
from concorda.foundation.core.tables import csv_file
from concorda.foundation.partnerships.access import Ability
from concorda.foundation.partnerships.door import Visit
from concorda.foundation.process.pages import READ, Register, page
from concorda.foundation.process.stages import stages
from concorda.monitor.evaluation import queries, services
from concorda.monitor.evaluation.forms import AnswerForm, CheckInForm, MeasurementForm, ReturnForm
from concorda.monitor.evaluation.models import CheckIn, CheckInTicket, Measurement
from concorda.monitor.evaluation.questions import QUESTIONS

HERE = {"stage": "monitor", "tool": "evaluation"}


def may(request: Visit, ability: Ability) -> bool:
    return bool(request.access.can(ability, **HERE))


@page(Ability.SEE, methods=READ)
def home(request: Visit) -> HttpResponse:
    """Two results side by side: the state of the partnership, and the work."""
    rounds, measured = queries.rounds(), queries.lines()
    if request.GET.get("format") == "csv":
        return csv_file(f"{request.partnership.slug}-check-ins.csv", numbers(rounds))
    latest = rounds[-1] if rounds else None
    context = {
        "latest": latest,
        "rows": side_rows(rounds),
        "lines": measured,
        "work": queries.work_says(measured),
        "partnership_says": queries.partnership_says(rounds),
        "findings": [(one, action_url(request, one)) for one in queries.findings(rounds, measured)],
        "voice_of_one": next((text for one in reversed(rounds) for text in one.comments), ""),
        "to_approve": queries.to_approve() if may(request, Ability.STEER) else (),
        "open_check_ins": [one for one in queries.counted_check_ins() if one.is_open],
        "mine": {ticket.check_in_id for ticket in queries.my_tickets(request.access)},
        "may_steer": may(request, Ability.STEER),
        "may_measure": may(request, Ability.CONTRIBUTE),
    }
    return render(request, "evaluation/home.html", context)


def side_rows(rounds: list[queries.Round]) -> list[dict[str, Any]]:
    """The table of the latest check-in: each question with its trend over the rounds of the same stage."""
    if not rounds:
        return []
    latest = rounds[-1]
    return [side_row(question, latest, rounds) for question in QUESTIONS]


def side_row(question: Any, shown: queries.Round, rounds: list[queries.Round]) -> dict[str, Any]:
    side = next(one for one in shown.sides if one.key == question.key)
    until = rounds[: rounds.index(shown) + 1]
    trend = queries.trend_of(side.key, [one for one in until if one.check_in.stage == shown.check_in.stage])
    return {
        "question": question,
        "side": side,
        "why": queries.hidden_says(side.hidden) if side.hidden else "",
        "middles": [one.middle for one in trend],
        "before": trend[-2].middle if len(trend) > 1 else None,
    }


def action_url(request: Visit, finding: queries.Finding) -> str:
    """Where a finding becomes an action, if there is such a page and this person may write there."""
    if not request.access.can(Ability.CONTRIBUTE, stage="implement", tool="action_plans"):
        return ""
    try:
        url = reverse("action_plans:action_new", args=[request.partnership.slug])
    except NoReverseMatch:
        return ""
    return url + (f"?indicator={finding.indicator.pk}" if finding.indicator else "")


def numbers(rounds: list[queries.Round]) -> list[list[object]]:
    """The shown numbers as a table: a row per check-in and question."""
    head = [
        _("Check-in"),
        _("Stage"),
        _("Closed on"),
        _("Question"),
        _("Asked"),
        _("Answered"),
        "1",
        "2",
        "3",
        "4",
        "5",
    ]
    found: list[list[object]] = [[*head, _("Cannot say"), _("Why not shown")]]
    for one in rounds:
        facts = [one.check_in.title, one.check_in.stage, one.check_in.ended_on]
        for question, side in zip(QUESTIONS, one.sides, strict=True):
            counts = [""] * 6 if side.hidden else [*side.counts, side.cannot_say]
            why = queries.hidden_says(side.hidden) if side.hidden else ""
            found.append([*facts, str(question.text), one.asked, one.answered, *counts, why])
    return found


# Check-ins


@page(Ability.SEE, methods=READ)
def check_ins(request: Visit) -> HttpResponse:
    """All check-ins, newest first."""
    titles = {one.key: one.title for one in stages()}
    rows = [
        {
            "pk": one.pk,
            "url": one.get_absolute_url(),
            "cells": [
                one.title,
                titles.get(one.stage, one.stage),
                _("%(answered)s of %(asked)s") % {"answered": one.answered, "asked": one.asked},
                _("open until %(day)s") % {"day": say_day(one.closes_on)} if one.is_open else say_day(one.ended_on),
            ],
        }
        for one in queries.counted_check_ins()
    ]
    new_url = reverse("evaluation:checkin_new", args=[request.partnership.slug])
    new_url = new_url if may(request, Ability.STEER) else ""
    context = {
        "frame": "tool.html",
        "title": _("Check-ins"),
        "standing": _("Three questions, in any stage, two minutes each time."),
        "columns": [{"label": name} for name in (_("Check-in"), _("Stage"), _("Answered"), _("Closed"))],
        "rows": rows,
        "empty": {
            "title": _("No check-in yet"),
            "text": _("After a meeting or a month of work, ask everybody how it is going."),
            "url": new_url,
            "action": _("Open a check-in"),
        },
        "new_url": new_url,
        "new_label": _("Open a check-in"),
    }
    return render(request, "list.html", context)


@page(Ability.STEER)
def new_check_in(request: Visit) -> HttpResponse:
    """Ask everybody three questions."""
    form = CheckInForm(request.POST or None, initial={"stage": "implement"})
    if request.method == "POST" and form.is_valid():
        try:
            found = services.open_check_in(request.partnership, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The letters are on their way. Results appear once the check-in is closed."))
            return redirect(found)
    context = {
        "frame": "tool.html",
        "form": form,
        "title": _("Open a check-in"),
        "standing": _("Everybody who takes part gets a letter with a link of their own."),
        "standing_more": _("Answers carry no name; results are shown once it is closed."),
        "save_label": _("Send the letters"),
        "cancel_url": reverse("evaluation:home", args=[request.partnership.slug]),
    }
    return render(request, "form.html", context)


@page(Ability.SEE, CheckIn, methods=READ, related=("partnership",))
def check_in(request: Visit, check_in: CheckIn) -> HttpResponse:
    """One check-in: how many answered, and what may be shown of it."""
    same_stage = queries.rounds(check_in.stage)
    shown = next((one for one in same_stage if one.check_in.pk == check_in.pk), None)
    counted = queries.counted_check_ins().get(pk=check_in.pk)
    facts = {"answered": counted.answered, "asked": counted.asked}
    context = {
        "title": check_in.title,
        "standing": _("%(answered)s of %(asked)s people answered.") % facts,
        "standing_more": _("Open until %(day)s.") % {"day": say_day(check_in.closes_on)}
        if check_in.is_open
        else _("Closed on %(day)s.") % {"day": say_day(check_in.ended_on)},
        "check_in": check_in,
        "latest": shown,
        "rows": [side_row(question, shown, same_stage) for question in QUESTIONS] if shown else [],
        "may_steer": may(request, Ability.STEER),
        "mine": check_in.pk in {ticket.check_in_id for ticket in queries.my_tickets(request.access)},
        "unread": len(queries.waiting_comments(check_in)) if shown and may(request, Ability.STEER) else 0,
    }
    return render(request, "evaluation/check_in.html", context)


@page(Ability.CONTRIBUTE, CheckIn, related=("partnership",))
def answer(request: Visit, check_in: CheckIn) -> HttpResponse:
    """One's own check-in, answered while signed in: it uses up the same ticket as the link in the letter."""
    tickets = CheckInTicket.objects.select_related("check_in__partnership", "partnership", "participant__person")
    ticket = tickets.filter(check_in=check_in, participant=request.access.participant).first()
    if ticket is None or ticket.used or not check_in.is_open:
        messages.info(request, why_not(ticket, check_in))
        return redirect(check_in)
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.answer(ticket, values=form.values, comment=form.cleaned_data["comment"])
        except services.TicketUsed:
            messages.info(request, _("You have answered already."))
        else:
            messages.success(request, _("Thank you. Your answer is kept without your name."))
        return redirect(check_in)
    context = {
        "frame": "tool.html",
        "form": form,
        "title": check_in.title,
        "standing": _("Three questions, two minutes, no name."),
        "standing_more": _("We keep that you answered, and separately what was answered; nothing ties the two."),
        "save_label": _("Send my answer"),
        "cancel_url": check_in.get_absolute_url(),
    }
    return render(request, "form.html", context)


def why_not(ticket: CheckInTicket | None, check_in: CheckIn) -> str:
    if ticket is None:
        return _("You were not asked: you came in after this check-in was opened.")
    return _("You have answered already.") if ticket.used else _("This check-in is closed.")


@page(Ability.STEER, CheckIn, related=("partnership",))
def close(request: Visit, check_in: CheckIn) -> HttpResponse:
    """Take no more answers."""
    if not check_in.is_open:
        messages.info(request, _("This check-in is closed already."))
        return redirect(check_in)
    if request.method == "POST":
        services.close_check_in(check_in, by=request.user)
        messages.success(request, _("Closed. These are the results."))
        return redirect(check_in)
    context = {
        "frame": "tool.html",
        "title": _("Close “%(title)s”?") % {"title": check_in.title},
        "object": check_in,
        "consequence": _("Nobody can answer any more. The results can be read at once. It cannot be opened again."),
        "confirm_label": _("Close it"),
        "keep_url": check_in.get_absolute_url(),
    }
    return render(request, "confirm_delete.html", context)


@page(Ability.STEER, CheckIn, related=("partnership",))
def comments(request: Visit, check_in: CheckIn) -> HttpResponse:
    """Read the sentences before anybody else, and choose which are shown; no other part of an answer is seen here."""
    if check_in.is_open:
        messages.info(request, _("Comments are read once the check-in is closed."))
        return redirect(check_in)
    waiting = queries.waiting_comments(check_in)
    if request.method == "POST":
        chosen = [int(text) for text in request.POST.getlist("pick") if text.isdecimal()]
        services.review_comments(check_in, shown=chosen, by=request.user)
        messages.success(request, _("Done. What you did not choose stays unseen."))
        return redirect(check_in)
    context = {
        "title": _("Comments of “%(title)s”") % {"title": check_in.title},
        "standing": _("You read them first. Show those by which nobody can be recognized."),
        "check_in": check_in,
        "waiting": waiting,
    }
    return render(request, "evaluation/comments.html", context)


# Measurements


@page(Ability.STEER, Measurement, methods=("POST",), related=("indicator", "partnership"))
def approve(request: Visit, measurement: Measurement) -> HttpResponse:
    """The value counts from now on."""
    if settled(request, measurement):
        return redirect(measurement)
    services.approve(measurement, by=request.user)
    messages.success(request, _("Approved: %(what)s") % {"what": measurement})
    return redirect(measurement)


@page(Ability.STEER, Measurement, related=("indicator", "partnership"))
def give_back(request: Visit, measurement: Measurement) -> HttpResponse:
    """Return a value to whoever measured it, with what to put right."""
    if settled(request, measurement):
        return redirect(measurement)
    form = ReturnForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.give_back(measurement, because=form.cleaned_data["because"], by=request.user)
        messages.success(request, _("Returned: %(what)s") % {"what": measurement})
        return redirect(measurement)
    context = {
        "frame": "tool.html",
        "form": form,
        "title": _("Return this value"),
        "standing": str(measurement),
        "save_label": _("Return it"),
        "cancel_url": measurement.get_absolute_url(),
    }
    return render(request, "form.html", context)


def settled(request: Visit, measurement: Measurement) -> bool:
    if measurement.status == Measurement.Status.SUBMITTED:
        return False
    messages.info(request, _("This was settled already: %(status)s.") % {"status": measurement.get_status_display()})
    return True


class Measurements(Register):
    model, form = Measurement, MeasurementForm
    roles = ("list", "new", "detail")
    related = ("indicator", "by__person", "settled_by__person", "corrects__indicator", "partnership")
    search = ("indicator__name", "source", "note")
    orders = ("on", "indicator")
    title = gettext_lazy("Measurements")
    new_label, save_label = gettext_lazy("Enter a value"), gettext_lazy("Send for approval")
    empty = gettext_lazy("Nothing has been measured yet")
    empty_text = gettext_lazy("A number, its day and its source: then everybody can see whether the goal comes nearer.")
    columns = (
        ("indicator", gettext_lazy("Indicator")),
        ("value_says", gettext_lazy("Value")),
        ("on", gettext_lazy("Measured on")),
        ("source", gettext_lazy("Source")),
        ("status", gettext_lazy("Status")),
        ("by", gettext_lazy("Measured by")),
    )

    def cell(self, row: Measurement, name: str) -> Any:
        return say_day(row.on) if name == "on" else super().cell(row, name)

    def initial(self) -> dict[str, Any]:
        original = self.original()
        if original:
            return {
                "indicator": original.indicator_id,
                "value": original.value.normalize(),
                "on": original.on,
                "source": original.source,
                "note": original.note,
            }
        asked = self.request.GET.get("indicator", "")
        indicator = Indicator.objects.filter(pk=asked).first() if asked.isdecimal() else None
        return {"indicator": indicator.pk, "source": indicator.source} if indicator else {}

    def original(self) -> Measurement | None:
        """The approved measurement this one is to correct (`?corrects=7`)."""
        asked = self.request.GET.get("corrects", "")
        found = self.rows().filter(pk=asked, status=Measurement.Status.APPROVED) if asked.isdecimal() else None
        return found.first() if found is not None else None

    def new_page(self) -> HttpResponse:
        return self.form_page(Measurement(corrects=self.original()))

    def save(self, form: MeasurementForm) -> Measurement:
        return services.enter(form.save(commit=False), by=self.request.user)

    def extra(self) -> dict[str, Any]:
        if self.role == "list":
            return {"standing": _("Every value with its day, its source, and who approved it.")}
        if self.role == "new":
            return {"standing": _("A coordinator or evaluator looks at it; once approved it is never changed.")}
        return self.detail_extra()

    def detail_extra(self) -> dict[str, Any]:
        row = self.row
        open_ = row.status == Measurement.Status.SUBMITTED
        correct = reverse("evaluation:measurement_new", args=[row.partnership.slug]) + f"?corrects={row.pk}"
        return {
            "title": row.indicator.name,
            "voice": True,
            "standing": _("%(value)s on %(day)s.") % {"value": row.value_says, "day": say_day(row.on)},
            "standing_more": str(row.get_status_display()) + ".",
            "may_settle": open_ and may(self.request, Ability.STEER),
            "correct_url": correct
            if row.status == Measurement.Status.APPROVED and may(self.request, Ability.CONTRIBUTE)
            else "",
            "corrections": row.corrections.exclude(status=Measurement.Status.RETURNED).select_related("indicator"),
        }
