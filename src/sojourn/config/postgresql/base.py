"""The backend Django loads by this module's name. See `DatabaseWrapper`."""

import select
from typing import Any

from django.db.backends.postgresql import base
from psycopg import Connection, OperationalError
from psycopg_pool import ConnectionPool, PoolTimeout

from sojourn.config.postgresql.patience import UNANSWERED, Silence, lend


class DatabaseWrapper(base.DatabaseWrapper):
    """Hands out no connection whose server is gone, and lets pages wait for a silent one so long and no longer.

    After a restart of the server every connection waiting in the pool is dead, and each would cost somebody an
    error page. Django's own CONN_HEALTH_CHECKS asks the server before every request; here the socket is looked
    at first, which costs a system call, and the server is asked only when something waits to be read from it.

    `ANSWERS_WITHIN_S` of the database's settings is how long a statement may take; 0 waits for ever, as commands and
    workers do.
    """

    _silences: dict[str, Silence] = {}

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Return a live connection; waits for a restarting server as long as the pool does. Raises OperationalError."""
        silence = self._silences.setdefault(self.alias, Silence())
        if not silence.stands:
            return self._live_connection(conn_params, silence)
        with silence.asking_for_all():
            connection = self._live_connection(conn_params, silence)
            if not _answers(connection):
                self._give_back(connection)
                raise OperationalError(UNANSWERED)
            return connection

    def _live_connection(self, conn_params: dict[str, Any], silence: Silence) -> Any:
        connection = self._patient_connection(conn_params, silence)
        while self.pool is not None and _is_dead(connection):
            self._give_back(connection)
            connection = self._patient_connection(conn_params, silence)
        return connection

    def _patient_connection(self, conn_params: dict[str, Any], silence: Silence) -> Any:
        within_s = float(self.settings_dict.get("ANSWERS_WITHIN_S", 0))
        try:
            connection = super().get_new_connection(conn_params)
        except PoolTimeout:
            if within_s:
                silence.begin()
            raise
        if within_s:
            lend(connection, within_s=within_s, silence=silence)
        return connection

    def _give_back(self, connection: Connection[Any]) -> None:
        connection.close()
        if self.pool is not None:
            self.pool.putconn(connection)


def _is_dead(connection: Connection[Any]) -> bool:
    waiting = select.poll()
    try:
        waiting.register(connection.fileno(), select.POLLIN)
        return bool(waiting.poll(0)) and not _answers(connection)
    except OperationalError:
        return True


def _answers(connection: Connection[Any]) -> bool:
    try:
        ConnectionPool.check_connection(connection)
    except OperationalError:
        return False
    return True
