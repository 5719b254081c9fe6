"""The import map: strict, and clear about what it cannot use."""

from datetime import date

import pytest
from django.core.management import CommandError, call_command

from sojourn.program.people.models import Patient
from tests.support.importing import DAYS, LABELS, Desk, recorded

pytestmark = pytest.mark.django_db


def test_days_and_birth_dates_are_read_in_the_form_the_map_names(desk):
    refused = desk.run(
        "id,seen on,total,born\n7,01/31/2020,20,5/2/1984\n7,2020-02-28,9,\n7,02/30/2020,9,\n"
        "7,01/01/2999,9,\n7,01/01/1700,9,\n8,03/01/2020,4,1/1/2999\n9,03/01/2020,5,1/1/1970\n9,03/02/2020,5,1/2/1970\n",
        DAYS,
    )
    assert [(row["line"], row["column"]) for row in refused] == [(n, "seen on") for n in "3456"]
    assert recorded()[:2] == [("7", "2020-01-31", 20), ("8", "2020-03-01", 4)]
    assert not Patient.objects.filter(import_days_made_up=True).exists()
    born = dict(Patient.objects.exclude(import_id="").values_list("import_id", "born_on"))
    assert born == {"7": date(1984, 5, 2), "8": None, "9": None}
    assert "1 person with two birth dates" in desk.said
    assert "1 birth date cannot be, or cannot be read; none was kept." in desk.said


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (("source =", "sauce ="), "`sauce`: is not known here"),
        (('"phq-9"', '"phq-99"'), "use one of audit, audit-c"),
        (('"phq-9"', '"asq"'), "has no total"),
        (('visit = "week"', 'visit = "week"\ndate = "day"'), "one of the two"),
        (('visit = "week"\n', ""), "one of the two"),
        (("first_visit_on = 2020-01-06", ""), "one of the two"),
        (("first_visit_on = 2020-01-06", 'first_visit_on = "monday"'), "give a day such as"),
        (("first_visit_on = 2020-01-06", "first_visit_on = 9999-12-31"), "use a day between"),
        (('"4" = 28', '"4" = "a month"'), "give a whole number"),
        (('"4" = 28', '"4" = 9999999'), "use days between"),
        (('["exit"]', '["4"]'), "is also in"),
        (('missing = ["NaN", "", "."]', "missing = 0"), "no score"),
        (('"Elsewhere"', '"a|b"'), "without |"),
        (('"Elsewhere"', '"a\\u0000b"'), "printable"),
        (('patient = "id"', 'patient = "TOTAL"'), "name the same column"),
        (
            ("first_visit_on =", 'format = "%d.%m"\nfirst_visit_on ='),
            "does not say a day with its month and year",
        ),
        (
            ("first_visit_on =", 'format = "%Q"\nfirst_visit_on ='),
            "does not say a day with its month and year",
        ),
        (("[visits]", "[visits"), "is not valid TOML"),
        (('"Oakland"', '"Atlantis"'), "This practice has: Brooklyn, Oakland"),
    ],
)
def test_a_map_that_is_not_understood_is_refused_with_key_and_remedy(desk, change, sentence):
    with pytest.raises(CommandError) as refusal:
        desk.run("id,week,total\n7,0,20\n", LABELS.replace(*change))
    assert sentence in str(refusal.value)


def test_a_map_with_a_byte_order_mark_is_read(desk):
    desk.run("id,week,total\n7,0,20\n", "\ufeff" + LABELS)
    assert recorded() == [("7", "2020-01-06", 20)]


def test_a_map_that_is_not_utf_8_says_how_to_save_it(ward, tmp_path):
    (tmp_path / "scores.csv").write_text("id,week,total\n7,0,1\n")
    (tmp_path / "map.toml").write_bytes(LABELS.replace("Elsewhere", "Zürich").encode("latin-1"))
    with pytest.raises(CommandError, match="save it as UTF-8"):
        call_command("import_scores", str(tmp_path / "scores.csv"), map=tmp_path / "map.toml")


def test_without_a_practice_there_is_nowhere_to_import_to(tmp_path):
    with pytest.raises(CommandError, match="no practice yet"):
        Desk(tmp_path).run("id,week,total\n7,0,20\n")
