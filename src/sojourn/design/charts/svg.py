"""Writes SVG elements. No style attribute ever: the content security policy refuses it."""

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe


def element(name: str, *children: str, **attributes: str | float | None) -> SafeString:
    """Write one element. `class_`, `stroke_width` become `class`, `stroke-width`; None leaves one out."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_safe(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    inner = "".join(_safe(child) for child in children)
    return mark_safe(f"<{name}{written}>{inner}</{name}>" if inner else f"<{name}{written}/>")  # noqa: S308 - all escaped


def _safe(value: str | float) -> str:
    """Escape words; numbers and what is written already need it not. A chart asks this thousands of times."""
    if isinstance(value, SafeString):
        return value
    return conditional_escape(value) if isinstance(value, str) else number(value)


def number(value: str | float) -> str:
    """Write a number as short as it can be without losing a hundredth."""
    return value if isinstance(value, str) else f"{round(value, 2):g}"


def percent(share: float) -> str:
    """Write a share of the width (0 to 1) as SVG wants it."""
    return f"{number(share * 100)}%"
