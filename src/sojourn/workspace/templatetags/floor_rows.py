"""Marks in a drawn row for what is known only when somebody looks: how old, which minute, the token of their forms."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from django import template
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localtime
from uuid_utils.compat import uuid7

from sojourn.design.templatetags.design import age_in_words

register = template.Library()
BEGIN, END = "\ue000", "\ue001"  # characters of no script: escaped text never holds them by itself
MARKED: Final = re.compile(f"{BEGIN}([a-z])([0-9.]*){END}")
MINUTE_S: Final = 60


@register.simple_tag
def age_later(moment: datetime | None) -> SafeString | str:
    """Mark where the age of a moment is written."""
    return "" if moment is None else _mark("a", moment)


@register.simple_tag
def minute_later(since: datetime) -> SafeString:
    """Mark where the minutes since a moment are written."""
    return _mark("m", since)


@register.simple_tag
def due_later(moment: datetime) -> SafeString:
    """Mark where the time until something is due is written."""
    return _mark("d", moment)


@register.simple_tag
def form_token_later() -> SafeString:
    """Mark where a form's protection against foreign pages is written."""
    return mark_safe(f"{BEGIN}t{END}")  # noqa: S308 - two constants


@register.simple_tag
def form_id_later() -> SafeString:
    """Mark where a form's own id is written: a new one each time the row is shown."""
    return mark_safe(f"{BEGIN}f{END}")  # noqa: S308 - two constants


def filled(drawn: str, *, now: datetime, token: str = "") -> SafeString:
    """Fill in everything that was marked, as of a moment."""

    def write(found: re.Match[str]) -> str:
        return WRITERS[found[1]](found[2], now, token)

    return mark_safe(MARKED.sub(write, drawn))  # noqa: S308 - drawn by a template, filled by format_html


def _mark(kind: str, moment: datetime) -> SafeString:
    return mark_safe(f"{BEGIN}{kind}{moment.timestamp():.3f}{END}")  # noqa: S308 - a letter and a number


def _age(told: str, now: datetime, _token: str) -> str:
    moment = datetime.fromtimestamp(float(told), UTC)
    seconds = (now - moment).total_seconds()
    return format_html(
        '<time datetime="{}" data-age-s="{}" title="{}">{}</time>',
        moment.isoformat(),
        int(seconds),
        date_format(localtime(moment), "M j, Y H:i"),
        age_in_words(seconds),
    )


def _minute(told: str, now: datetime, _token: str) -> str:
    seconds = int(now.timestamp() - float(told))
    return format_html('<span data-minute-s="{}">{}</span>', seconds, max(0, seconds // MINUTE_S))


def _due(told: str, now: datetime, _token: str) -> str:
    seconds = int(float(told) - now.timestamp())
    return format_html('<time data-due-s="{}">{}</time>', seconds, age_in_words(-seconds))


def _token(_told: str, _now: datetime, token: str) -> str:
    return format_html('<input type="hidden" name="csrfmiddlewaretoken" value="{}">', token)


WRITERS: dict[str, Callable[[str, datetime, str], str]] = {
    "a": _age,
    "d": _due,
    "m": _minute,
    "t": _token,
    "f": lambda _told, _now, _token: str(uuid7()),
}
