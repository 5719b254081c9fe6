"""People who rehearse: what they do at which minute of a script, through the same actions as the pages."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from sojourn.clinical import monitoring
from sojourn.program.people.actors import Actor
from sojourn.program.people.roles import Role
from sojourn.program.rehearsals import actions, queries
from sojourn.program.rehearsals.queries import DrillRow
from sojourn.program.rehearsals.world import in_rehearsal
from sojourn.program.safety.queries import open_alarms_for
from sojourn.program.treatment import actions as treatment
from sojourn.program.treatment import answering
from sojourn.program.treatment.session_refusals import (
    AlreadyDosed,
    BeforeTheDose,
    DoseBeforeChecks,
    DoseDiffers,
    DoseHeld,
    MayNotLeave,
    SessionOver,
)

BEGAN = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)
SPEED = 60
MEASURE, TAKE_ON = "measure", "take on"  # the two deeds that are no event by themselves
REFUSALS = (
    AlreadyDosed,
    BeforeTheDose,
    DoseBeforeChecks,
    DoseDiffers,
    DoseHeld,
    MayNotLeave,
    SessionOver,
)
Step = tuple[float, str, dict[str, Any]]


@dataclass
class Rehearsing:
    """One drill in fast time, minute by minute."""

    trainee: Actor
    script_id: str
    seed: int = 7
    speed: int = SPEED
    refused: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        begun = actions.begin_drill(
            script_id=self.script_id, speed=self.speed, role=Role.SESSION_MONITOR, timezone="America/Los_Angeles",
            actor=self.trainee, now=BEGAN, seed=self.seed,
        )  # fmt: skip
        self.drill_id, self.visit_id = begun.drill_id, begun.visit_id

    def at(self, minute: float) -> datetime:
        """Let the real clock come to where the drill's shows this minute; give what it shows."""
        return actions.catch_up(drill_id=self.drill_id, now=BEGAN + timedelta(minutes=minute) / SPEED)

    def do(self, minute: float, kind: str, facts: dict[str, Any]) -> None:
        """Do one thing. `taken` among the facts is the minute it was true, where it is written down later."""
        shown = self.at(minute)
        facts = dict(facts)
        taken = BEGAN + timedelta(minutes=facts.pop("taken")) if "taken" in facts else shown
        played = queries.played(self.drill_id, shown=shown)
        assert played is not None
        if kind == MEASURE:
            kind = "vital_taken"
            facts = facts or actions.take_reading(drill_id=self.drill_id, shown=shown)
        with in_rehearsal(shown=shown):
            if kind == TAKE_ON:
                waiting = [row for row in open_alarms_for(played.actor) if row.is_unacknowledged]
                for alarm in waiting:
                    answering.acknowledge_alarm(alarm_id=alarm.id, actor=played.actor, now=shown)
                return
            try:
                self._record(kind, facts, taken, shown, played.actor)
            except REFUSALS as refusal:
                self.refused.append(type(refusal).__name__)
                actions.note_refusal(drill_id=self.drill_id, kind=kind, facts=facts, shown=shown)

    def _record(
        self, kind: str, facts: dict[str, Any], taken: datetime, shown: datetime, actor: Actor
    ) -> None:
        treatment.record_event(
            visit_id=self.visit_id,
            form_id=uuid4(),
            kind=kind,
            facts=facts,
            taken_at=taken,
            actor=actor,
            now=shown,
        )

    def follow(self, steps: tuple[Step, ...]) -> DrillRow:
        """Do these things in their order, let the script come to its end, and give the drill."""
        for minute, kind, facts in steps:
            self.do(minute, kind, facts)
        self.at(500)
        found = queries.drill(self.drill_id, actor=self.trainee)
        assert found is not None
        assert not found.is_running
        return found


def outcomes(drill: DrillRow) -> dict[str, str]:
    assert drill.report is not None
    return {item["id"]: item["outcome"] for item in drill.report["items"]}


