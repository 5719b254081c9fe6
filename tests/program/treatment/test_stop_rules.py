"""An agreed stop rule holds the next dose until it is talked over, and nothing else does."""

from datetime import timedelta
from hashlib import sha256

import pytest

from sojourn.clinical.outcomes.stop_rule import NotOffered, Standing, Terms
from sojourn.program.audit.models import Entry
from sojourn.program.intake.models import Consent, StopRule
from sojourn.program.intake.signing import CannotBeCalled, withdraw_consent
from sojourn.program.people.policy import NotAllowed
from sojourn.program.treatment import stopping
from sojourn.program.treatment.holding import holds_of
from sojourn.program.treatment.models import StopConversation, StopRuleOffer
from sojourn.program.treatment.session_refusals import DoseHeld
from sojourn.program.treatment.stop_rules import stop_rule_of, stop_rules_for
from tests.support import courses, stop_rules
from tests.support.ward import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def course(ward):
    return courses.start(ward)


@pytest.fixture
def visits(ward, course):
    stop_rules.agree(ward, course)
    stop_rules.sign(ward)
    return courses.book(ward, course)


def rule(ward, at):
    return stop_rule_of(ward.ada.patient_id, actor=ward.ben, now=at)


def rule_holds(ward, visit):
    at = courses.make_ready(ward, visit)
    found = holds_of(courses.session_at(ward, visit, at), actor=ward.mona, now=at)
    return [hold.says for hold in found if "Stop rule" in hold.says]


def talk(
    ward, course, choice="go_on", words="Sleeps better; both want two more.", again_by=None, by=None, at=None
):
    return stopping.record_stop_conversation(
        course_id=course.id,
        choice_id=choice,
        words=words,
        again_by=again_by,
        actor=by or ward.ben,
        now=at or NOW,
    )


def test_the_rule_is_part_of_the_signed_text_and_its_hash(ward, course):
    stop_rules.sign(ward, Terms("phq-9", 7, 3), trusted_name="Nils Núñez", trusted_phone="555-0101")
    consent = Consent.objects.get()
    assert "If my PHQ-9 score has not fallen by 7 points by session 3, we stop and talk" in consent.text
    assert "Nils Núñez, 555-0101" in consent.text
    assert consent.sha256 == sha256(consent.text.encode()).hexdigest()


def test_somebody_to_call_has_a_number(ward, course):
    with pytest.raises(CannotBeCalled):
        stop_rules.sign(ward, trusted_name="Nils Núñez")
    assert not Consent.objects.exists()


def test_terms_a_prescriber_offered_are_agreed_as_they_are_signed(ward, visits):
    assert rule(ward, NOW).agreed_by == ward.ben.name
    assert rule(ward, NOW).held_because == ""


def test_other_terms_hold_the_first_dose_until_a_prescriber_stands_behind_them(ward, course):
    stop_rules.agree(ward, course)
    stop_rules.sign(ward, Terms("phq-9", 8, 4))
    assert "not agreed by a prescriber" in rule(ward, NOW).held_because
    stop_rules.agree(ward, course, Terms("phq-9", 8, 4))
    assert rule(ward, NOW).held_because == ""


def test_the_dose_after_the_agreed_session_is_held_when_the_score_has_not_fallen(ward, course, visits):
    coming = stop_rules.dosed(ward, course, visits, [18, 17, 18])
    says = rule_holds(ward, coming[0])
    assert len(says) == 1
    assert "no reliable fall" in says[0]
    with pytest.raises(DoseHeld):
        courses.give_dose(ward, coming[0])


def test_nothing_is_held_before_that_session(ward, course, visits):
    coming = stop_rules.dosed(ward, course, visits, [18, 19])
    assert rule_holds(ward, coming[0]) == []


def test_nothing_is_held_when_it_has_fallen(ward, course, visits):
    coming = stop_rules.dosed(ward, course, visits, [10, 9, 9])
    assert rule_holds(ward, coming[0]) == []
    assert rule(ward, coming[0].during.lower).verdict.standing is Standing.FALLEN


def test_missing_scores_are_said_as_not_known_and_an_answer_settles_it(ward, course, visits):
    coming = stop_rules.dosed(ward, course, visits, [None, None, None])
    assert "cannot be told (no score since the first dose; 2 are needed)" in rule_holds(ward, coming[0])[0]
    assert not rule(ward, coming[0].during.lower).is_due
    before = coming[0].during.lower
    stop_rules.scored(ward.ada, 8, before - timedelta(days=1))
    stop_rules.scored(ward.ada, 9, before)
    assert rule(ward, before).held_because == ""


