from concurrent.futures import ThreadPoolExecutor
from html import unescape
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client

from sojourn.program.intake.models import Assessment
from sojourn.program.people.models import User
from sojourn.program.safety.models import Alarm
from tests.support.assessments import answered
from tests.support.ward import NOW

pytestmark = pytest.mark.django_db
KEEP = "/join/again/"


@pytest.fixture(autouse=True)
def _clock(time_machine):
    time_machine.move_to(NOW, tick=False)


def test_a_patient_is_offered_to_send_new_answers_instead_of_a_second_account(ward, sign_in):
    page = unescape(sign_in(ward.ada).post("/assessment/", answered()).content.decode())
    assert "Send these answers to my clinician" in page
    assert f'action="{KEEP}"' in page
    assert "Make an account" not in page
    assert not Assessment.objects.exists(), "looking at the answer keeps nothing"


def test_new_answers_are_kept_beside_the_old_ones_and_once(ward, sign_in):
    client = sign_in(ward.ada)
    client.post(KEEP, answered())
    client.post(KEEP, answered())
    assert Assessment.objects.count() == 1
    client.post(KEEP, answered(aneurysm="yes"))
    assert Assessment.objects.filter(patient_id=ward.ada.patient_id).count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_once_keep_the_answers_once_and_raise_one_alarm(ward):
    together = Barrier(2)

    def press():
        browser = Client()
        browser.force_login(User.objects.get(pk=ward.ada.user_id))
        try:
            together.wait(timeout=10)
            return browser.post(KEEP, answered(suicidal_act="yes")).headers["Location"]
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        ends = [future.result(timeout=30) for future in [pool.submit(press), pool.submit(press)]]
    assert ends == ["/help/after-answers/"] * 2
    assert (Assessment.objects.count(), Alarm.objects.count()) == (1, 1)


def test_danger_in_new_answers_raises_the_alarm_and_shows_help(ward, sign_in):
    response = sign_in(ward.ada).post(KEEP, answered(suicidal_act="yes"))
    assert response.headers["Location"] == "/help/after-answers/"
    assert Alarm.objects.filter(patient_id=ward.ada.patient_id).count() == 1


def test_nothing_is_not_kept_and_nonsense_is_asked_again_beside_its_question(ward, sign_in):
    ada = sign_in(ward.ada)
    assert ada.post(KEEP, {}).headers["Location"] == "/assessment/"
    again = ada.post(KEEP, answered(blood_pressure="12/80"))
    assert again.status_code == 422
    assert list(again.context["form"].errors) == ["blood_pressure"]
    assert not Assessment.objects.exists()


def test_it_is_not_for_staff_and_keeps_nothing_of_a_visitor(ward, client, sign_in):
    assert client.post(KEEP, answered()).status_code == 401
    assert sign_in(ward.ben).post(KEEP, answered()).status_code == 403
    assert not Assessment.objects.exists()
