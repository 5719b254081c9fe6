"""Long reports: asked for, made in the background, taken back, and exported the same to the byte."""

import csv
import io
from datetime import timedelta

import duckdb
import pytest
from django.urls import reverse

from sojourn.program.people.models import Patient, User
from sojourn.program.results import holding, reporting
from sojourn.program.results.models import Publication, Report
from tests.doors.workspace.test_results import PAGE, treated
from tests.program.results.test_counting import scored
from tests.support.ward import NOW

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _today(time_machine):
    time_machine.move_to(NOW, tick=False)


def asked(client, **question):
    """Ask for a report and make it, as the worker does; gives its address."""
    query = "&".join(f"{name}={value}" for name, value in question.items())
    address = client.post(f"{reverse('workspace:ask_report')}?{query}").url
    reporting.make_report(Report.objects.order_by("-asked_at", "-id").first().id)
    return address


def exports(client, address):
    return {kind: client.get(f"{address}report.{kind}").content for kind in ("csv", "parquet", "pdf")}


def test_a_report_says_what_was_found_and_carries_its_card(ward, sign_in):
    treated(ward, 14)
    treated(ward, 12, later=18)
    treated(ward, 4, answers=False)
    client = sign_in(ward.dora)
    text = client.get(asked(client)).content.decode()
    assert "Of 26 people who answered at week 4, 14 fell by 50 % or more (53.8 %" in text
    assert "Mean change from baseline, as a mixed model estimates it" in text
    assert "What if the 4 missing at week 4 did worse?" in text
    assert "Time in response" in text
    assert "Not said:" in text, "one site is no funnel"


def test_a_report_of_nobody_says_so_in_every_part(ward, sign_in):
    client = sign_in(ward.dora)
    text = client.get(asked(client)).content.decode()
    assert "Insufficient follow-up: 0 of 0 people due answered" in text
    assert "no window has 5 scores" in text
    assert "nobody was in response at any visit" in text
    assert "No window has closed for anybody yet." in text


def test_exports_are_the_same_to_the_byte_whatever_came_in_since_and_on_another_day(
    ward, sign_in, time_machine
):
    treated(ward, 14)
    treated(ward, 12, later=18)
    client = sign_in(ward.dora)
    moment = (NOW - timedelta(minutes=10)).isoformat().replace("+", "%2B")
    first = exports(client, asked(client, received=moment))
    assert Report.objects.get().found["windows"][2]["observed"] == 26
    for place, patient in enumerate(Patient.objects.filter(name__startswith="Person")):
        # Answers for days long past come in now, and one answer in two is corrected.
        late = scored(patient.id, (NOW - 33 * DAY).date(), 1, received_at=NOW)
        wrong = late if place % 2 else patient.responses.order_by("answered_on").first()
        scored(
            patient.id,
            wrong.answered_on,
            27,
            received_at=NOW,
            corrects=wrong,
            correction_why="two were mixed up",
        )
    Report.objects.all().delete()
    time_machine.move_to(NOW + 3 * DAY, tick=False)
    client = sign_in(ward.dora)
    again = exports(client, asked(client, received=moment))
    assert again == first
    later = exports(client, asked(client))
    assert all(later[kind] != first[kind] for kind in first)


def test_a_parquet_file_is_read_by_another_program_as_it_was_meant(ward, sign_in, tmp_path):
    treated(ward, 14)
    client = sign_in(ward.dora)
    found = exports(client, asked(client))
    path = tmp_path / "report.parquet"
    path.write_bytes(found["parquet"])
    rows = duckdb.sql(f'SELECT part, "window", "of", what, value, says FROM \'{path}\'').fetchall()
    [head, *lines] = csv.reader(io.StringIO(found["csv"].decode()))
    assert head == ["part", "window", "of", "what", "value", "says"]
    assert [["" if cell is None else str(cell) for cell in row] for row in rows] == lines
    observed = [r[4] for r in rows if r[:4] == ("counts", "week 4", "", "observed")]
    assert observed == [14.0]
    notes = duckdb.sql(f"SELECT decode(key), decode(value) FROM parquet_kv_metadata('{path}')").fetchall()
    assert dict(notes)["claim card"].startswith("{")
    assert found["pdf"].startswith(b"%PDF")


def test_a_report_taken_back_is_not_made(ward, sign_in):
    client = sign_in(ward.dora)
    address = client.post(reverse("workspace:ask_report")).url
    assert "Waiting for the worker" in client.get(address).content.decode()
    client.post(f"{address}stop/")
    report = Report.objects.get()
    reporting.make_report(report.id)
    report.refresh_from_db()
    assert report.found is None
    assert "This report was taken back." in client.get(address).content.decode()
    assert client.get(f"{address}report.csv").status_code == 404


