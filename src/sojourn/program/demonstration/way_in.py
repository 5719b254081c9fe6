"""How an invented person comes into the practice: assessment, first questionnaires, decision, consent."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID

from sojourn.clinical import protocols
from sojourn.clinical.quantities import Weight
from sojourn.program.demonstration.answers import answers_on
from sojourn.program.demonstration.cast import PatientPart, Stage
from sojourn.program.demonstration.living_person import LivingPerson
from sojourn.program.demonstration.opening import House
from sojourn.program.intake import actions as intake
from sojourn.program.intake import queries as waiting
from sojourn.program.intake import signing
from sojourn.program.intake.choices import DecisionOutcome
from sojourn.program.intake.verdicts import to_settle
from sojourn.program.measures import actions as measures
from sojourn.program.measures import queries as asked
from sojourn.program.people import actions as people
from sojourn.program.people.actors import Actor
from sojourn.program.people.places import local_date
from sojourn.program.people.roles import Role
from sojourn.program.safety import queries as alarms
from sojourn.program.treatment import answering

UNREMARKABLE = {
    "hoping_for": "depression", "suicidal_thoughts": "no", "suicidal_act": "no", "aneurysm": "no",
    "arteriovenous_malformation": "no", "brain_bleed": "no", "blood_pressure": "124/78",
    "blood_pressure_history": "no", "heart_disease": "no", "head_pressure": "no", "conditions": "none",
    "liver_disease": "no", "bladder": "no", "sleep_apnea": "no", "pregnancy": "no", "allergy": "no",
    "psychosis": "no", "mania": "no", "memory": "no", "substance_use": "no",
    "past_misuse": "no", "antidepressants_tried": "two_or_more", "medicines": "none", "home_session": "yes",
    "examined_in_person": "yes",
}  # fmt: skip
WHYS = {
    DecisionOutcome.SUITABLE: "Two adequate trials without response; blood pressure and history unremarkable.",
    DecisionOutcome.DECLINED: "The history rules this treatment out; other options discussed on the telephone.",
    DecisionOutcome.NEEDS_MORE: "Who would stay through a session at home is still open; asked by telephone.",
    DecisionOutcome.REFERRED: "Seen by psychiatry for the earlier episode before anything is decided.",
}
SETTLED = "Looked at with the patient at the first visit; nothing against treatment."
DECIDED = {
    Stage.JOINED: None, Stage.WAITING: None, Stage.ANSWERING: None, Stage.ASKED: DecisionOutcome.NEEDS_MORE,
    Stage.DECLINED: DecisionOutcome.DECLINED, Stage.REFERRED: DecisionOutcome.REFERRED,
}  # fmt: skip
FRESH = timedelta(hours=12)  # alarms younger than this are still open
TAKEN_AFTER, CLOSED_AFTER = timedelta(minutes=25), timedelta(hours=2)
DEALT_WITH = {
    "session": "Watched until awake and steady; left with the escort on time.",
    "answer": "Called the same day. No plan, no intent; safety plan gone through, next contact agreed.",
}


@dataclass(frozen=True)
class Person:
    """An invented person who has joined."""

    part: PatientPart
    living: LivingPerson
    actor: Actor
    prescriber: Actor
    therapist: Actor
    coordinator: Actor
    monitor: Actor

    @property
    def id(self) -> UUID:
        assert self.actor.patient_id is not None
        return self.actor.patient_id


def come_in(part: PatientPart, *, turn: int, house: House, joined_at: datetime, rng: Random) -> Person:
    """Let a person join with the answers of their assessment, and choose their care team."""
    born_on = date(part.born_year, rng.randint(1, 12), rng.randint(1, 28))
    actor = people.join_practice(
        name=part.name, born_on=born_on, email=f"patient-{turn + 1}@demo.example" if turn else "patient@demo.example",
        password=house.password, phone=f"555-01{turn:02d}", state=house.states[part.site],
        site_id=house.site_ids[part.site], now=joined_at,
    )  # fmt: skip
    person = Person(
        part, LivingPerson.of(part), actor, house.at(part.site, Role.PRESCRIBER), house.at(part.site, Role.THERAPIST, turn),
        house.at(part.site, Role.COORDINATOR), house.at(part.site, Role.SESSION_MONITOR),
    )  # fmt: skip
    if part.stage is not Stage.JOINED:
        _answer_assessment(person, born_on, house=house, at=joined_at)
    if part.stage not in {Stage.JOINED, Stage.ANSWERING}:
        answer_open(person, at=joined_at + timedelta(minutes=20), day=0, rng=rng)
    for role, member in ((Role.PRESCRIBER, person.prescriber), (Role.THERAPIST, person.therapist)):
        assert member.staff_id is not None
        people.put_on_care_team(
            patient_id=person.id, staff_id=member.staff_id, role=role, actor=person.coordinator, now=joined_at
        )
    return person


def _answer_assessment(person: Person, born_on: date, *, house: House, at: datetime) -> None:
    part = person.part
    today = local_date(at, house.zones[part.site])
    raw = (
        UNREMARKABLE
        | {"born_on": born_on.isoformat(), "state": house.states[part.site]}
        | {"weight": f"{Weight(kg=float(person.living.weight_kg)).lb:.0f} lb"}
        | dict(part.answers)
    )
    facts = protocols.read_facts(raw)
    intake.keep_assessment(
        facts=facts,
        evaluation=protocols.evaluate(facts=facts, on=today, licensed_states=tuple(house.states.values())),
        patient_id=person.id, actor=person.actor, now=at,
    )  # fmt: skip
    measures.request_before_treatment(patient_id=person.id, on=today, actor=person.actor, now=at)


def decide(person: Person, *, at: datetime) -> None:
    """Let the prescriber decide, as far as the person has come."""
    outcome = DECIDED.get(person.part.stage, DecisionOutcome.SUITABLE)
    if outcome is None:
        return
    assessment = next(
        row for row in waiting.assessments_waiting_for(person.prescriber) if row.patient_id == person.id
    )
    open_findings = to_settle(assessment.evaluation) if outcome is DecisionOutcome.SUITABLE else ()
    intake.record_decision(
        assessment_id=assessment.id,
        outcome=outcome,
        why=WHYS[outcome],
        resolved={finding.rule_id: SETTLED for finding in open_findings},
        actor=person.prescriber,
        now=at,
    )


def consent(person: Person, *, at: datetime, rule: signing.AgreedRule | None = None) -> None:
    """Let the person sign the consent of their protocol, with a stop rule or without, understood at the first try."""
    document = protocols.consent_document(protocols.course_protocol(person.part.protocol).consent)
    signing.sign_consent(
        patient_id=person.id, document_id=document.id, shown_sha256=document.sha256,
        signed_name=person.part.name,
        answers={question.id: question.correct for question in document.questions}, tries=1,
        actor=person.actor, now=at, stop_rule=rule,
    )  # fmt: skip


def answer_open(
    person: Person, *, at: datetime, day: int, rng: Random, living: LivingPerson | None = None
) -> None:
    """Let the person answer what is open at a moment, `day` days after the first dose, and what that leads to.

    `living` is the person with the doses they had; without it the person is as they came.
    """
    waiting = [
        (row.id, row.instrument_id) for row in asked.open_requests(person.id, actor=person.actor, now=at)
    ]
    while waiting:
        request_id, instrument_id = waiting.pop(0)
        done = measures.submit_response(
            request_id=request_id, raw_answers=answers_on(living or person.living, instrument_id, day=day, rng=rng),
            answered_at=at, actor=person.actor, accept_blanks=True,
        )  # fmt: skip
        if done.leads_to is not None:
            further = asked.request(done.leads_to, actor=person.actor)
            assert further is not None
            waiting.append((further.id, further.instrument_id))


def settle_alarms(house: House, *, now: datetime) -> None:
    """Let the director deal with the alarms of the past. Fresh ones stay open; those that would be late are taken on."""
    director = house.director
    newest_first = sorted(alarms.open_alarms_for(director), key=lambda alarm: alarm.raised_at, reverse=True)
    fresh = [alarm for alarm in newest_first if alarm.raised_at > now - FRESH]
    past = [alarm for alarm in newest_first if alarm not in fresh]
    being_watched = next((alarm for alarm in fresh if alarm.severity == "amber"), None)
    being_followed = next((alarm for alarm in past if alarm.severity == "red"), None)
    taken = [alarm for alarm in fresh if alarm is being_watched or alarm.is_late(now)]
    for alarm in (*past, *taken):
        taken_at = min(alarm.raised_at + TAKEN_AFTER, now)
        answering.acknowledge_alarm(alarm_id=alarm.id, actor=director, now=taken_at)
        if alarm in past and alarm is not being_followed:
            kind = "session" if alarm.about_kind == "session event" else "answer"
            answering.close_alarm(
                alarm_id=alarm.id, actor=director, now=taken_at + CLOSED_AFTER, reason=DEALT_WITH[kind]
            )
