"""Writes an event of a session as one line a colleague can read."""

from typing import Any

from django.utils.translation import gettext as _

from sojourn.clinical.monitoring import MonitoringPlan
from sojourn.program.treatment.choices import EventKind
from sojourn.program.treatment.sessions import EventRow


def in_words(row: EventRow, plan: MonitoringPlan) -> str:
    """Say what happened, with numbers and units."""
    facts = row.facts
    match row.kind:
        case EventKind.CHECKED:
            item = next((item for item in plan.checklist if item.id == facts["item"]), None)
            return f"{item.asks if item else facts['item']} {_('Yes') if facts.get('passed') else _('No')}"
        case EventKind.DOSED:
            return _("Dose given: %(mg)s mg") % {"mg": f"{facts['mg']:g}"} + _after(facts, _("lot"))
        case EventKind.VITAL_TAKEN:
            return _vitals(facts)
        case EventKind.RATED:
            said = []
            if "moaas" in facts:
                said.append(_("sedation %(n)s of 5") % {"n": facts["moaas"]})
            if "dissociation" in facts:
                said.append(_("dissociation %(n)s of 10") % {"n": facts["dissociation"]})
            return ", ".join(said).capitalize()
        case EventKind.NOTICED:
            sign = plan.sign(facts["sign"])
            return (sign.label if sign else facts["sign"]) + _after(facts)
        case EventKind.CONFIRMED:
            criterion = next((each for each in plan.criteria if each.id == facts["criterion"]), None)
            return (criterion.says if criterion else facts["criterion"]) + _after(facts)
        case EventKind.DISCHARGED:
            return _("Discharged") + _after(facts)
        case EventKind.CANCELLED:
            return _("Ended without a dose") + _after(facts)
        case EventKind.STRUCK:
            return _("Struck out an entry") + _after(facts)
        case _:
            return str(facts.get("words", ""))


def _vitals(facts: dict[str, Any]) -> str:
    said = []
    if "systolic" in facts:
        said.append(f"{facts['systolic']}/{facts['diastolic']} mmHg")
    if "heart_rate" in facts:
        said.append(_("heart rate %(n)s/min") % {"n": facts["heart_rate"]})
    if "spo2" in facts:
        said.append(_("oxygen %(n)s %%") % {"n": facts["spo2"]})
    if "respiratory_rate" in facts:
        said.append(_("%(n)s breaths/min") % {"n": facts["respiratory_rate"]})
    if facts.get("symptoms"):
        said.append(_("with warning symptoms"))
    return ", ".join(said)


def _after(facts: dict[str, Any], label: str = "") -> str:
    words = facts.get("words", "")
    return f": {label} {words}".replace(":  ", ": ") if words else ""
