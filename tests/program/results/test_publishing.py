"""Pages beside each other: what one refuses because of the others, in a sentence."""

from datetime import date

import pytest

from sojourn.program.results.models import Publication
from sojourn.program.results.publishing import (
    NothingToPublish,
    PublishedQuestion,
    publish_results,
    why_not_beside_earlier,
)
from tests.support.ward import NOW

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def ask(instrument="phq-9", window="week 4", outcome="response", **limits):
    return PublishedQuestion(instrument, window, outcome, **limits)


def publish(ward, question, counts, page=None, as_of=TODAY):
    publish_results(
        page=page or f"{question}{as_of}", question=question, counts=counts, as_of=as_of, refused_because="", actor=ward.dora, now=NOW,
    )  # fmt: skip


SPRING, SUMMER, BOTH = (
    {"since": "2026-01-01", "until": "2026-06-30"},
    {"since": "2026-04-01", "until": "2026-09-30"},
    {"since": "2026-01-01", "until": "2026-09-30"},
)


def test_three_pages_that_tell_of_a_handful_together_are_refused_at_the_third(ward):
    """Spring 30, summer 30, both 50: so 10 people began in the months that the first two share."""
    publish(ward, ask(**SPRING), {"answered": 30})
    publish(ward, ask(**SUMMER), {"answered": 30})
    with pytest.raises(
        NothingToPublish, match=r"would tell of fewer than 11 people \(answered\): whoever has them all"
    ):
        publish(ward, ask(**BOTH), {"answered": 50})
    assert Publication.objects.count() == 2
    publish(ward, ask(**BOTH), {"answered": 49})


def test_pages_of_single_sites_beside_the_page_of_all(ward):
    publish(ward, ask(), {"met": 100})
    publish(ward, ask(site="a"), {"met": 50})
    assert "fewer than 11 people (met)" in why_not_beside_earlier(ask(site="b"), {"met": 45}, as_of=TODAY)
    assert why_not_beside_earlier(ask(site="b"), {"met": 50}, as_of=TODAY) == ""
    assert why_not_beside_earlier(ask(site="b"), {"met": 39}, as_of=TODAY) == ""


def test_who_came_in_is_the_same_people_whatever_the_questionnaire(ward):
    publish(ward, ask(), {"came in": 100, "met": 40})
    other = ask("gad-7", site="a")
    assert "fewer than 11 people (came in)" in why_not_beside_earlier(
        other, {"came in": 95, "met": 38}, as_of=TODAY
    )
    assert why_not_beside_earlier(other, {"came in": 80, "met": 38}, as_of=TODAY) == ""


def test_what_counts_met_is_compared_only_for_the_same_outcome(ward):
    publish(ward, ask(), {"met": 40, "answered": 60})
    assert why_not_beside_earlier(ask(outcome="remission"), {"met": 35, "answered": 60}, as_of=TODAY) == ""


def test_a_loss_that_all_but_one_site_share_gives_that_site_away(ward):
    """20 without a baseline in all, 15 of them at site a: 5 elsewhere, although no page shows a small number."""
    publish(ward, ask(), {"came in": 200, "no valid baseline": 20})
    told = why_not_beside_earlier(ask(site="a"), {"came in": 120, "no valid baseline": 15}, as_of=TODAY)
    assert "(no valid baseline)" in told


def test_the_same_page_a_little_later_is_refused_and_much_later_is_not(ward):
    publish(ward, ask(), {"answered": 50})
    assert "whoever has both" in why_not_beside_earlier(ask(), {"answered": 56}, as_of=date(2026, 12, 1))
    assert "whoever has both" in why_not_beside_earlier(ask(), {"answered": 44}, as_of=date(2026, 12, 1))
    assert why_not_beside_earlier(ask(), {"answered": 61}, as_of=date(2026, 12, 1)) == ""


def test_numbers_that_pages_hide_are_no_reason_to_refuse(ward):
    publish(ward, ask(), {"people with an act-now alarm": 7, "answered": 60})
    assert (
        why_not_beside_earlier(
            ask(site="a"), {"people with an act-now alarm": 3, "answered": 30}, as_of=TODAY
        )
        == ""
    )
