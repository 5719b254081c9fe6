"""Turns the facts an alarm was raised with into lines to read."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _


def told(facts: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Give each fact as a label and its words; a fact without a value is said to be unknown, never left out."""
    return tuple((_label(name), _words(value)) for name, value in facts.items())


def _label(name: str) -> str:
    return name.replace("_mmhg", " (mmHg)").replace("_", " ").capitalize()


def _words(value: Any) -> str:
    match value:
        case None | "":
            return _("not answered")
        case True:
            return _("yes")
        case False:
            return _("no")
        case list() | tuple():
            return ", ".join(_words(part) for part in value)
        case _:
            return str(value)
