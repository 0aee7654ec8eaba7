"""The form pack prints what the design says and nothing more."""

import re

import pytest
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from crispy_forms.utils import render_crispy_form
from django import forms
from django.template import Context, Template
from django.test.html import parse_html

from referrals.widgets import Boxes, CardChoices, CharactersLeft, DayMonthYearField, Radios


class Ask(forms.Form):
    phone = forms.CharField(
        label="Phone number",
        help_text="We text you.",
        required=False,
        widget=forms.TextInput({"type": "tel", "autocomplete": "tel"}),
        error_messages={"required": "Enter a number"},
    )


def printed(form):
    """What the pack prints, icons and the `required` that Django adds left out."""
    html = Template("{% load crispy_forms_tags %}{{ form|crispy }}").render(Context({"form": form}))
    html = re.sub(r"<svg.*?</svg>", "<svg></svg>", html, flags=re.S)
    return html.replace(" required", "")


def same(html, wanted):
    assert parse_html(html) == parse_html(wanted), html


def test_text_field_has_label_help_and_control():
    same(
        printed(Ask()),
        """<div class="so-field" id="div_id_phone">
        <label class="so-label" for="id_phone">Phone number <small>(optional)</small></label>
        <p class="so-help" id="id_phone_helptext">We text you.</p>
        <input type="tel" name="phone" id="id_phone" autocomplete="tel" aria-describedby="id_phone_helptext">
        </div>""",
    )


def test_text_field_with_an_error_says_it_above_the_control():
    form = Ask({"phone": ""})
    form.fields["phone"].required = True
    same(
        printed(form),
        """<div class="so-field is-invalid" id="div_id_phone">
        <label class="so-label" for="id_phone">Phone number</label>
        <p class="so-help" id="id_phone_helptext">We text you.</p>
        <p class="so-error" id="id_phone_error"><svg></svg>
        <span><span class="visually-hidden">Error: </span>Enter a number</span></p>
        <input type="tel" name="phone" id="id_phone" autocomplete="tel" aria-invalid="true"
          aria-describedby="id_phone_helptext id_phone_error">
        </div>""",
    )


def one(field, data=None, name="thing", **kwargs):
    form = type("One", (forms.Form,), {name: field})(data, **kwargs)
    return form


def test_text_with_a_limit_is_counted_not_cut():
    html = printed(one(forms.CharField(label="Story", max_length=500, widget=CharactersLeft)))
    assert "maxlength" not in html
    assert 'data-limit="500"' in html
    assert re.search(r'<p class="so-left" id="id_thing_left"[^>]*>Up to 500 characters</p>', html)


def test_a_text_over_its_limit_comes_back_whole_with_words():
    form = one(forms.CharField(label="Story", max_length=5, widget=CharactersLeft), {"thing": "too long"})
    html = printed(form)
    assert "too long</textarea>" in html
    assert "at most 5 characters" in html


def test_select_and_file_are_plain():
    html = printed(one(forms.ChoiceField(label="Language", choices=[("en", "English")])))
    assert '<select name="thing" id="id_thing">' in html
    html = printed(one(forms.FileField(label="Card")))
    assert '<input type="file" name="thing" id="id_thing">' in html


ADVICE = [("surgery", "Surgery"), ("wait", "Wait")]


def test_radios_are_a_fieldset_and_explain_themselves():
    widget = Radios(small={"surgery": "An operation of any kind"})
    field = forms.ChoiceField(label="What do they want to do?", choices=ADVICE, widget=widget)
    field.error_messages["required"] = "Choose one"
    same(
        printed(one(field, {}, name="advice")),
        """<fieldset class="so-field is-invalid" id="div_id_advice" aria-describedby="id_advice_error">
        <legend class="so-label">What do they want to do?</legend>
        <p class="so-error" id="id_advice_error"><svg></svg>
        <span><span class="visually-hidden">Error: </span>Choose one</span></p>
        <div class="so-choice"><input type="radio" name="advice" value="surgery" id="id_advice_0" aria-invalid="true">
        <label for="id_advice_0">Surgery<small>An operation of any kind</small></label></div>
        <div class="so-choice"><input type="radio" name="advice" value="wait" id="id_advice_1" aria-invalid="true">
        <label for="id_advice_1">Wait</label></div>
        </fieldset>""",
    )


def test_boxes_are_the_same_with_checkboxes():
    html = printed(one(forms.MultipleChoiceField(label="Days", choices=ADVICE, widget=Boxes)))
    assert html.count('type="checkbox"') == 2
    assert html.count('class="so-choice"') == 2
    assert "<fieldset" in html


def test_cards_have_icons_and_stand_in_a_grid():
    widget = CardChoices(icons={"surgery": "activity", "wait": "clock"})
    html = printed(one(forms.ChoiceField(label="What happened?", choices=ADVICE, widget=widget)))
    assert '<div class="so-choices">' in html
    assert html.count("<svg></svg>") == 2


