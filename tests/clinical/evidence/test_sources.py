"""Every source has one id and says how it was read; every citation points at one."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

import sojourn.clinical
from sojourn.clinical.evidence import (
    Citation,
    DataFileInvalid,
    Provenance,
    SourceKind,
    UnknownSource,
    is_verified,
    read_sources,
    source,
    sources,
)

DATA = sorted(Path(sojourn.clinical.__path__[0]).rglob("data/**/*.toml"))


def test_a_source_is_found_by_its_id():
    hull = source("hull-2022")
    assert (hull.year, hull.address) == (2022, "https://doi.org/10.1016/j.jad.2022.07.004")


def test_an_unknown_source_is_said_so():
    with pytest.raises(UnknownSource):
        source("nobody-1999")


def test_ids_are_words_of_the_author_or_name():
    assert not [s.id for s in sources().values() if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", s.id)]


def test_no_two_sources_share_a_doi():
    dois = [s.doi for s in sources().values() if s.doi]
    assert len(dois) == len(set(dois))


def test_only_policy_of_this_program_is_marked_as_such():
    for found in sources().values():
        assert (found.kind is SourceKind.PROGRAM_POLICY) == (found.read is Provenance.PROGRAM_POLICY)


def test_every_source_named_in_a_data_file_exists():
    named = {name for path in DATA for name in re.findall(r'\bsource = "([^"]+)"', path.read_text())}
    assert named
    assert not named - sources().keys()


def test_what_was_only_recalled_is_not_verified():
    assert not is_verified(Provenance.FROM_MEMORY)
    assert is_verified(Provenance.EXCERPT)


def test_a_source_is_relied_on_through_its_last_day_and_not_after():
    law = source("dea-telehealth-2025")
    assert not law.why_not_relied_on(on=date(2026, 12, 31))
    assert "read again by 2026-12-31" in law.why_not_relied_on(on=date(2027, 1, 1))


def test_a_retired_source_is_relied_on_until_the_day_before():
    retired = replace(source("le-2022"), retired_on=date(2026, 11, 20), retired="withdrawn")
    assert not retired.why_not_relied_on(on=date(2026, 11, 19))
    assert retired.why_not_relied_on(on=date(2026, 11, 20)).endswith("is retired: withdrawn")


def test_a_citation_prints_title_place_and_how_it_is_known():
    cited = Citation("hull-2022", "entry criteria", Provenance.EXCERPT)
    assert cited.in_words.endswith("(2022), entry criteria [excerpt]")


ONE = '[[source]]\nid = "a"\ntitle = "A"\nkind = "trial"\npublisher = "P"\nread = "read"\n'


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        (ONE + ONE, "stands twice"),
        (ONE + 'doi = "https://doi.org/10.1/x"\n', "bare DOI"),
        (ONE + 'url = "example.org"\n', "whole address"),
        (ONE.replace('"trial"', '"rumor"'), "use one of label"),
        (ONE.replace('read = "read"\n', ""), "`read`: is missing"),
        (ONE + "retired_on = 2026-01-01\n", "give both the day"),
        (ONE + 'retired = "withdrawn"\n', "give both the day"),
        (ONE + 'check_by = "soon"\n', "give a day such as"),
    ],
)
def test_a_malformed_source_is_refused(tmp_path, text, remedy):
    path = tmp_path / "sources.toml"
    path.write_text(text)
    with pytest.raises(DataFileInvalid, match=remedy):
        read_sources(path)
