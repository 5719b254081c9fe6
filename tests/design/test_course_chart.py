"""The expected course is a band, real readings lie on it, and another scale is never placed on its axis."""

from xml.etree import ElementTree as ET

import pytest

from sojourn.design.charts import CourseChart, Rating, Reading, course_figure

MINUTES = tuple(float(minute) for minute in range(0, 241, 5))


def chart(**more):
    told = {
        "title": "Systolic pressure",
        "unit": "mmHg",
        "minutes": MINUTES,
        "low": tuple(110.0 for _ in MINUTES),
        "middle": tuple(130.0 for _ in MINUTES),
        "high": tuple(150.0 for _ in MINUTES),
        "says": "Model, not a measurement.",
        "lowest": 80,
        "highest": 200,
    }
    return CourseChart(**told | more)


def marks(figure):
    root = ET.fromstring(figure.svg)
    return [
        (float(each.get("x").rstrip("%")), float(each.get("y")))
        for each in root.iter("svg")
        if each.find("circle") is not None
    ]


def test_a_higher_reading_stands_higher_and_a_later_one_further_right():
    figure = course_figure(
        chart(
            readings=(
                Reading(minute=10, value=120, label="120 mmHg"),
                Reading(minute=60, value=160, label="160 mmHg"),
            )
        )
    )
    (x1, y1), (x2, y2) = marks(figure)
    assert x2 > x1
    assert y2 < y1


def test_the_axis_spans_the_whole_scale_and_further_for_a_reading_outside():
    inside = marks(course_figure(chart(readings=(Reading(minute=0, value=200, label="a"),))))
    outside = marks(course_figure(chart(readings=(Reading(minute=0, value=240, label="a"),))))
    assert inside[0][1] == outside[0][1] == 16


def test_a_rating_on_another_scale_is_written_below_the_plot():
    figure = course_figure(chart(ratings=(Rating(minute=30, label="6"),), ratings_title="own rating"))
    text = next(each for each in ET.fromstring(figure.svg).iter("text") if each.text == "6")
    assert float(text.get("y")) > 216
    assert "own rating" in figure.key


def test_the_table_holds_what_the_drawing_shows():
    figure = course_figure(chart(readings=(Reading(minute=42, value=151, label="151 mmHg"),)))
    assert ("30", "110", "130", "150", "") in figure.rows
    assert ("42", "", "", "", "151 mmHg") in figure.rows
    assert figure.caption == "Model, not a measurement."


def test_a_band_that_crosses_itself_cannot_be_drawn():
    with pytest.raises(ValueError, match="in order"):
        chart(low=tuple(140.0 for _ in MINUTES))
    with pytest.raises(ValueError, match="each of its minutes"):
        chart(low=(1.0,))
