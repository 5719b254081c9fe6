"""A spoiled instrument is refused at loading, with the file, the key and the remedy."""

from importlib.resources import files

import pytest

from sojourn.clinical.evidence import DataFileInvalid
from sojourn.clinical.instruments.reading import read_instrument

PHQ_9 = (files("sojourn.clinical.instruments") / "data" / "phq_9.toml").read_text()

SPOILED = {
    "an unknown key": ("minutes = 3", "minutes = 3\nmintues = 4", "`mintues`: is not known here"),
    "a missing key": ('rater = "self"\n', "", "`rater`: is missing"),
    "an unknown rater": ('rater = "self"', 'rater = "friend"', "use one of self, clinician, staff"),
    "a missing source": (
        'citations = [{ source = "phq-screeners", locator = "footer of the form", provenance = "excerpt" }]\n',
        "", "`citations`: is missing"),
    "an empty list of sources": (
        'citations = [{ source = "kroenke-2001", locator = "severity groups", provenance = "from memory" }]',
        "citations = []", "cite at least one source"),
    "an unknown source": ('source = "lowe-2004"', 'source = "lowe-1904"', "add it there"),
    "a total with a panel code": ('code = "44261-6"', 'code = "44249-1"', "carries the code of a panel"),
    "a total with another panel code": ('code = "44261-6"', 'code = "69737-5"', "carries the code of a panel"),
    "one code twice": ('code = "44255-8"', 'code = "44250-9"', "a code stands twice"),
    "a gap between bands": ("from = 5, to = 9", "from = 6, to = 9", "a gap lies between minimal and mild"),
    "an overlap of bands": ("from = 5, to = 9", "from = 4, to = 9", "minimal and mild overlap; start mild at 5"),
    "bands that stop early": ("from = 20, to = 27", "from = 20, to = 26", "must reach from 0 to 27"),
    "a band upside down": ("from = 5, to = 9", "from = 9, to = 5", "ends before it starts"),
    "a wrong range": ("range = [0, 27]", "range = [0, 30]", r"the answers span \[0, 27\]"),
    "a range of one number": ("range = [0, 27]", "range = [27]", "lowest and the highest"),
    "an item that does not exist": ('"q8", "q9"]', '"q8", "q10"]', "q10 is not an item"),
    "an item twice in a scale": ('"q8", "q9"]', '"q8", "q8"]', "an item stands twice"),
    "an item twice": ('id = "difficulty"\nnumber', 'id = "q1"\nnumber', "q1 stands twice"),
    "an answer set that does not exist": ('answers = "difficulty"', 'answers = "ease"', "use one of frequency, difficulty"),
    "two options with one value": ('{ value = 1, text = "Several days"', '{ value = 0, text = "Several days"', "need different values"),
    "an option without text": ('text = "Several days", ', "", "tier A ships its wording"),
    "wording without a licence to ship it": ('tier = "A"', 'tier = "B"', "only tier A may ship wording"),
    "prorating more than all": ("at_most = 2", "at_most = 9", "fewer than the items"),
    "an unknown missing rule": ('rule = "prorate-mean"', 'rule = "guess"', "use one of all-items, prorate-mean"),
    "an unknown op": ('op = "sum"', 'op = "median"', "use one of sum, mean, count"),
    "a condition outside the vocabulary": ("rises_by = 1", "doubles = true", "`doubles`: is not known"),
    "a condition with two tests": ("rises_by = 1", "rises_by = 1, at_least = 1", "exactly one of"),
    "a condition about nothing": ('when = { item = "q9", unanswered = true }', "when = { unanswered = true }", "name exactly one of"),
    "a condition about an unknown item": ('{ item = "q9", unanswered', '{ item = "q11", unanswered', "q11 is neither an item"),
    "a count that cannot be met": ("{ at_least = 5, of", "{ at_least = 10, of", "as many conditions as must hold"),
    "an alarm about nothing": ('about = "q9"', 'about = "q12"', "q12 is neither an item nor a scale"),
    "an alarm without a time": ("acknowledge_within_min = 15\n", "", "`acknowledge_within_min`: is missing"),
    "an unknown severity": ('severity = "red"', 'severity = "purple"', "use one of amber, red"),
    "a change set of an unknown scale": ('id = "nhs"\nscale = "total"', 'id = "nhs"\nscale = "sum"', "sum is not a scale"),
    "percent change without a floor": ("baseline_at_least = 10\n", "", "percents of a low baseline say nothing"),
    "percent change where higher is better": (
        'direction = "lower is better"', 'direction = "higher is better"', "percent change needs"),
    "no citation for the codes": (
        'citations = [{ source = "loinc", locator = "panel 44249-1 and its members; answer list LL358-3", provenance = "excerpt" }]',
        "", "cite at least one source"),
    "a codes table that says both": ('panel = "44249-1"', 'panel = "44249-1"\nno_standard_binding = true', "remove it"),
    "a question about suicide whose blank is silent": (
        'when = { item = "q9", unanswered = true }', 'when = { item = "q9", at_least = 3 }',
        "q9`: a question about suicide needs a critical rule"),
    "an alarm without an owner": ('owner = "prescriber"\n', "", "`owner`: is missing"),
    "an alarm owned by nobody": ('owner = "prescriber"', 'owner = "reception"', "use one of prescriber, therapist"),
    "no recall window": ('recall = "the last 2 weeks"\n', "", "`recall`: is missing"),
    "a question that waits for a later one": (
        'answers = "frequency"\ncode = "44250-9"',
        'answers = "frequency"\ncode = "44250-9"\nasked_when = { item = "q2", at_least = 1 }',
        "only questions that stand before it"),
    "a question that waits for a scale": (
        'answers = "difficulty"\n', 'answers = "difficulty"\nasked_when = { scale = "total", at_least = 1 }\n',
        "only questions that stand before it"),
    "alternatives that are not joined": (
        "range = [0, 27]", 'range = [0, 27]\neither_or = ["q1 | q2"]', "do not stand joined"),
    "a line upside down": (
        'id = "difficulty"\noptions', 'id = "line"\nfrom = 10\nto = 0\n\n[[answer_set]]\nid = "difficulty"\noptions',
        "give an end above the start"),
    "answers that are both a list and a line": (
        'id = "difficulty"\noptions', 'id = "difficulty"\nfrom = 0\nto = 3\noptions', "not both"),
    "a triage whose first level has no condition": (
        '[[cadence]]\npoint = "screening"',
        ('[triage]\nid = "t"\ntitle = "T"\nlevels = [\n'
        '  { id = "a", label = "a", plain = "a", citations = [{ source = "loinc", locator = "x", provenance = "excerpt" }] },\n'
        '  { id = "b", label = "b", plain = "b", citations = [{ source = "loinc", locator = "x", provenance = "excerpt" }] },\n'
        ']\n\n[[cadence]]\npoint = "screening"'), "give every level but the last its when"),
    "text that is not TOML": ("minutes = 3", "minutes = = 3", "is not valid TOML"),
}  # fmt: skip


@pytest.mark.parametrize(("was", "becomes", "remedy"), SPOILED.values(), ids=SPOILED.keys())
def test_a_spoiled_instrument_is_refused(tmp_path, was, becomes, remedy):
    assert was in PHQ_9, "the spoiling no longer touches the file"
    path = tmp_path / "phq_9.toml"
    path.write_text(PHQ_9.replace(was, becomes, 1))
    with pytest.raises(DataFileInvalid, match=remedy) as refused:
        read_instrument(path)
    assert str(refused.value).startswith("phq_9.toml")


def test_the_unspoiled_file_is_read(tmp_path):
    path = tmp_path / "phq_9.toml"
    path.write_text(PHQ_9)
    assert read_instrument(path).id == "phq-9"
