"""The instruments that ship: licensed, cited, coded, and never two under one name."""

import re
from importlib.resources import files

import pytest

from sojourn.clinical.evidence import DataFileInvalid
from sojourn.clinical.instruments import Tier, UnknownInstrument, all_instruments, get
from sojourn.clinical.instruments.checks import panel_codes
from sojourn.clinical.instruments.library import read_library
from sojourn.clinical.protocols import policy

DATA = files("sojourn.clinical.instruments") / "data"
INSTRUMENTS = all_instruments()
PHQ_2 = (DATA / "phq_2.toml").read_text()


WITH_WORDING = {"next-day", "asq", "cgi", "edi", "gad-7", "pc-ptsd-5", "pcl-5", "pgi-c", "phq-2", "phq-9"}
SCORING_ONLY = {
    "audit", "audit-c", "c-ssrs-screener", "c-ssrs-since-last-contact", "cadss", "cadss-6", "dast-10", "icsi-icpi",
    "madrs", "mdq", "meq-30", "qids-sr16", "who-5", "wsas",
}  # fmt: skip


def test_wording_ships_for_some_and_scoring_alone_for_the_others():
    assert {i.id for i in INSTRUMENTS if i.has_wording} == WITH_WORDING
    assert {i.id for i in INSTRUMENTS if i.tier is Tier.B} == SCORING_ONLY
    assert not {i.id for i in INSTRUMENTS} - WITH_WORDING - SCORING_ONLY


@pytest.mark.parametrize("instrument", INSTRUMENTS, ids=lambda i: i.id)
def test_every_instrument_names_its_licence_recall_and_sources(instrument):
    assert instrument.licence.terms
    assert instrument.licence.attribution
    assert instrument.licence.citations
    assert instrument.recall
    assert instrument.references
    assert instrument.scales or instrument.triage
    if instrument.tier is Tier.B:
        assert "text pack" in instrument.licence.terms
        assert all(item.key for item in instrument.items), (
            "staff who enter numbers need to know what they mean"
        )


@pytest.mark.parametrize("instrument", INSTRUMENTS, ids=lambda i: i.id)
def test_no_total_carries_the_code_of_a_panel(instrument):
    assert instrument.panel_code in {None, *panel_codes()}
    assert not {scale.code for scale in instrument.scales} & panel_codes()


@pytest.mark.parametrize("instrument", INSTRUMENTS, ids=lambda i: i.id)
def test_loinc_codes_have_their_shape(instrument):
    codes = [
        *(item.code for item in instrument.items),
        *(scale.code for scale in instrument.scales),
        instrument.panel_code,
    ]
    assert all(re.fullmatch(r"\d{4,6}-\d", code) for code in codes if code)
    answers = [option.code for item in instrument.items for option in item.options if option.code]
    assert all(re.fullmatch(r"LA\d+-\d", code) for code in answers)


@pytest.mark.parametrize(
    ("instrument_id", "panel", "total"),
    [
        ("phq-9", "44249-1", "44261-6"), ("phq-2", "55757-9", "55758-7"), ("gad-7", "69737-5", "70274-6"),
        ("pcl-5", "101697-1", "101698-9"), ("audit", "72110-0", "75624-7"), ("audit-c", "72109-2", "75626-2"),
        ("dast-10", "82666-9", "82667-7"),
    ],
)  # fmt: skip
def test_panels_and_totals_carry_the_codes_that_were_checked(instrument_id, panel, total):
    assert (get(instrument_id).panel_code, get(instrument_id).scale().code) == (panel, total)


@pytest.mark.parametrize(
    "instrument_id", ["asq", "mdq", "who-5", "wsas", "qids-sr16", "madrs", "cadss", "meq-30"]
)
def test_instruments_without_a_checked_code_have_none(instrument_id):
    instrument = get(instrument_id)
    assert instrument.panel_code is None
    assert not any(item.code for item in instrument.items)
    assert not any(scale.code for scale in instrument.scales)


def test_what_was_only_recalled_is_marked_so():
    marked = {
        "meq-30": get("meq-30").scale("mystical").missing.citations,
        "asq refusal": get("asq").triage.levels[1].citations,
        "pcl-5 older": [c for s in get("pcl-5").change_sets if s.id == "va-older" for c in s.citations],
        "icsi": get("icsi-icpi").cut_points[0].citations,
        "c-ssrs moderate": get("c-ssrs-screener").triage.levels[1].citations,
    }
    for name, citations in marked.items():
        assert "from memory" in {c.provenance for c in citations}, name


def test_an_instrument_that_waits_for_an_answer_nobody_gives_is_refused(tmp_path):
    text = (DATA / "pcl_5.toml").read_text()
    (tmp_path / "pcl_5.toml").write_text(text)
    with pytest.raises(DataFileInvalid, match="pc-ptsd-5 has no result positive"):
        read_library(tmp_path)


def test_phq_2_asks_the_first_two_questions_of_phq_9():
    assert get("phq-2").items == get("phq-9").items[:2]


def test_the_calendar_is_no_part_of_what_an_answer_means(tmp_path):
    (tmp_path / "x.toml").write_text(PHQ_2.replace('point = "before dose"', 'point = "screening"'))
    changed = read_library(tmp_path)["phq-2"]["1"]
    assert changed.cadence != get("phq-2").cadence
    assert changed.definition_hash == get("phq-2").definition_hash


def test_an_unknown_instrument_or_version_is_said_so():
    with pytest.raises(UnknownInstrument):
        get("phq-99")
    with pytest.raises(UnknownInstrument):
        get("phq-9", "99")
    assert get("phq-9", "1") is get("phq-9")


def test_the_newest_version_is_given_and_the_old_one_stays(tmp_path):
    for number in ("2", "10", "9"):
        text = PHQ_2.replace('version = "1"', f'version = "{number}"')
        (tmp_path / f"phq_2_v{number}.toml").write_text(text)
    assert list(read_library(tmp_path)["phq-2"]) == ["2", "9", "10"]


def test_one_version_in_two_files_is_refused(tmp_path):
    for name in ("a.toml", "b.toml"):
        (tmp_path / name).write_text(PHQ_2)
    with pytest.raises(DataFileInvalid, match=r"b\.toml: `version`"):
        read_library(tmp_path)


def test_the_hash_follows_the_meaning_and_not_the_layout(tmp_path):
    def hash_of(text):
        (tmp_path / "x.toml").write_text(text)
        return read_library(tmp_path)["phq-2"]["1"].definition_hash

    assert hash_of("# a remark\n\n" + PHQ_2) == get("phq-2").definition_hash
    assert hash_of(PHQ_2.replace("at_least = 3", "at_least = 4")) != get("phq-2").definition_hash


@pytest.mark.parametrize("instrument", INSTRUMENTS, ids=lambda i: i.id)
def test_a_critical_answer_is_acknowledged_no_later_than_the_policy_for_its_severity(instrument):
    for rule in instrument.critical_rules:
        assert rule.acknowledge_within <= policy(f"alarm-acknowledge-{rule.severity}").within
