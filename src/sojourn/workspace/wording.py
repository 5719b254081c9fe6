"""How staff pages name what the rules and the records say: one word and one tone for each."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise


@dataclass(frozen=True)
class Wording:
    """A word for staff, and the meaning it is shown with: "act", "attention", "done", "unknown" or none."""

    label: Words
    tone: str = ""


DISPOSITIONS: dict[str, Wording] = {
    "help_now": Wording(_("help now"), "act"),
    "not_a_fit": Wording(_("not a fit by the rules"), "attention"),
    "specialist_first": Wording(_("a specialist first"), "attention"),
    "may_be_a_fit": Wording(_("may be a fit"), "accent"),
}
OUTCOMES: dict[str, Wording] = {
    "suitable": Wording(_("suitable for treatment"), "done"),
    "needs_more": Wording(_("more information needed"), "attention"),
    "referred": Wording(_("referred to a specialist"), "unknown"),
    "declined": Wording(_("not suitable"), "unknown"),
}
SEVERITIES: dict[str, Wording] = {
    "help_now": Wording(_("danger now"), "act"),
    "absolute": Wording(_("absolute"), "act"),
    "specialist": Wording(_("specialist first"), "attention"),
    "caution": Wording(_("caution"), "accent"),
    "info": Wording(_("for information"), ""),
}
