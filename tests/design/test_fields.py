"""A question stands with its help, its unit and its error, and a screen reader hears all of them."""

import re

import pytest
from django import forms

from sojourn.design.renderers import DesignRenderer
from tests.design.drawing import render


class Weighing(forms.Form):
    default_renderer = DesignRenderer
    weight_kg = forms.DecimalField(
        label="Weight",
        min_value=25,
        help_text="Without shoes.",
        widget=forms.NumberInput(attrs={"data-unit": "kg"}),
    )
    mood = forms.ChoiceField(
        label="Mood",
        choices=[("0", "Low"), ("1", "Fair")],
        widget=forms.RadioSelect(attrs={"data-layout": "row"}),
    )
    note = forms.CharField(label="Note", required=False, widget=forms.Textarea)
    agree = forms.BooleanField(label="I agree")
    kept = forms.CharField(widget=forms.HiddenInput, required=False)


def squeezed(html: str) -> str:
    return re.sub(r"\s+", " ", html).strip()


@pytest.mark.parametrize("name", ["weight_kg", "mood", "note", "agree"])
@pytest.mark.parametrize("data", [None, {"weight_kg": "7", "mood": "9"}])
def test_the_component_and_the_field_group_draw_the_same(name, data):
    form = Weighing(data)
    assert squeezed(render('<c-field :field="f" />', f=form[name])) == squeezed(form[name].as_field_group())


def test_a_number_stands_beside_its_unit_and_points_at_help_and_error():
    html = Weighing({"weight_kg": "7"})["weight_kg"].as_field_group()
    assert '<span class="field__unit">kg</span>' in html
    assert 'aria-describedby="id_weight_kg_helptext id_weight_kg_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="id_weight_kg_helptext"' in html
    assert 'id="id_weight_kg_error"' in html


def test_choices_form_a_group_with_one_target_each():
    html = Weighing({"mood": "9"})["mood"].as_field_group()
    assert html.count('<label class="choice"') == 2
    assert "choices--row" in html
    assert re.search(r'<fieldset[^>]*aria-describedby="id_mood_error"', html)
    assert "<legend" in html


def test_only_what_may_be_left_out_is_called_optional():
    form = Weighing()
    assert "(optional)" in form["note"].as_field_group()
    assert "(optional)" not in form["weight_kg"].as_field_group()
    assert "(optional)" not in form["mood"].as_field_group()


def test_what_was_typed_comes_back_escaped():
    html = Weighing({"note": "<script>alert(1)</script>"})["note"].as_field_group()
    assert "&lt;script&gt;" in html
    assert "<script>" not in html


def test_the_error_summary_leads_to_each_place():
    html = render('<c-form-errors :form="f" />', f=Weighing({"weight_kg": "7"}))
    for target in ("#id_weight_kg", "#id_mood_0", "#id_agree"):
        assert f'href="{target}"' in html
    assert "3 answers need another look" in html


def test_no_summary_without_errors():
    assert not render('<c-form-errors :form="f" />', f=Weighing()).strip()


def test_a_whole_form_draws_every_field_and_keeps_hidden_ones():
    html = str(Weighing())
    assert html.count('class="field') >= 4
    assert 'type="hidden" name="kept"' in html
