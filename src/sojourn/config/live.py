"""From where the pages' scripts may be told something live, for the content security policy."""

from collections.abc import Iterable


def live_sources(port: int, names: Iterable[str]) -> list[str]:
    """Give the hub's origin under each name the pages answer to; nothing where it shares their origin.

    Names with a wildcard are left out, for they would let a page speak to that port of any machine; an address of
    IP version 6 cannot stand in a policy. Such practices put a proxy in front that serves both under one origin.
    """
    if not port:
        return []
    plain = [name for name in names if not name.startswith((".", "*", "["))]
    return [f"http://{name}:{port}" for name in plain]
