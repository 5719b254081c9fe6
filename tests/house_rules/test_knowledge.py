"""Rules about clinical data: nothing is stated without its source, and every rule is tried at its edges."""

import tomllib

import pytest

from sojourn.clinical.evidence import sources
from sojourn.clinical.instruments import all_instruments
from tests.house_rules.tree import ROOT, files

RULES = [
    (path.name, rule)
    for path in files("src/sojourn/clinical/protocols/data/eligibility/*.toml")
    for rule in tomllib.loads(path.read_text())["rule"]
]
DATA = files("src/sojourn/clinical/*/data/*.toml", "src/sojourn/clinical/*/data/*/*.toml")


def test_there_are_rules_to_check():
    assert len(RULES) > 50


@pytest.mark.parametrize(
    "rule", [rule for _, rule in RULES], ids=lambda r: f"{r['id']} {r.get('version', '')}"
)
def test_every_rule_is_cited_and_has_examples_on_both_sides(rule):
    """A rule without a source cannot be argued with; one without examples at its edge is wrong by one."""
    assert rule["citations"]
    assert all(c["source"] in sources() and c["locator"].strip() for c in rule["citations"])
    assert {"yes", "no"} <= {example["met"] for example in rule["examples"]}


@pytest.mark.parametrize(
    "path", DATA, ids=lambda p: str(p.relative_to(ROOT / "src" / "sojourn" / "clinical"))
)
def test_every_citation_names_a_known_source_a_place_and_how_it_is_known(path):
    """A number from memory is marked as such wherever it is printed."""

    def cited(node):
        if isinstance(node, dict):
            if "source" in node and "locator" in node:
                yield node
            for value in node.values():
                yield from cited(value)
        elif isinstance(node, list):
            for value in node:
                yield from cited(value)

    for citation in cited(tomllib.loads(path.read_text())):
        assert citation["source"] in sources(), citation
        assert citation["locator"].strip(), citation
        assert citation["provenance"] in {"read", "excerpt", "from memory", "program policy"}, citation


@pytest.mark.parametrize("instrument", all_instruments(), ids=lambda i: i.id)
def test_wording_ships_only_where_its_licence_allows(instrument):
    """Tier A may ship verbatim; anything else needs the practice's own text pack."""
    if any(item.text for item in instrument.items):
        assert instrument.tier.value == "A"
        assert instrument.licence.terms
        assert instrument.licence.citations
