"""The backend Django loads by this module's name. See `DatabaseWrapper`."""

import select
from typing import Any

from django.db.backends.postgresql import base
from psycopg import Connection, OperationalError
from psycopg_pool import ConnectionPool


class DatabaseWrapper(base.DatabaseWrapper):
    """Hands out no connection whose server is gone.

    After a restart of the server every connection waiting in the pool is dead, and each would cost somebody an
    error page. Django's own CONN_HEALTH_CHECKS asks the server before every request; here the socket is looked
    at first, which costs a system call, and the server is asked only when something waits to be read from it.
    """

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Return a live connection of the pool; waits for a restarting server as long as the pool does."""
        connection = super().get_new_connection(conn_params)
        while self.pool is not None and _is_dead(connection):
            connection.close()
            self.pool.putconn(connection)
            connection = super().get_new_connection(conn_params)
        return connection


def _is_dead(connection: Connection[Any]) -> bool:
    waiting = select.poll()
    try:
        waiting.register(connection.fileno(), select.POLLIN)
        if waiting.poll(0):
            ConnectionPool.check_connection(connection)
    except OperationalError:
        return True
    return False
