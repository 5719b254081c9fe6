"""`./sojourn outcomes FILE`: each kind of bad input has a result of its own, in words."""

import re

import pytest

from sojourn.analysis.reporting import report
from tests.support.data_sets import data_set


def run(tmp_path, capsys, rows, *words, header="patient,day,score", map_text=None):
    """Write a table, report on it; gives the exit code, the page as text without tags, and what was said."""
    table = tmp_path / "table.csv"
    table.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    out = tmp_path / "report.html"
    chosen = ["--instrument", "phq-9"]
    if map_text is not None:
        (tmp_path / "map.toml").write_text(map_text, encoding="utf-8")
        chosen = [*chosen, "--map", str(tmp_path / "map.toml")]
    code = report([str(table), *chosen, "--out", str(out), *words])
    said = capsys.readouterr()
    html = out.read_text(encoding="utf-8") if out.is_file() else ""
    text = " ".join(re.sub(r"<(style|svg).*?</\1>|<[^>]+>", " ", html, flags=re.DOTALL).split())
    return code, text, said.out + said.err


def course(person, *scores, days=(0, 7, 14, 28)):
    return [f"{person},{day},{score}" for day, score in zip(days, scores, strict=False)]


def many(n=20, gain=2):
    return [
        row for k in range(n)
        for row in course(f"p{k:02}", 20, 19 - gain * (k % 3), 17 - gain * (k % 4), 15 - gain * (k % 5))
    ]  # fmt: skip


def test_a_plain_table_needs_no_map(tmp_path, capsys):
    code, page, said = run(tmp_path, capsys, many())
    assert code == 0
    assert "Of 20 people who answered at week 4, 8 fell by 50 % or more (40.0 %" in page
    assert "20 people, 80 scores counted, 0 missing, 0 set aside, 0 repeated." in said
    assert "covariance unstructured" in page
    assert "Nothing was set aside." in page


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("-1", "is below 0, the lowest possible score; if it stands for missing, list it under `missing`"),
        ("99", "is above 27, the highest possible score; if it stands for missing, list it under `missing`"),
        ("28", "is above 27, the highest possible score"),
        ("12.5", "is not a whole number; a map with whole_numbers = false takes it as it is"),
        ("twelve", "is not a number"),
    ],
)
def test_a_score_that_cannot_be_is_set_aside_with_its_line(tmp_path, capsys, cell, why):
    code, page, said = run(tmp_path, capsys, [*many(), f"p00,30,{cell}"])
    assert code == 0
    assert "80 scores counted, 0 missing, 1 set aside" in said
    assert why in page.replace("&#x27;", "'")
    assert "82 score" in page


def test_99_is_missing_where_a_map_says_so(tmp_path, capsys):
    map_text = 'missing = [99]\n[columns]\npatient = "patient"\nday = "day"\nscore = "score"\n'
    _, _, said = run(tmp_path, capsys, [*many(), "p00,30,99"], map_text=map_text)
    assert "80 scores counted, 1 missing, 0 set aside" in said


def test_two_scores_on_one_day_are_both_set_aside_and_a_repeat_counts_once(tmp_path, capsys):
    rows = [*many(), "p00,28,3", "p01,28,13"]
    _, page, said = run(tmp_path, capsys, rows)
    assert "78 scores counted" not in said
    assert "79 scores counted, 0 missing, 2 set aside, 1 repeated" in said
    assert "contradicts line 82: one person and day, two scores" in page
    assert "contradicts line 5: one person and day, two scores" in page
    assert "20 were due: with the 1 missing counted as not" in page


def test_a_day_after_today_or_before_birth_is_set_aside(tmp_path, capsys):
    rows = [
        "a,2020-01-01,20,1980-05-05", "a,2020-01-29,8,1980-05-05", "a,2999-01-01,3,1980-05-05",
        "b,1979-01-01,20,1980-05-05", "b,2020-13-01,4,1980-05-05",
    ]  # fmt: skip
    code, page, said = run(tmp_path, capsys, rows, header="patient,date,score,born_on")
    assert code == 0
    assert "2 people, 2 scores counted, 0 missing, 3 set aside" in said
    for why in ("is after today", "is before the person was born", "is not a day written as %Y-%m-%d"):
        assert why in page


