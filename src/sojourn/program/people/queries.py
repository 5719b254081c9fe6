"""What the doors may ask about people."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sojourn.program.people.actors import Actor, actor_of
from sojourn.program.people.models import Practice, Site, StaffMember, User


@dataclass(frozen=True)
class PracticeCard:
    name: str
    is_demonstration: bool
    seeded_at: datetime | None = None
    exists: bool = True


def the_practice() -> PracticeCard:
    """The practice of this database; before the first run it has no name."""
    row = Practice.objects.values_list("name", "is_demonstration", "seeded_at").first()
    return PracticeCard(*row) if row else PracticeCard("", is_demonstration=False, exists=False)


def states_served() -> tuple[str, ...]:
    """The states in which the practice has a site, by their postal codes."""
    return tuple(Site.objects.order_by("state").values_list("state", flat=True).distinct())


def site_ids_by_name() -> dict[str, UUID]:
    """The sites of the practice by name."""
    return dict(Site.objects.values_list("name", "id"))


def account_actor(user_id: UUID) -> Actor:
    """Who an account is to the practice, as an actor."""
    return actor_of(User.objects.select_related("staff_member", "patient").get(pk=user_id))


def account_of(email: str) -> UUID:
    """The account with this e-mail, whatever its case."""
    return User.objects.values_list("pk", flat=True).get(email__iexact=email)


def staff_actor(staff_id: UUID) -> Actor:
    """A staff member as an actor."""
    return actor_of(StaffMember.objects.select_related("user").get(pk=staff_id).user)
