"""Reads a stored evaluation back, so that it can be printed as it was after the rules have changed."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sojourn.clinical.evidence import Basis, Citation, Provenance
from sojourn.clinical.protocols.evaluation import Disposition, Evaluation, SettingOutcome
from sojourn.clinical.protocols.findings import Finding, InSetting
from sojourn.clinical.protocols.rules import Setting, Severity


def evaluation_from_json(stored: Mapping[str, Any]) -> Evaluation:
    """Read back what `Evaluation.as_json` gave, equal to the evaluation that was stored."""
    states = stored["licensed_states"]
    return Evaluation(
        disposition=Disposition(stored["disposition"]),
        findings=tuple(_finding_from(finding) for finding in stored["findings"]),
        by_setting=tuple(
            SettingOutcome(Setting(outcome["setting"]), Disposition(outcome["disposition"]))
            for outcome in stored["by_setting"]
        ),
        unresolved=tuple(stored["unresolved"]),
        unanswered=tuple(stored["unanswered"]),
        rule_set_version=stored["rule_set_version"],
        on=date.fromisoformat(stored["on"]),
        setting=stored["setting"],
        licensed_states=None if states is None else tuple(states),
    )


def _finding_from(stored: Mapping[str, Any]) -> Finding:
    return Finding(
        **{
            **stored,
            "severity": Severity(stored["severity"]),
            "basis": Basis(stored["basis"]),
            "because": tuple(stored["because"]),
            "citations": tuple(
                Citation(cited["source_id"], cited["locator"], Provenance(cited["provenance"]))
                for cited in stored["citations"]
            ),
            "by_setting": tuple(
                InSetting(Setting(weight["setting"]), Severity(weight["severity"]), Basis(weight["basis"]))
                for weight in stored["by_setting"]
            ),
        }
    )