def checked(minute: float, **answers: bool) -> tuple[Step, ...]:
    return tuple((minute, "checked", {"item": item, "passed": said}) for item, said in answers.items())


def called(minute: float, whom: str, *, reached: bool = True, **more: Any) -> Step:
    return (minute, "called", {"whom": whom, "reached": reached, **more})


def all_checks(minute: float, plan_id: str) -> tuple[Step, ...]:
    plan = monitoring.monitoring_plan(plan_id)
    return checked(minute, **{item.id: True for item in plan.checklist if item.needed})


GOOD: dict[str, tuple[Step, ...]] = {
    "pressure_190": (
        (20, "looked", {}), (39, MEASURE, {}), called(40, "prescriber"), (41, TAKE_ON, {}), (43, MEASURE, {}),
        (46, "medicated", {"drug": "labetalol", "amount": 10, "unit": "mg", "words": "as the prescriber said"}),
        (70, MEASURE, {}),
    ),
    "panic": (
        (10, MEASURE, {}), (15, "looked", {}), (15.5, TAKE_ON, {}), (16, "noticed", {"sign": "panic"}), called(18, "Dr. on duty"),
        (21, "rated", {"moaas": 5, "dissociation": 6}), (20.5, MEASURE, {}),
    ),
    "vomiting": (
        (29, "noticed", {"sign": "vomiting"}), (40, MEASURE, {}), (42, "noticed", {"sign": "drowsy_vomiting"}),
        called(43, "prescriber"), (44, MEASURE, {}), (46, "rated", {"moaas": 4, "dissociation": 3}),
    ),
    "silent_sitter": (
        called(25, "patient", reached=False), called(27, "sitter", reached=False), called(30, "duty clinician"),
        called(35, "911"), (50, "looked", {}),
    ),
    "lost_network": (
        (20, MEASURE, {}), called(53, "sitter", taken=37), (53.5, MEASURE, {"systolic": 121, "diastolic": 77, "taken": 40}),
        (55, "noted", {"words": "No network from 17:34 to 17:52; sitter on the telephone throughout."}),
        (60, MEASURE, {}),
    ),
    "monitor_away": (
        (10, MEASURE, {}), (20, MEASURE, {}), (30, MEASURE, {}), called(34, "colleague Ruth, who watches now"),
        (41, MEASURE, {}), (49, "looked", {}),
    ),
    "wrong_patient": (
        *checked(4, dose_check=False), called(6, "coordinator"), (12, "cancelled", {"words": "Another person was shown in."}),
    ),
    "expired_consent": (
        *checked(4, consent=False), called(8, "prescriber"), (15, "cancelled", {"words": "No consent in force."}),
    ),
    "dose_repeated": (
        called(9, "prescriber"), (12, "noted", {"words": "A second set of devices was opened; wasted with a witness."}),
        (40, MEASURE, {}),
    ),
    "fire_alarm": (
        (40, MEASURE, {}), (51, "looked", {}), called(53, "911"), (65, MEASURE, {}),
        (68, "noted", {"words": "Evacuated at minute 52, back courtyard, never alone."}),
    ),
    "worker_killed": (
        called(26, "director"), (30, "looked", {}), (40, MEASURE, {}),
        (43, "noted", {"words": "Watch blind since minute 22; looked by the clock."}),
    ),
    "early_leave": (
        (40, MEASURE, {}), (69, TAKE_ON, {}), (70, "looked", {}), called(72, "prescriber"), (75, "rated", {"moaas": 5, "dissociation": 1}),
        (80, MEASURE, {}),
    ),
    "low_oxygen_sleepy": (
        (40, MEASURE, {}), (44, "looked", {}), called(46, "prescriber"), (47, TAKE_ON, {}), (48, MEASURE, {}),
        (50, "rated", {"moaas": 3, "dissociation": 2}), (70, MEASURE, {}),
    ),
    "chest_pain": (
        (35, TAKE_ON, {}), called(36, "911"), (37, "noticed", {"sign": "chest_pain"}), called(38, "prescriber"),
        (40, "vital_taken", {"systolic": 178, "diastolic": 106, "heart_rate": 110, "spo2": 95, "symptoms": True}),
    ),
    "headache_vision": (
        (40, "vital_taken", {"systolic": 204, "diastolic": 122, "heart_rate": 90, "symptoms": True}), called(41, "911"),
        called(42, "Dr. on site, prescriber"), (43, "noticed", {"sign": "vision"}),
    ),
    "seizure": (
        (10, MEASURE, {}), called(13, "911"), (13.5, "noticed", {"sign": "seizure"}), called(15, "prescriber"),
        (17, MEASURE, {}), (20, "rated", {"moaas": 2, "dissociation": 3}), (30, MEASURE, {}),
    ),
    "sitter_leaves": (
        (20, MEASURE, {}), (34, TAKE_ON, {}), called(35, "sitter"), called(38, "duty clinician"), (40, MEASURE, {}),
        (45, "noted", {"words": "The neighbor sits with her from minute 41; sober, of age, reachable."}),
        (60, MEASURE, {}),
    ),
    "oximeter_fails": (
        (10, MEASURE, {}), (20, MEASURE, {}), (25, "looked", {}), (30, MEASURE, {}), (40, MEASURE, {}),
        (42, "noted", {"words": "Oximeter slipped off, minute 22 to 40; spare one used."}),
    ),
    "two_at_once": (
        (10, MEASURE, {}), (16.5, "looked", {}), called(18, "colleague Ruth"), called(19, "911"),
        (20, "noticed", {"sign": "fainting"}), (22, MEASURE, {}), (30, MEASURE, {}),
    ),
    "suicidal_words": (
        (40, MEASURE, {}), (51, TAKE_ON, {}), (53, "looked", {}), called(55, "prescriber"),
        (60, "noted", {"words": 'Says: "I have the pills at home; tonight it ends." Not left alone since.'}),
    ),
    "allergy": (
        called(11, "911"), called(12, "prescriber"), (13, "noticed", {"sign": "breathless"}), (14, MEASURE, {}),
        (15, "medicated", {"drug": "epinephrine", "amount": 0.5, "unit": "mg", "words": "as the prescriber said"}),
        (25, "noted", {"words": "Allergy to esketamine: hives, swelling, wheezing after 9 minutes."}),
        (40, MEASURE, {}),
    ),
    "power_cut": (
        (10, MEASURE, {}), (20, MEASURE, {}), (51, "looked", {"taken": 30}), called(51.5, "prescriber", taken=34),
        (52, MEASURE, {"systolic": 126, "diastolic": 80, "taken": 40}),
        (55, "noted", {"words": "Power gone from minute 28 to 50; pump stopped with a quarter left."}),
    ),
    "interpreter_needed": (
        called(4, "interpreters' line"), *checked(7, fasting_spray=False),
        (15, "cancelled", {"words": "Ate an hour ago; comes again with an interpreter."}),
    ),
    "home_offline": (
        (20, MEASURE, {}), called(36, "sitter"), (41, MEASURE, {}), (53, TAKE_ON, {}),
        (56, "noted", {"words": "House offline from minute 26 to 52; sitter on the telephone."}), (60, MEASURE, {}),
    ),
    "clip_slips": (
        (19.2, TAKE_ON, {}), (19.5, "looked", {"words": "Pink, answers; clip put on another finger."}), (22, MEASURE, {}),
        (24, "noted", {"words": "The clip had slipped; 98 % by hand."}), (40, MEASURE, {}),
    ),
    "escort_unfit": (
        (20, MEASURE, {}), (60, MEASURE, {}), (90, MEASURE, {}), (119, "looked", {}), called(121, "Mrs. Petrov, neighbor"),
        (124, "noted", {"words": "Brother smells of beer; the neighbor comes."}), (130, MEASURE, {}),
    ),
    "second_sedative": (
        called(24, "prescriber"), (26, "noted", {"words": "Took 1 mg of lorazepam at minute 22, by herself."}), (37, MEASURE, {}),
        (39, "looked", {"words": "Woken by the shoulder."}), (40, "medicated", {"drug": "oxygen", "amount": 4, "unit": "L/min", "words": "by mask"}),
        called(41, "prescriber"), (42, MEASURE, {}), (62, "looked", {}), (64, MEASURE, {}), (80, MEASURE, {}),
    ),
    "faint_on_leaving": (
        (40, MEASURE, {}), (90, MEASURE, {}), called(117, "911"), (118, "noticed", {"sign": "fainting"}), (119, MEASURE, {}),
        called(120, "prescriber"), (126, MEASURE, {}),
    ),
    "drives_off": (
        (20, MEASURE, {}), (60, MEASURE, {}), (90, "looked", {"words": "Keys given away."}), called(93, "taxi"), called(95, "prescriber"),
        (100, MEASURE, {}),
    ),
    "two_of_one_name": (
        called(6, "coordinator"), *checked(8, dose_check=False),
        (14, "cancelled", {"words": "The other patient of that name was called in."}),
    ),
    "sitter_asleep": (
        (20, MEASURE, {}), (40, MEASURE, {}), called(44, "sitter", reached=False), called(46, "patient"), called(50, "duty clinician"),
        (53, "noted", {"words": "The sitter slept from minute 30 to 47; awake now, a neighbor comes."}), (60, MEASURE, {}),
    ),
    "airway_closes": (
        (8.5, "looked", {"words": "Jaw forward, head back."}), called(9, "911"),
        (10, "medicated", {"drug": "oxygen", "amount": 10, "unit": "L/min", "words": "by mask"}), (11, "noticed", {"sign": "blue_lips"}),
        called(12, "prescriber"), (13, MEASURE, {}), (20, MEASURE, {}),
    ),
}  # fmt: skip

