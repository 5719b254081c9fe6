from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from sojourn.program.audit.models import Entry
from sojourn.program.people import actions, roster
from sojourn.program.people.models import Credential, StaffMember, User
from sojourn.program.people.policy import NotAllowed
from sojourn.program.plans.actions import add_chair
from sojourn.program.plans.queries import chairs_of
from tests.support import courses
from tests.support.ward import NOW, PASSWORD

pytestmark = pytest.mark.django_db
STAFF = "/workspace/staff/"


@pytest.fixture(autouse=True)
def _today(time_machine):
    time_machine.move_to(NOW, tick=False)


def renewal(**changed):
    return {
        "kind": "license",
        "state": "CA",
        "number": "A-2002",
        "issued_on": "2026-11-01",
        "expires_on": "2028-10-31",
        **changed,
    }


def ends_in(ward, who, days):
    actions.record_credential(
        staff_id=who.staff_id,
        kind="license",
        state="NV",
        number="NV-1",
        issued_on=NOW.date() - timedelta(days=400),
        expires_on=NOW.date() + timedelta(days=days),
        actor=ward.dora,
        now=NOW,
    )


@pytest.mark.parametrize(
    ("days", "standing"), [(-1, "expired"), (0, "ends soon"), (60, "ends soon"), (61, "in force")]
)
def test_a_credential_is_on_the_list_from_sixty_days_before_its_last_day(ward, days, standing):
    ends_in(ward, ward.ben, days)
    row = next(r for r in roster.credentials_seen_by(ward.cora) if r.state == "NV")
    assert row.standing(NOW.date()) == standing
    assert (row in roster.credentials_ending(ward.cora, on=NOW.date())) is (standing != "in force")


def test_what_ends_first_stands_first_and_a_renewal_takes_it_off(ward, sign_in):
    ends_in(ward, ward.ben, -3)
    ends_in(ward, ward.mona, 10)
    client = sign_in(ward.cora)
    ending = client.get(STAFF).context["ending"]
    assert [(entry["row"].staff_name, entry["standing"]) for entry in ending] == [
        ("Ben Adeyemi", "expired"),
        ("Mona Castillo", "ends soon"),
    ]
    client.post(reverse("workspace:credential_new", args=[ward.ben.staff_id]), renewal(state="NV"))
    assert [e["row"].staff_name for e in client.get(STAFF).context["ending"]] == ["Mona Castillo"]


def test_a_coordinator_sees_and_keeps_only_the_staff_of_their_own_sites(ward, sign_in):
    client = sign_in(ward.cora)
    page = client.get(STAFF).content.decode()
    assert "Ben Adeyemi" in page
    assert "Cleo Marchetti" not in page
    assert (
        client.post(reverse("workspace:credential_new", args=[ward.cleo.staff_id]), renewal()).status_code
        == 404
    )
    assert "Cleo Marchetti" in sign_in(ward.dora).get(STAFF).content.decode()


def test_a_renewal_sent_twice_is_recorded_once_and_logged_once(ward, sign_in):
    client = sign_in(ward.cora)
    url = reverse("workspace:credential_new", args=[ward.ben.staff_id])
    before = Credential.objects.count()
    client.post(url, renewal())
    again = client.post(url, renewal(), follow=True)
    assert "recorded already" in again.content.decode()
    assert Credential.objects.count() == before + 1
    assert Entry.objects.filter(did="recorded a credential", actor_id=ward.cora.user_id).count() == 1


@pytest.mark.parametrize(
    ("changed", "field", "message"),
    [
        ({"kind": ""}, "kind", "required"),
        ({"kind": "diploma"}, "kind", "valid choice"),
        ({"state": ""}, "state", "Choose the state"),
        ({"number": "x" * 81}, "number", "at most 80"),
        ({"issued_on": "2026-11-25"}, "issued_on", "has not come yet"),
        ({"issued_on": "1926-11-25"}, "issued_on", "60 years ago"),
        ({"issued_on": "yesterday"}, "issued_on", "valid date"),
        ({"expires_on": "2026-11-01"}, "expires_on", "on or before the day it was issued"),
        ({"expires_on": "2226-11-01"}, "expires_on", "more than ten years"),
    ],
)
def test_an_absurd_credential_is_refused_beside_its_field(ward, sign_in, changed, field, message):
    before = Credential.objects.count()
    url = reverse("workspace:credential_new", args=[ward.ben.staff_id])
    response = sign_in(ward.cora).post(url, renewal(**changed))
    assert message in " ".join(response.context["form"].errors[field])
    assert Credential.objects.count() == before


def test_the_director_adds_a_colleague_who_can_then_sign_in(ward, sign_in, client):
    person = {
        "name": "Nadia Öz <b>",
        "email": "Nadia@Example.org",
        "roles": ["therapist", "session_monitor"],
        "sites": [str(ward.oakland)],
        "password": PASSWORD,
    }
    response = sign_in(ward.dora).post("/workspace/staff/add/", person)
    nadia = StaffMember.objects.get(name="Nadia Öz <b>")
    assert response.headers["Location"] == reverse("workspace:credential_new", args=[nadia.id])
    assert nadia.roles == ["session_monitor", "therapist"]
    assert nadia.user.check_password(PASSWORD)
    again = sign_in(ward.dora).post("/workspace/staff/add/", person)
    assert "An account with this e-mail exists" in again.content.decode()
    assert PASSWORD not in again.content.decode()
    assert User.objects.filter(email="nadia@example.org").count() == 1


