"""What the components write, and that they write it safely."""

import re
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from sojourn.design.charts import FlowBar, FlowRow
from sojourn.design.templatetags.design import age_in_words
from tests.design.drawing import render

pytestmark = pytest.mark.urls("tests.design.urls")

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)


def test_an_attribute_from_outside_is_escaped_exactly_once():
    html = render(
        '<c-card title="{{ name }}">x</c-card><c-card :title="name">y</c-card>', name="<b>O'Neil & Co</b>"
    )
    assert html.count("&lt;b&gt;O&#x27;Neil &amp; Co&lt;/b&gt;") == 2
    assert "<b>" not in html


def test_a_card_without_title_has_no_heading():
    assert "<h" not in render("<c-card>words</c-card>")


def test_a_card_does_not_take_its_title_from_the_page_around_it():
    assert "stray" not in render("<c-card>words</c-card>", title="stray", about="stray", footer="stray")


def test_a_button_with_an_address_is_a_link_and_without_one_sends_the_form():
    link = render('<c-button href="/x/">Go</c-button>')
    assert re.search(r'<a class="button"\s+href="/x/"', link)
    assert "<button" not in link
    assert 'type="submit"' in render('<c-button kind="primary">Record dose</c-button>')


def test_a_badge_with_a_meaning_always_has_an_icon_and_a_word():
    html = render('<c-badge tone="act">Act now</c-badge>')
    assert "<svg" in html
    assert "Act now" in html


def test_only_an_unacknowledged_alarm_that_needs_a_hand_moves():
    alarm = '<c-alarm level="{}" title="T" acknowledged="{}">x</c-alarm>'
    assert "is-unacknowledged" in render(alarm.format("act", ""))
    assert "is-unacknowledged" not in render(alarm.format("act", "yes"))
    assert "is-unacknowledged" not in render(alarm.format("attention", ""))


def test_a_value_has_unit_age_and_source():
    html = render(
        '<c-value number="148/92" unit="mmHg" :at="at" source="cuff" />',
        at=NOW - timedelta(minutes=4),
        request=SimpleNamespace(now=NOW),
    )
    for part in ("148/92", "mmHg", "4 min ago", "cuff", 'datetime="2026-11-24T14:56:00+00:00"'):
        assert part in html


def test_a_value_of_zero_is_a_value_and_a_missing_one_says_so():
    assert "not known" not in render('<c-value :number="n" unit="kg" />', n=0)
    assert "not known" in render('<c-value :number="n" unit="kg" />', n=None)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "just now"),
        (59, "just now"),
        (60, "1 min ago"),
        (3599, "59 min ago"),
        (3600, "1 h ago"),
        (86399, "23 h ago"),
        (86400, "1 day ago"),
        (172800, "2 days ago"),
        (-300, "in 5 min"),
    ],
)
def test_an_age_is_said_in_its_largest_whole_unit(seconds, words):
    assert age_in_words(seconds) == words


def test_help_now_gives_four_ways_and_none_needs_a_login():
    html = render("<c-help-now />")
    for way in ("tel:988", "sms:988", "https://chat.988lifeline.org/", "tel:911"):
        assert f'href="{way}"' in html


def test_an_empty_state_says_what_will_appear_and_the_one_thing_to_do():
    html = render(
        '<c-empty title="No scores yet">A line.<c-slot name="action"><c-button href="/x/">Ask</c-button></c-slot></c-empty>'
    )
    assert "No scores yet" in html
    assert html.count("<a ") == 1


def test_an_icon_is_silent_beside_a_word_and_speaks_alone():
    assert 'aria-hidden="true"' in render('{% icon "bell" %}')
    assert 'role="img" aria-label="Alarm"' in render('{% icon "bell" label="Alarm" %}')


def test_an_icon_we_do_not_have_is_an_error_not_a_blank():
    with pytest.raises(FileNotFoundError):
        render('{% icon "no-such-icon" %}')


def test_current_step_and_event_are_marked_for_screen_readers_too():
    assert 'aria-current="step"' in render('<c-step state="current">Consent</c-step>')
    assert 'aria-current="step"' in render('<c-event title="Dose 1" kind="now"></c-event>')


def test_a_phase_leads_to_its_list_and_each_bar_stands_with_its_denominator():
    rows = (
        FlowRow(label="Preparation", count=3, href="/x/?phase=preparation"),
        FlowRow(label="Paused", count=0, href="/x/"),
    )
    html = render('<c-flow :flow="flow" />', flow=FlowBar(title="People", rows=rows, total=12))
    assert '<a class="flow__row" href="/x/?phase=preparation">' in html
    assert "<strong>3</strong> of 12" in html
    assert "Nobody: Paused" in html
