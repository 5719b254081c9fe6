"""Writes an event of a session as one line a colleague can read."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sojourn.clinical.monitoring import MonitoringPlan
from sojourn.clinical.monitoring.ladder_files import followed_by_steps
from sojourn.clinical.monitoring.ladders import CALL, LOOK, SITTER_LOOK
from sojourn.program.treatment.choices import EventKind
from sojourn.program.treatment.sessions import EventRow

MISSED = {
    LOOK: gettext_lazy("Look missed"),
    CALL: gettext_lazy("Call for help not taken on"),
    SITTER_LOOK: gettext_lazy("Sitter’s look missed"),
}

WITHIN = {
    "heart_rate": gettext_lazy("heart rate %(n)s/min"),
    "spo2": gettext_lazy("oxygen %(n)s %%"),
    "respiratory_rate": gettext_lazy("%(n)s breaths/min"),
}


def in_words(row: EventRow, plan: MonitoringPlan) -> str:
    """Say what happened, with numbers and units."""
    said = WORDS.get(EventKind(row.kind))
    return said(row.facts, plan) if said else str(row.facts.get("words", ""))


def _checked(facts: dict[str, Any], plan: MonitoringPlan) -> str:
    item = next((item for item in plan.checklist if item.id == facts["item"]), None)
    return f"{item.asks if item else facts['item']} {_('Yes') if facts.get('passed') else _('No')}"


def _dosed(facts: dict[str, Any], _plan: MonitoringPlan) -> str:
    return _("Dose given: %(mg)s mg") % {"mg": f"{facts['mg']:g}"} + _lot(facts)


def _rated(facts: dict[str, Any], _plan: MonitoringPlan) -> str:
    said = []
    if "moaas" in facts:
        said.append(_("sedation %(n)s of 5") % {"n": facts["moaas"]})
    if "dissociation" in facts:
        said.append(_("dissociation %(n)s of 10") % {"n": facts["dissociation"]})
    return ", ".join(said).capitalize()


def _noticed(facts: dict[str, Any], plan: MonitoringPlan) -> str:
    sign = plan.sign(facts["sign"])
    return (sign.label if sign else str(facts["sign"])) + _after(facts)


def _confirmed(facts: dict[str, Any], plan: MonitoringPlan) -> str:
    criterion = next((each for each in plan.criteria if each.id == facts["criterion"]), None)
    return (criterion.says if criterion else str(facts["criterion"])) + _after(facts)


def _vitals(facts: dict[str, Any], _plan: MonitoringPlan) -> str:
    said = []
    if "systolic" in facts:
        said.append(f"{facts['systolic']}/{facts['diastolic']} mmHg")
    said += [words % {"n": facts[name]} for name, words in WITHIN.items() if name in facts]
    if facts.get("symptoms"):
        said.append(_("with warning symptoms"))
    return ", ".join(said)


def readings_in_words(readings: Collection[Mapping[str, Any]]) -> str:
    """Say how many readings these are, and within which values each signal stayed."""
    within = {
        name: _from_to([facts[name] for facts in readings if name in facts])
        for name in ("systolic", "diastolic", "heart_rate", "spo2", "respiratory_rate")
    }
    said = [_("%(n)d readings") % {"n": len(readings)}]
    if within["systolic"]:
        said.append(
            _("pressure %(upper)s over %(lower)s mmHg")
            % {"upper": within["systolic"], "lower": within["diastolic"]}
        )
    said += [words % {"n": within[name]} for name, words in WITHIN.items() if within[name]]
    return ", ".join(said)


def _from_to(values: list[float]) -> str:
    if not values:
        return ""
    least, most = min(values), max(values)
    return f"{least:g}" if least == most else f"{least:g}–{most:g}"


def _called(facts: dict[str, Any], _plan: MonitoringPlan) -> str:
    said = _("Called %(whom)s: reached") if facts.get("reached") else _("Called %(whom)s: not reached")
    return said % {"whom": facts["whom"]} + _after(facts)


def _medicated(facts: dict[str, Any], _plan: MonitoringPlan) -> str:
    return f"{facts['drug']} {facts['amount']:g} {facts['unit']}" + _after(facts)


def _next_morning(facts: dict[str, Any], _plan: MonitoringPlan) -> str:
    slept = _("slept") if facts["slept"] else _("did not sleep")
    well = _("nothing worrying") if facts["well"] else _("something worried them")
    return _("The morning after: %(slept)s, %(well)s") % {"slept": slept, "well": well} + _after(facts)


def _serious(facts: dict[str, Any], _plan: MonitoringPlan) -> str:
    if not facts["happened"]:
        return _("No serious adverse event")
    hospital = _("went to a hospital") if facts.get("hospital") else _("no hospital")
    return _(
        "Serious adverse event: %(what)s. Treatment: %(treatment)s; %(hospital)s; outcome: %(outcome)s"
    ) % {
        "what": facts["what"],
        "treatment": facts["treatment"],
        "hospital": hospital,
        "outcome": facts["outcome"],
    }


def _dose_checked(facts: dict[str, Any], _plan: MonitoringPlan) -> str:
    both = facts.get("name_matches") and facts.get("birth_matches")
    who = _("patient confirmed by name and date of birth") if both else _("WRONG PATIENT")
    said = _("Dose check: %(who)s; %(drug)s %(mg)s mg, %(route)s, lot %(lot)s, expires %(day)s") % {
        "who": who,
        "drug": facts["drug"],
        "mg": f"{facts['mg']:g}",
        "route": facts["route"],
        "lot": facts["lot"],
        "day": facts["expires_on"],
    }
    if "count" in facts:
        said += _("; %(n)d %(unit)s counted") % {"n": facts["count"], "unit": facts.get("unit", "")}
    return said + _after(facts)


def _accounted(facts: dict[str, Any], _plan: MonitoringPlan) -> str:
    said = _(
        "%(drug)s accounted for, in %(unit)s: %(out)s taken out, %(given)s given, %(w)s wasted, %(r)s returned"
    )
    amounts = {"out": "dispensed", "given": "given", "w": "wasted", "r": "returned"}
    told = {short: f"{facts[name]:g}" for short, name in amounts.items()}
    return said % {**told, "drug": facts["drug"], "unit": facts["unit"]} + _after(facts)


def _lot(facts: dict[str, Any]) -> str:
    return _(", lot %(lot)s") % {"lot": facts["words"]} if facts.get("words") else ""


def _after(facts: dict[str, Any]) -> str:
    return f": {facts['words']}" if facts.get("words") else ""


WORDS: dict[EventKind, Callable[[dict[str, Any], MonitoringPlan], str]] = {
    EventKind.CHECKED: _checked,
    EventKind.DOSE_CHECKED: _dose_checked,
    EventKind.WITNESSED: lambda facts, _plan: _("Seen by a second person") + _after(facts),
    EventKind.ACCOUNTED: _accounted,
    EventKind.DOSED: _dosed,
    EventKind.VITAL_TAKEN: _vitals,
    EventKind.RATED: _rated,
    EventKind.LOOKED: lambda facts, _plan: _("Looked at the patient") + _after(facts),
    EventKind.CALLED: _called,
    EventKind.MEDICATED: _medicated,
    EventKind.NOTICED: _noticed,
    EventKind.MISSED: lambda facts, _plan: (
        str(MISSED[followed_by_steps().get(facts["step"], LOOK)]) + _after(facts)
    ),
    EventKind.ALARMED: lambda facts, _plan: _("Alarm raised") + _after(facts),
    EventKind.ACKNOWLEDGED: lambda facts, _plan: _("Alarm taken on") + _after(facts),
    EventKind.CONFIRMED: _confirmed,
    EventKind.HELP_ASKED: lambda facts, _plan: _("Asked for help") + _after(facts),
    EventKind.ROLE_ACCEPTED: lambda facts, _plan: _("Took on the role of sitter") + _after(facts),
    EventKind.PICKED_UP: lambda facts, _plan: _("Has the patient with them") + _after(facts),
    EventKind.NEXT_MORNING: _next_morning,
    EventKind.REFUSED: lambda facts, _plan: _("Reading refused: %(typed)s. %(why)s") % facts,
    EventKind.SERIOUS: _serious,
    EventKind.DISCHARGED: lambda facts, _plan: _("Discharged") + _after(facts),
    EventKind.LEFT: lambda facts, _plan: _("Left") + _after(facts),
    EventKind.CANCELLED: lambda facts, _plan: _("Ended without a dose") + _after(facts),
    EventKind.STRUCK: lambda facts, _plan: _("Struck out an entry") + _after(facts),
    EventKind.CORRECTED: lambda facts, _plan: _("Corrected an entry") + _after(facts),
}
