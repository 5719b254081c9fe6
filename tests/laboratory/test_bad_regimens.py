"""Forty files that cannot be understood: each is answered by the field and by what to write instead."""

import pytest

from sojourn.laboratory.__main__ import main

GOOD = """title = "Six infusions"
evidence = "open"
[people]
number = 20
seed = 7
weight_kg = 80
[[session]]
route = "intravenous"
drug = "ketamine"
dose_mg_per_kg = 0.5
over_min = 40
"""
SECOND = '[[session]]\nroute = "oral"\ndose_mg = 50\nday = {day}\n'
TROCHE = GOOD.replace('"intravenous"', '"sublingual"').replace("over_min = 40\n", "")

BAD = {
    "nothing": ("", "file", "is empty; begin with a table [[session]]"),
    "a comma as decimal": (GOOD.replace("0.5", "0,5"), "file", "decimals with a point"),
    "a word without quotes": (GOOD.replace('"ketamine"', "ketamine"), "file", "words in quotes"),
    "a key twice": (GOOD + "over_min = 20\n", "file", "line 12"),
    "no session": ('title = "x"\n', "session", "give at least one table [[session]]"),
    "a session in single brackets": (GOOD.replace("[[session]]", "[session]"), "session", "[[session]]"),
    "a near miss": (GOOD.replace("title", "titel"), "titel", "did you mean title?"),
    "a near miss below": (GOOD.replace("over_min", "over_mins"), "over_mins", "did you mean over_min?"),
    "a dose without a unit": (GOOD.replace("dose_mg_per_kg", "dose"), "dose", "did you mean dose_mg?"),
    "grams": (GOOD.replace("dose_mg_per_kg = 0.5", "dose_g = 0.04"), "dose_g", "did you mean dose_mg?"),
    "pounds": (GOOD.replace("weight_kg = 80", "weight_lb = 176"), "weight_lb", "did you mean weight_kg?"),
    "an age": (GOOD.replace("weight_kg = 80", "age = 40"), "age", "did you mean age_years?"),
    "count": (GOOD.replace("number", "count"), "count", "did you mean number?"),
    "a key like none": (GOOD + "qqq = 1\n", "qqq", "is not known here; use drug, route"),
    "an unknown route": (GOOD.replace("intravenous", "rectal"), "route", '"rectal" is not known; use one of intravenous'),
    "a misspelt route": (GOOD.replace("intravenous", "intravenus"), "route", 'did you mean "intravenous"?'),
    "a short route": (GOOD.replace("intravenous", "IV"), "route", 'use "intravenous"'),
    "no route": (GOOD.replace('route = "intravenous"\n', ""), "route", "is missing; give one of intravenous"),
    "a list of routes": (GOOD.replace('"intravenous"', '["oral", "intravenous"]'), "route", "one session has one route"),
    "two routes in one": (GOOD.replace("intravenous", "oral + sublingual"), "route", "write a second [[session]]"),
    "an unknown drug": (GOOD.replace('"ketamine"', '"propofol"'), "drug", "use one of ketamine, esketamine"),
    "a misspelt drug": (GOOD.replace('"ketamine"', '"esketamin"'), "drug", 'did you mean "esketamine"?'),
    "a drug by the wrong way": (TROCHE.replace('"ketamine"', '"esketamine"'), "drug", "was never modelled"),
    "no dose": (GOOD.replace("dose_mg_per_kg = 0.5\n", ""), "dose_mg", "give either dose_mg or dose_mg_per_kg"),
    "two doses": (GOOD + "dose_mg = 40\n", "dose_mg", "only one of them"),
    "a negative dose": (GOOD.replace("0.5", "-0.5"), "dose_mg_per_kg", "-0.5 is too small"),
    "mg in the place of mg/kg": (GOOD.replace("0.5", "40"), "dose_mg_per_kg", "if it is in mg, use dose_mg"),
    "far too much": (GOOD.replace("0.5", "6"), "dose_mg_per_kg", "far outside anything studied"),
    "micrograms": (GOOD.replace("dose_mg_per_kg = 0.5", "dose_mg = 40000"), "dose_mg", "40000 is too large"),
    "a dose in words": (GOOD.replace("0.5", '"0.5 mg/kg"'), "dose_mg_per_kg", "give a bare number"),
    "no number": (GOOD.replace("0.5", "nan"), "dose_mg_per_kg", "nan is not a number that can be used"),
    "no end": (GOOD.replace("0.5", "inf"), "dose_mg_per_kg", "inf is not a number that can be used"),
    "yes": (GOOD.replace("0.5", "true"), "dose_mg_per_kg", "is not a number"),
    "a list": (GOOD.replace("0.5", "[0.5]"), "dose_mg_per_kg", "is not a number"),
    "time over muscle": (GOOD.replace("intravenous", "intramuscular"), "over_min", "only a dose into a vein runs over time"),
    "a vein that is spat out": (GOOD + "spat_out = true\n", "spat_out", "only a dose held under the tongue"),
    "spat out in words": (TROCHE + 'spat_out = "yes"\n', "spat_out", "give true or false"),
    "half a device": (GOOD.replace("intravenous", "intranasal").replace('"ketamine"', '"esketamine"').replace("over_min = 40\n", "").replace("dose_mg_per_kg = 0.5", "dose_mg = 50"), "dose_mg", "a device sprays 28 mg"),
    "the same day": (GOOD + SECOND.format(day="0.5"), "day", "sessions 1 and 2 overlap"),
    "out of order": (GOOD + "day = 3\n" + SECOND.format(day="1"), "day", "put them in order"),
    "a day before": (GOOD + SECOND.format(day="-1"), "day", "-1 is too small; give the day, from 0 on (session 2)"),
    "a day in words": (GOOD + SECOND.format(day='"Monday"'), "day", "give a bare number"),
    "a wrong second session": (GOOD + SECOND.format(day="3").replace("50", "5000"), "dose_mg", "(session 2)"),
    "repeats two": (GOOD + SECOND.format(day="3") + "[repeat]\nsessions = 2\ndays_apart = 3\n", "repeat", "exactly one"),
    "repeats true times": (GOOD + "[repeat]\nsessions = true\ndays_apart = 3\n", "sessions", "is not a number"),
    "repeats half a time": (GOOD + "[repeat]\nsessions = 1.5\ndays_apart = 3\n", "sessions", "is not a whole number"),
    "repeats without days": (GOOD + "[repeat]\nsessions = 2\n", "days_apart", "is missing; give the days"),
    "repeats too often": (GOOD + "[repeat]\nsessions = 6\ndays_apart = 0.5\n", "days_apart", "0.5 is too small"),
    "steps that overlap": (GOOD.replace("over_min = 40", "steps = [{ amount = 0.25, from_min = 0, over_min = 20 }, { amount = 0.25, from_min = 10, over_min = 20 }]"), "steps", "two steps overlap"),
    "steps in words": (GOOD.replace("over_min = 40", 'steps = "slow"'), "steps", "give a list of"),
    "nobody": (GOOD.replace("number = 20", "number = 0"), "number", "0 is too small"),
    "too many": (GOOD.replace("number = 20", "number = 1_000_000_000_000"), "number", "is too large"),
    "half a person": (GOOD.replace("number = 20", "number = 2.5"), "number", "is not a whole number"),
    "a true seed": (GOOD.replace("seed = 7", "seed = true"), "seed", "is not a number"),
    "a list of people": (GOOD.replace("[people]", "[[people]]"), "people", "give a table [people]"),
    "a child": (GOOD.replace("weight_kg = 80", "age_years = 12"), "age_years", "give an adult's age"),
    "a weight in pounds": (GOOD.replace("weight_kg = 80", "weight_kg = 400"), "weight_kg", "in kilograms"),
    "a negative weight": (GOOD.replace("weight_kg = 80", "weight_kg = -80"), "weight_kg", "-80 is too small"),
    "pregnant": (GOOD.replace("seed = 7", "pregnant = true"), "person", "Nobody studied these models in pregnancy"),
    "perhaps pregnant": (GOOD.replace("seed = 7", 'pregnant = "no"'), "pregnant", "give true or false"),
    "a severe liver disease": (GOOD.replace("seed = 7", 'liver = "severe liver disease"'), "person", "was not studied"),
    "a liver nobody knows": (GOOD.replace("seed = 7", 'liver = "moderate"'), "liver", "use one of healthy, moderate"),
    "an interaction in words": (GOOD.replace("seed = 7", 'interactions = "none"'), "interactions", "give a list"),
    "a medicine by name": (GOOD.replace("seed = 7", 'interactions = ["diazepam"]'), "interactions", "use one of cyp inhib"),
    "an evidence nobody knows": (GOOD.replace('"open"', '"blind"'), "evidence", "use one of open, active control, masked"),
    "a title of numbers": (GOOD.replace('"Six infusions"', "6"), "title", "give a few words in quotes"),
    "an end before the end": ("until_h = 1\n" + GOOD + "[repeat]\nsessions = 6\ndays_apart = 3\n", "until_h", "ends before the last session"),
    "a step of nothing": ("every_min = 0\n" + GOOD, "every_min", "0 is too small"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_answered_by_its_field_and_the_remedy(name, tmp_path, capsys):
    text, field, says = BAD[name]
    (tmp_path / "bad.toml").write_text(text)
    assert main(["simulate", str(tmp_path / "bad.toml"), "--out", str(tmp_path / "out")]) == 1
    said = capsys.readouterr().out
    assert said.startswith(f"`{field}`: "), said
    assert says in said, said
    assert "Traceback" not in said


def test_forty_files_are_tried_and_the_good_one_is_good(tmp_path):
    assert len(BAD) >= 40
    (tmp_path / "good.toml").write_text(GOOD)
    assert main(["simulate", str(tmp_path / "good.toml"), "--out", str(tmp_path / "out")]) == 0


def test_who_the_people_are_is_warned_of_by_name_and_no_longer_called_unknown(tmp_path, capsys):
    told = 'age_years = 66\npregnant = false\nliver = "healthy"\ninteractions = ["benzodiazepine"]'
    (tmp_path / "told.toml").write_text(GOOD.replace("seed = 7", told))
    assert main(["simulate", str(tmp_path / "told.toml"), "--out", str(tmp_path / "out")]) == 0
    said = capsys.readouterr().out
    assert "A benzodiazepine changes the effects" in said
    assert "From 60 years on" in said
    assert "Not told" not in said
