"""The tags pages are made of, and what forms become."""

import re
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace as Some

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import engines
from django.utils import timezone, translation

from concorda.foundation.core import drawing, moments
from concorda.foundation.core.examples import ICONS, ExampleForm
from concorda.foundation.core.forms import Cards, LongText, Switch

CORE = Path(__file__).parents[1]


def shown(source: str, **context: object) -> str:
    return engines["django"].from_string("{% load ui %}" + source).render(context)


@pytest.fixture
def get(rf):
    return lambda address="/": rf.get(address)


# Marks


def test_an_icon_is_a_symbol_of_the_sprite_hidden_from_screen_readers():
    drawn = shown('{% icon "pen" %}')
    assert "#i-pen" in drawn
    assert 'aria-hidden="true"' in drawn


def test_every_icon_a_template_asks_for_is_in_the_sprite():
    asked = {
        name
        for template in CORE.parents[1].rglob("templates/**/*.html")
        for name in re.findall(r'{% icon "([\w-]+)" %}', template.read_text(encoding="utf-8"))
    }
    assert asked
    assert asked <= set(ICONS)


def test_a_knot_says_its_state_unless_the_words_stand_beside_it():
    assert '<span class="vh">(needs care)</span>' in shown('{% knot "care" %}')
    assert "needs care" not in shown('{% knot "care" say=False %}')


def test_text_given_to_a_tag_is_escaped():
    assert "<b>" not in shown("{% tag text %}", text="<b>late</b>")
    assert "<b>" not in shown("{% next_step '/' text %}", text="<b>go</b>")


# Charts


@pytest.mark.parametrize(("done", "of", "filled", "empty"), [(5, 7, 5, 2), (0, 3, 0, 3), (9, 4, 4, 0)])
def test_segments_can_be_counted(done, of, filled, empty):
    on, off = drawing.segments(done, of)
    assert (on.count("M"), off.count("M")) == (filled, empty)


def test_many_segments_become_one_bar():
    on, off = drawing.segments(24, 31)
    assert on == "M0 0H77.42V1H0z"
    assert off == "M77.42 0H100V1H77.42z"
    assert drawing.segments(0, 0)[0] == "M0 0H0V1H0z"


def test_segments_span_the_whole_width():
    _on, off = drawing.segments(0, 7)
    last = re.findall(r"M([\d.]+) 0h([\d.]+)", off)[-1]
    assert sum(map(float, last)) == pytest.approx(100, abs=0.02)


def test_the_axis_of_a_plan_covers_its_days_and_months():
    axis = drawing.Axis(date(2026, 1, 1), date(2026, 12, 31))
    assert axis.at(date(2026, 1, 1)) == 0
    assert axis.after(date(2026, 12, 31)) == 100
    assert axis.at(date(2025, 6, 1)) == 0
    months = list(axis.months())
    assert [day.month for day, _x, _w in months] == list(range(1, 13))
    assert sum(width for _day, _x, width in months) == pytest.approx(100, abs=0.1)


def test_a_late_task_is_hatched_from_the_planned_end():
    axis = drawing.Axis(date(2026, 3, 1), date(2026, 3, 10))
    bar = Some(start=date(2026, 3, 1), end=date(2026, 3, 5), kind="crit", late_since=date(2026, 3, 4), label="+2")
    drawn = shown("{% gantt_track axis bar %}", axis=axis, bar=bar)
    assert 'class="bar is-crit" x="0.0%"' in drawn
    assert 'class="bar-slip" x="30.0%" y="31%" width="20.0%"' in drawn


def test_numbers_in_drawings_keep_their_point_in_french():
    with translation.override("fr-ca"):
        drawn = shown(
            "{% bullet 12.5 30.5 %}{% way 12.5 %}{% load_bar 1 3 8 %}{% histogram counts %}", counts=[1, 2, 7]
        )
    assert 'width="12.5%"' in drawn
    assert not re.search(r'="\d+,\d', drawn)


def test_a_histogram_tells_its_counts():
    assert 'aria-label="Answers from 1 to 5: 3, 7, 6, 6, 2 people"' in shown("{% histogram c %}", c=[3, 7, 6, 6, 2])
    assert "#hatch" in shown("{% histogram c low=True %}", c=[3, 7, 6, 6, 2])


