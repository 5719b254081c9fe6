"""What the doors may ask about people."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F, Subquery, Value
from django.db.models.functions import Coalesce

from sojourn.program.people.actors import Actor, actor_of
from sojourn.program.people.models import Practice, PracticePhone, Site, StaffMember, User


@dataclass(frozen=True)
class PracticeCard:
    """What pages say of the practice; `phone` is empty while nobody has given its number."""

    name: str
    is_demonstration: bool
    seeded_at: datetime | None = None
    phone: str = ""
    exists: bool = True


@dataclass(frozen=True)
class PhoneRow:
    """A telephone number of the practice, by whom and since when. Nobody: it came with the first run."""

    phone: str
    set_by: str | None
    set_at: datetime


def the_practice() -> PracticeCard:
    """The practice of this database; before the first run it has no name."""
    newest = PracticePhone.objects.order_by("-set_at", "-id").values("phone")[:1]
    told = Practice.objects.annotate(phone=Coalesce(Subquery(newest), Value("")))
    row = told.values_list("name", "is_demonstration", "seeded_at", "phone").first()
    return PracticeCard(*row) if row else PracticeCard("", is_demonstration=False, exists=False)


def practice_phones(*, limit: int = 20) -> tuple[PhoneRow, ...]:
    """The numbers of the practice, the one that holds first."""
    rows = PracticePhone.objects.order_by("-set_at", "-id")[:limit]
    return tuple(
        PhoneRow(*row) for row in rows.annotate(by=F("set_by__name")).values_list("phone", "by", "set_at")
    )


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
