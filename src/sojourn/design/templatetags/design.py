"""Template tags of the look: icons, ages, and what a field needs to be drawn."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from django import template
from django.forms import BaseForm, BoundField
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

register = template.Library()

ICONS = Path(__file__).resolve().parents[1] / "static" / "vendor" / "icons"
MINUTE_S, HOUR_S, DAY_S = 60, 3600, 86400
TONE_ICONS = {
    "attention": "triangle-alert",
    "act": "octagon-alert",
    "done": "circle-check",
    "unknown": "circle-question-mark",
    "accent": "info",
    "": "info",
}
MESSAGE_TONES = {"success": "done", "warning": "attention", "error": "act"}


@cache
def _drawing(name: str) -> str:
    """Read what stands inside a vendored icon's <svg>. Raises FileNotFoundError for one we do not have."""
    written = (ICONS / f"{name}.svg").read_text()
    return written[written.index(">", written.index("<svg")) + 1 : written.rindex("</svg>")].strip()


@register.simple_tag
@cache
def icon(name: str, label: str = "") -> SafeString:
    """Draw an icon. Without a label it is decoration, for a word stands beside it."""
    spoken: SafeString | str = (
        format_html('role="img" aria-label="{}"', label) if label else 'aria-hidden="true"'
    )
    return format_html(
        '<svg class="icon" viewBox="0 0 24 24" width="20" height="20" fill="none" stroke="currentColor" '
        'stroke-linecap="round" stroke-linejoin="round" focusable="false" {}>{}</svg>',
        mark_safe(spoken),  # noqa: S308 - a constant, or built by format_html above
        mark_safe(_drawing(name)),  # noqa: S308 - a vendored file whose hash is on record
    )


@register.filter
def tone_icon(tone: str) -> str:
    """Name the icon that always goes with a meaning."""
    return TONE_ICONS.get(tone, "info")


@register.filter
def message_tone(tags: str) -> str:
    """Turn the level of a Django message into one of our meanings."""
    return next((tone for level, tone in MESSAGE_TONES.items() if level in (tags or "").split()), "")


@register.filter
def sentence_case(words: str) -> str:
    """Write a heading of django-allauth as we write ours: "Change Password" becomes "Change password"."""
    first, *others = words.split()
    return " ".join([first, *(word.lower() if word.istitle() else word for word in others)])


def age_in_words(seconds: float) -> str:
    """Say how long ago (or how far ahead) something is, in the largest unit that still informs."""
    size = abs(int(seconds))
    if size < MINUTE_S:
        return _("just now")
    if size < HOUR_S:
        said = _("%(n)d min") % {"n": size // MINUTE_S}
    elif size < DAY_S:
        said = _("%(n)d h") % {"n": size // HOUR_S}
    else:
        said = ngettext("%(n)d day", "%(n)d days", size // DAY_S) % {"n": size // DAY_S}
    return _("%(age)s ago") % {"age": said} if seconds >= 0 else _("in %(age)s") % {"age": said}


@register.simple_tag(takes_context=True)
def age(context: template.Context, moment: datetime | None) -> SafeString | str:
    """Say how old a moment is by the request's one clock; a small script keeps the words current."""
    request = context.get("request")
    now = getattr(request, "now", None) or context.get("now")
    if moment is None or now is None:
        return ""
    seconds = (now - moment).total_seconds()
    return format_html(
        '<time datetime="{}" data-age-s="{}" title="{}">{}</time>',
        moment.isoformat(),
        int(seconds),
        date_format(localtime(moment), "M j, Y H:i"),
        age_in_words(seconds),
    )


@dataclass(frozen=True)
class FieldParts:
    """What the field template needs to know beyond Django's BoundField."""

    kind: str
    unit: str
    layout: str
    shows_optional: bool
    target_id: str


@register.simple_tag
def field_parts(field: BoundField) -> FieldParts:
    """Read a field's kind from its widget, and its unit and layout from the widget's `data-` attributes.

    A widget says `data-unit="mmHg"`, `data-layout="row"` (choices in a row) or `data-optional="hide"`.
    """
    widget = field.field.widget
    attributes = widget.attrs
    kind = getattr(widget, "input_type", type(widget).__name__.lower())
    if kind == "radio" or (kind == "checkbox" and widget.use_fieldset):
        kind = "choices"
    elif widget.use_fieldset:
        kind = "group"
    return FieldParts(
        kind=kind,
        unit=attributes.get("data-unit", ""),
        layout=attributes.get("data-layout", ""),
        shows_optional=not field.field.required
        and kind not in {"choices", "checkbox"}
        and attributes.get("data-optional") != "hide"
        and not field.field.disabled,
        target_id=_first_control_id(field),
    )


def _first_control_id(field: BoundField) -> str:
    if field.id_for_label:
        return field.id_for_label
    return next((part.id_for_label for part in field.subwidgets if part.id_for_label), field.auto_id)


@dataclass(frozen=True)
class ErrorLink:
    """One line of the error summary; `href` is empty when no single field is at fault."""

    href: str
    label: str
    message: str


@register.simple_tag
def error_links(form: BaseForm) -> tuple[ErrorLink, ...]:
    """List what is wrong in a form, in the order of its fields, each with the place to mend it."""
    links = [ErrorLink("", "", str(message)) for message in form.non_field_errors()]
    for name, messages in form.errors.items():
        if name in form.fields:
            field = form[name]
            links += [
                ErrorLink(f"#{_first_control_id(field)}", str(field.label), str(message))
                for message in messages
            ]
    return tuple(links)


@register.filter
def dialed(number: str) -> str:
    """Write a telephone number as a `tel:` address takes it: digits, and a plus before them."""
    digits = "".join(mark for mark in number if mark in "0123456789")
    return f"+{digits}" if number.lstrip(" (").startswith("+") else digits


@register.filter
def shown(value: Any) -> str:
    """Write a value, or the word for having none: nothing is ever left blank by accident."""
    return _("not known") if value is None or value == "" else str(value)
