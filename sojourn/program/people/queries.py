"""What the doors may ask about people."""

from dataclasses import dataclass

from sojourn.program.people.models import Practice, Site


@dataclass(frozen=True)
class PracticeCard:
    name: str
    is_demonstration: bool
    exists: bool = True


def the_practice() -> PracticeCard:
    """The practice of this database; before the first run it has no name."""
    row = Practice.objects.values_list("name", "is_demonstration").first()
    return PracticeCard(*row) if row else PracticeCard("", is_demonstration=False, exists=False)


def states_served() -> tuple[str, ...]:
    """The states in which the practice has a site, by their postal codes."""
    return tuple(Site.objects.order_by("state").values_list("state", flat=True).distinct())
