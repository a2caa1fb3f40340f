"""The parts pages are made of, as template tags. docs/interface.md shows each with an example."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BaseForm, BoundField, widgets
from django.template.context import Context
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from concorda.foundation.core import clock, drawing, moments

register = template.Library()

KNOTS = {
    "done": gettext_lazy("in place"),
    "half": gettext_lazy("under way"),
    "care": gettext_lazy("needs care"),
    "none": gettext_lazy("not started"),
    "skipped": gettext_lazy("does not apply"),
}
POSITIONS = {
    "consent": ("done", gettext_lazy("Consents")),
    "concern": ("half", gettext_lazy("Consents, with a concern")),
    "object": ("stop", gettext_lazy("Objects")),
    "aside": ("minus", gettext_lazy("Stands aside")),
    "none": ("ring", gettext_lazy("No reply yet")),
}
ROLES = {
    "coordinator": gettext_lazy("Coordinator"),
    "gatekeeper": gettext_lazy("Gatekeeper"),
    "representative": gettext_lazy("Representative"),
    "consultant": gettext_lazy("Consultant"),
    "liaison": gettext_lazy("Liaison"),
}
STAGES = {
    "connect": gettext_lazy("Connect"),
    "begin": gettext_lazy("Begin"),
    "implement": gettext_lazy("Implement"),
    "monitor": gettext_lazy("Monitor"),
}


# Icons and marks


def drawn(kind: str, symbol: str) -> SafeString:
    """One symbol of the sprite, hidden from screen readers: the words beside it say the same."""
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>', kind, static("core/icons.svg"), symbol
    )


@register.simple_tag
def icon(name: str) -> SafeString:
    return drawn("icon", f"i-{name}")


@register.simple_tag
def glyph(stage: str) -> SafeString:
    return drawn("glyph", f"g-{stage}")


@register.simple_tag
def logo() -> SafeString:
    return drawn("logo", "logo")


@register.simple_tag
def art(stage: str) -> SafeString:
    """The small drawing of an empty page."""
    return drawn("empty-art", f"a-{stage}")


@register.simple_tag
def knot(state: str = "none", *, say: bool = True) -> SafeString:
    """How far an element has come: done, half, care, none, skipped. Without `say` the words must stand beside it."""
    words = format_html('<span class="vh">({})</span>', KNOTS[state]) if say else ""
    return format_html('<span class="knot" data-state="{}" aria-hidden="true"></span>{}', state, words)


@register.simple_tag
def knot_word(state: str) -> str:
    return str(KNOTS[state])


@register.simple_tag
def stage_tag(stage: str) -> SafeString:
    return format_html('<span class="stage-tag" data-stage="{}">{}{}</span>', stage, glyph(stage), STAGES[stage])


@register.simple_tag
def tag(text: str, icon: str = "", kind: str = "") -> SafeString:
    """A status in a few words. `kind`: "", accent, alert, bare."""
    look = f"tag tag-{kind}" if kind else "tag"
    return format_html('<span class="{}">{}{}</span>', look, drawn("icon", f"i-{icon}") if icon else "", text)


@register.simple_tag
def position(pos: str, text: str = "") -> SafeString:
    """A position in a decision: consent, concern, object, aside, none."""
    mark, words = POSITIONS[pos]
    return format_html('<span class="pos" data-pos="{}">{}{}</span>', pos, icon(mark), text or words)


@register.simple_tag
def role(name: str) -> SafeString:
    """A broker role in a network: coordinator, gatekeeper, representative, consultant, liaison."""
    return format_html('<span class="role">{}{}</span>', drawn("role-mark", f"r-{name}"), ROLES[name])


@register.simple_tag
def mono_org(organization: Any, size: str = "") -> SafeString:
    """Square monogram of an organization; its name must stand beside it. `size`: "" or s."""
    return format_html(
        '<span class="mono mono-org {}" aria-hidden="true">{}</span>', size, getattr(organization, "monogram", "?")
    )


@register.simple_tag
def mono_person(person: Any, size: str = "") -> SafeString:
    """Round monogram of a person; the name must stand beside it. `size`: "" or s."""
    return format_html(
        '<span class="mono mono-person {}" aria-hidden="true">{}</span>', size, getattr(person, "initials", "?")
    )


@register.simple_tag
def next_step(url: str, text: str) -> SafeString:
    return format_html('<a class="next" href="{}">{}{}</a>', url, text, icon("arrow"))


# Charts


@register.simple_tag
def segments(done: int, of: int) -> SafeString:
    """`done` of `of`, countable up to 14; the sentence beside it says the same."""
    filled, empty = drawing.segments(done, of)
    return format_html(
        '<svg class="seg" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">'
        '<path class="seg-on" d="{}"/><path class="seg-off" d="{}"/></svg>',
        filled,
        empty,
    )


@register.simple_tag
def sparkline(
    values: Sequence[float], label: str = "", low: float | None = None, high: float | None = None
) -> SafeString:
    """A line of at least one value; give `low` and `high` to keep one scale down a column."""
    if not values:
        return SafeString("")
    low = min(values) if low is None else low
    high = max(values) if high is None else high
    points = drawing.polyline(values, low, high, width=88, height=28)
    x, y = points.rsplit(" ", 1)[-1].split(",")
    return format_html(
        '<svg class="spark" viewBox="0 0 88 28" width="88" height="28" {}>'
        '<polyline points="{}"/><circle cx="{}" cy="{}" r="2.6"/></svg>',
        spoken(label),
        points,
        x,
        y,
    )


def spoken(label: str) -> SafeString:
    """ARIA attributes of a drawing: an image with a name, or nothing to a screen reader."""
    return format_html('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"')


@register.inclusion_tag("core/parts/histogram.html")
def histogram(counts: Sequence[int], low: bool = False) -> dict[str, Any]:
    """People per answer, from the lowest answer to the highest; `low` hatches the lowest two in red."""
    top = max([*counts, 1])
    half = (len(counts) + 1) / 2
    columns = [
        {
            "x": 31 * i,
            "count": count,
            "height": (height := max(36 * count / top, 2)),
            "y": 56 - height,
            "label_y": 56 - height - 4,
            "kind": "low" if i + 1 < half else "high" if i + 1 > half else "mid",
        }
        for i, count in enumerate(counts)
    ]
    label = _("Answers from 1 to %(top)d: %(counts)s people") % {
        "top": len(counts),
        "counts": ", ".join(map(str, counts)),
    }
    return {"columns": columns, "width": 31 * len(counts) - 3, "hatched": low, "label": label}


@register.inclusion_tag("core/parts/trend.html")
def trend(values: Sequence[float], low: float = 1, high: float = 5, middle: float = 3) -> dict[str, Any]:
    """The middle answer over the rounds, one scale for all, with a dotted line at `middle`."""
    points = [
        tuple(map(float, p.split(",")))
        for p in drawing.polyline(values, low, high, width=88, height=40, pad=6).split(" ")
    ]
    grid = float(drawing.polyline([middle], low, high, width=88, height=40, pad=6).split(",")[1])
    label = _("Middle answer %(values)s") % {"values": _(", then ").join(f"{v:g}" for v in values)}
    return {"points": points, "grid": grid, "label": label, "falling": values[-1] < values[0]}


@register.inclusion_tag("core/parts/range.html")
def range_bar(values: Iterable[tuple[str, float]], label: str, low: float = 1, high: float = 5) -> dict[str, Any]:
    """Where each group's middle answer lies: pairs of a short letter and a value between `low` and `high`."""
    at: dict[float, str] = {}
    for letter, value in values:
        at[value] = at.get(value, "") + letter
    marks = [{"x": scale_at(value, low, high), "letters": letters} for value, letters in sorted(at.items())]
    return {"marks": marks, "first": marks[0]["x"], "last": marks[-1]["x"], "label": label} if marks else {}