def test_a_baseline_of_zero_can_prove_no_response(tmp_path, capsys):
    rows = [*many(), *course("zero", 0, 0, 0, 0)]
    _, page, _ = run(tmp_path, capsys, rows)
    assert "1 person has a baseline of 0: nothing can fall from there, so they are never a response." in page
    assert "Of 20 people who answered at week 4" in page
    assert (
        "the mean of each person's own percentage cannot be given, because a baseline is 0"
        in page.replace("&#x27;", "'")
    )


def test_zeros_between_high_scores_are_asked_about(tmp_path, capsys):
    _, page, _ = run(tmp_path, capsys, [*many(), *course("odd", 20, 0, 19, 18)])
    assert "1 score of 0 stands between two high ones; was a missing visit written as 0?" in page


def test_a_last_zero_after_a_high_score_is_asked_about(tmp_path, capsys):
    """A missed last visit that was written as 0 would be the best response of all."""
    _, page, _ = run(
        tmp_path, capsys, [*many(), *course("odd", 20, 19, 18, 0), *course("well", 20, 12, 5, 0)]
    )
    assert (
        "1 person has 0 as the last score, right after a high one; was a missing visit written as 0?" in page
    )


def test_a_code_within_the_scale_is_asked_about(tmp_path, capsys):
    map_text = '[columns]\npatient = "patient"\nday = "day"\nscore = "score"\n[scale]\ntitle = "T"\nlow = 0\nhigh = 100\n'
    _, page, _ = run(tmp_path, capsys, [*many(), "p00,35,99"], map_text=map_text)
    assert "1 score looks like a code for a missing visit (88, 98, 99); counted as they stand." in page


def test_two_ids_of_one_name_and_birth_date_are_asked_about(tmp_path, capsys):
    rows = [
        "7,Ada Byron,1980-05-05,0,20", "7,Ada Byron,1980-05-05,28,9",
        "A7,ada  byron,1980-05-05,0,21", "8,Ben Ode,1980-05-05,0,22",
    ]  # fmt: skip
    _, page, _ = run(tmp_path, capsys, rows, header="patient,name,born_on,day,score")
    assert "2 people share name and birth date with another; are they counted twice?" in page
    assert "Byron" not in page


def test_a_version_column_needs_no_map(tmp_path, capsys):
    rows = ["a,0,20,1", "a,28,9,2", "b,0,20,1", "b,28,9,1"]
    _, page, said = run(tmp_path, capsys, rows, header="patient,day,score,version")
    assert "3 scores counted, 0 missing, 1 set aside" in said
    assert "was scored by another version of the instrument than the baseline" in page


def test_people_counted_twice_are_noticed(tmp_path, capsys):
    rows = [*course("a", 20, 15, 10, 9), *course("A ", 20, 15, 10, 9), *course("b", 21, 15, 10, 8)]
    _, page, _ = run(tmp_path, capsys, rows)
    assert "1 id differs from another only in case or blanks" in page
    assert "2 people share all their scores and days with another; are they counted twice?" in page


def test_a_person_in_two_groups_is_left_out_whole(tmp_path, capsys):
    rows = [f"{row},{'x' if k < 40 else 'y'}" for k, row in enumerate(many())]
    rows.append("p00,35,9,y")
    _, page, said = run(tmp_path, capsys, rows, header="patient,day,score,group")
    assert "19 people" in said
    assert "this person stands in two groups, and is left out whole" in page


def test_scores_of_another_version_are_not_compared(tmp_path, capsys):
    map_text = (
        '[columns]\npatient = "patient"\nday = "day"\nscore = "score"\nversion = "version"\n'
        '[windows]\n"week 4" = [21, 28, 41]\n'
    )
    rows = ["a,0,20,1", "a,28,9,1", "b,0,20,1", "b,28,9,2"]
    _, page, said = run(tmp_path, capsys, rows, header="patient,day,score,version", map_text=map_text)
    assert "3 scores counted, 0 missing, 1 set aside" in said
    assert "was scored by another version of the instrument than the baseline" in page
    assert "Insufficient follow-up: 1 of 2 people due answered" in page


def test_one_person(tmp_path, capsys):
    code, page, _ = run(tmp_path, capsys, course("only", 20, 15, 12, 9))
    assert code == 0
    assert "There is one person: counts say nothing of others." in page
    assert "Not said: no visit has 5 scores in each group." in page


