"""Ada and the people around her: a small practice in two states that most tests begin from.

Ada is a patient in Oakland. Ben prescribes for her, Thea is her therapist, Mona monitors, Cora coordinates, Dora directs.
Cleo prescribes and Theo counsels at the other site, where Bea is a patient: none of the three may see Ada.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from uuid import UUID

from sojourn.program.people import actions
from sojourn.program.people.actors import Actor, actor_of
from sojourn.program.people.models import Credential, Site, StaffMember, User
from sojourn.program.people.roles import Role

PASSWORD = "a-quiet-well-lit-room"
NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)  # a Tuesday; 7 in the morning in Oakland


@dataclass(frozen=True)
class Ward:
    oakland: UUID
    brooklyn: UUID
    ada: Actor
    bea: Actor
    ben: Actor
    thea: Actor
    mona: Actor
    cora: Actor
    dora: Actor
    cleo: Actor
    theo: Actor

    def email_of(self, actor: Actor) -> str:
        return User.objects.get(pk=actor.user_id).email


def staff_actor(staff_id: UUID) -> Actor:
    member = StaffMember.objects.select_related("user").get(pk=staff_id)
    return actor_of(member.user)


def _hire(
    name: str, role: Role, site: UUID, state: str, *, director: Actor, now: datetime, password: str
) -> Actor:
    """Add a staff member with every paper their work asks for."""
    staff_id = actions.add_staff_member(
        name=name,
        email=f"{name.split(maxsplit=1)[0].lower()}@example.org",
        password=password,
        roles=[role],
        site_ids=[site],
        actor=director,
        now=now,
    )
    for kind, where in (
        (Credential.Kind.LICENSE, state),
        (Credential.Kind.CONTROLLED_SUBSTANCES, state),
        (Credential.Kind.LIFE_SUPPORT, ""),
        (Credential.Kind.KETAMINE_TRAINING, ""),
    ):
        actions.record_credential(
            staff_id=staff_id,
            kind=kind,
            state=where,
            number=f"{state}-{role[:2]}-1001",
            issued_on=now.date() - timedelta(days=300),
            expires_on=now.date() + timedelta(days=400),
            actor=director,
            now=now,
        )
    return staff_actor(staff_id)


def _join(name: str, site: UUID, state: str, *, now: datetime, password: str) -> Actor:
    return actions.join_practice(
        name=name,
        born_on=date(1984, 5, 2),
        email=f"{name.split(maxsplit=1)[0].lower()}@example.org",
        password=password,
        phone="555-0100",
        state=state,
        site_id=site,
        now=now,
    )


def open_ward(now: datetime = NOW, password: str = PASSWORD) -> Ward:
    """Open the practice with everybody in it."""
    director_account = actions.open_practice(
        name="Harbor Practice",
        site_name="Oakland",
        site_address="12 Lake Street, Oakland, CA 94601",
        site_state="CA",
        site_timezone="America/Los_Angeles",
        director_name="Dora Okafor",
        email="dora@example.org",
        password=password,
        now=now,
    )
    dora = actor_of(User.objects.get(pk=director_account))
    oakland = Site.objects.get().id
    brooklyn = actions.add_site(
        name="Brooklyn",
        address="5 Carroll Street, Brooklyn, NY 11231",
        state="NY",
        timezone="America/New_York",
        actor=dora,
        now=now,
    )

    hire = partial(_hire, director=dora, now=now, password=password)
    join = partial(_join, now=now, password=password)
    ward = Ward(
        oakland=oakland,
        brooklyn=brooklyn,
        dora=dora,
        ben=hire("Ben Adeyemi", Role.PRESCRIBER, oakland, "CA"),
        thea=hire("Thea Lindqvist", Role.THERAPIST, oakland, "CA"),
        mona=hire("Mona Castillo", Role.SESSION_MONITOR, oakland, "CA"),
        cora=hire("Cora Whitfield", Role.COORDINATOR, oakland, "CA"),
        cleo=hire("Cleo Marchetti", Role.PRESCRIBER, brooklyn, "NY"),
        theo=hire("Theo Brandt", Role.THERAPIST, brooklyn, "NY"),
        ada=join("Ada Núñez", oakland, "CA"),
        bea=join("Bea Thornton", brooklyn, "NY"),
    )
    assert ward.ada.patient_id
    assert ward.thea.staff_id
    actions.put_on_care_team(
        patient_id=ward.ada.patient_id,
        staff_id=ward.thea.staff_id,
        role=Role.THERAPIST,
        actor=ward.ben,
        now=now,
    )
    return ward
