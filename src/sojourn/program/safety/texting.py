"""Texts by the practice's provider, over HTTP as the file behind SOJOURN_TEXT_PROVIDER says."""

import json
from collections.abc import Mapping
from http.client import HTTPException
from typing import Any, Final
from urllib.error import HTTPError
from urllib.parse import quote_plus
from urllib.request import HTTPRedirectHandler, Request, build_opener

from sojourn.program.safety.ways import Message, NotTaken, NoWay, Recipient

NO_NUMBER: Final = "no number for text messages is noted for them"
NOT_REACHED: Final = "the provider of text messages was not reached"
NO_YES: Final = "the provider of text messages did not say yes"
MOST_BYTES: Final = 64 * 1024


class _GoesNowhereElse(HTTPRedirectHandler):
    """Follows no redirect: the key of the practice goes to the address it was given for, and to no other."""

    def redirect_request(self, *_: Any) -> None:
        """Refuse; the answer then is an error with its number."""
        return


class HttpTexts:
    """A provider that takes a text by one POST. Nothing of its key, of a number or of its answer goes into a reason."""

    tries = 2  # a text that was not taken is tried once more, as an attempt of its own

    def __init__(self, provider: Any) -> None:
        """Take what `config.texts` read."""
        self._provider = provider
        self._opener = build_opener(_GoesNowhereElse)

    def send(self, to: Recipient, message: Message) -> None:
        """Hand a text over. Raises NotTaken unless the provider says yes, NoWay where no number is noted."""
        number = self._provider.numbers.get(to.email.lower())
        if number is None:
            raise NoWay(NO_NUMBER)
        status, answer = self._posted(number, message.words)
        if status not in self._provider.yes_status:
            raise NotTaken(f"the provider of text messages answered {status}")
        if (
            self._provider.yes_field
            and _said(answer, self._provider.yes_field) not in self._provider.yes_values
        ):
            raise NotTaken(NO_YES)

    def _posted(self, number: str, words: str) -> tuple[int, bytes]:
        provider = self._provider
        filled = {
            name: value.replace("{words}", words).replace("{number}", number)
            for name, value in provider.fields.items()
        }
        body = json.dumps(filled) if provider.is_json else _as_form(filled)
        kind = "application/json" if provider.is_json else "application/x-www-form-urlencoded"
        request = Request(  # noqa: S310 - the address is https, or of this machine: config.texts
            provider.url, body.encode(), {**provider.headers, "Content-Type": kind}, method="POST"
        )
        try:
            with self._opener.open(request, timeout=provider.timeout_s) as answer:
                return answer.status, answer.read(MOST_BYTES)
        except HTTPError as refused:
            return refused.code, b""
        except (OSError, HTTPException):
            raise NotTaken(NOT_REACHED) from None


def _as_form(filled: Mapping[str, str]) -> str:
    """Write the body of a form; nothing of it stands in an address."""
    return "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in filled.items())


def _said(answer: bytes, name: str) -> str:
    try:
        whole = json.loads(answer)
    except ValueError:
        return ""
    return str(whole.get(name, "")) if isinstance(whole, dict) else ""