def test_nobody(tmp_path, capsys):
    code, page, said = run(tmp_path, capsys, [])
    assert code == 0
    assert "There is nobody here." in page
    assert "Nobody in this table has a score at any visit: there is nothing to report." in page
    assert "0 people, 0 scores counted" in said


def test_all_missing(tmp_path, capsys):
    code, page, said = run(tmp_path, capsys, [f"p{k},28,NA" for k in range(9)])
    assert code == 0
    assert "All scores of 9 people are missing." in page
    assert "9 people, 0 scores counted, 9 missing" in said


def test_all_responders(tmp_path, capsys):
    code, page, _ = run(tmp_path, capsys, [row for k in range(20) for row in course(f"p{k}", 20, 8, 6, 4)])
    assert code == 0
    assert "20 fell by 50 % or more (100.0 %, 95 % interval 83.9 to 100.0)" in page
    assert "more than half stayed in response" in page
    assert (
        "Everybody who answered at week 4 met the outcome: there is no difference between people to model."
        in page
    )
    assert "Not said:" in page  # equal scores have no spread to be modelled


def test_nobody_responded(tmp_path, capsys):
    _, page, _ = run(
        tmp_path, capsys, [row for k in range(20) for row in course(f"p{k}", 20, 20, 21, 19 + k % 3)]
    )
    assert "0 fell by 50 % or more (0.0 %" in page
    assert "Nobody who answered at week 4 met the outcome" in page
    assert "Not said: nobody was in response at any visit." in page


def test_without_a_baseline_people_stay_in_the_denominator(tmp_path, capsys):
    rows = [*many(), *course("late", 9, 8, days=(14, 28))]
    _, page, _ = run(tmp_path, capsys, rows)
    assert "21 were due: with the 1 missing counted as not" in page