def test_groups_with_the_same_answer_share_a_mark():
    drawn = shown("{% range_bar groups 'x' %}", groups=[("N", 4), ("C", 2), ("S", 4)])
    assert drawn.count("<circle") == 2
    assert ">NS</text>" in drawn


def test_the_quorum_line_stands_after_the_quorum():
    replies = [Some(pos="consent", name=str(n)) for n in range(7)]
    drawn = shown("{% band replies 5 %}", replies=replies)
    assert re.search(r"<b>5</b><span>Consents</span><span class=\"band-quorum\">Quorum: 5 replies", drawn)


def test_an_empty_chart_draws_nothing():
    assert shown("{% sparkline values %}{% range_bar groups 'x' %}", values=[], groups=[]).strip() == ""


# Days and times


@pytest.mark.parametrize(
    ("language", "moment", "words"),
    [
        ("en-ca", datetime(2026, 3, 16, 21, 0, tzinfo=UTC), "Mon 16 March, 5 pm"),
        ("en-ca", datetime(2026, 3, 12, 20, 20, tzinfo=UTC), "Yesterday, 4:20 pm"),
        ("en-ca", datetime(2026, 3, 13, 16, 0, tzinfo=UTC), "Today, noon"),
        ("en-ca", datetime(2025, 12, 1, 13, 5, tzinfo=UTC), "Mon 1 December 2025, 8:05 am"),
        ("fr-ca", datetime(2026, 3, 16, 21, 0, tzinfo=UTC), "lun. 16 mars, 17 h"),
        ("fr-ca", datetime(2026, 5, 1, 20, 20, tzinfo=UTC), "ven. 1er mai, 16 h 20"),
    ],
)
def test_moments_are_told_in_the_readers_words(language, moment, words):
    with translation.override(language), timezone.override("America/Toronto"):
        assert moments.say_moment(moment).replace("\u00a0", " ") == words


def test_a_moment_can_carry_its_zone():
    with timezone.override("America/Winnipeg"):
        said = moments.say_moment(datetime(2026, 3, 16, 21, 0, tzinfo=UTC), zone=True)
    assert said.replace("\u00a0", " ") == "Mon 16 March, 4 pm CDT"


def test_days_are_short_where_asked():
    with translation.override("fr-ca"):
        assert moments.say_day(date(2026, 7, 9), short=True).replace("\u00a0", " ") == "9 juil."
    assert moments.say_day(date(2026, 7, 9), short=True).replace("\u00a0", " ") == "9 Jul"
    assert 'datetime="2026-07-09"' in shown("{% day d %}", d=date(2026, 7, 9))


def test_no_date_shows_nothing():
    assert shown("{% when m %}{% day m %}", m=None) == ""


# Forms


class MeetingForm(forms.Form):
    name = forms.CharField(help_text="As people say it")
    on = forms.DateField(required=False)
    at = forms.DateTimeField(required=False)
    kind = forms.ChoiceField(choices=[("a", "A"), ("b", "B")], widget=Cards(hints={"a": "the first"}))
    show = forms.ChoiceField(choices=[("x", "X"), ("y", "Y")], widget=Switch)
    tell = forms.BooleanField(required=False)
    text = forms.CharField(widget=LongText(voice=True), required=False)


def test_a_field_has_label_hint_and_error_tied_to_it():
    drawn = str(MeetingForm({"name": ""}))
    assert '<label for="id_name">' in drawn
    described = re.search(r'name="name".*?aria-describedby="([^"]*)"', drawn)
    assert described
    for target in described[1].split():
        assert f'id="{target}"' in drawn
    assert 'aria-invalid="true"' in drawn


def test_dates_use_the_browsers_own_inputs_in_every_language():
    with translation.override("fr-ca"):
        drawn = str(MeetingForm(initial={"on": date(2026, 3, 1), "at": datetime(2026, 3, 1, 9, 30)}))  # noqa: DTZ001
    assert re.search(r'type="date" name="on" value="2026-03-01"', drawn)
    assert re.search(r'type="datetime-local" name="at" value="2026-03-01T09:30"', drawn)
    bound = MeetingForm({"name": "n", "on": "2026-03-01", "at": "2026-03-01T09:30", "kind": "a", "show": "x"})
    assert bound.is_valid(), bound.errors


