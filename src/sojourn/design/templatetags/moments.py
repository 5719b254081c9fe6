"""Writes a moment as the clock on the wall of a site shows it, with the name of its time."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django import template
from django.utils.formats import date_format

register = template.Library()


@register.filter
def at_site(moment: datetime | None, timezone: str) -> str:
    """Write a moment as the site's clock shows it: "Tue Nov 24, 7:00 AM PST"; empty for no moment.

    The year is not written: add it beside the moment where a record is older than the season.
    """
    if moment is None:
        return ""
    there = moment.astimezone(ZoneInfo(timezone))
    return f"{date_format(there, 'D M j, g:i A')} {there.tzname()}"


@register.filter
def hour_at_site(moment: datetime | None, timezone: str) -> str:
    """Write only the time of day, where the day stands above it: "7:00 AM PST"; empty for no moment."""
    if moment is None:
        return ""
    there = moment.astimezone(ZoneInfo(timezone))
    return f"{date_format(there, 'g:i A')} {there.tzname()}"


@register.filter
def day_at_site(moment: datetime | None, timezone: str) -> str:
    """Write the day of a moment where the site is: "Nov 24, 2026"; empty for no moment."""
    return "" if moment is None else date_format(moment.astimezone(ZoneInfo(timezone)), "M j, Y")


@register.filter
def clock_at_site(moment: datetime, timezone: str) -> str:
    """Write the time of day in large numerals, where the site is: "7:00"."""
    return date_format(moment.astimezone(ZoneInfo(timezone)), "g:i")


@register.filter
def half_of_day_at_site(moment: datetime, timezone: str) -> str:
    """Write "AM" or "PM" beside it."""
    return date_format(moment.astimezone(ZoneInfo(timezone)), "A")
