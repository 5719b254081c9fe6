"""Forest plots: every study with its interval, the pooled effect apart, nothing averaged that must not be."""

import re
import xml.etree.ElementTree as ET

import pytest

from sojourn.clinical.evidence.strata import strata
from sojourn.clinical.evidence.study_files import results
from sojourn.design.charts import ForestPlot, ForestRow, forest_svg
from sojourn.design.charts.evidence import figure_of_stratum, figure_side_by_side

POOLED = next(each for each in strata() if each.id.startswith("response") and len(each.results) == 3)
ALONE = next(each for each in strata() if each.is_compared and not each.is_pooled)
SINGLE = next(each for each in strata() if not each.is_compared)


def of_class(svg, name):
    return [e for e in ET.fromstring(svg).iter() if name in (e.get("class") or "").split()]


def plot(*rows, **more):
    return ForestPlot(
        **{"title": "A", "unit": "points", "low": -50, "high": 75, "step": 25, "rows": rows, "no_effect": 0}
        | more
    )


def row(estimate, low, high, **more):
    return ForestRow(
        **{"label": "Trial", "counted": "", "estimate": estimate, "low": low, "high": high} | more
    )


def test_a_pool_shows_each_study_and_one_diamond():
    figure = figure_of_stratum(POOLED)
    assert len(of_class(figure.svg, "square")) == 3
    assert len(of_class(figure.svg, "diamond")) == 1
    assert [r[0] for r in figure.rows] == ["TRANSFORM-1", "TRANSFORM-2", "TRANSFORM-3", "Together"]
    assert figure.rows[-1][3] == "15 (8 to 23)"
    assert "Pooled by REML" in figure.caption


def test_one_study_is_drawn_without_a_diamond():
    figure = figure_of_stratum(ALONE)
    assert not of_class(figure.svg, "diamond")
    assert len(figure.rows) == 1


def test_a_single_group_has_no_line_of_no_difference_and_says_so():
    figure = figure_of_stratum(SINGLE)
    assert not of_class(figure.svg, "no-effect")
    assert "No comparison group" in figure.caption
    assert figure.rows[0][2] == "nobody"


def test_elekt_d_and_ketect_stand_side_by_side_and_are_not_averaged():
    both = (results()["elekt-d/response"], results()["ketect/remission"])
    figure = figure_side_by_side("Ketamine and ECT", both)
    assert [r[0] for r in figure.rows] == ["ELEKT-D, response", "KetECT, remission"]
    assert [r[3] for r in figure.rows] == ["14 (4 to 24)", "−16 (−30 to −2)"]
    assert not of_class(figure.svg, "diamond")
    assert "Not averaged" in figure.caption


@pytest.mark.parametrize("each", strata(), ids=lambda s: s.id)
def test_each_plot_is_one_image_with_name_words_and_no_style(each):
    figure = figure_of_stratum(each)
    root = ET.fromstring(figure.svg)
    ids = {e.get("id") for e in root.iter() if e.get("id")}
    assert root.get("role") == "img"
    assert set(root.get("aria-labelledby").split()) == ids
    assert not re.search(r"\bstyle=|#[0-9a-f]{3,6}\b", figure.svg)
    for result in each.results:
        assert result.title in figure.svg
    assert len(figure.rows) == len(each.results) + each.is_pooled


def test_the_table_says_where_counts_come_from():
    assert "counts from memory" in figure_of_stratum(POOLED).rows[0][-1]
    assert "one more such study would lie between" in figure_of_stratum(POOLED).rows[-1][-1]


def test_what_lies_beyond_the_axis_ends_in_an_arrow_and_not_in_a_longer_axis():
    svg = forest_svg(plot(row(10, -80, 90)))
    assert len(of_class(svg, "arrow")) == 2
    (line,) = of_class(svg, "whisker")
    assert (line.get("x1"), line.get("x2")) == ("0%", "100%")


def test_a_more_weighty_study_is_a_larger_square():
    heavy, light = of_class(forest_svg(plot(row(1, 0, 2, weight=0.8), row(1, 0, 2, weight=0.2))), "square")
    assert float(heavy.get("width")) > float(light.get("width"))


def test_an_estimate_outside_its_interval_cannot_be_drawn():
    with pytest.raises(ValueError, match="within its interval"):
        row(5, 6, 7)


def test_text_from_outside_is_escaped():
    assert "<script" not in forest_svg(plot(row(1, 0, 2, label="<script>alert(1)</script>")))