@register.inclusion_tag("core/parts/range_axis.html")
def range_axis(low: int = 1, high: int = 5) -> dict[str, Any]:
    return {"ticks": [{"x": scale_at(v, low, high), "value": v} for v in range(low, high + 1)]}


def scale_at(value: float, low: float, high: float) -> float:
    """Position on a range bar in percent, leaving room for half a mark on either side."""
    return round(7 + drawing.percent(value - low, high - low) * 0.86, 2)


@register.inclusion_tag("core/parts/bullet.html")
def bullet(done: float, expected: float | None = None, label: str = "") -> dict[str, Any]:
    """Way to a target in percent, with a mark where it was meant to be by now; red when behind."""
    behind = expected is not None and done < expected
    return {"done": drawing.percent(done, 100), "expected": expected, "behind": behind, "spoken": spoken(label)}


@register.inclusion_tag("core/parts/way.html")
def way(done: float) -> dict[str, Any]:
    """Way from the start to a target, in percent; the ends are named in a .way-ends beside it."""
    return {"done": drawing.percent(done, 100)}


@register.inclusion_tag("core/parts/load.html")
def load_bar(hours: float, capacity: float, top: float) -> dict[str, Any]:
    """Hours against what was offered, on a scale from 0 to `top`; what is too much is hatched."""
    return {
        "within": drawing.percent(min(hours, capacity), top),
        "over": drawing.percent(max(hours - capacity, 0), top),
        "capacity": drawing.percent(capacity, top),
    }