def test_a_corrected_and_a_prorated_score_do_not_count(ward, course, visits):
    coming = stop_rules.dosed(ward, course, visits, [None, None, 17])
    wrong = stop_rules.scored(ward.ada, 3, coming[0].during.lower)
    stop_rules.scored(ward.ada, 18, coming[0].during.lower, corrects=wrong, correction_why="typed")
    stop_rules.scored(ward.ada, 2, coming[0].during.lower - timedelta(days=1), prorated=True)
    found = rule(ward, coming[0].during.lower)
    assert sorted(float(score.value) for score in found.verdict.scores) == [17, 18]


def test_a_conversation_on_record_lets_the_dose_be_given(ward, course, visits):
    coming = stop_rules.dosed(ward, course, visits, [18, 17, 18])
    at = coming[0].during.lower
    talk(ward, course, at=at)
    assert rule_holds(ward, coming[0]) == []
    assert Entry.objects.filter(did="recorded a stop conversation").count() == 1
    assert "conversation due: no reliable fall" in StopConversation.objects.get().standing


@pytest.mark.parametrize("choice", ["end_well", "second_opinion", "other_treatment", "change_route"])
def test_a_choice_that_ends_or_waits_keeps_holding(ward, course, visits, choice):
    coming = stop_rules.dosed(ward, course, visits, [18, 17, 18])
    talk(ward, course, choice, at=coming[0].during.lower)
    assert "the conversation of" in rule_holds(ward, coming[0])[0]
    talk(ward, course, "change_dose", "The second opinion is in: try 84 mg twice.", at=coming[0].during.lower)
    assert rule_holds(ward, coming[0]) == []


def test_going_on_until_a_later_session_is_looked_at_again_there(ward, course, visits):
    coming = stop_rules.dosed(ward, course, visits, [18, 17, 18])
    talk(ward, course, again_by=4, at=coming[0].during.lower)
    courses.run_session(ward, coming[0])
    stop_rules.scored(ward.ada, 18, coming[0].during.lower + timedelta(days=1))
    assert "stop and talk" in rule_holds(ward, coming[1])[0]


def test_a_relapse_long_after_the_agreed_session_is_not_what_was_agreed_on(ward, course, visits):
    coming = stop_rules.dosed(ward, course, visits, [9, 8, 9])
    courses.run_session(ward, coming[0])
    for day in (1, 2, 3):
        stop_rules.scored(ward.ada, 22, coming[0].during.lower + timedelta(days=day))
    assert rule(ward, coming[1].during.lower).held_because == ""


def test_the_same_conversation_twice_is_recorded_once(ward, course, visits):
    coming = stop_rules.dosed(ward, course, visits, [18, 17, 18])
    at = coming[0].during.lower
    assert talk(ward, course, at=at) == talk(ward, course, at=at)
    assert StopConversation.objects.count() == 1


def test_a_conversation_says_what_was_agreed_and_chooses_from_the_list(ward, course, visits):
    coming = stop_rules.dosed(ward, course, visits, [18, 17, 18])
    at = coming[0].during.lower
    with pytest.raises(stopping.WordsMissing):
        talk(ward, course, words="  ", at=at)
    for choice, again_by in (("dance", None), ("go_on", 3), ("end_well", 5)):
        with pytest.raises(stopping.NoSuchChoice):
            talk(ward, course, choice, again_by=again_by, at=at)
    with pytest.raises(NotAllowed):
        talk(ward, course, by=ward.cleo, at=at)
    with pytest.raises(NotAllowed):
        talk(ward, course, by=ward.thea, at=at)


def test_where_nothing_holds_there_is_nothing_to_record(ward, course, visits):
    with pytest.raises(stopping.NothingToTalkOver):
        talk(ward, course)


def test_a_session_beyond_the_series_is_not_offered(ward):
    course = courses.start(ward, "racemic_sl_home")
    with pytest.raises(NotOffered):
        stop_rules.agree(ward, course, Terms("phq-9", 6, 8))
    assert not StopRuleOffer.objects.exists()


def test_a_withdrawn_consent_takes_its_rule_with_it(ward, visits):
    withdraw_consent(consent_id=Consent.objects.get().id, actor=ward.ada, now=NOW)
    assert rule(ward, NOW) is None
    assert StopRule.objects.count() == 1


def test_only_who_may_see_the_patient_sees_the_rule(ward, course, visits):
    stop_rules.dosed(ward, course, visits, [18, 17, 18])
    at = visits[-1].during.upper
    assert [row.patient_id for row in stop_rules_for(ward.ben, now=at)] == [ward.ada.patient_id]
    assert stop_rules_for(ward.cleo, now=at) == ()
    assert stop_rule_of(ward.ada.patient_id, actor=ward.bea, now=at) is None


def test_judging_all_rules_takes_a_fixed_number_of_queries(ward, course, visits, django_assert_num_queries):
    stop_rules.dosed(ward, course, visits, [18, 17, 18])
    with django_assert_num_queries(6):
        stop_rules_for(ward.ben, now=visits[-1].during.upper)
