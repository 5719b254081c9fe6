"""What the form of a session asks of people and no session tells: asked once, kept with who was told, derived since."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from sojourn.clinical.monitoring.documents import Kept
from sojourn.clinical.protocols.medicines import medicines_named
from sojourn.program.audit import actions as audit
from sojourn.program.intake.models import Assessment
from sojourn.program.people.actors import Actor
from sojourn.program.people.models import StaffMember
from sojourn.program.people.places import local_date
from sojourn.program.people.policy import patients_visible_to, require
from sojourn.program.plans.choices import VisitKind
from sojourn.program.plans.models import Visit
from sojourn.program.treatment.models import FormAnswer, MedicineChange

SEXES: Final = ("female", "male")
GROUPS: Final = ("benzodiazepine", "sedative", "stimulant", "maoi", "opioid")
Kind = FormAnswer.Kind


class SessionNotFound(Exception):
    """No such dosing session among the patients this actor may see."""


class AnswerImpossible(Exception):
    """An answer that cannot be; `field` names which."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


@dataclass(frozen=True)
class Asked:
    """Which of the answers are still to be given for a session."""

    sex: bool
    enrolled: bool
    phone_of: str

    @property
    def anything(self) -> bool:
        return self.sex or self.enrolled or bool(self.phone_of)


def answer_form(
    *,
    visit_id: UUID,
    monitor_id: UUID | None,
    sex: str = "",
    enrolled_on: date | None = None,
    phone: str = "",
    actor: Actor,
    now: datetime,
) -> None:
    """Note what a form asks of the patient of a session, and of who watched it; what is left out changes nothing.

    Raises NotAllowed, SessionNotFound, AnswerImpossible.
    """
    with transaction.atomic():
        visit = (
            Visit.objects.select_related("course__site", "patient")
            .filter(patients_visible_to(actor, "patient"), pk=visit_id, kind=VisitKind.DOSING)
            .first()
        )
        if visit is None:
            raise SessionNotFound
        require(actor, "file a form", patient_id=visit.patient_id)
        if sex and sex not in SEXES:
            raise AnswerImpossible("sex")
        born_on = visit.patient.born_on
        if enrolled_on and (
            enrolled_on > local_date(now, visit.course.site.timezone) or (born_on and enrolled_on < born_on)
        ):
            raise AnswerImpossible("enrolled_on")
        if sex:
            _note(Kind.SEX, sex, actor, now, patient_id=visit.patient_id)
        if enrolled_on:
            _note(Kind.ENROLLED, enrolled_on.isoformat(), actor, now, patient_id=visit.patient_id)
        if phone.strip() and monitor_id is not None:
            _note(Kind.PHONE, phone.strip()[:60], actor, now, staff_member_id=monitor_id)
        audit.record(actor, "answered a form", about=("visit", visit_id), at=now, patient_id=visit.patient_id)


def kept_of(
    *, patient_id: UUID, monitor_id: UUID | None, session_on: date, timezone: str
) -> Mapping[str, Kept]:
    """What is kept of the people of a session, by the names of the form's fields. Three queries."""
    found = {}
    answers = _newest(patient_id=patient_id)
    if Kind.SEX in answers:
        value, source = answers[Kind.SEX]
        found["sex"] = Kept(value, source(timezone))
    if Kind.ENROLLED in answers:
        value, source = answers[Kind.ENROLLED]
        since = date.fromisoformat(value)
        says = (
            f"yes, since {value}" if since <= session_on else f"no: enrolled on {value}, after this session"
        )
        found["enrolled"] = Kept(says, source(timezone))
    if monitor_id is not None:
        found["contact"] = _contact(monitor_id, timezone)
    return found


def medicines_of(*, patient_id: UUID, until: datetime, session_on: date, timezone: str) -> Mapping[str, Kept]:
    """Whether medicines of each class the form asks for are taken, as it was known when the session ended. Two queries.

    The newest assessment says yes or no; a change of medicines since then says more. What contradicts itself is not told.
    """
    newest = (
        Assessment.objects.filter(patient_id=patient_id, taken_at__lte=until)
        .order_by("-taken_at", "-id")
        .values("facts", "taken_at")
        .first()
    )
    told = newest["facts"].get("medicines") if newest else None
    told_on = local_date(newest["taken_at"], timezone) if newest else None
    changes = _changes(patient_id, session_on)
    return {group: _of_group(group, told, told_on, changes) for group in GROUPS}


def _of_group(
    group: str,
    told: list[str] | None,
    told_on: date | None,
    changes: list[tuple[str, str, date, frozenset[str]]],
) -> Kept:
    assessed = f"assessment of {told_on.isoformat()}" if told_on else ""
    since = [each for each in changes if group in each[3] and (told_on is None or each[2] >= told_on)]
    last = {name: (what, on) for name, what, on, _classes in since}
    taken = [f"{name} ({what} {on.isoformat()})" for name, (what, on) in last.items() if what != "stopped"]
    stopped = [f"{name} stopped {on.isoformat()}" for name, (what, on) in last.items() if what == "stopped"]
    if taken:
        return Kept(f"yes: {', '.join(taken)}", "changes of medicines on the chart")
    if not isinstance(told, list):
        return Kept("", "", "")
    if "unknown" in told:
        return Kept(
            "", "", f"not known: the {assessed} says: I do not know. Ask, and note it among the medicines"
        )
    if group in told and stopped:
        return Kept("", "", f"not clear: the {assessed} says yes, and {', '.join(stopped)}. Ask, and note it")
    return Kept("yes" if group in told else "no", assessed)


def _changes(patient_id: UUID, until: date) -> list[tuple[str, str, date, frozenset[str]]]:
    rows = MedicineChange.objects.filter(patient_id=patient_id, struck_at=None, on__lte=until)
    return [
        (name, what, on, frozenset(medicines_named([name]).classes))
        for name, what, on in rows.order_by("on", "recorded_at").values_list("medicine", "what", "on")
    ]


def asked_of(kept: Mapping[str, Kept], *, monitor: str, has_phone: bool) -> Asked:
    """What is still to be asked, once."""
    return Asked(
        sex="sex" not in kept,
        enrolled="enrolled" not in kept,
        phone_of="" if has_phone or not monitor else monitor,
    )


def has_phone(monitor_id: UUID | None) -> bool:
    """True when the telephone of a member of staff is noted."""
    return monitor_id is not None and bool(_newest(staff_member_id=monitor_id))


def _contact(monitor_id: UUID, timezone: str) -> Kept:
    email = StaffMember.objects.values_list("user__email", flat=True).get(pk=monitor_id)
    phone = _newest(staff_member_id=monitor_id).get(Kind.PHONE)
    if phone is None:
        return Kept("", "", f"telephone not noted yet: note it on this page; e-mail {email}")
    value, source = phone
    return Kept(f"{value}, {email}", f"{source(timezone)}; e-mail of the account")


@dataclass(frozen=True)
class _Source:
    by: str
    at: datetime

    def __call__(self, timezone: str) -> str:
        return f"told to {self.by} on {local_date(self.at, timezone).isoformat()}"


def _newest(**about: UUID) -> dict[str, tuple[str, _Source]]:
    rows = FormAnswer.objects.filter(**about).order_by("told_at", "id")
    return {
        kind: (value, _Source(by, at))
        for kind, value, by, at in rows.values_list("kind", "value", "told_to__name", "told_at")
    }


def _note(kind: str, value: str, actor: Actor, now: datetime, **about: UUID) -> None:
    assert actor.staff_id is not None
    FormAnswer.objects.create(kind=kind, value=value, told_to_id=actor.staff_id, told_at=now, **about)