@pytest.mark.parametrize(
    ("changed", "field"),
    [({"roles": []}, "roles"), ({"roles": ["patient"]}, "roles"), ({"sites": []}, "sites"), ({"sites": ["x"]}, "sites"),
     ({"password": "short"}, "password"), ({"email": "nobody"}, "email"), ({"name": "n" * 301}, "name")],
)  # fmt: skip
def test_a_colleague_with_a_wrong_answer_is_not_added(ward, sign_in, changed, field):
    before = StaffMember.objects.count()
    person = {
        "name": "N",
        "email": "n@example.org",
        "roles": ["therapist"],
        "sites": [str(ward.oakland)],
        "password": PASSWORD,
    }
    response = sign_in(ward.dora).post("/workspace/staff/add/", {**person, **changed})
    assert field in response.context["form"].errors
    assert StaffMember.objects.count() == before


@pytest.mark.parametrize("more", [0, 30])
def test_the_staff_page_asks_the_same_number_of_queries_for_few_and_many(
    ward, sign_in, django_assert_num_queries, more
):
    for n in range(more):
        actions.add_staff_member(
            name=f"Extra {n}",
            email=f"extra{n}@example.org",
            password=PASSWORD,
            roles=["therapist"],
            site_ids=[ward.oakland],
            actor=ward.dora,
            now=NOW,
        )
    client = sign_in(ward.cora)
    with django_assert_num_queries(8):
        assert client.get(STAFF).status_code == 200


def end(client, colleague):
    return client.post(reverse("workspace:end_work", args=[colleague.staff_id]), follow=True)


def test_a_colleague_whose_work_has_ended_loses_access_at_once_and_what_they_wrote_stays(ward, sign_in):
    course = courses.start(ward)
    visits = courses.book(ward, course)
    courses.hold(ward, visits[0])
    theirs = Client()
    theirs.force_login(User.objects.get(pk=ward.thea.user_id))
    assert theirs.get("/workspace/between-doses/").status_code == 200
    director = sign_in(ward.dora)
    page = director.get(reverse("workspace:end_work", args=[ward.thea.staff_id])).content.decode()
    assert "visits to come stand with them" in page
    end(director, ward.thea)
    refused = theirs.get("/workspace/between-doses/")
    assert refused.status_code == 302
    assert refused.headers["Location"].startswith("/account/login/")
    assert not theirs.login(email=ward.email_of(ward.thea), password=PASSWORD)
    assert (
        "Thea Lindqvist"
        in director.get(reverse("workspace:chart", args=[ward.ada.patient_id])).content.decode()
    )
    assert ward.thea.staff_id not in {row.id for row in director.get("/workspace/staff/").context["staff"]}


def test_the_only_medical_director_stays(ward, sign_in):
    assert "only medical director" in end(sign_in(ward.dora), ward.dora).content.decode()
    assert User.objects.get(pk=ward.dora.user_id).is_active


def test_nobody_but_the_director_ends_somebodys_work(ward, sign_in):
    for colleague in (ward.cora, ward.ben, ward.mona, ward.thea):
        assert end(sign_in(colleague), ward.mona).status_code == 403
    assert User.objects.get(pk=ward.mona.user_id).is_active


def test_a_new_practice_gets_its_chairs_and_its_second_site_from_the_pages(ward, sign_in):
    director = sign_in(ward.dora)
    page = director.get(reverse("workspace:places")).content.decode()
    assert "no dose in the clinic can be booked here" in page
    add = reverse("workspace:add_chair", args=[ward.oakland])
    director.post(add, {"name": " Alder "})
    assert [chair.name for chair in chairs_of([ward.oakland])] == ["Alder"]
    again = director.post(add, {"name": "Alder"})
    assert "chair of this name" in again.content.decode()
    site = {"name": "Reno", "address": "1 Main St", "state": "NV", "timezone": "America/Los_Angeles"}
    refused = director.post(reverse("workspace:add_site"), {**site, "timezone": "Mars"})
    assert "Select a valid choice" in refused.content.decode()
    director.post(reverse("workspace:add_site"), site)
    assert "Reno" in director.get(reverse("workspace:places")).content.decode()
    assert "site of this name" in director.post(reverse("workspace:add_site"), site).content.decode()


def test_a_coordinator_adds_chairs_where_they_work_and_nowhere_else(ward, sign_in):
    client = sign_in(ward.cora)
    assert client.post(reverse("workspace:add_chair", args=[ward.oakland]), {"name": "A"}).status_code == 302
    assert client.post(reverse("workspace:add_chair", args=[ward.brooklyn]), {"name": "A"}).status_code == 404
    with pytest.raises(NotAllowed):
        add_chair(site_id=ward.brooklyn, name="A", actor=ward.cora, now=NOW)
    assert client.get(reverse("workspace:add_site")).status_code == 403