# What somebody does who means no harm and does not think, and what exactly that is marked as.
MISSED, LATE, WRONG = "missed", "late", "wrong"
NEGLIGENT: dict[str, tuple[tuple[Step, ...], dict[str, str]]] = {
    "pressure_190": (
        ((40, MEASURE, {}), (41, "medicated", {"drug": "labetalol", "amount": 10, "unit": "mg"})),
        {
            "prescriber_called": MISSED, "alarm_taken_on": MISSED, "measured_again": MISSED,
            "no_medicine_before_call": WRONG,
        },
    ),
    "panic": (
        ((16, "noticed", {"sign": "panic"}), (30, "left", {"words": "with the sister"})),
        {
            "call_taken_on": MISSED, "went_close": MISSED, "clinician_called": MISSED, "rated_after": MISSED,
            "not_let_go": WRONG,
        },
    ),
    "vomiting": (
        ((43, "noticed", {"sign": "vomiting"}), (40, MEASURE, {})),
        {
            "first_recorded": MISSED, "clinician_called": MISSED, "oxygen_looked_at": MISSED,
            "wakefulness_rated": MISSED,
        },
    ),
    "silent_sitter": (
        (called(26, "sitter", reached=False),),
        {"patient_called": MISSED, "clinician_called": MISSED, "emergency_called": MISSED},
    ),
    "lost_network": (
        ((20, MEASURE, {}), (60, MEASURE, {})),
        {"telephoned": MISSED, "measured_at_40": MISSED, "outage_noted": MISSED},
    ),
    "monitor_away": (
        ((30, MEASURE, {}),),
        {"handed_over": MISSED, "measured_at_40": MISSED, "looked_when_back": MISSED},
    ),
    "wrong_patient": (
        (*all_checks(3, "esketamine_clinic"), (5, MEASURE, {}), (8, "dosed", {"mg": 56})),
        {
            "dose_check_failed": MISSED, "somebody_called": MISSED, "session_ended": MISSED, "no_dose": WRONG,
            "dose_check_not_passed": WRONG,
        },
    ),
    "expired_consent": (
        (*all_checks(3, "esketamine_clinic"), (5, MEASURE, {}), (8, "dosed", {"mg": 56})),
        {
            "consent_failed": MISSED, "prescriber_called": MISSED, "session_ended": MISSED, "no_dose": WRONG,
            "consent_not_passed": WRONG,
        },
    ),
    "dose_repeated": (
        ((8, "dosed", {"mg": 56}), (40, MEASURE, {})),
        {"prescriber_called": MISSED, "near_miss_noted": MISSED, "no_second_dose": WRONG},
    ),
    "fire_alarm": (
        (called(54, "911"), (55, "left", {"words": "down the stairs by herself"})),
        {"went_to_patient": MISSED, "measured_outside": MISSED, "evacuation_noted": MISSED, "not_let_go": WRONG},
    ),
    "worker_killed": (
        ((40, MEASURE, {}),),
        {"somebody_told": MISSED, "looked_by_the_clock": LATE, "outage_noted": MISSED},
    ),
    "early_leave": (
        ((40, MEASURE, {}), (75, "discharged", {})),
        {
            "call_taken_on": MISSED, "sat_down": MISSED, "prescriber_called": MISSED, "rated": MISSED, "leaving_recorded": MISSED,
            "escort_called": MISSED, "not_discharged": WRONG,
        },
    ),
    "low_oxygen_sleepy": (
        ((40, MEASURE, {}), (49, TAKE_ON, {})),
        {
            "went_and_woke": MISSED, "clinician_called": MISSED, "breathing_counted": MISSED,
            "wakefulness_rated": MISSED,
        },
    ),
    "chest_pain": (
        ((40, "vital_taken", {"systolic": 178, "diastolic": 106}), (45, "discharged", {})),
        {
            "call_taken_on": MISSED, "emergency_called": MISSED, "prescriber_called": MISSED, "sign_recorded": MISSED,
            "measured_with_symptoms": MISSED, "not_let_go": WRONG,
        },
    ),
    "headache_vision": (
        (
            (39, "vital_taken", {"systolic": 204, "diastolic": 122, "symptoms": True}),
            (40, "medicated", {"drug": "labetalol", "amount": 10, "unit": "mg"}),
        ),
        {
            "emergency_called": MISSED, "prescriber_called": MISSED, "vision_recorded": MISSED,
            "no_medicine_before_call": WRONG,
        },
    ),
    "seizure": (
        ((13, "noticed", {"sign": "seizure"}), (16, MEASURE, {})),
        {"emergency_called": MISSED, "prescriber_called": MISSED, "wakefulness_rated": MISSED},
    ),
    "sitter_leaves": (
        ((20, MEASURE, {}), (50, "cancelled", {"words": "The sitter went."})),
        {
            "call_taken_on": MISSED, "sitter_called": MISSED, "clinician_called": MISSED, "change_noted": MISSED,
            "not_ended": WRONG,
        },
    ),
    "oximeter_fails": (
        ((10, MEASURE, {}),),
        {
            "looked_at_patient": MISSED, "oxygen_by_hand": MISSED, "measured_at_40": MISSED, "failure_noted": MISSED,
        },
    ),
    "two_at_once": (
        (called(18, "911"), (30, "left", {"words": "with the sister"})),
        {
            "went_to_own": MISSED, "second_person_called": MISSED, "sign_recorded": MISSED, "measured": MISSED,
            "not_let_go": WRONG,
        },
    ),
    "suicidal_words": (
        ((40, MEASURE, {}), (70, "confirmed", {"criterion": "mind_clear"})),
        {
            "call_taken_on": MISSED, "went_and_stayed": MISSED, "clinician_called": MISSED, "words_noted": MISSED,
            "not_confirmed_clear": WRONG,
        },
    ),
    "allergy": (
        ((12, MEASURE, {}), called(16, "911")),
        {
            "emergency_called": LATE, "prescriber_called": MISSED, "breathless_recorded": MISSED,
            "allergy_noted": MISSED,
        },
    ),
    "power_cut": (
        ((20, MEASURE, {}), (55, MEASURE, {})),
        {
            "went_to_patient": MISSED, "prescriber_called": MISSED, "measured_by_hand": LATE, "outage_noted": MISSED,
        },
    ),
    "interpreter_needed": (
        (*all_checks(3, "esketamine_clinic"), (5, MEASURE, {}), (8, "dosed", {"mg": 56})),
        {"interpreter_called": MISSED, "no_dose": WRONG, "not_ticked_unheard": WRONG},
    ),
    "home_offline": (
        ((20, MEASURE, {}), (60, MEASURE, {})),
        {"telephoned": MISSED, "measured_at_40": MISSED, "late_sign_met": MISSED, "outage_noted": MISSED},
    ),
    "clip_slips": (
        (called(19, "911"), (20, MEASURE, {})),
        {
            "looked_at_patient": MISSED, "alarm_taken_on": MISSED, "cause_noted": MISSED, "no_911_unseen": WRONG,
        },
    ),
    "escort_unfit": (
        (
            (119, MEASURE, {}), (120, "confirmed", {"criterion": "escort", "words": "His brother"}),
            (122, "left", {"words": "with his brother"}),
        ),
        {
            "somebody_else_called": MISSED, "noted": MISSED, "not_let_go_with_him": WRONG,
            "brother_not_confirmed": WRONG,
        },
    ),
    "second_sedative": (
        ((40, MEASURE, {}), (48, "looked", {}), (95, "left", {"words": "with her daughter"})),
        {
            "prescriber_told": MISSED, "tablet_noted": MISSED, "woke_her": LATE, "oxygen_given": MISSED,
            "woke_her_again": MISSED, "not_let_go": WRONG,
        },
    ),
    "faint_on_leaving": (
        ((40, MEASURE, {}), (118, "confirmed", {"criterion": "walks"}), (124, "discharged", {})),
        {
            "emergency_called": MISSED, "sign_recorded": MISSED, "measured_lying": MISSED, "prescriber_called": MISSED,
            "measured_again": MISSED, "not_let_go": WRONG, "not_confirmed_walking": WRONG,
        },
    ),
    "drives_off": (
        ((60, MEASURE, {}), (92, "discharged", {})),
        {
            "went_to_him": MISSED, "another_ride": MISSED, "prescriber_called": MISSED, "leaving_recorded": MISSED,
            "not_discharged": WRONG,
        },
    ),
    "two_of_one_name": (
        (*all_checks(3, "esketamine_clinic"), (5, MEASURE, {}), (8, "dosed", {"mg": 56})),
        {
            "dose_check_failed": MISSED, "somebody_called": MISSED, "session_ended": MISSED, "no_dose": WRONG,
            "dose_check_not_passed": WRONG,
        },
    ),
    "sitter_asleep": (
        ((20, MEASURE, {}), called(50, "sitter", reached=False), (55, "cancelled", {"words": "Nobody watches there."})),
        {
            "sitter_called": LATE, "patient_called": MISSED, "measured_at_40": MISSED, "clinician_called": MISSED,
            "noted": MISSED, "not_ended": WRONG,
        },
    ),
    "airway_closes": (
        ((12, MEASURE, {}), called(16, "911")),
        {
            "went_there": MISSED, "emergency_called": LATE, "oxygen_given": MISSED, "sign_recorded": MISSED,
            "prescriber_called": MISSED,
        },
    ),
}  # fmt: skip
