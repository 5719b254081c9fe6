"""Opens the demonstration practice: sites, chairs, and staff with their credentials."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sojourn.program.demonstration.cast import CHAIRS, DIRECTOR, SITES, STAFF, StaffPart
from sojourn.program.people import actions as people
from sojourn.program.people.actors import Actor
from sojourn.program.people.queries import account_actor, site_ids_by_name, staff_actor
from sojourn.program.people.roles import Role
from sojourn.program.plans.actions import add_chair

PASSWORD = "demonstration-only"  # noqa: S105 - printed at every start; a demonstration practice holds nobody real
OPENED_BEFORE = timedelta(days=400)
CREDENTIALS = (
    ("license", True),
    ("controlled_substances", True),
    ("life_support", False),
    ("ketamine_training", False),
)


@dataclass(frozen=True)
class House:
    """The opened practice: who does what at which site."""

    director: Actor
    password: people.HashedPassword
    site_ids: dict[str, UUID]
    zones: dict[str, str]
    states: dict[str, str]
    staff: tuple[tuple[StaffPart, Actor], ...]

    def at(self, site: str, role: Role, turn: int = 0) -> Actor:
        """The staff member of a role at a site; `turn` goes round where there are several."""
        fit = [actor for part, actor in self.staff if part.site == site and part.role is role]
        return fit[turn % len(fit)]


def open_house(*, now: datetime) -> House:
    """Open the practice as it was founded a good year ago."""
    opened_at = now - OPENED_BEFORE
    name, address, state, zone = SITES[0]
    account = people.open_practice(
        name="Harbor Practice", site_name=name, site_address=address, site_state=state, site_timezone=zone,
        director_name=DIRECTOR, email="director@demo.example", password=PASSWORD, now=opened_at,
        phone="(510) 555-0142", is_demonstration=True,
    )  # fmt: skip
    director = account_actor(account)
    password = people.hashed(PASSWORD)
    for name, address, state, zone in SITES[1:]:
        people.add_site(name=name, address=address, state=state, timezone=zone, actor=director, now=opened_at)
    site_ids = site_ids_by_name()
    assert director.staff_id is not None
    people.work_at(
        staff_id=director.staff_id, site_ids=tuple(site_ids.values()), actor=director, now=opened_at
    )
    director = account_actor(account)
    for site, chairs in CHAIRS.items():
        for chair in chairs:
            add_chair(site_id=site_ids[site], name=chair, actor=director, now=opened_at)
    states = {name: state for name, _, state, _ in SITES}
    _credentials(director, states[SITES[0][0]], 400, director, opened_at, now)
    staff = tuple((part, _hire(part, password, site_ids, states, director, opened_at, now)) for part in STAFF)
    return House(director, password, site_ids, {name: zone for name, _, _, zone in SITES}, states, staff)


def _hire(
    part: StaffPart,
    password: people.HashedPassword,
    site_ids: dict[str, UUID],
    states: dict[str, str],
    director: Actor,
    opened_at: datetime,
    now: datetime,
) -> Actor:
    staff_id = people.add_staff_member(
        name=part.name, email=email_of(part), password=password, roles=[part.role], site_ids=[site_ids[part.site]],
        actor=director, now=opened_at,
    )  # fmt: skip
    actor = staff_actor(staff_id)
    _credentials(actor, states[part.site], part.license_ends_in_days, director, opened_at, now)
    return actor


def _credentials(
    member: Actor, state: str, license_ends_in_days: int, director: Actor, opened_at: datetime, now: datetime
) -> None:
    assert member.staff_id is not None
    for number, (kind, of_state) in enumerate(CREDENTIALS):
        ends_in = license_ends_in_days if kind == "license" else 300 + 17 * number
        people.record_credential(
            staff_id=member.staff_id, kind=kind, state=state if of_state else "",
            number=f"{state}-{kind[:2].upper()}-{1000 + number}-DEMO",
            issued_on=opened_at.date() - timedelta(days=200), expires_on=now.date() + timedelta(days=ends_in),
            actor=director, now=opened_at,
        )  # fmt: skip


def email_of(part: StaffPart) -> str:
    """The first of each role signs in by the name of the role, the others by their own."""
    first = next(other for other in STAFF if other.role is part.role)
    if part is first:
        return f"{part.role.replace('_', '-')}@demo.example"
    return f"{'.'.join(part.name.removeprefix('Dr. ').lower().split())}@demo.example"
