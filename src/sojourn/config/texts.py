"""The provider of text messages as one file beside the practice, never in the repository: where, how, and what is a yes."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

SAYS_WHAT: Final = "SOJOURN_TEXT_PROVIDER"
A_NUMBER: Final = re.compile(r"\+[1-9][0-9]{6,14}")
AT_HOME: Final = {"localhost", "127.0.0.1", "::1"}
LONGEST_S: Final = 9  # an attempt is given up by the watch after ten seconds
NEEDED: Final = {"url", "form", "timeout_s", "headers", "fields", "yes", "numbers"}


@dataclass(frozen=True)
class TextProvider:
    """How a text is handed over. What is secret in it, and whose number is whose, is in no printed form of it."""

    url: str = field(repr=False)
    is_json: bool
    timeout_s: float
    headers: Mapping[str, str] = field(repr=False)
    fields: Mapping[str, str] = field(repr=False)
    yes_status: frozenset[int]
    yes_field: str
    yes_values: frozenset[str]
    numbers: Mapping[str, str] = field(repr=False)  # by e-mail address, small letters


def text_provider_in(path: str) -> TextProvider | None:
    """Read the file; None where none is named. Raise ImproperlyConfigured, which repeats nothing that stands in it."""
    if not path:
        return None
    try:
        said = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as wrong:
        raise _wrong(f"the file cannot be read ({type(wrong).__name__})") from None
    if set(said) != NEEDED:
        raise _wrong(f"give exactly {', '.join(sorted(NEEDED))}")
    yes = said["yes"]
    if not isinstance(yes, dict) or not {"status"} <= set(yes) <= {"status", "field", "values"}:
        raise _wrong("[yes] takes status, and field with its values")
    return TextProvider(
        url=_address(said["url"]),
        is_json=_one_of(said["form"], ("form", "json")) == "json",
        timeout_s=_length(said["timeout_s"]),
        headers=_texts(said["headers"], "headers"),
        fields=_message(_texts(said["fields"], "fields")),
        yes_status=_statuses(yes["status"]),
        yes_field=str(yes.get("field", "")),
        yes_values=_values(yes),
        numbers=_numbers(_texts(said["numbers"], "numbers")),
    )


def _wrong(why: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"{SAYS_WHAT}: {why}")


def _address(url: Any) -> str:
    parts = urlsplit(url) if isinstance(url, str) else None
    if parts is None or not parts.hostname or not _is_safe(parts.scheme, parts.hostname):
        raise _wrong("url: an https address (http only to this machine)")
    return str(url)


def _is_safe(scheme: str, host: str) -> bool:
    return scheme == "https" or (scheme == "http" and host in AT_HOME)


def _one_of(said: Any, allowed: tuple[str, ...]) -> str:
    if said not in allowed:
        raise _wrong(f"form: one of {', '.join(allowed)}")
    return str(said)


def _length(said: Any) -> float:
    if isinstance(said, bool) or not isinstance(said, int | float) or not 0 < said <= LONGEST_S:
        raise _wrong(f"timeout_s: seconds, at most {LONGEST_S}")
    return float(said)


def _texts(said: Any, name: str) -> dict[str, str]:
    if not isinstance(said, dict) or not all(isinstance(value, str) for value in said.values()):
        raise _wrong(f"[{name}]: texts by name")
    return said


def _message(fields: dict[str, str]) -> dict[str, str]:
    whole = " ".join(fields.values())
    if "{number}" not in whole or "{words}" not in whole:
        raise _wrong("[fields]: {number} and {words} stand in one field each")
    return fields


def _statuses(said: Any) -> frozenset[int]:
    if not isinstance(said, list) or not said or not all(each in range(200, 300) for each in said):
        raise _wrong("yes.status: the numbers between 200 and 299 that are a yes")
    return frozenset(said)


def _values(yes: Mapping[str, Any]) -> frozenset[str]:
    values = yes.get("values", [])
    if bool(yes.get("field")) != bool(values) or not isinstance(values, list):
        raise _wrong("yes.field: a field of the JSON answer, with the values that are a yes")
    return frozenset(str(value) for value in values)


def _numbers(said: dict[str, str]) -> dict[str, str]:
    if not all(A_NUMBER.fullmatch(number) for number in said.values()):
        raise _wrong("[numbers]: telephone numbers with + and country code, by e-mail address")
    return {email.lower(): number for email, number in said.items()}