@register.inclusion_tag("core/parts/band.html")
def band(replies: Sequence[Any], quorum: int | None = None) -> dict[str, Any]:
    """One block per organization, in the order given: replies have .pos and .name; a line after `quorum`."""
    blocks = [
        {
            "pos": reply.pos,
            "name": reply.name,
            "icon": POSITIONS[reply.pos][0],
            "words": getattr(reply, "words", "") or POSITIONS[reply.pos][1],
            "line": i == quorum,
        }
        for i, reply in enumerate(replies)
    ]
    return {"blocks": blocks, "quorum": quorum, "line_at_end": quorum == len(blocks)}


@register.inclusion_tag("core/parts/gantt_axis.html")
def gantt_axis(axis: drawing.Axis, today: date | None = None) -> dict[str, Any]:
    """Months above a Gantt table, and today; with the lines that every row repeats behind its bar."""
    now = today_at(axis, today)
    months = [
        {"day": day, "x": x, "shown": width > 6 and (now is None or abs(x + 2 - now) > 6)}
        for day, x, width in axis.months()
    ]
    return {"months": months, "today": now}


@register.simple_tag
def gantt_track(axis: drawing.Axis, bar: Any) -> SafeString:
    """One row of a Gantt table: `bar` has start, end (plan or present), kind ("", crit, done), and where it matters
    slack_until, late_since (dates), label, and links (pairs of start date of the next task, rows further down).

    Written here and not in a template: a plan has hundreds of rows.
    """
    left, right = axis.at(bar.start), axis.after(bar.end)
    late_since, slack_until = getattr(bar, "late_since", None), getattr(bar, "slack_until", None)
    late = axis.at(late_since) if late_since else right
    parts = ['<svg class="g-track" aria-hidden="true"><use href="#g-lines"/>']
    if slack_until:
        end = axis.after(slack_until)
        parts.append(
            f'<line class="bar-slack" x1="{right}%" x2="{end}%" y1="50%" y2="50%"/>'
            f'<line class="bar-slack-end" x1="{end}%" x2="{end}%" y1="38%" y2="62%"/>'
        )
    kind = f" is-{bar.kind}" if bar.kind else ""
    width = max(round(late - left, 2), 0.5)
    parts.append(f'<rect class="bar{kind}" x="{left}%" y="31%" width="{width}%" height="38%" rx="3"/>')
    if right > late:
        parts.append(
            f'<rect class="bar-slip" x="{late}%" y="31%" width="{round(right - late, 2)}%" height="38%" '
            'fill="url(#hatch)"/>'
        )
    parts += [link_line(max(axis.at(start), right), right, rows) for start, rows in getattr(bar, "links", ())]
    if label := getattr(bar, "label", ""):
        parts.append(f'<text class="g-label" x="{right}%" y="50%" dx="8" dy=".35em">{escape(label)}</text>')
    return mark_safe("".join([*parts, "</svg>"]))  # noqa: S308 - numbers of our own, and the escaped label


def link_line(x: float, right: float, rows: int) -> str:
    """From the end of a bar to the start of one so many rows below; a row is 2.125rem high."""
    down = round(1.0625 + 2.125 * rows - 0.40625, 4)
    return (
        f'<line class="g-dep" x1="{right}%" x2="{x}%" y1="50%" y2="50%"/>'
        f'<line class="g-dep" x1="{x}%" x2="{x}%" y1="1.0625rem" y2="{down}rem"/>'
    )


def today_at(axis: drawing.Axis, today: date | None) -> float | None:
    today = today or clock.today()
    return axis.at(today) if axis.start <= today <= axis.end else None


# Days and times


@register.simple_tag
def when(moment: datetime | None, *, zone: bool = False) -> str:
    """A moment in the reader's zone and words; nothing when there is none."""
    if moment is None:
        return ""
    return format_html(
        '<time datetime="{}">{}</time>', moment.isoformat(timespec="minutes"), moments.say_moment(moment, zone=zone)
    )


@register.simple_tag
def zone() -> str:
    """The reader's time zone, for the foot of a page."""
    return moments.say_zone()


