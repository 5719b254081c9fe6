"""Marks in a drawn row for what is known only when somebody looks: how old, which minute, the token of their forms."""

import re
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Final

from django import template
from django.utils.formats import date_format
from django.utils.html import escape, format_html
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
    """Mark where the age of a moment is written; the moment itself is written at once."""
    if moment is None:
        return ""
    return format_html(
        '<time datetime="{}" title="{}" {}</time>', moment.isoformat(), _written(moment), _mark("a", moment)
    )


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
    now_s = now.timestamp()

    def write(found: re.Match[str]) -> str:
        return WRITERS[found[1]](found[2], now_s, token)

    return mark_safe(MARKED.sub(write, drawn))  # noqa: S308 - drawn by a template, filled by the writers below


@lru_cache(maxsize=512)
def _written(moment: datetime) -> str:
    """The moment in words; the values of a row mostly share one."""
    return date_format(localtime(moment), "M j, Y H:i")


def _mark(kind: str, moment: datetime) -> SafeString:
    return mark_safe(f"{BEGIN}{kind}{moment.timestamp():.3f}{END}")  # noqa: S308 - a letter and a number


# A board of five hundred asks these thousands of times, so they write numbers themselves and escape only words.
def _age(told: str, now_s: float, _token: str) -> str:
    seconds = now_s - float(told)
    return f'data-age-s="{int(seconds)}">{escape(age_in_words(seconds))}'


def _minute(told: str, now_s: float, _token: str) -> str:
    seconds = int(now_s - float(told))
    return f'<span data-minute-s="{seconds}">{max(0, seconds // MINUTE_S)}</span>'


def _due(told: str, now_s: float, _token: str) -> str:
    seconds = int(float(told) - now_s)
    return f'<time data-due-s="{seconds}">{escape(age_in_words(-seconds))}</time>'


def _token(_told: str, _now_s: float, token: str) -> str:
    return f'<input type="hidden" name="csrfmiddlewaretoken" value="{escape(token)}">'


WRITERS: dict[str, Callable[[str, float, str], str]] = {
    "a": _age,
    "d": _due,
    "m": _minute,
    "t": _token,
    "f": lambda _told, _now_s, _token: str(uuid7()),
}