@pytest.mark.parametrize(
    ("header", "rows", "words", "says"),
    [
        ("a,b,c", ["1,2,3"], (), "The columns do not say what they are."),
        ("patient,visit,score", ["a,follow-up,3"], (), "The visit 'follow-up' says no day."),
        ("patient,day,score", ["a,0,20", "a,28,3"], ("--at", "week 9"), "There is no visit 'week 9'"),
        ("patient,day,score", ["a,0,20"], ("--instrument", "hamlet-4"), "There is no instrument 'hamlet-4'"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_remedy(tmp_path, capsys, header, rows, words, says):
    code, page, said = run(tmp_path, capsys, rows, *words, header=header)
    assert code == 2
    assert says in said
    assert page == ""


@pytest.mark.parametrize(
    ("map_text", "says"),
    [
        ("", "`columns`: is missing"),
        ('[columns]\npatient = "p"\nscore = "s"\n', "name one of `visit`, `day`, `date`"),
        (
            '[columns]\npatient = "p"\nscore = "s"\nvisit = "v"\n',
            "say how many days after the first day each visit is",
        ),
        (
            '[columns]\npatient = "patient"\nscore = "score"\nday = "day"\n[scale]\ntitle = "T"\nlow = 20\nhigh = 80\nresponse_percent = 50\n',
            "percent change has a meaning only where a scale begins at 0",
        ),
    ],
)
def test_a_map_that_leaves_something_open_is_refused(tmp_path, capsys, map_text, says):
    code, _, said = run(tmp_path, capsys, many(), map_text=map_text)
    assert code == 2
    assert says in said


def test_the_same_table_gives_the_same_bytes(tmp_path, capsys):
    rows = [f"{row},{'xy'[k // 4 % 2]}" for k, row in enumerate(many(30))]
    header = "patient,day,score,group"
    run(tmp_path, capsys, rows, header=header)
    first = (tmp_path / "report.html").read_bytes()
    run(tmp_path, capsys, rows, header=header)
    assert (tmp_path / "report.html").read_bytes() == first


def test_a_published_trial_is_reported_as_published(tmp_path, capsys):
    """The masked antidepressant trial: 64 and 65 observed, difference 2.80 with error 1.11 at visit 7."""
    map_file = "docs/guides/outcomes/antidepressant.map.toml"
    out = tmp_path / "report.html"
    assert report([str(data_set("antidepressant_hamd17.csv")), "--map", map_file, "--out", str(out)]) == 0
    page = out.read_text(encoding="utf-8")
    assert "2.80 (0.60 to 5.00) · 129 observed; error 1.11, 150 df" in page
    assert "29 of 64" in page
    assert "20 missing of DRUG were" in page


def test_one_group_is_told_when_its_own_claims_are_lost(tmp_path, capsys):
    """40 people of whom 12 are missing: each claim has the points at which it is lost, on the page and at the terminal."""
    rows = [
        row for k in range(40)
        for row in course(f"p{k:02}", 20, 17 - k % 4, 14 - k % 5, *([11 - k % 7] if k % 10 < 7 else []))
    ]  # fmt: skip
    _, page, said = run(tmp_path, capsys, rows)
    assert "What the missing could change: the mean change at week 4" in page
    assert "What the missing could change: the rate of response at week 4" in page
    assert "Of 40 people due with a baseline, 12 are missing. 100 imputations." in page
    assert "Claimed: 24 of 28 who answered, 85.7 %" in page
    assert page.count("worse, the claimed rate would no longer hold.") == 1
    assert "the mean change could no longer be told from no improvement." in said


def test_with_nobody_missing_there_is_nothing_to_make_worse(tmp_path, capsys):
    _, page, _ = run(tmp_path, capsys, many(40))
    assert "nobody due at week 4 with a baseline is missing, so there is nothing to fill in" in page


@pytest.mark.parametrize(
    ("header", "baseline", "later"),
    [
        ("Patient ID,PHQ-9 Total,Week", "a,20,0", "a,9,4"),
        ("USUBJID,phq9_score,day", "a,20,0", "a,9,28"),
        ("record_id,Score,timepoint", "a,20,Baseline", "a,9,week 4"),
        ("id,score,visit", "a,20,pre", "a,9,4 weeks"),
    ],
)
def test_columns_are_known_by_many_names(tmp_path, capsys, header, baseline, later):
    _, page, said = run(tmp_path, capsys, [baseline, later], header=header)
    assert "1 person, 2 scores counted" in said
    assert "Of 1 person who answered at" in page


@pytest.mark.parametrize(
    "header",
    [
        "id,arm,baseline,week 1,week 4", "id,arm,phq9_pre,phq9_1w,phq9_4w",
        "id,arm,phq9.baseline,phq9.wk1,phq9.wk4,gad7.baseline,gad7.wk1,gad7.wk4",
    ],
)  # fmt: skip
def test_a_column_for_each_visit_needs_no_map(tmp_path, capsys, header):
    more = ",1,2,3" if "gad7" in header else ""
    rows = [f"p{k},{'xy'[k % 2]},20,{15 - k % 3},{NA if k == 3 else 9}{more}" for k in range(6)]
    _, page, said = run(tmp_path, capsys, rows, header=header)
    assert "6 people, 17 scores counted, 1 missing, 0 set aside" in said
    assert "in the group y" in page


NA = "NA"


def test_two_scales_in_columns_are_not_guessed_between(tmp_path, capsys):
    code, _, said = run(tmp_path, capsys, ["a,1,2,3,4"], header="id,bdi.pre,bdi.2m,hrsd.pre,hrsd.2m")
    assert code == 2
    assert "The columns do not say what they are." in said


def test_who_is_missing_is_told_by_the_bands_of_their_baseline(tmp_path, capsys):
    rows = [
        row for k in range(20)
        for row in course(f"p{k:02}", 22 if k < 10 else 12, 15, 12, *([9] if k >= 6 else []))
    ]  # fmt: skip
    _, page, _ = run(tmp_path, capsys, [*rows, "late,28,9"])
    part = page[page.index("Who is missing, by how ill they were") :]
    for said in ("week 4 moderate 10 10 0", "week 4 severe 10 4 6", "week 4 no baseline 1 1 0"):
        assert said in part


def test_a_scale_without_bands_is_cut_into_thirds(tmp_path, capsys):
    map_text = (
        '[columns]\npatient = "patient"\nday = "day"\nscore = "score"\n[scale]\ntitle = "T"\nlow = 20\nhigh = 80\n'
        "higher_is_better = true\n"
    )
    rows = [row for k in range(12) for row in course(f"p{k}", 30 + 2 * k, 40 + k, 45, 50 + k % 5)]
    _, page, _ = run(tmp_path, capsys, rows, map_text=map_text)
    part = page[page.index("Who is missing, by how ill they were") :]
    assert "week 4 20 to 40 5 5 0" in part
    assert "week 4 40 to 60 7 7 0" in part
