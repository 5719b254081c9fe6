"""Which papers a staff member must hold for which work, and which of them are missing on a given day.

What is asked for stands in the table below. All of it is program policy; the state license and the registration for
controlled substances also rest on law, which the practice must read for its own states.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from django.utils.formats import date_format

from sojourn.program.people.models import Credential
from sojourn.program.people.roles import Role

Kind = Credential.Kind


@dataclass(frozen=True)
class Need:
    """One paper a kind of work asks for; `in_state` ones count only for the state where the patient is."""

    kind: str
    in_state: bool
    because: str
    basis: str


LICENSE = Need(
    Kind.LICENSE, True, "care happens where the patient is", "program policy, on state licensing law"
)
CONTROLLED = Need(
    Kind.CONTROLLED_SUBSTANCES,
    True,
    "ketamine is a schedule III drug",
    "program policy, on federal and state law",
)
LIFE_SUPPORT = Need(Kind.LIFE_SUPPORT, False, "sedation can deepen", "program policy")
TRAINING = Need(Kind.KETAMINE_TRAINING, False, "racemic ketamine has no label for this use", "program policy")

CONVERSATION: Final = (LICENSE,)
DOSING: Final = (LICENSE, LIFE_SUPPORT)
DOSING_RACEMIC: Final = (LICENSE, LIFE_SUPPORT, TRAINING)
PRESCRIBING: Final = (LICENSE, CONTROLLED)


RUNS_DOSING: Final = frozenset({Role.SESSION_MONITOR, Role.PRESCRIBER})
HOLDS_CONVERSATIONS: Final = frozenset({Role.THERAPIST, Role.PRESCRIBER})


@dataclass(frozen=True)
class Held:
    """One credential as it stands: its last day counts as valid."""

    kind: str
    state: str
    issued_on: date
    expires_on: date


def needs_for(*, is_dosing: bool, drug: str) -> tuple[Need, ...]:
    """The papers a visit asks of its clinician."""
    if not is_dosing:
        return CONVERSATION
    return DOSING if drug == "esketamine" else DOSING_RACEMIC


def held_by(staff_ids: Iterable[UUID]) -> dict[UUID, tuple[Held, ...]]:
    """All credentials of these staff members, read in one query; a member without any has an empty entry."""
    papers: dict[UUID, list[Held]] = {staff_id: [] for staff_id in staff_ids}
    rows = Credential.objects.filter(staff_member_id__in=list(papers))
    for staff_id, kind, state, issued_on, expires_on in rows.values_list(
        "staff_member_id", "kind", "state", "issued_on", "expires_on"
    ):
        papers[staff_id].append(Held(kind, state, issued_on, expires_on))
    return {staff_id: tuple(held) for staff_id, held in papers.items()}


def missing(*, held: Sequence[Held], needs: Sequence[Need], state: str, on: date) -> tuple[str, ...]:
    """Say which needed papers are not in force on this day, as the second half of a sentence about the person."""
    said = []
    for need in needs:
        fitting = [h for h in held if h.kind == need.kind and (not need.in_state or h.state in {state, ""})]
        if any(h.issued_on <= on <= h.expires_on for h in fitting):
            continue
        name = f"{Kind(need.kind).label}{f' for {state}' if need.in_state else ''}"
        ended = [h.expires_on for h in fitting if h.expires_on < on]
        if ended:
            said.append(f"has a {name} that ended on {date_format(max(ended), 'M j, Y')}")
        else:
            said.append(f"has no {name} in force on {date_format(on, 'M j, Y')}")
    return tuple(said)


def missing_to_prescribe(*, staff_id: UUID, state: str, on: date) -> tuple[str, ...]:
    """Say which papers this prescriber lacks for a patient in this state on this day; empty when none."""
    return missing(held=held_by([staff_id])[staff_id], needs=PRESCRIBING, state=state, on=on)


def may_be_chosen(roles: Iterable[str], *, is_dosing: bool) -> bool:
    """True when one of these roles runs this kind of visit."""
    return bool(set(roles) & (RUNS_DOSING if is_dosing else HOLDS_CONVERSATIONS))
