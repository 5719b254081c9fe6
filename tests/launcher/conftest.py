"""Real collaborators: PostgreSQL is started for real, programs are real processes, only their work is a toy."""

import sys
from pathlib import Path

import pytest

from launcher.binaries import server_programs
from launcher.children import Program
from launcher.cluster import prepared_cluster
from launcher.places import made_data_folder
from launcher.practice import log_folder, serve_cluster
from launcher.privileges import server_account
from launcher.supervisor import Supervisor


@pytest.fixture(autouse=True)
def no_settings_of_the_caller(monkeypatch):
    for name in (
        "SOJOURN_DATABASE_URL",
        "SOJOURN_PG_BINDIR",
        "SOJOURN_PG_ACCOUNT",
        "SOJOURN_NO_USER_NAMESPACES",
    ):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def data(tmp_path):
    return made_data_folder(tmp_path / "var")


@pytest.fixture
def programs():
    return server_programs(Path(sys.prefix))


@pytest.fixture
def make_cluster(programs):
    """Make or find the cluster of a data folder, as `up` does, but without waiting for the disk."""
    return lambda data, *, durable=False: prepared_cluster(data, programs, server_account(), durable=durable)


@pytest.fixture
def quiet_supervisor(data):
    """A supervisor with short pauses that keeps what it says."""
    said = []
    with Supervisor(str(data), delays_s=(0.1, 0.3, 0.6), tell=said.append) as supervisor:
        supervisor.said = said
        yield supervisor


@pytest.fixture
def serve(quiet_supervisor):
    def serve(cluster, data):
        serve_cluster(quiet_supervisor, cluster, log_folder(data) / "postgres.log")
        return quiet_supervisor.children[-1]

    return serve


@pytest.fixture
def toy(data):
    """A program made of a few lines of Python."""

    def toy(source, **options):
        return Program("The toy", (sys.executable, "-c", source), {}, data / "toy.log", **options)

    return toy
