"""Bringing people into the practice: the practice itself, its sites and staff, and the patients who join."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import pghistory
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from sojourn.program.audit import actions as audit
from sojourn.program.people.actors import MACHINE, Actor
from sojourn.program.people.for_visitors import forget
from sojourn.program.people.models import (
    CareTeamMember,
    Credential,
    Patient,
    Practice,
    PracticePhone,
    Site,
    StaffMember,
    User,
)
from sojourn.program.people.policy import require
from sojourn.program.people.roles import Role


@dataclass(frozen=True)
class HashedPassword:
    """A password that was judged and hashed before, for making many accounts at once."""

    value: str


class PracticeAlreadyOpen(Exception):
    """This database has its practice; the first-run page is closed for good."""


class EmailTaken(Exception):
    """An account with this e-mail exists."""


class StaffMemberNotFound(Exception):
    """Nobody of that id works here now."""


class SiteNameTaken(Exception):
    """The practice has a site of that name."""


class LastDirector(Exception):
    """A practice keeps one medical director: nobody else could add staff."""


class PasswordTooWeak(Exception):
    """The password breaks the rules; `messages` say which."""

    def __init__(self, messages: list[str]) -> None:
        super().__init__("; ".join(messages))
        self.messages = messages


def open_practice(
    *,
    name: str,
    site_name: str,
    site_address: str,
    site_state: str,
    site_timezone: str,
    director_name: str,
    email: str,
    password: str | HashedPassword,
    now: datetime,
    phone: str = "",
    is_demonstration: bool = False,
) -> UUID:
    """Open a new practice with its first site and its first medical director; return the director's account.

    Raises PracticeAlreadyOpen, PasswordTooWeak.
    """
    with transaction.atomic():
        _, is_new = Practice.objects.get_or_create(
            id=1, defaults={"name": name, "is_demonstration": is_demonstration}
        )
        if not is_new:
            raise PracticeAlreadyOpen
        site = Site.objects.create(
            name=site_name, address=site_address, state=site_state, timezone=site_timezone
        )
        if phone:
            PracticePhone.objects.create(phone=phone, set_at=now)
        user = _account(email, password, director_name)
        staff = StaffMember.objects.create(user=user, name=director_name, roles=[Role.MEDICAL_DIRECTOR])
        staff.sites.add(site)
        audit.record(MACHINE, "opened the practice", about=("staff member", staff.id), at=now)
    return user.id


def set_practice_phone(*, phone: str, actor: Actor, now: datetime) -> None:
    """Set the number that patients and sitters call; an empty one says that there is none. The ones before stay on record.

    Setting the number that holds changes nothing. Raises NotAllowed.
    """
    require(actor, "set the practice's number")
    with transaction.atomic():
        Practice.objects.select_for_update().get(id=1)
        newest = PracticePhone.objects.order_by("-set_at", "-id").values_list("phone", flat=True).first()
        if phone.strip() == (newest or ""):
            return
        row = PracticePhone.objects.create(phone=phone.strip(), set_by_id=actor.staff_id, set_at=now)
        audit.record(actor, "set the practice's number", about=("practice phone", row.id), at=now)
    transaction.on_commit(forget)


def note_seeding(*, at: datetime) -> None:
    """Note to which moment the demonstration practice is dated."""
    Practice.objects.filter(is_demonstration=True).update(seeded_at=at)


def add_site(*, name: str, address: str, state: str, timezone: str, actor: Actor, now: datetime) -> UUID:
    """Add a place where the practice works; whoever adds it works there, too. Raises NotAllowed, SiteNameTaken."""
    require(actor, "add a site")
    try:
        with transaction.atomic():
            site = Site.objects.create(name=name.strip(), address=address, state=state, timezone=timezone)
            if actor.staff_id is not None:
                StaffMember.objects.get(pk=actor.staff_id).sites.add(site)
            audit.record(actor, "added a site", about=("site", site.id), at=now)
    except IntegrityError as taken:
        raise SiteNameTaken from taken
    return site.id


def add_staff_member(
    *,
    name: str,
    email: str,
    password: str | HashedPassword,
    roles: Collection[Role],
    site_ids: Collection[UUID],
    actor: Actor,
    now: datetime,
) -> UUID:
    """Add a staff member with an account. Raises NotAllowed, EmailTaken, PasswordTooWeak."""
    require(actor, "add staff")
    with transaction.atomic(), pghistory.context(actor=str(actor.user_id)):
        user = _account(email, password, name)
        staff = StaffMember.objects.create(user=user, name=name, roles=sorted(roles))
        staff.sites.set(Site.objects.filter(pk__in=site_ids))
        audit.record(actor, "added a staff member", about=("staff member", staff.id), at=now)
    return staff.id


def work_at(*, staff_id: UUID, site_ids: Collection[UUID], actor: Actor, now: datetime) -> None:
    """Say at which sites a staff member works from now on."""
    require(actor, "add staff")
    with transaction.atomic():
        StaffMember.objects.get(pk=staff_id).sites.set(Site.objects.filter(pk__in=site_ids))
        audit.record(actor, "chose the sites of a staff member", about=("staff member", staff_id), at=now)


def end_work(*, staff_id: UUID, on: date, actor: Actor, now: datetime) -> None:
    """End a staff member's work here: from this moment their account opens nothing. What they recorded stays.

    Raises NotAllowed, StaffMemberNotFound, LastDirector.
    """
    require(actor, "end somebody's work")
    with transaction.atomic(), pghistory.context(actor=str(actor.user_id)):
        at_work = StaffMember.objects.select_for_update().filter(left_on=None)
        directors = [m.id for m in at_work.filter(roles__contains=[Role.MEDICAL_DIRECTOR]).order_by("pk")]
        member = at_work.filter(pk=staff_id).first()
        if member is None:
            raise StaffMemberNotFound
        if directors == [member.id]:
            raise LastDirector
        member.left_on = on
        member.save(update_fields=["left_on"])
        User.objects.filter(pk=member.user_id).update(is_active=False)
        CareTeamMember.objects.filter(staff_member=member, until_at=None).update(until_at=now)
        audit.record(actor, "ended the work of a staff member", about=("staff member", staff_id), at=now)


def record_credential(
    *,
    staff_id: UUID,
    kind: str,
    number: str,
    issued_on: date,
    expires_on: date,
    actor: Actor,
    now: datetime,
    state: str = "",
) -> UUID:
    """Record a license, registration or training of a staff member; a renewal is a new record."""
    require(actor, "keep credentials")
    with transaction.atomic(), pghistory.context(actor=str(actor.user_id)):
        credential = Credential.objects.create(
            staff_member_id=staff_id,
            kind=kind,
            state=state,
            number=number,
            issued_on=issued_on,
            expires_on=expires_on,
        )
        audit.record(actor, "recorded a credential", about=("credential", credential.id), at=now)
    return credential.id


def join_practice(
    *,
    name: str,
    born_on: date,
    email: str,
    password: str | HashedPassword,
    phone: str,
    state: str,
    site_id: UUID,
    now: datetime,
) -> Actor:
    """Make a visitor a patient with an account, and return them as an actor. Raises EmailTaken, PasswordTooWeak."""
    with transaction.atomic():
        user = _account(email, password, name)
        patient = Patient.objects.create(
            user=user, name=name, born_on=born_on, phone=phone, state=state, site_id=site_id, joined_at=now
        )
        actor = Actor(roles=frozenset({Role.PATIENT}), user_id=user.id, patient_id=patient.id, name=name)
        audit.record(
            actor, "joined the practice", about=("patient", patient.id), at=now, patient_id=patient.id
        )
    return actor


def put_on_care_team(*, patient_id: UUID, staff_id: UUID, role: Role, actor: Actor, now: datetime) -> None:
    """Make this staff member the patient's therapist, prescriber or monitor in place of whoever was before.

    Raises NotAllowed, StaffMemberNotFound for somebody who has not this role at the patient's site.
    """
    require(actor, "choose a care team", patient_id=patient_id)
    with transaction.atomic():
        patient = Patient.objects.select_for_update(no_key=True).get(pk=patient_id)
        at_site = StaffMember.objects.filter(sites=patient.site_id, left_on=None, roles__contains=[role])
        if not at_site.filter(pk=staff_id).exists():
            raise StaffMemberNotFound
        current = CareTeamMember.objects.select_for_update().filter(
            patient_id=patient_id, role=role, until_at=None
        )
        if current.filter(staff_member_id=staff_id).exists():
            return
        current.update(until_at=now)
        CareTeamMember.objects.create(
            patient_id=patient_id, staff_member_id=staff_id, role=role, since_at=now
        )
        audit.record(
            actor, "chose a care team member", about=("patient", patient_id), at=now, patient_id=patient_id
        )


def hashed(password: str) -> HashedPassword:
    """Hash a password once, to use it for several accounts."""
    return HashedPassword(make_password(password))


def _account(email: str, password: str | HashedPassword, name: str) -> User:
    """Make an account, refusing a weak password or a known e-mail (whatever its case)."""
    user = User(email=email.strip().lower())
    user.name = name  # type: ignore[attr-defined] # only for the rule that a password is not one's own name
    if isinstance(password, HashedPassword):
        user.password = password.value
    else:
        try:
            validate_password(password, user)
        except ValidationError as weak:
            raise PasswordTooWeak(weak.messages) from weak
        user.set_password(password)
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as taken:
        raise EmailTaken from taken
    return user
