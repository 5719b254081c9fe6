"""Charts draw what was measured, and nothing else."""

import itertools
import re
from datetime import date, timedelta
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.design.charts import (
    ChartPoint,
    FlowBar,
    FlowRow,
    SeverityBand,
    Threshold,
    Tick,
    TrajectoryChart,
    sparkline_svg,
    trajectory_figure,
    trajectory_svg,
)

START = date(2026, 1, 5)
BANDS = (
    SeverityBand(low=0, high=4, label="Minimal"),
    SeverityBand(low=5, high=9, label="Mild"),
    SeverityBand(low=10, high=27, label="Moderate or worse"),
)


def point(day: int, value: float | None, **more) -> ChartPoint:
    return ChartPoint(
        on=START + timedelta(days=day), value=value, **({"kind": "not_done"} if value is None else {}) | more
    )


def chart(*points: ChartPoint, **more) -> TrajectoryChart:
    return TrajectoryChart(
        **{"title": "PHQ-9", "low": 0, "high": 27, "points": points, "bands": BANDS} | more
    )


def drawn(svg: str) -> ET.Element:
    return ET.fromstring(svg)


def of_class(svg: str, name: str) -> list[ET.Element]:
    return [e for e in drawn(svg).iter() if name in (e.get("class") or "").split()]


def texts(svg: str) -> list[str]:
    return ["".join(e.itertext()) for e in drawn(svg).iter() if e.tag == "text"]


def test_neighbors_in_time_are_joined():
    assert len(of_class(trajectory_svg(chart(point(0, 20), point(7, 15), point(14, 9))), "segment")) == 2


def test_a_gap_breaks_the_line():
    assert len(of_class(trajectory_svg(chart(point(0, 20), point(21, 15), point(43, 9))), "segment")) == 1


def test_something_missed_breaks_the_line_and_is_drawn_as_missing():
    svg = trajectory_svg(chart(point(0, 20), point(7, None), point(14, 9)))
    assert not of_class(svg, "segment")
    assert len(of_class(svg, "mark--absent")) == 1
    assert "Due, not done" in texts(svg)


def test_a_lower_score_stands_lower_on_the_page():
    high, low = (
        float(e.get("y")) for e in of_class(trajectory_svg(chart(point(0, 20), point(7, 5))), "point")
    )
    assert low > high


def test_the_axis_spans_the_whole_scale_whatever_the_scores_are():
    mild = [e.get("y") for e in of_class(trajectory_svg(chart(point(0, 6))), "band")]
    severe = [e.get("y") for e in of_class(trajectory_svg(chart(point(0, 26), point(90, 27))), "band")]
    assert mild == severe


def test_bands_meet_at_half_points_without_overlap():
    edges = sorted(
        (float(e.get("y")), float(e.get("height")))
        for e in of_class(trajectory_svg(chart(point(0, 6))), "band")
    )
    for (y, height), (below, _) in itertools.pairwise(edges):
        assert y + height == pytest.approx(below, abs=0.02)


def test_each_band_is_named_in_the_wide_and_in_the_narrow_layout():
    labels = of_class(trajectory_svg(chart(point(0, 6))), "band-label")
    for band in BANDS:
        named = [e for e in labels if e.text == band.label]
        assert {c for e in named for c in e.get("class").split()} >= {"only-wide", "only-narrow"}


def test_prorated_and_total_only_scores_are_hollow_and_a_scored_one_is_not():
    svg = trajectory_svg(chart(point(0, 20), point(7, 15, kind="prorated"), point(14, 12, kind="total_only")))
    assert len(of_class(svg, "mark--hollow")) == 2
    assert len(of_class(svg, "mark")) == 3


def test_a_flagged_score_carries_a_flag_and_says_so():
    svg = trajectory_svg(chart(point(0, 20, flagged=True, label="item 9 answered 2"), point(7, 15)))
    assert len(of_class(svg, "flag")) == 1
    assert "item 9 answered 2, flagged" in svg


