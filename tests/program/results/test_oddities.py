"""Bad input on the practice's pages: each kind has a result of its own, in words, and none changes a count silently."""

from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse

from sojourn.program.measures.models import Response
from sojourn.program.people.models import Patient
from sojourn.program.results import reporting
from sojourn.program.results.models import Report
from tests.program.results.test_counting import _dose, scored
from tests.support import histories as h
from tests.support.ward import NOW

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
TODAY = NOW.date()
FIRST_DOSE = TODAY - 60 * DAY


@pytest.fixture(autouse=True)
def _today(time_machine):
    time_machine.move_to(NOW, tick=False)


def treated(ward, name, *scores, born_on=None):
    """Somebody dosed 60 days ago with (days since the dose, score) pairs."""
    patient = h.patient(ward, name, NOW - 90 * DAY)
    if born_on:
        Patient.objects.filter(pk=patient).update(born_on=born_on)
    course = h.course(ward, patient, NOW - 61 * DAY)
    _dose(ward, course, NOW - 60 * DAY)
    for day, value in scores:
        scored(patient, FIRST_DOSE + day * DAY, value, received_at=NOW - DAY)
    return patient


def text_of(response):
    return " ".join(unescape(response.content.decode()).split())


def page(ward, sign_in):
    """What the practice's page says, and the long report on the same people."""
    client = sign_in(ward.dora)
    said = text_of(client.get(reverse("workspace:results")))
    address = client.post(reverse("workspace:ask_report")).url
    reporting.make_report(Report.objects.latest("id").id)
    return said, text_of(client.get(address))


ORDINARY = ((-1, 20), (7, 17), (28, 9))
CASES = {
    "twins": (
        [("Ada Byron", ORDINARY, "1980-05-05"), ("ada byron ", ORDINARY, "1980-05-05")],
        "2 people share name and birth date with another; are they counted twice?",
    ),
    "99 for missing": ([("A", ((-1, 20), (28, 99)), None)], "1 score lies outside 0 to 27: not counted."),
    "negative": ([("A", ((-1, 20), (28, -1)), None)], "1 score lies outside 0 to 27: not counted."),
    "0 for missing, between": (
        [("A", ((-1, 20), (7, 0), (28, 18)), None)],
        "1 score of 0 stands between two high ones; was a missing visit written as 0?",
    ),
    "0 for missing, at the end": (
        [("A", ((-1, 20), (7, 18), (28, 0)), None)],
        "1 person has 0 as the last score, right after a high one; was a missing visit written as 0?",
    ),
    "before birth": (
        [("A", ((-30000, 5), (-1, 20)), "1990-01-01")],
        "1 score lies before the person was born: not counted.",
    ),
    "after today": ([("A", ((-1, 20), (90, 5)), None)], "1 score lies after today: not counted."),
    "two on one day": (
        [("A", ((-1, 20), (28, 9), (28, 12)), None)],
        "On 1 day one person has two scores: the later one counts.",
    ),
    "baseline of zero": (
        [("A", ((-1, 0), (28, 4)), None)],
        "1 person has a baseline of 0: nothing can fall from there, so they are never a response.",
    ),
    "not whole": ([("A", ((-1, 20), (28, 9.5)), None)], "1 score is not whole: counted as they stand."),
    "one person": ([("A", ORDINARY, None)], "There is one person: counts say nothing of others."),
    "nobody": ([], "There is nobody here."),
    "all missing": ([("A", (), None), ("B", (), None)], "All scores of 2 people are missing."),
    "all responders": (
        [("A", ORDINARY, None), ("B", ORDINARY, None)],
        "Everybody who answered at week 4 met the outcome: there is no difference between people to model.",
    ),
    "nobody responds": (
        [("A", ((-1, 20), (28, 19)), None)],
        "Nobody who answered at week 4 met the outcome: there is no difference between people to model.",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_bad_input_is_told_on_the_page_and_in_the_long_report(ward, sign_in, case):
    people, says = CASES[case]
    for name, scores, born_on in people:
        treated(ward, name, *scores, born_on=born_on)
    for said in page(ward, sign_in):
        assert says in said


def test_a_changed_version_is_told(ward, sign_in):
    patient = treated(ward, "A", (-1, 20))
    later = scored(patient, FIRST_DOSE + 27 * DAY, 9)
    Response.objects.create(
        **{field: getattr(later, field) for field in ("patient_id", "instrument_id", "definition_hash", "source", "value")},
        instrument_version="2", answered_at=later.answered_at, answered_on=later.answered_on, received_at=NOW - DAY,
    )  # fmt: skip
    for said in page(ward, sign_in):
        assert "1 person answered more than one version of the instrument" in said


def test_ordinary_records_are_called_so(ward, sign_in):
    treated(ward, "A", *ORDINARY)
    treated(ward, "B", (-1, 20), (28, 18))
    for said in page(ward, sign_in):
        assert "Nothing: no twins, no score outside the scale" in said


@pytest.mark.parametrize("impossible", [99, -1])
def test_a_score_that_cannot_be_counts_nowhere(ward, sign_in, impossible):
    """As 99 somebody would have got worse, as -1 they would have responded."""
    treated(ward, "A", (-1, 20), (28, impossible))
    treated(ward, "B", (-1, impossible), (28, 5))
    said, _report = page(ward, sign_in)
    assert "Insufficient follow-up: 0 of 2 people due answered" in said
    found = Report.objects.latest("id").found["windows"][2]
    assert (found["observed"], found["responded"], found["worse_at_all"]) == (0, 0, 0)


def test_a_patient_of_an_imported_table_cannot_stand_twice(ward):
    """The same id of the same table is one record: the database holds no second one."""
    first = treated(ward, "A")
    second = treated(ward, "B")
    Patient.objects.filter(pk=first).update(import_source="trial", import_id="7")
    with pytest.raises(Exception, match="one_record_per_imported_person"):
        Patient.objects.filter(pk=second).update(import_source="trial", import_id="7")