def test_a_report_stops_at_its_next_step_when_it_is_taken_back(ward, sign_in, monkeypatch):
    treated(ward, 6)
    client = sign_in(ward.dora)
    address = client.post(reverse("workspace:ask_report")).url
    told, write = [], holding.Hold.write

    def watched(hold, **values):
        write(hold, **values)
        told.append(values)
        if len(told) == 3:
            client.post(f"{address}stop/")

    monkeypatch.setattr(holding.Hold, "write", watched)
    reporting.make_report(Report.objects.get().id)
    assert len(told) == 3
    assert Report.objects.get().found is None


def test_the_progress_rises_to_the_end(ward, sign_in, monkeypatch):
    treated(ward, 6)
    client = sign_in(ward.dora)
    client.post(reverse("workspace:ask_report"))
    told, write = [], holding.Hold.write
    monkeypatch.setattr(
        holding.Hold, "write", lambda hold, **values: (told.append(values["percent"]), write(hold, **values))
    )
    reporting.make_report(Report.objects.get().id)
    assert told == sorted(told)
    assert len(told) == reporting.STAGES + 1
    assert told[-2] < told[-1] == 100
    assert Report.objects.get().percent == 100


def test_the_same_question_is_not_worked_out_twice(ward, sign_in):
    client = sign_in(ward.dora)
    moment = (NOW - DAY).isoformat().replace("+", "%2B")
    assert asked(client, received=moment) == asked(client, received=moment)
    assert asked(client, received=moment, at="week 8") != asked(client, received=moment)


def test_a_prescriber_sees_their_own_reports_and_counts_their_own_patients(ward, sign_in):
    treated(ward, 3)
    dora = sign_in(ward.dora)
    hers = asked(dora)
    cleo = sign_in(ward.cleo)
    assert cleo.get(hers).status_code == 404
    assert cleo.post(f"{hers}stop/").status_code == 404
    asked(cleo)
    report = Report.objects.order_by("-id").first()
    assert User.objects.get(pk=report.asked_by_id) == User.objects.get(pk=ward.cleo.user_id)
    assert report.found["windows"][0]["enrolled"] == 0
    assert "among the patients of Brooklyn" in report.definition["population"]
    assert sign_in(ward.cora).post(reverse("workspace:ask_report")).status_code == 403


@pytest.mark.parametrize("scale", ["phq-9", "gad-7", "madrs", "qids-sr16"])
def test_every_scale_with_an_outcome_can_be_asked_about(ward, sign_in, scale):
    page = sign_in(ward.dora).get(PAGE, {"instrument": scale})
    assert page.context["card"].definition.instrument == scale
    assert f'<option value="{scale}" selected>' in page.content.decode()


def test_two_pages_that_could_be_subtracted_are_not_both_published(ward, sign_in, settings, tmp_path):
    """All of them, then all but three who began earlier: the difference is three people."""
    settings.DATA_DIR = tmp_path
    treated(ward, 26)
    treated(ward, 24, later=18)
    client = sign_in(ward.dora)
    url = reverse("workspace:publish_results")
    client.post(url, {"confirmed": "yes"})
    assert Publication.objects.count() == 1
    patient = Publication.objects.get()
    assert patient.counts["due"] == 50
    treated(ward, 3, first=22)
    text = client.get(url).content.decode()
    assert "whoever has both could subtract them" in text
    client.post(url, {"confirmed": "yes"})
    assert Publication.objects.count() == 1
    treated(ward, 30, first=23)
    treated(ward, 22, first=24, later=20)
    client.post(url, {"confirmed": "yes"})
    assert Publication.objects.count() == 2, "fifty-five more are no handful"


def test_a_report_that_lost_its_worker_three_times_is_given_up_in_words_and_can_be_started_again(
    ward, sign_in
):
    client = sign_in(ward.dora)
    address = client.post(reverse("workspace:ask_report")).url
    Report.objects.update(tries=3, held_until=NOW - DAY, stage="Fitting the mixed model")
    assert "Stopped: the worker that made this report is gone" in client.get(address).content.decode()
    report = Report.objects.get()
    reporting.make_report(report.id)
    assert "Its worker was stopped 3 times while making it" in client.get(address).content.decode()
    assert client.post(f"{address}again/").url == address
    reporting.make_report(report.id)
    text = client.get(address).content.decode()
    assert "Insufficient follow-up" in text
    assert "Start again" not in text
    assert "needs no new start" in client.post(f"{address}again/", follow=True).content.decode()


def test_a_report_that_somebody_holds_is_made_by_nobody_else(ward, sign_in):
    client = sign_in(ward.dora)
    client.post(reverse("workspace:ask_report"))
    report = Report.objects.get()
    with holding.held(report.id) as hold:
        reporting.make_report(report.id)
        assert Report.objects.get().found is None
        Report.objects.update(holder=report.id)  # another took it, because this one was not heard of
        with pytest.raises(holding.NoLongerHeld):
            hold.write(stage="Counting")
