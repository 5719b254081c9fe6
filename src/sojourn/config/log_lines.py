"""Keeps what opens a door out of the log: a line about a request names its address without the texts in it."""

import logging
from typing import Final

LEFT_OUT: Final = "…"


class WithoutSecrets(logging.Filter):
    """Takes the texts of an address (the secret of a link) out of a line about a request; ids stay."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every line pass, without the texts of its address."""
        match = getattr(getattr(record, "request", None), "resolver_match", None)
        if match is not None and isinstance(record.args, tuple):
            texts = [value for value in match.kwargs.values() if isinstance(value, str) and value]
            record.args = tuple(_without(texts, each) for each in record.args)
        return True


def _without(texts: list[str], said: object) -> object:
    if not isinstance(said, str):
        return said
    for text in texts:
        said = said.replace(f"/{text}/", f"/{LEFT_OUT}/")
    return said
