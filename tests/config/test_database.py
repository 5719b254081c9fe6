"""Connections to the database outlive its restarts without anybody noticing."""

import pytest
from django.db import connection

WAITING = 3  # connections that wait in the pool when the server goes away


@pytest.mark.django_db(transaction=True)
def test_connections_that_died_in_the_pool_cost_nobody_an_error_page(client):
    connection.close()
    pool = connection.pool
    pool.open()
    held = [pool.getconn() for _ in range(WAITING)]
    ended = [one.info.backend_pid for one in held]
    for one in held:
        pool.putconn(one)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FILTER (WHERE pg_terminate_backend(pid, 5000)) FROM pg_stat_activity "
            "WHERE pid = ANY(%s) AND pid <> pg_backend_pid()",
            [ended],
        )
        assert cursor.fetchone()[0] >= WAITING - 1, "the test ended too few connections to show anything"
    connection.close()
    assert [client.get("/health/").status_code for _ in range(2 * WAITING)] == [200] * (2 * WAITING)