def test_choices_stand_under_a_legend():
    drawn = str(MeetingForm())
    assert drawn.count("<fieldset") == drawn.count("<legend>") == 2
    assert "<small>the first</small>" in drawn
    assert 'class="switch"' in drawn


def test_optional_fields_say_so():
    assert str(MeetingForm()["on"].as_field_group()).count("(optional)") == 1
    assert "(optional)" not in str(MeetingForm()["name"].as_field_group())


def test_the_summary_links_to_the_fields():
    form = MeetingForm({"show": "x"})
    drawn = shown("{% error_summary form %}", form=form)
    assert "2 things to put right" in drawn
    for target in re.findall(r'href="#([^"]+)"', drawn):
        assert f'id="{target}"' in str(form)


def test_a_form_without_problems_has_no_summary():
    assert shown("{% error_summary form %}", form=MeetingForm()).strip() == ""


def test_hints_and_errors_are_escaped():
    class Hostile(forms.Form):
        name = forms.ChoiceField(choices=[("a", "<b>A</b>")], widget=Cards(hints={"a": "<i>h</i>"}))

    drawn = str(Hostile({"name": "<script>"}))
    assert "<b>" not in drawn
    assert "<i>" not in drawn
    assert "<script>" not in drawn


# Lists


def test_the_pager_keeps_the_search(get):
    page = Paginator(range(38), 25).page(1)
    drawn = shown("{% pager page %}", page=page, request=get("/?q=home"))
    assert "1 to 25 of 38" in drawn
    assert "The next 13" in drawn
    assert re.search(r'href="\?q=home&(amp;)?page=2"', drawn)


def test_a_column_sorts_one_way_and_then_the_other(get):
    first = shown('{% sort_link "Name" "name" %}', request=get("/?page=3"))
    assert 'href="?sort=name"' in first
    second = shown('<th {% sorted_by "name" %}>{% sort_link "Name" "name" %}', request=get("/?sort=name"))
    assert 'aria-sort="ascending"' in second
    assert 'href="?sort=-name"' in second


def test_the_example_form_shows_every_kind_of_field():
    kinds = {type(field.widget) for field in ExampleForm().fields.values()}
    assert {Cards, Switch, LongText, forms.CheckboxInput, forms.CheckboxSelectMultiple} <= kinds


def test_a_moment_inside_a_sentence_begins_small():
    with timezone.override("America/Toronto"):
        tomorrow, later = datetime(2026, 3, 14, 14, 0, tzinfo=UTC), datetime(2026, 3, 16, 21, 0, tzinfo=UTC)
        assert moments.say_moment(tomorrow, inside=True).replace("\u00a0", " ") == "tomorrow, 10 am"
        assert moments.say_moment(later, inside=True).replace("\u00a0", " ") == "Mon 16 March, 5 pm"


@pytest.mark.parametrize(
    ("language", "label", "none"),
    [("en-ca", "Choose one", "Nothing chosen"), ("fr-ca", "Choisissez", "Aucun choix")],
)
def test_an_empty_choice_says_so_and_labels_begin_with_a_capital(language, label, none):
    class Pick(forms.Form):
        kind = forms.ChoiceField(label="kind of thing", choices=[("", "---------"), ("a", "A")])
        other = forms.ChoiceField(choices=[("", "---------"), ("a", "A")], required=False)

    with translation.override(language):
        shown = str(Pick())
    assert label in shown and none in shown and "---" not in shown
    assert ">Kind of thing" in shown


def test_a_field_left_empty_says_what_to_do():
    class Both(forms.Form):
        name = forms.CharField()
        kind = forms.ChoiceField(choices=[("a", "A")])
        sure = forms.BooleanField()

    assert Both({}).errors == {"name": ["Fill this in."], "kind": ["Choose one."], "sure": ["Tick this to go on."]}
