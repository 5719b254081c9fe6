"""The mail server as one address, such as smtp+tls://name:word@mail.example:587."""

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

PORTS = {"smtp": 25, "smtp+tls": 587, "smtps": 465}


@dataclass(frozen=True)
class MailServer:
    host: str
    port: int
    name: str
    word: str
    starts_tls: bool
    is_tls: bool


def mail_from_url(url: str) -> MailServer | None:
    """Read the address; None where none is set. Raise ImproperlyConfigured for one that is not understood."""
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme not in PORTS or not parts.hostname:
        raise ImproperlyConfigured("SOJOURN_MAIL_URL: use smtp, smtp+tls or smtps, such as smtps://host:465")
    return MailServer(
        host=parts.hostname,
        port=parts.port or PORTS[parts.scheme],
        name=unquote(parts.username or ""),
        word=unquote(parts.password or ""),
        starts_tls=parts.scheme == "smtp+tls",
        is_tls=parts.scheme == "smtps",
    )
