from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sojourn.clinical import protocols
from sojourn.program.people import for_visitors
from sojourn.program.people.models import Practice
from tests.support.assessments import answered
from tests.support.ward import NOW, open_ward

pytestmark = pytest.mark.django_db
URL = "/assessment/"


@pytest.fixture(autouse=True)
def _today(time_machine):
    time_machine.move_to(NOW, tick=False)


def rows_in_every_table():
    with connection.cursor() as cursor:
        counts = {}
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT count(*) FROM "{table}"')
            counts[table] = cursor.fetchone()[0]
    return counts


def page_of(response):
    return unescape(response.content.decode())


def checked(response):
    """The names and values of the choices that a page shows as chosen."""
    form = response.context["form"]
    return {
        (field.name, choice.data["value"])
        for field in form
        for choice in (field.subwidgets if hasattr(field.field, "choices") else ())
        if choice.data["selected"] and choice.data["value"]
    }


def test_nothing_about_a_visitor_is_stored_anywhere(client, ward):
    before = rows_in_every_table()
    with CaptureQueriesContext(connection) as asked:
        client.get(URL)
        for answers in (answered(), answered(suicidal_thoughts="plan"), answered(weight="7 kg"), {}):
            response = client.post(URL, answers)
            assert "no-store" in response.headers["Cache-Control"]
        client.post(URL, {**answered(), "change": "1"})
        client.post("/join/", {**answered(), "begin": "1"})
    assert rows_in_every_table() == before
    assert all(query["sql"].startswith("SELECT") for query in asked.captured_queries)
    assert set(client.cookies) <= {"sojourn_csrf"}


def test_no_answer_is_chosen_beforehand(client, ward):
    response = client.get(URL)
    assert checked(response) == set()
    assert "checked" not in response.content.decode()
    assert 'value="120/80"' not in response.content.decode()


def test_every_question_may_be_answered_with_i_do_not_know_or_left_blank(client, ward):
    form = client.get(URL).context["form"]
    assert not any(field.field.required for field in form)
    written_by_hand = {"born_on", "state", "blood_pressure", "weight"}
    for field in form:
        values = {value for value, _ in getattr(field.field, "choices", ())}
        assert field.name in written_by_hand or "unknown" in values or field.name == "hoping_for", field.name


@pytest.mark.parametrize(
    ("changed", "headline", "rule"),
    [
        ({}, "This may be a fit", None),
        ({"blood_pressure": "150/95"}, "A specialist needs to look first", "ELIG-CV-04"),
        ({"aneurysm": "yes"}, "This treatment is not a fit for you now", "ELIG-CV-01"),
        ({"suicidal_thoughts": "plan"}, "Please get help now", "ELIG-SUI-01"),
        ({"suicidal_act": ""}, "Are you safe right now?", "ELIG-SUI-01-ACT"),
    ],
)
def test_each_answer_comes_with_the_rules_behind_it(client, ward, changed, headline, rule):
    response = client.post(URL, answered(**changed))
    assert response.status_code == 200
    page = page_of(response)
    assert f">{headline}</h1>" in page
    if rule:
        assert f"Rule {rule}, version" in page


def test_every_rule_that_fired_names_its_source_and_what_would_change_the_answer(client, ward):
    changed = {
        "aneurysm": "yes",
        "blood_pressure": "150/95",
        "conditions": ["glaucoma"],
        "brain_bleed": "unknown",
    }
    response = client.post(URL, answered(**changed))
    facts = protocols.read_facts(answered(**changed))
    evaluation = protocols.evaluate(facts=facts, on=NOW.date(), licensed_states=("CA", "NY"))
    page = page_of(response)
    assert len(evaluation.findings) >= 4
    for finding in evaluation.findings:
        assert (
            f"Rule {finding.rule_id}, version {finding.rule_version}. It rests on: {finding.basis}." in page
        )
        assert finding.would_change_patient in page
        for citation in finding.citations:
            assert citation.in_words in page
    assert "[program policy]" in page


def test_an_unknown_answer_is_open_and_never_read_as_no(client, ward):
    page = page_of(client.post(URL, answered(brain_bleed="unknown")))
    assert "What we do not know yet" in page
    assert "You answered: I don't know." in page
    assert "Rule ELIG-CV-03" in page


def test_in_danger_the_crisis_numbers_stand_before_everything_else(client, ward):
    page = page_of(client.post(URL, answered(suicidal_thoughts="now", aneurysm="yes")))
    main = page[page.index("<main") :]
    assert main.index("tel:988") < main.index("sms:988") < main.index("tel:911") < main.index("Rule ELIG")
    assert "The rest of your answer, for when you are safe" in main


