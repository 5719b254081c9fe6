"""What the doors may ask about sites, staff and their credentials."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import F, Q

from sojourn.program.people.actors import Actor
from sojourn.program.people.models import Credential, Site, StaffMember
from sojourn.program.people.roles import Role

ENDS_SOON = timedelta(days=60)  # program policy: a credential is on the list this long before it ends


@dataclass(frozen=True)
class SiteRow:
    id: UUID
    name: str
    address: str
    state: str
    timezone: str


@dataclass(frozen=True)
class StaffRow:
    """One staff member at work, with the sites where they work."""

    id: UUID
    name: str
    email: str
    roles: tuple[Role, ...]
    sites: tuple[str, ...]


@dataclass(frozen=True)
class CredentialRow:
    """The newest credential of its kind and state that a staff member holds."""

    id: UUID
    staff_id: UUID
    staff_name: str
    kind: str
    state: str
    number: str
    issued_on: date
    expires_on: date

    @property
    def label(self) -> str:
        """Kind and state in a few words: "state license, CA"."""
        kind = str(Credential.Kind(self.kind).label)
        return f"{kind}, {self.state}" if self.state else kind

    def standing(self, on: date) -> str:
        """Say "expired", "ends soon" or "in force" on a day; the last day counts as in force."""
        if self.expires_on < on:
            return "expired"
        return "ends soon" if self.expires_on <= on + ENDS_SOON else "in force"


def all_sites() -> tuple[SiteRow, ...]:
    """Every site of the practice, by name."""
    return tuple(
        SiteRow(**row)
        for row in Site.objects.order_by("name").values("id", "name", "address", "state", "timezone")
    )


def timezone_of(actor: Actor) -> str:
    """The time zone where this staff member works (at the first of their sites by name)."""
    zones = Site.objects.filter(pk__in=actor.site_ids).order_by("name").values_list("timezone", flat=True)
    return zones.first() or "UTC"


def today_for(actor: Actor, *, now: datetime) -> date:
    """The day it is where this staff member works."""
    return now.astimezone(ZoneInfo(timezone_of(actor))).date()


def staff_seen_by(actor: Actor) -> tuple[StaffRow, ...]:
    """Staff at work at the sites of this actor, by name; a medical director sees everybody."""
    members = StaffMember.objects.filter(_colleagues(actor), left_on=None).distinct()
    rows = members.select_related("user").prefetch_related("sites").order_by("name", "id")
    return tuple(_staff_row(member) for member in rows)


def colleague(staff_id: UUID, *, actor: Actor) -> StaffRow | None:
    """One staff member, or None where they work at none of this actor's sites or have left."""
    return next((row for row in staff_seen_by(actor) if row.id == staff_id), None)


def staff_of_site(site_id: UUID) -> tuple[StaffRow, ...]:
    """Everybody at work at a site, by name."""
    members = StaffMember.objects.filter(sites=site_id, left_on=None).select_related("user")
    return tuple(_staff_row(member) for member in members.prefetch_related("sites").order_by("name", "id"))


def names_by_account(account_ids: Iterable[UUID]) -> dict[UUID, str]:
    """The names of staff members by their accounts, as a patient may know who looked at their record."""
    rows = StaffMember.objects.filter(user_id__in=set(account_ids))
    return dict(rows.values_list("user_id", "name"))


def names_of_staff(staff_ids: Iterable[UUID]) -> dict[UUID, str]:
    """The names of staff members, those who have left among them."""
    return dict(StaffMember.objects.filter(pk__in=set(staff_ids)).values_list("pk", "name"))


def credentials_seen_by(actor: Actor) -> tuple[CredentialRow, ...]:
    """The newest credential of each kind and state of the staff this actor sees, the first to end first.

    An older one that was renewed is not listed: the renewal stands in its place.
    """
    newest = (
        Credential.objects.filter(_colleagues(actor, "staff_member"), staff_member__left_on=None)
        .order_by("staff_member", "kind", "state", "-expires_on", "-id")
        .distinct("staff_member", "kind", "state")
    )
    rows = newest.values(
        "id", "kind", "state", "number", "issued_on", "expires_on",
        staff_id=F("staff_member_id"), staff_name=F("staff_member__name"),
    )  # fmt: skip
    return tuple(
        sorted((CredentialRow(**row) for row in rows), key=lambda row: (row.expires_on, row.staff_name))
    )


def credentials_ending(actor: Actor, *, on: date) -> tuple[CredentialRow, ...]:
    """Credentials that have ended or end within 60 days of this day, the first to end first."""
    return tuple(row for row in credentials_seen_by(actor) if row.standing(on) != "in force")


def credential_is_recorded(
    *, staff_id: UUID, kind: str, state: str, number: str, issued_on: date, expires_on: date
) -> bool:
    """True when the very same credential stands in the record already."""
    return Credential.objects.filter(
        staff_member_id=staff_id,
        kind=kind,
        state=state,
        number=number,
        issued_on=issued_on,
        expires_on=expires_on,
    ).exists()


def credential_kinds() -> tuple[tuple[str, str], ...]:
    """The kinds of credential and their names, for a form to choose from."""
    return tuple((str(value), str(label)) for value, label in Credential.Kind.choices)


def _staff_row(member: StaffMember) -> StaffRow:
    return StaffRow(
        id=member.id,
        name=member.name,
        email=member.user.email,
        roles=tuple(Role(value) for value in member.roles),
        sites=tuple(sorted(site.name for site in member.sites.all())),
    )


def _colleagues(actor: Actor, path: str = "") -> Q:
    if Role.MEDICAL_DIRECTOR in actor.roles:
        return Q()
    to = f"{path}__" if path else ""
    return Q(**{f"{to}sites__in": actor.site_ids})
