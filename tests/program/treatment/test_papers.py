"""Documents come from the events of one session alone, and the form of each is filed once, within its days."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from sojourn.clinical.monitoring.documents import DOCUMENTS, NotDerivable, filled_form
from sojourn.program.people.policy import NotAllowed
from sojourn.program.people.queries import the_practice
from sojourn.program.plans.choices import VisitKind
from sojourn.program.treatment import actions, form_answers, papers
from sojourn.program.treatment.deadlines import deadlines_for
from sojourn.program.treatment.models import FiledForm, SessionEvent
from sojourn.program.treatment.since_filed import changed_since_filed
from sojourn.workspace.session_room.printing import paper_of
from tests.program.safety.test_delivering import Takes, deliver
from tests.support import courses, histories
from tests.support.clock import let_pass

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def course(ward):
    return courses.prepare(ward)


@pytest.fixture
def first(course):
    return courses.visit_of(course, VisitKind.DOSING, 1)


def form_of(ward, visit, now):
    return papers.paper(visit.id, "form", actor=ward.mona, now=now)


def cited(document):
    return {n for section in document.sections for line in section.lines for n in line.cites}


def test_the_form_agrees_with_the_events_field_by_field(ward, first):
    left_at = courses.run_session(ward, first)
    form = {
        line.label.removesuffix(" *"): line
        for section in form_of(ward, first, left_at).sections
        for line in section.lines
    }
    facts = dict(SessionEvent.objects.filter(visit=first).values_list("sequence", "facts"))
    dose = form["Dose"]
    assert dose.says == f"{facts[dose.cites[0]]['mg']:g} mg" == "56 mg"
    checked, given = form["Lot number"].cites
    assert form["Lot number"].says == facts[checked]["lot"] == facts[given]["words"]
    for label in (
        "Blood pressure before the dose",
        "Blood pressure at 40 minutes",
        "Blood pressure before the end",
    ):
        line = form[label]
        assert line.says == "{systolic}/{diastolic} mmHg".format(**facts[line.cites[0]])
    assert form["Minutes from the first device to the end of monitoring"].says == "125"


def test_each_field_of_a_form_says_something_or_why_it_does_not(ward, first):
    """Also where there is no assessment, as of somebody who came from another practice."""
    left_at = courses.run_session(ward, first)
    stranger = form_answers.medicines_of(
        patient_id=uuid4(), until=left_at, session_on=left_at.date(), timezone="America/Los_Angeles"
    )
    record = replace(papers.record_of(courses.session_at(ward, first, left_at)), medicines=stranger)
    for section in filled_form(record).sections:
        for line in section.lines:
            assert line.says or line.lacks, line.label


def test_without_a_discharge_there_is_no_form_and_nothing_to_file(ward, first):
    dosed_at = courses.give_dose(ward, first)
    with pytest.raises(NotDerivable):
        form_of(ward, first, dosed_at)
    with pytest.raises(NotDerivable):
        papers.file_form(visit_id=first.id, reference="", actor=ward.mona, now=dosed_at)
    assert papers.owed_forms(ward.mona) == ()


def test_nothing_of_the_first_session_appears_in_the_second(ward, course, first):
    """Two sessions of one patient, told with values that differ in every place."""
    dosed_at = courses.give_dose(ward, first)
    courses.take_vitals(ward, first, dosed_at + timedelta(minutes=40), systolic=171, diastolic=97, spo2=95)
    courses.note_event(ward, first, "noted", {"words": "Spoke of the sea."}, dosed_at + timedelta(minutes=50))
    left_at = dosed_at + timedelta(minutes=125)
    courses.meet_every_criterion(ward, first, left_at)
    courses.note_event(ward, first, "discharged", {"words": "With Nils."}, left_at)
    courses.hold(ward, courses.visit_of(course, VisitKind.INTEGRATION, 1))
    second = courses.visit_of(course, VisitKind.DOSING, 2)
    later = courses.run_session(ward, second)
    own = SessionEvent.objects.filter(visit=second).count()
    for kind in DOCUMENTS:
        if kind == "incident":
            continue
        made = papers.paper(second.id, kind, actor=ward.mona, now=later)
        text = " ".join(f"{line.label} {line.says}" for section in made.sections for line in section.lines)
        assert "171/97" not in text
        assert "95 %" not in text
        assert "sea" not in text
        assert max(cited(made)) <= own == made.events
    with pytest.raises(NotDerivable):
        papers.paper(second.id, "incident", actor=ward.mona, now=later)
    assert "171/97" in str(form_of(ward, first, later))


def test_a_form_is_owed_from_the_discharge_until_it_is_filed(ward, first):
    left_at = courses.run_session(ward, first)
    (owed,) = papers.owed_forms(ward.mona)
    assert (owed.visit_id, owed.due_at) == (first.id, left_at + 7 * DAY)
    papers.file_form(visit_id=first.id, reference="C-17", actor=ward.mona, now=left_at + DAY)
    assert papers.owed_forms(ward.mona) == ()
    filed = papers.filed_form_of(first.id, actor=ward.mona)
    assert (filed.reference, filed.by) == ("C-17", ward.mona.name)
    assert filed.seal == SessionEvent.objects.filter(visit=first).order_by("-sequence").first().seal
    with pytest.raises(papers.AlreadyFiled):
        papers.file_form(visit_id=first.id, reference="C-18", actor=ward.mona, now=left_at + DAY)
    assert FiledForm.objects.get().reference == "C-17"


def left_for_hospital(ward, visit):
    left_at = courses.give_dose(ward, visit) + timedelta(minutes=52)
    courses.note_event(ward, visit, "left", {"words": "With the ambulance."}, left_at)
    return left_at


def test_a_form_is_owed_after_every_session_also_where_the_patient_left_undischarged(ward, first):
    left_at = left_for_hospital(ward, first)
    with pytest.raises(NotDerivable, match="by hand"):
        form_of(ward, first, left_at)
    (owed,) = papers.owed_forms(ward.mona)
    assert (owed.visit_id, owed.due_at) == (first.id, left_at + 7 * DAY)
    papers.file_form(visit_id=first.id, reference="H-1", actor=ward.mona, now=left_at + DAY)
    assert papers.owed_forms(ward.mona) == ()
    assert papers.filed_form_of(first.id, actor=ward.mona).reference == "H-1"


def test_the_days_of_a_form_count_from_the_end_of_the_session_and_its_monitor_is_who_ended_it(ward, first):
    dosed_at = courses.give_dose(ward, first)
    histories.event(ward, first, "discharged", dosed_at - timedelta(minutes=5), words="Typed by mistake.")
    assert papers.owed_forms(ward.mona) == (), "before the dose nobody was discharged from it"
    ended_at = dosed_at + timedelta(minutes=125)
    courses.meet_every_criterion(ward, first, ended_at)
    courses.note_event(ward, first, "discharged", {"words": "With Nils."}, ended_at)
    (owed,) = papers.owed_forms(ward.mona)
    assert owed.due_at == ended_at + 7 * DAY
    found = courses.session_at(ward, first, ended_at)
    (row,) = [
        each for each in found.events if each.facts.get("words") == "With Nils." and each.kind == "discharged"
    ]
    assert papers.monitored_by(found) == row.by_id


def test_an_overdue_form_stands_among_the_days_to_keep(ward, first):
    left_at = courses.run_session(ward, first)

    def marked(now):
        (found,) = [each for each in deadlines_for(ward.cora, now=now) if "form of session 1" in each.says]
        return bool(found.marked)

    assert not marked(left_at + 7 * DAY - timedelta(minutes=1))
    assert marked(left_at + 7 * DAY + timedelta(minutes=1))


def test_a_therapist_files_no_form_and_a_stranger_sees_none(ward, first):
    left_at = courses.run_session(ward, first)
    with pytest.raises(NotAllowed):
        papers.file_form(visit_id=first.id, reference="", actor=ward.thea, now=left_at)
    with pytest.raises(papers.PaperNotFound):
        papers.paper(first.id, "note", actor=ward.cleo, now=left_at)
    with pytest.raises(papers.PaperNotFound):
        papers.paper(first.id, "nothing", actor=ward.mona, now=left_at)


def test_owed_forms_are_one_query(ward, first, django_assert_num_queries):
    courses.run_session(ward, first)
    with django_assert_num_queries(1):
        papers.owed_forms(ward.mona)


# ---- the pages


@pytest.fixture
def page(ward, sign_in, time_machine):
    def _page(name, moment, *words, **sent):
        time_machine.move_to(moment, tick=False)
        client, url = sign_in(ward.mona), reverse(f"workspace:{name}", args=words)
        return client.post(url, sent, follow=True) if sent else client.get(url)

    return _page


def test_every_document_is_read_and_the_form_is_filed_on_one_page(first, page, ward):
    left_at = courses.run_session(ward, first)
    shown = page("session_papers", left_at, first.id).content.decode()
    assert "not filed yet" in shown
    assert "No red alarm and no departure" in shown
    assert "Do not drive or use machines" in shown
    filed = page("session_papers", left_at, first.id, do="file", reference="C-1").content.decode()
    assert "Noted as filed" in filed
    assert "C-1" in filed
    again = page("session_papers", left_at, first.id, do="file", reference="C-2").content.decode()
    assert "filed already" in again
    assert "C-2" not in again


def test_a_form_filled_in_by_hand_is_noted_as_filed_on_the_same_page(first, page, ward):
    left_at = left_for_hospital(ward, first)
    shown = page("session_papers", left_at, first.id).content.decode()
    assert "Fill it in by hand" in shown
    assert "not filed yet" in shown
    filed = page("session_papers", left_at, first.id, do="file", reference="H-1").content.decode()
    assert "Noted as filed" in filed
    assert "Do not drive or use machines" in filed, "who left early is told so too"


def test_a_form_filled_in_by_hand_is_not_noted_where_none_is_asked_for(first, page, ward):
    dosed_at = courses.give_dose(ward, first)
    assert page("session_papers", dosed_at, first.id, do="file", reference="H-1").status_code == 404


def test_a_print_names_the_events_and_the_source_of_one_line(first, ward):
    left_at = courses.run_session(ward, first)
    made = papers.paper(first.id, "note", actor=ward.mona, now=left_at)
    printed = {
        line.label: line.cites for s in paper_of(made, practice=the_practice()).sections for line in s.lines
    }
    (driving,) = [line for section in made.sections for line in section.lines if line.label == "Driving"]
    assert driving.source
    assert driving.source in printed["Driving"]
    assert f"event {driving.cites[0]}" in printed["Driving"]


def test_a_form_that_was_filed_says_what_the_record_says_otherwise_since(first, page, ward):
    left_at = courses.run_session(ward, first)
    at_40 = SessionEvent.objects.filter(visit=first, kind="vital_taken").order_by("taken_at")[1]
    page("session_papers", left_at, first.id, do="file", reference="C-1")
    courses.note_event(ward, first, "noted", {"words": "Slept well."}, left_at + DAY / 4)
    otherwise = "The record says otherwise since"
    assert otherwise not in page("session_papers", left_at + DAY / 4, first.id).content.decode()
    actions.correct_event(
        visit_id=first.id, form_id=uuid4(), wrong_id=at_40.id, facts=at_40.facts | {"systolic": 166},
        taken_at=at_40.taken_at, why="misread", actor=ward.mona, now=left_at + DAY / 4,
    )  # fmt: skip
    shown = page("session_papers", left_at + DAY / 4, first.id).content.decode()
    assert otherwise in shown
    assert "filed: 124/78 mmHg" in shown
    found = courses.session_at(ward, first, left_at + DAY / 4)
    changed = changed_since_filed(found, papers.filed_form_of(first.id, actor=ward.mona))
    assert [(each.label, each.was, each.says) for each in changed] == [
        ("Blood pressure at 40 minutes", "124/78 mmHg", "166/78 mmHg"),
        ("Increase in blood pressure", "no", changed[1].says),
    ]
    assert changed[1].says.startswith("yes, from")


def test_a_document_is_given_as_a_tagged_pdf(first, page, ward):
    left_at = courses.run_session(ward, first)
    given = page("session_papers", left_at, first.id, print="form")
    assert given["Content-Type"] == "application/pdf"
    assert given.content.startswith(b"%PDF-")
    assert page("session_papers", left_at, first.id, print="incident").status_code == 404
    assert page("session_papers", left_at, first.id, print="nothing").status_code == 404


def test_what_is_printed_is_what_the_document_says(first, ward):
    left_at = courses.run_session(ward, first)
    made = form_of(ward, first, left_at)
    printed = paper_of(made, practice=the_practice())
    assert [section.title for section in printed.sections] == [section.title for section in made.sections]
    for told, shown in zip(made.sections, printed.sections, strict=True):
        assert [(line.label, line.says) for line in told.lines] == [
            (line.label, line.says) for line in shown.lines
        ]
    assert made.head in printed.seal


def test_the_sealed_record_is_given_as_a_file(first, page, ward):
    left_at = courses.run_session(ward, first)
    given = page("session_record", left_at, first.id)
    assert given["Content-Type"] == "application/json"
    assert str(first.id) in given["Content-Disposition"]


def test_what_somebody_typed_is_shown_as_text_in_a_document(first, page, ward):
    left_at = courses.run_session(ward, first)
    courses.note_event(ward, first, "noted", {"words": "<script>alert(1)</script>"}, left_at)
    assert "<script>alert(1)" not in page("session_papers", left_at, first.id).content.decode()


def test_the_incident_report_tells_who_was_told_of_the_alarm_and_what_came_of_it(ward, first):
    dosed_at = courses.give_dose(ward, first)
    at = dosed_at + timedelta(minutes=40)
    courses.take_vitals(ward, first, at, systolic=190)
    deliver(email=Takes())
    let_pass(minutes=1)
    deliver(email=Takes())
    report = papers.paper(first.id, "incident", actor=ward.mona, now=at)
    told = [line.says for line in report.sections[0].lines if line.label.startswith("Told")]
    assert told[0] == "Mona Castillo, by screen: not delivered, not opened in time"
    assert told[1].startswith("Mona Castillo, by email: delivered at ")
    assert len(told) == 2