def test_change_is_counted_from_the_named_baseline_and_the_threshold_itself_is_reliable():
    drawn = chart(point(0, 25), point(7, 20), point(14, 14), baseline=20, reliable_change=6)
    assert [row[3] for row in trajectory_figure(drawn).rows] == ["−6, reliable", "0", "+5"]
    assert len(of_class(trajectory_svg(drawn), "ribbon")) == 2


@pytest.mark.parametrize(("days", "anchor"), [((0, 7, 120), "end"), ((0, 113, 120), "start")])
def test_the_words_of_the_reliable_change_stand_where_no_score_is(days, anchor):
    """The score 13 and its number lie at the height of the words, near one end of the plot."""
    early, late, last = (point(day, value) for day, value in zip(days, (19, 13, 13), strict=True))
    points = (early, late) if anchor == "end" else (early, late, last)
    ticks = (Tick(on=START + timedelta(days=120), kind="dosing", label="1"),)
    svg = trajectory_svg(chart(*points, ticks=ticks, reliable_change=5))
    (words,) = (
        e for e in drawn(svg).iter() if "".join(e.itertext()) == "reliable change below" and e.tag == "text"
    )
    assert words.get("text-anchor", "start") == anchor


def test_reliable_change_is_drawn_around_the_first_score_only_inside_the_scale():
    assert len(of_class(trajectory_svg(chart(point(0, 20), reliable_change=6)), "ribbon")) == 2
    assert len(of_class(trajectory_svg(chart(point(0, 24), reliable_change=6)), "ribbon")) == 1


def test_a_threshold_is_named():
    assert "Remission: below 5" in texts(
        trajectory_svg(chart(point(0, 20), thresholds=(Threshold(value=4.5, label="Remission: below 5"),)))
    )


def test_each_kind_of_tick_has_its_own_named_lane():
    kinds = ("dosing", "integration", "preparation", "medication")
    svg = trajectory_svg(chart(point(0, 20), ticks=tuple(Tick(on=START, kind=k) for k in kinds)))
    assert {"Dosing session", "Integration", "Preparation", "Medicine changed"} <= set(texts(svg))
    assert len(of_class(svg, "tick")) == 4


def test_the_drawing_has_a_name_a_description_and_no_style():
    svg = trajectory_svg(chart(point(0, 20), point(30, None), point(60, 4), reliable_change=6))
    root = drawn(svg)
    ids = {e.get("id") for e in root.iter() if e.get("id")}
    assert root.get("role") == "img"
    assert set(root.get("aria-labelledby").split()) == ids
    assert "From 20 (Moderate or worse) on Jan 5, 2026 to 4 (Minimal) on Mar 6, 2026." in svg
    assert not re.search(r"\bstyle=|#[0-9a-f]{3,6}\b", svg)


def test_text_from_outside_is_escaped():
    nasty = '<script>alert("x")</script>'
    svg = trajectory_svg(
        chart(point(0, 20, label=nasty), title=nasty, ticks=(Tick(on=START, kind="dosing", label=nasty),))
    )
    assert "<script" not in svg
    assert drawn(svg) is not None


def test_a_chart_without_a_score_still_draws_its_scale_and_says_that_nothing_is_there():
    svg = trajectory_svg(chart(point(0, None)))
    assert "No score yet." in svg
    assert len(of_class(svg, "band")) == 3


def test_a_score_outside_its_scale_cannot_be_drawn():
    with pytest.raises(ValueError, match="outside its scale"):
        chart(point(0, 28))


def test_a_point_without_value_cannot_pass_as_scored():
    with pytest.raises(ValueError, match="not_done"):
        ChartPoint(on=START, value=None)


def test_points_out_of_order_are_refused():
    with pytest.raises(ValueError, match="order of time"):
        chart(point(7, 4), point(0, 20))


