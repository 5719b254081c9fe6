import errno
import os
import shutil
import signal
import stat
import time

import psycopg
import pytest

from launcher.cluster import ClusterNotMade, OtherMajorVersion
from launcher.home import OUTSIDE, NoHome, recorded_home
from launcher.places import made_data_folder
from launcher.preparation import _is_full_disk
from launcher.processes import living_in


def answer(cluster, statement):
    with psycopg.connect(cluster.url(), autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchone()[0] if cursor.description else None


def look_until(supervisor, happened, within_s=15.0):
    deadline = time.monotonic() + within_s
    while not happened():
        assert time.monotonic() < deadline
        supervisor.look(wait_s=0.02)


def test_a_new_cluster_serves_its_database_on_a_private_socket_only(data, make_cluster, serve):
    cluster = make_cluster(data)
    serve(cluster, data)
    assert answer(cluster, "SELECT current_database()") == "sojourn"
    assert answer(cluster, "SHOW listen_addresses") == ""
    assert stat.S_IMODE(data.stat().st_mode) == stat.S_IMODE(cluster.folder.stat().st_mode) == 0o700


def test_the_server_never_logs_statements_or_rows(data, make_cluster, serve):
    cluster = make_cluster(data)
    serve(cluster, data)
    answer(cluster, "CREATE TABLE person (name text UNIQUE)")
    answer(cluster, "INSERT INTO person VALUES ('Ada Private')")
    with pytest.raises(psycopg.errors.UniqueViolation):
        answer(cluster, "INSERT INTO person VALUES ('Ada Private')")
    log = (data / "logs" / "postgres.log").read_text()
    assert "duplicate key" in log
    assert "Ada Private" not in log


def test_a_killed_server_comes_back_with_what_was_written(data, make_cluster, serve, quiet_supervisor):
    cluster = make_cluster(data, durable=True)
    child = serve(cluster, data)
    answer(cluster, "CREATE TABLE kept AS SELECT 1 AS n")
    killed = child.process.pid
    child.process.kill()
    look_until(
        quiet_supervisor, lambda: child.is_running and child.process.pid != killed and cluster.is_ready()
    )
    assert answer(cluster, "SELECT n FROM kept") == 1
    assert "was killed by SIGKILL" in quiet_supervisor.said[0]


def test_a_lock_file_that_names_a_strangers_process_does_not_stop_the_server(
    data, make_cluster, serve, quiet_supervisor
):
    cluster = make_cluster(data)
    child = serve(cluster, data)
    lock = (cluster.folder / "postmaster.pid").read_text()
    child.process.send_signal(signal.SIGINT)
    child.process.wait(15)
    # After a restart of the machine, the number in the file is some other process of ours.
    stranger = f"{os.getppid()}\n" + lock.partition("\n")[2]
    (cluster.folder / "postmaster.pid").write_text(stranger)
    (cluster.socket_folder / ".s.PGSQL.5432.lock").write_text(stranger)
    quiet_supervisor.children.remove(child)
    serve(make_cluster(data), data)
    assert answer(cluster, "SELECT 1") == 1


def test_a_server_left_by_a_killed_run_is_stopped_before_the_next_starts(
    data, make_cluster, serve, quiet_supervisor
):
    cluster = make_cluster(data)
    left = serve(cluster, data)
    quiet_supervisor.children.remove(left)
    serve(cluster, data)
    assert left.process.wait(15) == 0
    assert answer(cluster, "SELECT 1") == 1


def test_a_path_too_long_for_a_socket_gets_a_short_private_one(tmp_path, make_cluster, serve):
    data = made_data_folder(tmp_path / ("deep/" * 20) / "with a space" / "var")
    cluster = make_cluster(data)
    try:
        child = serve(cluster, data)
        assert len(str(cluster.socket_folder)) <= 80
        assert stat.S_IMODE(cluster.socket_folder.stat().st_mode) == 0o700
        assert answer(cluster, "SELECT 1") == 1
        child.process.send_signal(signal.SIGINT)
        child.process.wait(15)
    finally:
        cluster.socket_folder.rmdir()


def test_a_cluster_of_another_major_version_is_refused_with_what_to_do(data, make_cluster):
    cluster = make_cluster(data)
    (cluster.folder / "PG_VERSION").write_text("13\n")
    with pytest.raises(
        OtherMajorVersion, match=r"(?s)made by PostgreSQL 13.*SOJOURN_PG_BINDIR=.*pg_dump"
    ) as refused:
        make_cluster(data)
    assert "Nothing was changed" in str(refused.value)


def test_an_attempt_that_was_interrupted_leaves_no_half_made_cluster(data, make_cluster):
    (data / "pg-unfinished").mkdir()
    (data / "pg-unfinished" / "PG_VERSION").write_text("18\n")
    cluster = make_cluster(data)
    assert (cluster.folder / "global" / "pg_control").exists()
    assert not (data / "pg-unfinished").exists()


def test_a_cluster_whose_database_could_not_be_made_is_not_taken_for_a_whole_one(
    data, make_cluster, monkeypatch
):
    monkeypatch.setattr("launcher.cluster.NAME", "template1")  # a database of this name exists already
    with pytest.raises(ClusterNotMade, match="already exists"):
        make_cluster(data)
    assert not (data / "pg").exists()


def test_a_full_disk_is_recognized_behind_other_errors():
    full = psycopg.errors.DiskFull("no space")
    hidden = RuntimeError("could not migrate")
    hidden.__cause__ = full
    assert _is_full_disk(hidden)
    assert _is_full_disk(OSError(errno.ENOSPC, "no space"))
    assert not _is_full_disk(RuntimeError("something else"))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root drops to another account")
def test_where_namespaces_are_blocked_the_cluster_moves_to_an_unprivileged_account_and_back(
    data, make_cluster, serve, quiet_supervisor, monkeypatch
):
    modes = {parent: parent.stat().st_mode for parent in data.parents}
    inside = make_cluster(data)
    child = serve(inside, data)
    answer(inside, "CREATE TABLE kept AS SELECT 1 AS n")
    monkeypatch.setenv("SOJOURN_NO_USER_NAMESPACES", "1")
    quiet_supervisor.children.remove(child)  # as after a kill of the supervisor
    try:
        outside = make_cluster(data)
        assert outside.folder.parent != data
        assert outside.folder.stat().st_uid == outside.account.uid != 0
        assert not living_in(data / "pg", named="postgres")
        served = serve(outside, data)
        assert answer(outside, "SELECT n FROM kept") == 1
        monkeypatch.delenv("SOJOURN_NO_USER_NAMESPACES")
        quiet_supervisor.children.remove(served)
        serve(make_cluster(data), data)
        assert answer(outside, "SELECT n FROM kept") == 1
        assert {parent: parent.stat().st_mode for parent in data.parents} == modes
    finally:
        shutil.rmtree(recorded_home(data), ignore_errors=True)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root drops to another account")
def test_a_database_left_outside_by_a_removed_practice_is_never_taken_for_the_new_ones(
    data, make_cluster, monkeypatch
):
    monkeypatch.setenv("SOJOURN_NO_USER_NAMESPACES", "1")
    outside = make_cluster(data).folder.parent
    try:
        (data / OUTSIDE).unlink()
        with pytest.raises(NoHome, match="of an earlier practice") as refused:
            make_cluster(data)
        assert f"rm -r {outside}" in str(refused.value)
        (data / OUTSIDE).write_text(f"{outside}\n")
        assert make_cluster(data).folder == outside / "pg"
    finally:
        shutil.rmtree(outside)
