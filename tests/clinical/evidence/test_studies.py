"""Studies keep what was counted, where it stands, and what does not add up."""

from fractions import Fraction

import pytest

from sojourn.clinical.evidence import DataFileInvalid, sources
from sojourn.clinical.evidence.meta_analysis import Counts, odds_ratio
from sojourn.clinical.evidence.studies import Design
from sojourn.clinical.evidence.study_files import read_studies, results, studies

GOOD = """
[[study]]
id = "a"
source = "hull-2022"
title = "A"
design = "double-blind randomized trial"
condition = "depression"
drug = "racemic ketamine"
route = "IV"
setting = "clinic"
comparator = "midazolam"
funding = "not recorded"

[[study.result]]
id = "response"
outcome = "response"
definition = "madrs-halved"
time_point = "24 hours"
at = "one day later"
active = [{ label = "ketamine", counts = [5, 10], counted = "printed", provenance = "excerpt" }]
control = [{ label = "midazolam", counts = [2, 10], counted = "printed", provenance = "excerpt" }]
citations = [{ source = "hull-2022", locator = "table 1", provenance = "excerpt" }]
"""


def read(tmp_path, text):
    path = tmp_path / "some_studies.toml"
    path.write_text(text)
    return read_studies((path,))


def test_a_study_by_data_alone(tmp_path):
    result = read(tmp_path, GOOD)["a"].results[0]
    assert (result.id, result.active_counts, result.control.counts) == (
        "a/response",
        Counts(5, 10),
        Counts(2, 10),
    )


@pytest.mark.parametrize(
    ("good", "spoiled", "says"),
    [
        ("funding =", "fundig =", "`fundig`: is not known here"),
        ('source = "hull-2022"\ntitle', 'source = "nobody-1999"\ntitle', "add it there"),
        ("[5, 10]", "[11, 10]", "11 of 10 people cannot be counted"),
        ("[5, 10]", "[5]", "give [events, people]"),
        ("[5, 10]", "[0, 0]", "cannot be counted"),
        ('"madrs-halved"', '"madrs-cured"', "use one of"),
        ('time_point = "24 hours"\n', "", "`time_point`: is missing"),
        (', provenance = "excerpt" }]\ncontrol', " }]\ncontrol", "`provenance`: is missing"),
        ("citations = [{", "hold = [{", "`citations`: is missing"),
        ('locator = "table 1"', 'locator = " "', "not blank"),
        ('comparator = "midazolam"', 'comparator = "no comparison group"', "has no control group"),
        ('comparator = "midazolam"', 'comparator = "tea"', "use one of"),
        ('title = "A"', 'title = "A"\npeople = 10.5', "`people`: give a whole number"),
    ],
)  # fmt: skip
def test_a_spoiled_study_is_refused_with_file_key_and_remedy(tmp_path, good, spoiled, says):
    assert good in GOOD
    with pytest.raises(DataFileInvalid) as refused:
        read(tmp_path, GOOD.replace(good, spoiled, 1))
    assert says in str(refused.value)
    assert str(refused.value).startswith("some_studies.toml [study a]")


def test_a_study_without_results_says_why(tmp_path):
    with pytest.raises(DataFileInvalid, match="says why there are none"):
        read(tmp_path, GOOD.partition("[[study.result]]")[0])


def test_a_study_or_a_result_that_is_not_there_is_named(tmp_path):
    with pytest.raises(DataFileInvalid, match="is no result of a study"):
        read(tmp_path, GOOD + 'never_with = ["b/response"]')
    with pytest.raises(DataFileInvalid, match="stands twice"):
        read(tmp_path, GOOD + GOOD)


@pytest.mark.parametrize("each", studies().values(), ids=lambda s: s.id)
def test_every_study_has_a_source_and_its_counts_say_how_they_are_known(each):
    assert each.source_id in sources()
    assert each.results or each.no_counts
    for result in each.results:
        assert result.citations
        assert (each.design is Design.SINGLE_GROUP) == (result.control is None)


def test_the_denominators_of_abbar_were_exchanged_in_print_and_that_is_said():
    (flag,) = results()["abbar-2022/day-3"].flags
    assert flag == (
        "The abstract prints 46/83 against 25/73. Those counts give an odds ratio of 2.4, not the printed 3.7; "
        "46/73 against 25/79 give 3.7."
    )


def test_an_odds_ratio_that_its_counts_reproduce_is_not_flagged():
    assert results()["grunebaum-2018/day-1"].flags == ()
    assert round(odds_ratio(Counts(22, 40), Counts(12, 40)), 2) == Fraction("2.85")


def test_an_odds_ratio_that_its_counts_do_not_reproduce_is_flagged():
    (flag,) = results()["kads/flexible-dose"].flags
    assert "12.1" in flag
    assert "which give 12.0" in flag


def test_groups_that_share_a_control_are_counted_together():
    """TRANSFORM-1 has two doses and one control group; counting the control twice would pretend more people."""
    response = results()["transform-1/response"]
    assert response.active_counts == Counts(112, 209)
    assert response.people == 111 + 98 + 108


def test_the_recalled_counts_of_two_trials_add_up_to_the_printed_sum():
    one, two = results()["transform-1/response"], results()["transform-2/response"]
    both = results()["transform-1-and-2/response"]
    assert one.active_counts + two.active_counts == both.active_counts == Counts(182, 310)
    assert one.control.counts + two.control.counts == both.control.counts == Counts(94, 208)