def test_the_table_says_everything_the_drawing_shows():
    figure = trajectory_figure(
        chart(
            point(0, 20, flagged=True),
            point(7, None),
            point(14, 9, kind="prorated"),
            reliable_change=6,
            source="the record",
        )
    )
    assert figure.rows == (
        ("Jan 19, 2026", "9", "Mild", "−11, reliable", "some items missing, prorated"),
        ("Jan 12, 2026", "not done", "", "", ""),
        ("Jan 5, 2026", "20", "Moderate or worse", "0", "flagged"),
    )
    assert "2 scores, 1 due and not done." in figure.caption
    assert "Source: the record." in figure.caption


scores = st.lists(st.one_of(st.none(), st.integers(0, 27)), min_size=1, max_size=60)


@given(scores, st.integers(1, 40), st.one_of(st.none(), st.integers(1, 12)))
def test_any_course_draws_one_mark_per_score_and_never_more_joins_than_neighbors(values, every, reliable):
    course = chart(*(point(every * i, value) for i, value in enumerate(values)), reliable_change=reliable)
    svg = trajectory_svg(course)
    done = sum(value is not None for value in values)
    assert len(of_class(svg, "mark")) == len(values)
    assert len(of_class(svg, "segment")) <= max(done - 1, 0)
    assert len(trajectory_figure(course).rows) == len(values)


def test_a_sparkline_leaves_a_gap_and_says_its_words():
    svg = sparkline_svg([19, 17, None, 9, 8], low=0, high=27, label="PHQ-9 fell from 19 to 8")
    assert len(of_class(svg, "segment")) == 2
    assert drawn(svg).get("aria-label") == "PHQ-9 fell from 19 to 8"


def test_a_sparkline_of_nothing_is_still_an_image_with_words():
    assert drawn(sparkline_svg([], low=0, high=27, label="No score yet")).get("aria-label") == "No score yet"


def flow(*counts: int, total: int) -> FlowBar:
    return FlowBar(
        title="People",
        total=total,
        rows=tuple(FlowRow(label=f"Phase {n}", count=c, href="/x/") for n, c in enumerate(counts)),
    )


def test_bars_are_shares_of_the_largest_and_empty_phases_share_one_line():
    some = flow(4, 0, 8, total=12)
    assert [(row.label, width) for row, width in some.bars] == [("Phase 0", "50.0%"), ("Phase 2", "100.0%")]
    assert some.empty == ("Phase 1",)


def test_a_practice_with_nobody_has_no_bar():
    nobody = flow(0, total=0)
    assert (nobody.bars, nobody.empty) == ((), ("Phase 0",))


def test_a_row_cannot_count_more_people_than_there_are():
    with pytest.raises(ValueError, match="more people"):
        flow(13, total=12)


def doses(*days):
    return tuple(
        Tick(on=START + timedelta(days=day), kind="dosing", label=str(number), detail="56 mg nasal")
        for number, day in enumerate(days, 1)
    )


def test_doses_carry_amount_and_route_where_all_have_room_and_their_number_where_not():
    roomy = trajectory_svg(chart(point(0, 20), point(80, 9), ticks=doses(10, 40, 70)))
    assert "2 · 56 mg nasal" in texts(roomy)
    crowded = trajectory_svg(chart(point(0, 20), point(80, 9), ticks=doses(*range(10, 74, 4))))
    assert "1" in texts(crowded)
    assert "1 · 56 mg nasal" not in texts(crowded)
    assert "2 · 56 mg nasal" in crowded, "its words on a touch of the mark"
    assert "56 mg nasal" in texts(crowded), "once, at the name of the row"


def test_the_table_names_each_dose_among_the_scores():
    rows = trajectory_figure(chart(point(0, 20), point(14, 9), ticks=doses(7))).rows
    assert rows[1] == ("Jan 12, 2026", "dose", "", "", "session 1 · 56 mg nasal")
