"""A data file with a defect is refused with the file, the key and the remedy."""

import pytest

from sojourn.clinical.evidence import DataFileInvalid, read_citations, read_table, toml_files


def table_of(tmp_path, text, *, allowed=(), required=()):
    path = tmp_path / "rules.toml"
    path.write_text(text)
    return read_table(path, allowed=allowed, required=required)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('limt = 5\nid = "a"', ["rules.toml", "`limt`", "is not known here; use id, limit"]),
        ("limit = 5", ["rules.toml", "`id`", "is missing; add it"]),
        ('id = "a"\nlimit = ', ["rules.toml", "not valid TOML"]),
    ],
)
def test_unknown_and_missing_keys_and_broken_files_are_refused(tmp_path, text, names):
    with pytest.raises(DataFileInvalid) as refused:
        table_of(tmp_path, text, allowed=("limit",), required=("id",))
    assert all(name in str(refused.value) for name in names)


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ('" "', lambda t: t.text("k")), ("5", lambda t: t.text("k")), ("true", lambda t: t.whole("k")),
        ("5.0", lambda t: t.whole("k")), ("true", lambda t: t.number("k")), ("nan", lambda t: t.number("k")),
        ("inf", lambda t: t.number("k")), ("1", lambda t: t.flag("k")), ("2026-01-01T10:00:00", lambda t: t.day("k")),
        ('["a", ""]', lambda t: t.texts("k")), ("[1, true]", lambda t: t.wholes("k")), ("[1]", lambda t: t.tables("k", allowed=())),
        ('"c"', lambda t: t.choice("k", ("a", "b"))), ("5", lambda t: t.table("k", allowed=())),
    ],
)  # fmt: skip
def test_a_value_of_the_wrong_kind_is_refused_by_its_key(tmp_path, value, read):
    table = table_of(tmp_path, f"k = {value}", allowed=("k",))
    with pytest.raises(DataFileInvalid, match=r"rules\.toml: `k`"):
        read(table)


def test_values_of_the_right_kind_are_given(tmp_path):
    table = table_of(
        tmp_path,
        't = "x"\nn = 3\nf = 2.5\nb = false\nd = 2026-12-31\nl = ["a"]\nw = [1]\n[[r]]\nid = "one"',
        allowed=("t", "n", "f", "b", "d", "l", "w", "r"),
    )
    assert (table.text("t"), table.whole("n"), table.number("f"), table.flag("b")) == ("x", 3, 2.5, False)
    assert table.day("d").isoformat() == "2026-12-31"
    assert (table.texts("l"), table.wholes("w"), table.texts("absent")) == (("a",), (1,), ())
    assert (
        table.text_or_none("absent") is table.day_or_none("absent") is table.number_or_none("absent") is None
    )
    assert table.tables("r", allowed=("id",))[0].where == "rules.toml [r one]"


def test_a_nested_table_names_itself_in_its_refusals(tmp_path):
    table = table_of(tmp_path, '[[rule]]\nid = "BP-1"\nlimt = 5', allowed=("rule",))
    with pytest.raises(DataFileInvalid, match=r"rules.toml \[rule BP-1\]: `limt`"):
        table.tables("rule", allowed=("id", "limit"))


@pytest.mark.parametrize(
    ("cited", "remedy"),
    [
        ("[]", "cite at least one source"),
        ('[{ source = "nobody-1999", locator = "p. 1", provenance = "read" }]', "add it there"),
        ('[{ source = "hull-2022", provenance = "read" }]', "locator"),
        ('[{ source = "hull-2022", locator = "table 1", provenance = "heard" }]', "use one of read, excerpt"),
    ],
)
def test_a_fact_without_a_known_source_and_a_place_in_it_is_refused(tmp_path, cited, remedy):
    table = table_of(tmp_path, f"citations = {cited}", allowed=("citations",))
    with pytest.raises(DataFileInvalid, match=remedy):
        read_citations(table)


def test_data_files_are_listed_by_name(tmp_path):
    for name in ("b.toml", "a.toml", "notes.md"):
        (tmp_path / name).write_text("")
    assert [path.name for path in toml_files(tmp_path)] == ["a.toml", "b.toml"]