@register.simple_tag
def day(value: date | None, *, weekday: bool = False, short: bool = False) -> str:
    """A day in the reader's words; nothing when there is none."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = timezone.localtime(value).date()
    return format_html(
        '<time datetime="{}">{}</time>', value.isoformat(), moments.say_day(value, weekday=weekday, short=short)
    )


@register.filter(name="day")
def day_words(value: date) -> str:
    """For use inside {% blocktranslate %}: the words alone."""
    return moments.say_day(value)


@register.filter
def month(value: date) -> str:
    """A short month, as on an axis."""
    return moments.say_month(value)


@register.filter(name="when")
def when_words(value: datetime) -> str:
    """For use inside {% blocktranslate %}: the words alone."""
    return moments.say_moment(value, inside=True)


# Forms


@register.filter
def control(field: BoundField) -> SafeString:
    """The widget itself, with the class its look needs and native date and time inputs."""
    widget = field.field.widget
    for kind, (native, pattern) in NATIVE.items():
        if isinstance(widget, kind) and getattr(widget, "input_type", "") == "text":
            widget.input_type, widget.format = native, pattern  # type: ignore[attr-defined]
    own = widget.attrs.get("class", "")
    look = "" if is_set(field) or isinstance(widget, widgets.CheckboxInput) else "input"
    return field.as_widget(attrs={"class": f"{look} {own}".strip()} if look or own else {})


NATIVE: dict[type[widgets.Widget], tuple[str, str]] = {
    widgets.DateInput: ("date", "%Y-%m-%d"),
    widgets.DateTimeInput: ("datetime-local", "%Y-%m-%dT%H:%M"),
    widgets.TimeInput: ("time", "%H:%M"),
}


@register.filter
def is_set(field: BoundField) -> bool:
    """Several controls under one legend."""
    return bool(getattr(field.field.widget, "use_fieldset", False))


@register.filter
def is_check(field: BoundField) -> bool:
    """A single box to tick."""
    return isinstance(field.field.widget, widgets.CheckboxInput)


@register.filter
def grouped(form: BaseForm) -> list[tuple[str, list[BoundField]]]:
    """The fields of a form with `groups` (pairs of legend and names) under their legends; the rest come last."""
    groups = getattr(form, "groups", ())
    named = [name for _legend, names in groups for name in names]
    found = [(str(legend), [form[name] for name in names if name in form.fields]) for legend, names in groups]
    rest = [bound for bound in form.visible_fields() if bound.name not in named] if groups else []
    return [group for group in [*found, ("", rest)] if group[1]]


@register.simple_tag
def field(bound: BoundField) -> SafeString:
    """One field with its label, hint, control and errors."""
    return bound.as_field_group()


@register.inclusion_tag("core/parts/error_summary.html")
def error_summary(*forms: BaseForm) -> dict[str, Any]:
    """What is to be put right, above the form, as links to the fields."""
    whole = [{"text": str(text), "target": ""} for form in forms if form.is_bound for text in form.non_field_errors()]
    problems = whole + [
        {"text": f"{field.label}: {text}", "target": field.id_for_label or field.auto_id}
        for form in forms
        if form.is_bound
        for field in form
        for text in field.errors
    ]
    title = ngettext("One thing to put right", "%(count)d things to put right", len(problems)) % {
        "count": len(problems)
    }
    return {"problems": problems, "title": title}


# Lists


@register.inclusion_tag("core/parts/pager.html", takes_context=True)
def pager(context: Context, page: Page[Any]) -> dict[str, Any]:
    """Where a list stands and the way to its next page; keeps the other parameters of the address."""
    ahead = min(page.paginator.per_page, page.paginator.count - page.end_index())
    return {"query": context["request"].GET, "page": page, "ahead": ahead, "per_page": page.paginator.per_page}


@register.simple_tag(takes_context=True)
def sort_link(context: Context, label: str, key: str) -> SafeString:
    """Head of a sortable column: a link that sorts by `key`, and back to front the second time."""
    query = context["request"].GET.copy()
    now = query.get("sort", "")
    query["sort"] = f"-{key}" if now == key else key
    query.pop("page", None)
    mark = icon("up") if now == key else icon("down") if now == f"-{key}" else ""
    return format_html('<a class="sort" href="?{}">{}{}</a>', query.urlencode(), label, mark)


@register.simple_tag(takes_context=True)
def sorted_by(context: Context, key: str) -> SafeString:
    """The aria-sort attribute of a column's <th>, if the list is sorted by it."""
    now = context["request"].GET.get("sort", "")
    order = {key: "ascending", f"-{key}": "descending"}.get(now)
    return format_html('aria-sort="{}"', order) if order else SafeString("")


@register.filter
def beside(left: Iterable[Any], right: Iterable[Any]) -> list[tuple[Any, Any]]:
    """Two lists walked side by side."""
    return list(zip(left, right, strict=True))


@register.simple_tag
def joined(items: Iterable[Any], separator: str = " · ") -> SafeString:
    return format_html_join(separator, "{}", ((item,) for item in items if item))
