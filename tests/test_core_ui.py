"""The template tags every page shares: what they show, and what they never show."""

import datetime
import json
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django import forms
from django.template import Context, Template
from django.template.loader import get_template

from mlmc.core.templatetags import ui
from mlmc.core.wording import SUGGESTIONS

BOSTON = ZoneInfo("America/New_York")
NOON = datetime.datetime(2026, 11, 23, 12, 0, tzinfo=BOSTON)
HOSTILE = '<script>alert("x")</script>'


def test_a_name_shows_only_where_the_queryset_opened_it():
    row = SimpleNamespace(code="Y-0412", chosen_name="Amaya R.", opens_name=True)

    assert ui.youth_name(row) == '<span class="pii" data-i="A.R.">Amaya R.</span>'


@pytest.mark.parametrize("opens_name", [False, None, 0, 1, "yes"])
def test_a_name_stays_closed_unless_it_was_opened_with_a_plain_true(opens_name):
    row = SimpleNamespace(code="Y-0412", chosen_name="Amaya R.", opens_name=opens_name)

    assert ui.youth_name(row) == '<span class="code">Y-0412</span>'


def test_a_name_stays_closed_when_nobody_said_anything():
    row = SimpleNamespace(code="Y-0412", chosen_name="Amaya R.")

    assert "Amaya" not in ui.youth_name(row)
    assert "AR" not in ui.avatar(row)


def test_the_right_belongs_to_the_object_asked_about_and_not_to_its_youth():
    youth = SimpleNamespace(code="Y-0412", chosen_name="Amaya R.", opens_name=True)

    assert "Amaya" not in ui.youth_name(SimpleNamespace(code="C-0147", youth=youth))
    assert "Amaya" in ui.youth_name(SimpleNamespace(code="C-0147", youth=youth, opens_name=True))


def test_an_opened_name_that_is_empty_falls_back_to_the_code():
    row = {"code": "Y-0412", "chosen_name": "", "opens_name": True}

    assert ui.youth_name(row) == '<span class="code">Y-0412</span>'


def test_a_hostile_name_is_escaped_everywhere():
    row = SimpleNamespace(code=HOSTILE, chosen_name=HOSTILE, opens_name=True, name=HOSTILE, initials='"><b>')

    for shown in [
        ui.youth_name(row),
        ui.youth_name({"code": HOSTILE}),
        ui.avatar({"name": HOSTILE, "initials": '"><b>', "tone": '"><b>'}, '"><b>'),
        ui.icon('"><b>'),
        ui.chip('"><b>', '"><b>', HOSTILE),
    ]:
        assert "<script" not in shown
        assert "<b>" not in shown


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Amaya R.", "A.R."), ("Sky", "S."), ("  ", ""), (None, ""), ("🌻 José-Luis de la Ó", "J.D."), ("'Nia", "N.")],
)
def test_initials(name, letters):
    assert ui.initials(name) == letters


def test_an_avatar_shows_a_colleagues_initials_and_a_closed_youth_as_a_figure():
    gwen = {"name": "Gwen H.", "initials": "GH", "tone": 2}

    assert ui.avatar(gwen) == '<span class="av t2" aria-hidden="true">GH</span>'
    assert "bi-person" in ui.avatar({"code": "Y-0412", "name": "Amaya R.", "initials": "AR"}, "s")


def test_a_chip_pairs_words_with_its_colour():
    assert ui.chip("ok", "check2", "Seen Saturday") == (
        '<span class="chip chip-ok"><i class="bi bi-check2" aria-hidden="true"></i><span>Seen Saturday</span></span>'
    )
    assert ui.chip("", "", "Possible") == '<span class="chip"><span>Possible</span></span>'


def test_dots_say_in_words_what_they_draw():
    shown = ui.dots(7, 10, 1)

    assert 'aria-label="7 of 10 places filled, 1 held"' in shown
    assert (shown.count('class="on"'), shown.count('class="hold"'), shown.count("<i ")) == (7, 1, 10)
    assert 'class="dots full"' in ui.dots(10, 10)
    assert ui.dots(11, 10).count('class="on"') == 11
    assert 'aria-label="0 of 10 places filled"' in ui.dots(None, 10)


def test_progress_is_a_share_without_a_style_attribute():
    assert '<rect width="22" height="8"/>' in ui.progress(4, 18)
    assert '<rect width="0" height="8"/>' in ui.progress(0, 0)


