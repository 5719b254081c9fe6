"""Reads SOJOURN_DATABASE_URL into Django's form."""

from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

# After a restart of the server the pool tries again at about 1, 3 and 7 s: a request waits that long. Then it gives up, and
# the next request makes it try anew: a server that was away for a minute is not waited for another one.
POOL = {"min_size": 2, "max_size": 12, "timeout": 10, "reconnect_timeout": 10}
CONNECTED_WITHIN_S = 5


def database_from_url(url: str) -> dict[str, Any]:
    """Turn `postgresql://name:word@host:port/database?host=/socket/folder` into a Django database entry.

    An empty URL gives an entry that can be configured but not connected, so that checks need no server.
    """
    parts = urlsplit(url or "postgresql:///sojourn")
    if parts.scheme not in {"postgresql", "postgres"}:
        raise ImproperlyConfigured("SOJOURN_DATABASE_URL must begin with postgresql://")
    options = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "sojourn.config.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "sojourn",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or options.pop("port", "")),
        "OPTIONS": {
            "connect_timeout": CONNECTED_WITHIN_S,
            **options,
            "pool": POOL,
        },
    }


def rehearsal_database(practice_url: str, url: str) -> dict[str, Any]:
    """Give the entry of the rehearsal database: at its own URL, or beside the practice's with `_rehearsal` added.

    It keeps no pool: few drills run, and a database that is not there is told at once.
    """
    entry = database_from_url(url or practice_url)
    if not url:
        entry["NAME"] = f"{entry['NAME']}_rehearsal"
    entry["OPTIONS"].pop("pool")
    # Tests that hold drills make this database themselves; the others need not wait for it.
    return entry | {"CONN_MAX_AGE": 60, "TEST": {"MIRROR": "default"}}
