"""The ledger holds every rule with its source; what needs a person is found; the printed page is the data."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest

from sojourn.clinical.evidence import Basis
from sojourn.clinical.monitoring import monitoring_plans
from sojourn.clinical.protocols import course_protocols, policies, rule_set
from sojourn.clinical.protocols.ledger import Kind, concerns, ledger, rules_page
from tests.clinical.protocols.days import TODAY
from tests.house_rules.tree import ROOT

LAST_DAY = date(2026, 12, 31)
REFERENCE = (
    *(f"ELIG-CV-0{n}" for n in range(1, 8)), *(f"ELIG-NEU-0{n}" for n in range(1, 4)),
    *(f"ELIG-HEP-0{n}" for n in range(1, 4)), *(f"ELIG-PSY-0{n}" for n in range(1, 4)),
    *(f"ELIG-SUD-0{n}" for n in (1, 3)), "ELIG-SUD-02-KETAMINE", "ELIG-SUD-02-OPIOID", "ELIG-REP-01", "ELIG-REP-02",
    "ELIG-URO-01", "ELIG-AIR-01", "ELIG-AIR-02", "ELIG-ALL-01", "ELIG-AGE-01", "ELIG-AGE-02", "ELIG-WT-01",
    "ELIG-THY-01", "ELIG-SUI-01", "ELIG-SUI-02", "ELIG-LOC-01", "CHECK-consent", "INT-BZD", "INT-OPI", "INT-STI",
    "INT-MAOI", "INT-LTG", "INT-NTX", "INT-AP", "INT-LI", "INT-CYP", "INT-SYM", "INT-NAS", "TRD-program",
    "TRD-least-dose", "TRD-maudsley", "WORK-UP", *(f"SUI-0{n}" for n in range(8)), "ELIG-SUI-08", "ESK-MISSED",
    "RX-ONE-ROUTE", "RX-REFILLS", "RX-TAKE-HOME", "LAW-TELE-01", "STOP-01", "STOP-02", "STOP-03", "ORDER-WHO",
    "SL-HOLD", "CHECK-fasting_spray", "BEFORE-SYSTOLIC", "SYSTOLIC-RED", "OXYGEN-EMERGENCY", "BREATHING-RED",
    "SEDATION-RED", "DISSOCIATION-RED", "SIGN-vomiting", "PLAN-sl_home", "LEAVE-pressure", "LEAVE-escort",
    "DAY-DRIVING", "REMS-FORM", "REPORT-LOSS", "POLICY-serious-event-to-director",
)  # fmt: skip


def entry(entry_id):
    return next(each for each in ledger() if each.id == entry_id)


@pytest.mark.parametrize("entry_id", REFERENCE)
def test_every_rule_of_the_clinical_reference_stands_in_the_ledger(entry_id):
    assert entry(entry_id).says


def test_no_entry_stands_twice():
    seen = Counter((each.id, each.validity.version) for each in ledger())
    assert [name for name, times in seen.items() if times > 1] == []


def test_every_rule_of_every_file_is_gathered():
    ids = {each.id for each in ledger()}
    assert {rule.id for rule in rule_set().rules} <= ids
    for plan in monitoring_plans():
        assert {limit.id for limit in (*plan.limits_before, *plan.limits_after)} <= ids
        assert {f"CHECK-{item.id}" for item in plan.checklist} <= ids
        assert {f"SIGN-{sign.id}" for sign in plan.signs} <= ids
        assert {f"LEAVE-{criterion.id}" for criterion in plan.criteria} <= ids
    for protocol in course_protocols():
        assert {f"{protocol.id}/{limit.id}" for limit in protocol.limits} <= ids
        assert f"{protocol.id}/DOSE" in ids
    assert {f"POLICY-{policy.id}" for policy in policies()} <= ids


@pytest.mark.parametrize("each", ledger(), ids=lambda each: f"{each.id}-{each.validity.version}")
def test_every_entry_speaks_to_both_names_its_source_and_says_since_when_it_holds(each):
    assert each.says
    assert each.patient_says
    assert each.citations
    assert each.where
    assert each.validity.jurisdiction == "US"
    for where in each.where:
        if where.basis is Basis.LAW:
            assert any(cited.source.kind.value == "law" for cited in each.citations)


def kinds(entries, on):
    return {(concern.entry.id, concern.kind) for concern in concerns(entries, on=on)}


@pytest.mark.parametrize(
    ("on", "kind"),
    [
        (LAST_DAY - timedelta(days=91), None),
        (LAST_DAY - timedelta(days=90), Kind.EXPIRING),
        (LAST_DAY, Kind.EXPIRING),
        (LAST_DAY + timedelta(days=1), Kind.EXPIRED),
    ],
)
def test_the_telehealth_rule_is_listed_from_90_days_before_its_end(on, kind):
    law = [entry("LAW-TELE-01")]
    assert kinds(law, on) == ({("LAW-TELE-01", kind)} if kind else set())


def test_a_version_that_was_followed_needs_nobody():
    older = next(each for each in ledger() if each.id == "ELIG-AGE-02" and each.validity.valid_to)
    assert kinds([older], older.validity.valid_to) == set()
    assert kinds([older], TODAY) == set()
    assert kinds([replace(older, is_followed=False)], TODAY) == {("ELIG-AGE-02", Kind.EXPIRED)}


def test_what_is_from_memory_is_listed_and_what_was_seen_is_not():
    assert ("RX-REFILLS", Kind.UNVERIFIED) in kinds(ledger(), TODAY)
    assert ("ELIG-CV-01", Kind.UNVERIFIED) not in kinds(ledger(), TODAY)


def test_the_printed_page_is_the_data():
    page = (ROOT / "docs" / "reference" / "rules.md").read_text(encoding="utf-8")
    assert page == rules_page(ledger()), "docs/reference/rules.md is stale: run tools/reference"
