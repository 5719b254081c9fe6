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


def test_the_first_three_instruments_ship_with_their_wording():
    assert [i.id for i in INSTRUMENTS] == ["gad-7", "phq-2", "phq-9"]
    assert all(i.tier is Tier.A and all(item.text for item in i.items) for i in INSTRUMENTS)


@pytest.mark.parametrize("instrument", INSTRUMENTS, ids=lambda i: i.id)
def test_every_instrument_names_its_licence_direction_and_sources(instrument):
    assert "permission" in instrument.licence.terms
    assert instrument.licence.attribution
    assert instrument.direction == "lower is better"
    assert instrument.references
    assert instrument.recall_days == 14


@pytest.mark.parametrize("instrument", INSTRUMENTS, ids=lambda i: i.id)
def test_no_total_carries_the_code_of_a_panel(instrument):
    assert instrument.panel_code in panel_codes()
    assert not {scale.code for scale in instrument.scales} & panel_codes()


@pytest.mark.parametrize("instrument", INSTRUMENTS, ids=lambda i: i.id)
def test_loinc_codes_have_their_shape(instrument):
    codes = (
        [item.code for item in instrument.items]
        + [s.code for s in instrument.scales]
        + [instrument.panel_code]
    )
    assert all(re.fullmatch(r"\d{4,6}-\d", code) for code in codes)
    assert all(re.fullmatch(r"LA\d+-\d", option.code) for item in instrument.items for option in item.options)


def test_phq_2_asks_the_first_two_questions_of_phq_9():
    assert get("phq-2").items == get("phq-9").items[:2]


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