def test_choices_of_one_form_leave_another_alone():
    field = forms.ChoiceField(choices=ADVICE, widget=CardChoices())
    first, second = one(field), one(field)
    first.fields["thing"].widget.small["wait"] = "Only here"
    assert "Only here" in printed(first)
    assert "Only here" not in printed(second)


def test_one_box_is_its_own_field():
    field = forms.BooleanField(
        label="I agree", help_text="One page", error_messages={"required": "Tick the box"}
    )
    same(
        printed(one(field, {}, name="agree")),
        """<div class="so-field is-invalid" id="div_id_agree">
        <p class="so-error" id="id_agree_error"><svg></svg>
        <span><span class="visually-hidden">Error: </span>Tick the box</span></p>
        <div class="so-choice"><input type="checkbox" name="agree" id="id_agree" aria-invalid="true"
          aria-describedby="id_agree_helptext id_agree_error">
        <label for="id_agree">I agree<small id="id_agree_helptext">One page</small></label></div></div>""",
    )


def test_date_is_three_boxes():
    field = DayMonthYearField(label="When should it start?", help_text="For example, 14 12 2026")
    same(
        printed(one(field, name="start")),
        """<fieldset class="so-field" id="div_id_start" aria-describedby="id_start_helptext">
        <legend class="so-label">When should it start?</legend>
        <p class="so-help" id="id_start_helptext">For example, 14 12 2026</p>
        <div class="so-dates">
        <div><label for="id_start_0">Day</label>
        <input type="text" inputmode="numeric" name="start_day" id="id_start_0" value=""></div>
        <div><label for="id_start_1">Month</label>
        <input type="text" inputmode="numeric" name="start_month" id="id_start_1" value=""></div>
        <div><label for="id_start_2">Year</label>
        <input type="text" inputmode="numeric" name="start_year" id="id_start_2" value=""></div>
        </div></fieldset>""",
    )


def date_form(day, month, year):
    data = {"start_day": day, "start_month": month, "start_year": year}
    return one(DayMonthYearField(label="Start"), data, name="start")


def test_only_the_wrong_box_of_a_date_is_invalid_and_what_was_typed_stays():
    html = printed(date_form("14", "dec", "2026"))
    assert html.count('aria-invalid="true"') == 1
    assert re.search(r'name="start_month" id="id_start_1" value="dec" aria-invalid="true"', html)
    assert 'value="14"' in html


def test_a_date_that_the_form_refuses_marks_all_three():
    form = date_form("14", "12", "2025")
    form.is_valid()
    form.add_error("start", forms.ValidationError("14 December 2025 is in the past", code="past"))
    assert printed(form).count('aria-invalid="true"') == 3


def summary(**context):
    html = Template('{% include "parts/errors.html" %}').render(Context(context))
    return re.findall(r'<li>(?:<a href="([^"]+)">)?([^<]+)', html), html


@pytest.mark.parametrize(
    ("form", "href"),
    [
        (one(forms.CharField(), {}), "#id_thing"),
        (one(forms.ChoiceField(choices=ADVICE, widget=Radios), {}), "#id_thing_0"),
        (one(forms.BooleanField(), {}), "#id_thing"),
        (date_form("14", "12", ""), "#id_start_2"),
        (date_form("", "", ""), "#id_start_0"),
    ],
    ids=["text", "radios", "box", "year", "whole date"],
)
def test_summary_leads_to_the_control(form, href):
    [(found, _text)], _html = summary(form=form)
    assert found == href
    assert f'id="{href[1:]}"' in printed(form)


def test_summary_counts_in_words_and_takes_the_focus():
    two = type("Two", (forms.Form,), {"a": forms.CharField(), "b": forms.CharField()})({})
    _rows, html = summary(form=two)
    assert "Two things need a look" in html
    assert 'tabindex="-1" autofocus' in html
    assert "One thing needs a look" in summary(form=one(forms.CharField(), {}))[1]


def test_summary_of_several_forms_and_of_a_whole_form():
    form = one(forms.CharField(required=False), {})
    form.is_valid()
    form.add_error(None, "The two dates do not fit together")
    rows, _html = summary(forms=[form, one(forms.CharField(), {}, prefix="b")])
    assert rows == [("", "The two dates do not fit together"), ("#id_b-thing", "This field is required.")]


@pytest.mark.parametrize("form", [one(forms.CharField()), one(forms.CharField(), {"thing": "said"})])
def test_without_errors_there_is_no_summary(form):
    assert summary(form=form)[1].strip() == ""


def test_words_of_people_are_escaped():
    form = one(forms.CharField(max_length=3), {"thing": '"><script>alert(1)</script>'})
    assert "<script" not in printed(form)


def test_whole_form_has_token_button_and_no_bubbles_of_the_browser():
    form = Ask()
    form.helper = FormHelper()
    form.helper.add_input(Submit("send", "Send my request"))
    html = render_crispy_form(form, context={"csrf_token": "a-token"})
    assert "novalidate" in html
    assert 'value="a-token"' in html
    assert re.search(
        r'<button class="so-btn is-primary" type="submit" name="send" value="1">Send my request<', html
    )
