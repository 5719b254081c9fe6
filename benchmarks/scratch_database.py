"""A database of the benchmarks' own, on the practice's server: made, used and dropped."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql


class NoScratchDatabase(Exception):
    """The benchmarks' database could not be made; the message says why."""


def address_of(name: str, practice_url: str) -> str:
    """The address of another database on the practice's server."""
    return urlunsplit(urlsplit(practice_url)._replace(path=f"/{name}"))


@contextmanager
def scratch_database(name: str, practice_url: str) -> Iterator[str]:
    """Make the database and yield its address; it is dropped in any case. Raises NoScratchDatabase."""
    if urlsplit(practice_url).path.lstrip("/") == name:
        raise NoScratchDatabase(f"{name} is the practice's own database; the benchmarks would drop it.")
    with psycopg.connect(practice_url, autocommit=True) as server:
        _refuse_if_in_use(server, name)
        _drop(server, name)
        try:
            server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        except psycopg.Error as error:
            raise NoScratchDatabase(f"The database {name} cannot be made: {error}") from error
    try:
        yield address_of(name, practice_url)
    finally:
        with psycopg.connect(practice_url, autocommit=True) as server:
            _drop(server, name)


def _refuse_if_in_use(server: psycopg.Connection, name: str) -> None:
    used = server.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = %s", [name]).fetchone()
    if used and used[0]:
        raise NoScratchDatabase(f"The database {name} is in use: another run of the benchmarks goes on.")


def _drop(server: psycopg.Connection, name: str) -> None:
    server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
