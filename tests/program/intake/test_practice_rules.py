"""The medical director sets the practice's own numbers with reason and signature; nobody loosens an absolute rule."""

from datetime import timedelta

import pytest
from django.db import ProgrammingError, transaction

from sojourn.clinical.protocols import rule_set
from sojourn.clinical.protocols.thresholds import Adopted, ThresholdRefused
from sojourn.program.audit.models import Entry
from sojourn.program.intake.actions import ReasonMissing
from sojourn.program.intake.models import AdoptedThreshold
from sojourn.program.intake.practice_rules import (
    AdoptedMeanwhile,
    adopt_threshold,
    adoptions,
    own_thresholds,
    practice_rules,
    rules_then_and_now,
)
from sojourn.program.intake.signing import NameDiffers
from sojourn.program.people.policy import NotAllowed
from tests.support.ward import NOW

pytestmark = pytest.mark.django_db
ALT = Adopted("ELIG-HEP-03", "2026.11.0", "alt_times_uln", "above", 2)


def adopt(ward, **changed):
    told = {"wanted": ALT, "seen": 3, "reason": "Our hepatologist asks for it.", "signed_name": "Dora Okafor"}
    return adopt_threshold(**{**told, "actor": ward.dora, "now": NOW, **changed})


def test_an_adopted_number_holds_from_that_moment_and_stands_in_the_log(ward):
    adopted = adopt(ward)
    assert practice_rules().version.startswith(f"{rule_set().version}+practice.")
    (own,) = [each for each in own_thresholds() if each.is_own]
    assert (own.threshold.rule_id, own.threshold.limit, own.limit) == ("ELIG-HEP-03", 3, 2)
    (row,) = adoptions()
    assert (row.was, row.limit, row.reason, row.signed_name) == (
        3, 2, "Our hepatologist asks for it.", "Dora Okafor",
    )  # fmt: skip
    entry = Entry.objects.get(did="adopted a threshold")
    assert (entry.about_id, entry.actor_id) == (adopted, ward.dora.user_id)


def test_the_rules_of_a_past_moment_are_those_of_the_numbers_adopted_until_then(ward):
    adopt(ward)
    then, now = rules_then_and_now(NOW - timedelta(seconds=1))
    assert then is rule_set()
    assert now is practice_rules()
    assert rules_then_and_now(NOW)[0] is practice_rules()


def test_the_newest_number_counts_and_the_programs_own_is_the_way_back(ward):
    adopt(ward)
    adopt(ward, wanted=Adopted("ELIG-HEP-03", "2026.11.0", "alt_times_uln", "above", 3), seen=2)
    assert practice_rules() is rule_set()
    assert len(adoptions()) == 2


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"reason": "  "}, ReasonMissing),
        ({"signed_name": "Somebody Else"}, NameDiffers),
        ({"seen": 5}, AdoptedMeanwhile),
        (
            {"wanted": Adopted("ELIG-AIR-02-NO-DOSE", "2026.11.0", "spo2_percent", "below", 90)},
            ThresholdRefused,
        ),
        ({"wanted": Adopted("ELIG-CV-04", "2026.11.0", "systolic", "above", 160)}, ThresholdRefused),
    ],
    ids=["no reason", "another name", "a stale page", "looser than absolute", "the label's number"],
)
def test_what_is_refused_changes_nothing(ward, changed, refusal):
    with pytest.raises(refusal):
        adopt(ward, **changed)
    assert practice_rules() is rule_set()
    assert not Entry.objects.filter(did="adopted a threshold").exists()


@pytest.mark.parametrize("who", ["ben", "thea", "mona", "cora", "ada"])
def test_only_the_medical_director_adopts(ward, who):
    with pytest.raises(NotAllowed):
        adopt(ward, actor=getattr(ward, who))


def test_a_signature_may_be_typed_in_small_letters(ward):
    assert adopt(ward, signed_name=" dora  okafor ")


def test_an_adoption_is_never_edited_or_removed(ward):
    adopt(ward)
    with pytest.raises(ProgrammingError), transaction.atomic():
        AdoptedThreshold.objects.update(limit=9)
    with pytest.raises(ProgrammingError), transaction.atomic():
        AdoptedThreshold.objects.all().delete()


def test_an_adoption_for_an_older_version_of_a_rule_falls_back_to_the_rule_itself(ward):
    AdoptedThreshold.objects.create(
        rule_id="ELIG-HEP-03", rule_version="2020.1.0", fact="alt_times_uln", relation="above", was=3, limit=1,
        reason="old", signed_name="Dora Okafor", adopted_by_id=ward.dora.staff_id, adopted_at=NOW,
    )  # fmt: skip
    assert practice_rules() is rule_set()


def test_the_rules_cost_one_query(ward, django_assert_num_queries):
    adopt(ward)
    with django_assert_num_queries(1):
        practice_rules()
    with django_assert_num_queries(1):
        own_thresholds()
