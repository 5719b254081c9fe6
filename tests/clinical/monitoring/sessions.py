"""Tells sessions as a list of minutes and facts, for tests."""

from datetime import UTC, datetime, timedelta

from sojourn.clinical.monitoring import monitoring_plan, read_event, state_of

DOSE_AT = datetime(2026, 11, 24, 10, tzinfo=UTC)
CALM = {"systolic": "120", "diastolic": "78", "heart_rate": "70", "spo2": "98", "respiratory_rate": "14"}


class Told:
    """A session being told: what happened at which minute from the dose."""

    def __init__(self, plan_id="esketamine_clinic"):
        self.plan = monitoring_plan(plan_id)
        self.events = []

    def at(self, minute, kind, **facts):
        taken_at = DOSE_AT + timedelta(minutes=minute)
        self.events.append(
            read_event(kind=kind, facts=facts, taken_at=taken_at, event_id=str(len(self.events)))
        )
        return self

    def prepared(self, **vitals):
        for item in self.plan.checklist:
            if item.needed:
                self.at(-20, "checked", item=item.id, passed="yes")
        return self.at(-15, "vital_taken", **{**CALM, **vitals})

    def dosed(self, mg="56"):
        return self.at(0, "dosed", mg=mg)

    def calm_at(self, minute, **vitals):
        self.at(minute, "vital_taken", **{**CALM, **vitals})
        return self.at(minute, "rated", moaas="5", dissociation="0")

    def ready_to_leave_at(self, minute, *, without=()):
        self.calm_at(minute)
        for criterion in self.plan.criteria:
            if criterion.kind in {"confirmed", "named"} and criterion.id not in without:
                self.at(minute, "confirmed", criterion=criterion.id, words="Ann Able")
        return self

    def state_at(self, minute, **told):
        return state_of(events=self.events, plan=self.plan, now=DOSE_AT + timedelta(minutes=minute), **told)