@pytest.mark.parametrize("said", [{"suicidal_thoughts": "now"}, {"suicidal_act": "yes"}])
def test_in_danger_help_is_shown_even_when_another_answer_needs_another_look(client, ward, said):
    response = client.post(URL, answered(blood_pressure="12/80", born_on="2031-01-01", **said))
    assert response.status_code == 422
    main = page_of(response).partition("<main")[2]
    assert main.index("tel:988") < main.index("<h1>")
    assert set(response.context["form"].errors) == {"blood_pressure", "born_on"}
    calm = page_of(client.post(URL, answered(blood_pressure="12/80"))).partition("<main")[2]
    assert "tel:988" not in calm.partition("</main")[0]


def test_somebody_from_a_state_the_practice_does_not_serve_is_told_so(client, ward):
    served, elsewhere = (page_of(client.post(URL, answered(state=state))) for state in ("CA", "TX"))
    assert "Rule ELIG-LOC-01-STATE" in elsewhere
    assert "Rule ELIG-LOC-01-STATE" not in served


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("born_on", "2026-11-25", "not in the future"),
        ("born_on", "1900-01-01", "no more than 120 years ago"),
        ("born_on", "31/05/1980", "the month first"),
        ("born_on", "02/31/1980", "no such day"),
        ("born_on", "01/01/1800", "no more than 120 years ago"),
        ("born_on", "\u202e0891", "a date such as 05/31/1980"),
        ("blood_pressure", "12/80", "between 50 and 300"),
        ("blood_pressure", "120/200", "at least 5 mmHg above the lower"),
        ("blood_pressure", "120", "two numbers with a slash"),
        ("blood_pressure", "<script>alert(1)</script>", "two numbers with a slash"),
        ("blood_pressure", "1" * 301, "at most 100 characters"),
        ("weight", "7 kg", "between 25 and 350 kg"),
        ("weight", "70", "add the unit"),
        ("weight", "-80 kg", "with its unit"),
        ("weight", "٨٠ kg", "with its unit"),
        ("aneurysm", "perhaps", "not one of the available choices"),
        ("state", "ZZ", "not one of the available choices"),
        ("conditions", ["none", "glaucoma"], "keep one or the other"),
    ],
)
def test_an_answer_that_cannot_be_true_is_refused_beside_its_question(client, ward, name, value, message):
    response = client.post(URL, answered(**{name: value}))
    assert response.status_code == 422
    assert message in " ".join(response.context["form"].errors[name])
    assert list(response.context["form"].errors) == [name]
    assert f'href="#id_{name}' in response.content.decode()


def test_what_was_typed_stays_when_something_is_refused(client, ward):
    response = client.post(URL, answered(weight="7 kg", conditions=["glaucoma", "porphyria"], mania="past"))
    kept = checked(response)
    assert {
        ("conditions", "glaucoma"),
        ("conditions", "porphyria"),
        ("mania", "past"),
        ("state", "CA"),
    } <= kept
    assert len(kept) >= 25
    for typed in ('value="7 kg"', 'value="118/76"', 'value="1985-05-05"'):
        assert typed in response.content.decode()


def test_script_in_an_answer_is_shown_as_text(client, ward):
    page = client.post(URL, answered(blood_pressure='"><script>alert(1)</script>')).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_changing_an_answer_shows_all_of_them_again(client, ward):
    result = client.post(URL, answered(conditions=["glaucoma", "epilepsy"]))
    carried = result.context["carried"]
    again = client.post(URL, {**multi(carried), "change": "1"})
    assert again.status_code == 200
    assert {("conditions", "glaucoma"), ("conditions", "epilepsy"), ("aneurysm", "no")} <= checked(again)
    assert again.context["form"].errors == {}


def test_a_fact_only_a_clinician_adds_is_not_taken_from_a_visitor(client, ward):
    carried = dict(
        client.post(URL, {**answered(), "examined_in_person": "yes", "bmi": "22"}).context["carried"]
    )
    assert "examined_in_person" not in carried
    assert "bmi" not in carried


def test_the_assessment_asks_the_database_for_nothing_once_the_practice_is_known(
    client, ward, django_assert_num_queries
):
    client.post(URL, answered())
    with django_assert_num_queries(0):
        assert client.get(URL).status_code == 200
    with django_assert_num_queries(0):
        assert client.post(URL, answered(state="NY")).status_code == 200


def test_what_is_remembered_of_the_practice_is_a_minute_old_at_most(client, ward, monkeypatch):
    client.get(URL)
    Practice.objects.update(name="Renamed Practice")
    assert "Renamed Practice" not in client.get(URL).content.decode()
    later = for_visitors.monotonic() + for_visitors.REMEMBERED_S
    monkeypatch.setattr(for_visitors, "monotonic", lambda: later)
    assert "Renamed Practice" in client.get(URL).content.decode()


def test_a_practice_that_is_not_there_yet_is_not_remembered(client, db):
    assert client.get(URL).status_code == 200
    open_ward()
    assert "Harbor Practice" in client.get(URL).content.decode()


def multi(pairs):
    """Carried pairs as a form sends them: a list for a name that stands more than once."""
    sent = {}
    for name, value in pairs:
        sent.setdefault(name, []).append(value)
    return sent
