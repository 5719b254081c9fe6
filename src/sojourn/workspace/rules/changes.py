"""Who is concerned when the rules change: the medical director's work list."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from sojourn.clinical.protocols import rule_set
from sojourn.program.people.access import only
from sojourn.program.people.roles import Role
from sojourn.program.treatment.rule_changes import PAGE, rule_changes
from sojourn.workspace.wording import DISPOSITIONS


@only(Role.MEDICAL_DIRECTOR)
def changed(request: Any) -> HttpResponse:
    """List active patients whose findings differ by the rules of now, the gravest first."""
    found = rule_changes(request.actor)
    rows = found.rows if found else ()
    return render(
        request,
        "workspace/rules/changed.html",
        {
            "changes": found,
            "page": PAGE,
            "rows": [
                {
                    "row": row,
                    "was": DISPOSITIONS[row.disposition_was],
                    "now": DISPOSITIONS[row.disposition],
                    "same": row.disposition == row.disposition_was,
                    "changes": [
                        (_("Appeared"), _told(row.appeared)),
                        (_("Gone"), _told(row.gone)),
                        (_("Weighs otherwise"), _told(row.reweighed)),
                    ],
                }
                for row in rows
            ],
        },
    )


def _told(rule_ids: Iterable[str]) -> list[tuple[str, str]]:
    """Give each rule with its words, those of its newest version."""
    says = {rule.id: rule.says for rule in sorted(rule_set().rules, key=lambda rule: rule.valid_from)}
    return [(rule_id, says.get(rule_id, "")) for rule_id in rule_ids]
