"""The person (or the practice's own machine) behind a deed, as a plain value that actions can be given."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sojourn.program.people.roles import Role

if TYPE_CHECKING:
    from sojourn.program.people.models import User


@dataclass(frozen=True)
class Actor:
    """Who acts: the account, what they are to the practice, and the sites they work at."""

    roles: frozenset[Role]
    user_id: UUID | None = None
    patient_id: UUID | None = None
    staff_id: UUID | None = None
    site_ids: tuple[UUID, ...] = ()
    name: str = ""
    by_token: str = ""  # what they hold instead of a login: "patient", "sitter", "device", "monitor"

    def is_any_of(self, roles: frozenset[Role]) -> bool:
        return bool(self.roles & roles)

    @property
    def role_names(self) -> str:
        """The roles in one short line, as the log keeps them."""
        return f"{self.by_token} by token" if self.by_token else " ".join(sorted(self.roles))[:40]


VISITOR = Actor(roles=frozenset({Role.VISITOR}))
MACHINE = Actor(roles=frozenset(), name="Sojourn")


def actor_of(user: Any) -> Actor:
    """Name the actor behind a signed-in account; anybody else is a visitor.

    The login back end reads staff member and patient with the account, so this asks the database for nothing more
    than the sites of a staff member.
    """
    if not user.is_authenticated:
        return VISITOR
    account: User = user
    staff = getattr(account, "staff_member", None)
    if staff is not None and staff.left_on is None:
        return Actor(
            roles=frozenset(Role(value) for value in staff.roles),
            user_id=account.id,
            staff_id=staff.id,
            site_ids=tuple(site.id for site in staff.sites.all()),
            name=staff.name,
        )
    patient = getattr(account, "patient", None)
    if patient is not None:
        return Actor(
            roles=frozenset({Role.PATIENT}), user_id=account.id, patient_id=patient.id, name=patient.name
        )
    return VISITOR