@pytest.mark.parametrize(
    ("value", "length", "distance"),
    [
        (0, "today", "today"),
        (1, "1 day", "yesterday"),
        (12, "12 days", "12 days ago"),
        (-1, "1 day", "tomorrow"),
        (-3, "3 days", "in 3 days"),
        (datetime.date(2026, 11, 20), "3 days", "3 days ago"),
        (datetime.datetime(2026, 11, 23, 4, 30, tzinfo=datetime.UTC), "1 day", "yesterday"),
        (datetime.timedelta(days=2, hours=23), "2 days", "2 days ago"),
        (None, "", "not yet"),
    ],
)
@time_machine.travel(NOON, tick=False)
def test_lengths_and_distances_in_days(value, length, distance):
    assert (ui.days(value), ui.ago(value)) == (length, distance)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (datetime.datetime(2026, 12, 1, 14, 0, tzinfo=BOSTON), "Tue, Dec 1, 2:00 pm"),
        (datetime.datetime(2026, 12, 1, 0, 5, tzinfo=BOSTON), "Tue, Dec 1, 12:05 am"),
        (datetime.datetime(2026, 12, 1, 4, 30, tzinfo=datetime.UTC), "Mon, Nov 30, 11:30 pm"),
        (datetime.date(2026, 12, 1), "Tue, Dec 1"),
        (datetime.date(2025, 12, 1), "Mon, Dec 1, 2025"),
        (None, ""),
        ("soon", ""),
    ],
)
@time_machine.travel(NOON, tick=False)
def test_short_when(value, words):
    assert ui.short_when(value) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (datetime.datetime(2026, 11, 23, 14, 0, tzinfo=BOSTON), "due 2:00\u00a0pm"),
        (datetime.datetime(2026, 11, 23, 9, 0, tzinfo=BOSTON), "was due 9:00\u00a0am"),
        (datetime.datetime(2026, 11, 24, 9, 0, tzinfo=BOSTON), "due tomorrow"),
        (datetime.date(2026, 12, 1), "due Dec 1"),
        (datetime.date(2026, 11, 23), "due today"),
        (datetime.date(2026, 11, 20), "3 days late"),
        (None, ""),
    ],
)
@time_machine.travel(NOON, tick=False)
def test_due(value, words):
    assert ui.due(value) == words


def test_what_is_not_known_is_a_dash_with_words_behind_it():
    assert "Not known yet" in ui.field_or_dash("  ")
    assert ui.field_or_dash(0) == 0
    assert ui.field_or_dash("Lynn") == "Lynn"


class Visit(forms.Form):
    """One field of each kind crispy draws."""

    name = forms.CharField(help_text="As <they> say it.")
    told = forms.ChoiceField(choices=[("y", "Yes"), ("n", "No")], widget=forms.RadioSelect)
    area = forms.ChoiceField(choices=[("", "Choose"), ("lynn", "Lynn")], required=False)
    words = forms.CharField(required=False, widget=forms.Textarea(attrs={"data-nudge": "nudge-words"}))
    agreed = forms.BooleanField()
    topics = forms.MultipleChoiceField(
        choices=[("home", "Home"), ("fun", "Fun")], widget=forms.CheckboxSelectMultiple, required=False
    )


def drawn(text, **context):
    return Template(text).render(Context(context))


def test_a_crispy_form_comes_back_with_a_summary_that_leads_to_each_field():
    page = drawn("{% load crispy_forms_tags %}{{ form|crispy }}", form=Visit({"name": "", "told": "maybe"}))

    assert "3 answers need a look" in page
    assert 'href="#id_name"' in page
    assert 'href="#id_told_0"' in page
    assert 'aria-describedby="id_name_helptext id_name_error"' in page
    assert 'id="id_name_error"' in page
    assert page.count('aria-invalid="true"') == 4


def test_a_crispy_form_marks_the_optional_and_puts_help_before_the_field():
    page = drawn("{% load crispy_forms_tags %}{{ form|crispy }}", form=Visit())

    assert page.count("(optional)") == 3
    assert "*" not in page
    assert "As &lt;they&gt; say it." in page
    assert page.index("id_name_helptext") < page.index('name="name"')
    assert page.count("<legend") == 2
    assert "style=" not in page
    assert "<script" not in page


def test_a_nudge_stands_only_beside_the_field_that_asks_for_one():
    page = drawn("{% load crispy_forms_tags %}{{ form|crispy }}", form=Visit())

    assert page.count('class="nudge"') == 1
    assert 'id="nudge-words"' in page
    assert json.loads(ui.nudge("x")["suggestions"]) == SUGGESTIONS


def test_taps_keep_what_was_chosen_and_carry_their_icons():
    form = Visit({"told": "n", "topics": ["fun"]})
    form.fields["told"].icons = {"y": "check2"}

    page = drawn('{% include "components/_taps.html" with field=form.told look="rows" only %}', form=form)

    assert 'value="n" id="id_told_1" checked' in page
    assert page.count("checked") == 1
    assert page.count("bi-check2") == 1
    assert page.count("<legend") == 1


@pytest.mark.parametrize("name", ["400", "500"])
def test_the_pages_of_last_resort_need_no_context_and_name_no_program(name):
    page = get_template(f"{name}.html").render()

    assert "<h1>" in page
    assert "mark.svg" not in page
    assert "hearth" not in page.lower()


def test_a_name_in_a_legend_follows_the_same_rights():
    text = '{% include "components/_taps.html" with field=form.told legend="How was" about=youth only %}'
    youth = SimpleNamespace(code="Y-0412", chosen_name="Amaya R.")

    assert 'How was <span class="code">Y-0412</span>?' in drawn(text, form=Visit(), youth=youth)
