"""The web server, the worker and the watch: their programs, where they listen, and the wait for the first answer."""

import signal
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from launcher.children import Program, end_of_log
from launcher.environment import Environment
from launcher.practice import StopAsked
from launcher.supervisor import Supervisor
from launcher.telling import Refusal, last_lines

DEFAULT_PORT = 8000
THREADS = 12  # as many as connections to the database; those whose readings are taken in together need none
WATCH_WORKERS = 3  # two may be gone at once, each for as long as Python takes to start
WATCH_DELAYS_S = (0.2, 0.5, 1.0)  # a killed worker is missed within seconds, so it never waits long
HIGHEST_PORT = 65535
LIVE_AHEAD, LIVE_BEHIND = 10_000, 1_000  # where the hub's port is looked for, seen from the pages' port
FIRST_ANSWER_WITHIN_S = 60.0
LOOPBACK = ("127.0.0.1", "::1", "localhost")
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - only if the user asks for it


class PortUnusable(Refusal):
    """Pages cannot be served on the wanted host and port."""


class NoAnswer(Refusal):
    """The web server did not answer."""


@dataclass(frozen=True)
class Doorstep:
    """The host and port pages are served on."""

    host: str
    port: int

    @property
    def is_private(self) -> bool:
        """Whether only this machine can reach it."""
        return self.host in LOOPBACK

    @property
    def address(self) -> str:
        """The address to open; `localhost`, because passkeys work there and not on 127.0.0.1."""
        name = "localhost" if self.host in LOOPBACK or self.host in EVERYWHERE else self.host
        return f"http://{f'[{name}]' if ':' in name else name}:{self.port}/"


def refuse_taken_port(doorstep: Doorstep) -> None:
    """Raise PortUnusable, with a free port to offer, when something listens already."""
    if not 0 < doorstep.port <= HIGHEST_PORT:
        raise PortUnusable(
            f"{doorstep.port} is no port. Choose one between 1024 and {HIGHEST_PORT} with --port."
        )
    hosts = ("127.0.0.1", "::1") if doorstep.is_private else (doorstep.host,)
    if not all(_is_free(host, doorstep.port) for host in hosts):
        free = next(
            (port for port in range(doorstep.port + 1, doorstep.port + 100) if _is_free(hosts[0], port)), 0
        )
        offer = f" For example: ./sojourn up --port {free}" if free else ""
        raise PortUnusable(
            f"Port {doorstep.port} is taken by another program. Choose one with --port.{offer}"
        )


def _is_free(host: str, port: int) -> bool:
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(
                socket.SOL_SOCKET, socket.SO_REUSEADDR, 1
            )  # connections that just closed do no harm
            probe.bind(address)
    except PermissionError as error:
        raise PortUnusable(
            f"Port {port} is for administrators only. Choose one above 1023 with --port."
        ) from error
    except OSError as error:
        if error.errno == 98:  # noqa: PLR2004 - EADDRINUSE
            return False
        if host == "::1":  # no IPv6 here, so nobody listens there
            return True
        raise PortUnusable(
            f"Pages cannot be served on {host}: {error.strerror}. Choose another --host."
        ) from error
    return True


def serve_worker(
    supervisor: Supervisor, environment: Environment, variables: Mapping[str, str], logs: Path
) -> None:
    """Start the worker: jobs by the clock, and jobs the pages put off."""
    command = (environment.python, "-m", "django", "run_worker")
    # Without its supervisor it has no database either, and would wait half a minute for one before it ends.
    supervisor.start(
        Program("The worker", command, variables, logs / "worker.log", death_signal=signal.SIGKILL)
    )


def serve_watch(
    supervisor: Supervisor, environment: Environment, variables: Mapping[str, str], logs: Path
) -> None:
    """Start the workers of the watch: when one dies, another goes on while it is started again."""
    for number in range(1, WATCH_WORKERS + 1):
        command = (environment.python, "-m", "django", "run_watch", str(number))
        supervisor.start(
            Program(
                f"Watch {number}",
                command,
                variables,
                logs / f"watch-{number}.log",
                death_signal=signal.SIGKILL,
                delays_s=WATCH_DELAYS_S,
            )
        )


def serve_lookout(
    supervisor: Supervisor,
    environment: Environment,
    variables: Mapping[str, str],
    logs: Path,
    data: Path,
) -> None:
    """Start the lookout, which says when nobody watches. When we are killed it is told, and says that too."""
    command = (environment.python, "-m", "launcher.lookout", str(data))
    supervisor.start(Program("The lookout", command, variables, logs / "lookout.log"))


def live_port(doorstep: Doorstep) -> int:
    """Find a free port for the live hub, the same one each time where it can be."""
    first = doorstep.port + (LIVE_AHEAD if doorstep.port + LIVE_AHEAD < HIGHEST_PORT - 100 else -LIVE_BEHIND)
    host = "127.0.0.1" if doorstep.is_private else doorstep.host
    return next((port for port in range(first, first + 100) if _is_free(host, port)), 0)


def serve_hub(
    supervisor: Supervisor,
    environment: Environment,
    variables: Mapping[str, str],
    logs: Path,
    doorstep: Doorstep,
) -> None:
    """Start the hub that tells open pages of changes. Without it they say STALE and ask by themselves."""
    inside = EVERYWHERE.get(doorstep.host, "127.0.0.1" if doorstep.is_private else doorstep.host)
    told = {
        "SOJOURN_LIVE_HOST": "127.0.0.1" if doorstep.host == "localhost" else doorstep.host,
        "SOJOURN_LIVE_PAGES": f"http://{f'[{inside}]' if ':' in inside else inside}:{doorstep.port}",
    }
    command = (environment.python, "-m", "sojourn.live")
    supervisor.start(Program("The live hub", command, {**variables, **told}, logs / "live.log"))


def serve_pages(
    supervisor: Supervisor,
    environment: Environment,
    variables: Mapping[str, str],
    logs: Path,
    doorstep: Doorstep,
) -> None:
    """Start the web server and wait for its first good answer. Raises NoAnswer, StopAsked."""
    log = logs / "web.log"
    command = (
        *(environment.python, "-m", "granian", "--interface", "wsgi"),
        *(
            "--host",
            "127.0.0.1" if doorstep.host == "localhost" else doorstep.host,
            "--port",
            str(doorstep.port),
        ),
        *("--workers", "1", "--blocking-threads", str(THREADS), "--workers-kill-timeout", "5"),
        *("--no-ws", "--log-level", "warning", "sojourn.config.wsgi:application"),
    )
    child = supervisor.start(Program("The web server", command, variables, log))
    deadline = time.monotonic() + FIRST_ANSWER_WITHIN_S
    answer = ""
    while time.monotonic() < deadline and child.deaths_in_a_row == 0:
        answer = answer_of(doorstep, variables.get("SOJOURN_ALLOWED_HOSTS", ""))
        if answer == "200":
            return
        supervisor.look(wait_s=0.05)
        if supervisor.asked_to_stop:
            raise StopAsked
    said = f"It answers with {answer}. " if answer else ""
    raise NoAnswer(
        f"The web server does not serve pages. {said}The end of {log}:\n{last_lines(end_of_log(log))}"
    )


def names_answered(doorstep: Doorstep) -> dict[str, str]:
    """Return the setting that lets pages answer under this machine's names, where others may ask."""
    if doorstep.is_private:
        return {}
    names = ("localhost", "127.0.0.1", "[::1]", doorstep.host, socket.gethostname(), socket.getfqdn())
    return {
        "SOJOURN_ALLOWED_HOSTS": ",".join(dict.fromkeys(name for name in names if name not in EVERYWHERE))
    }


def answer_of(doorstep: Doorstep, allowed_hosts: str) -> str:
    """Ask the health page; returns the HTTP status as text, empty while nothing listens."""
    host = EVERYWHERE.get(doorstep.host, "127.0.0.1" if doorstep.host == "localhost" else doorstep.host)
    name = allowed_hosts.split(",", maxsplit=1)[0].lstrip(".").strip("*") or "localhost"
    request = urllib.request.Request(
        f"http://{f'[{host}]' if ':' in host else host}:{doorstep.port}/health/",
        headers={"Host": name, "X-Forwarded-Proto": "https"},
    )
    direct = urllib.request.build_opener(
        urllib.request.ProxyHandler({})
    )  # never through a proxy of the user's
    try:
        with direct.open(request, timeout=10) as response:
            return str(response.status)
    except urllib.error.HTTPError as error:
        return str(error.code)
    except (OSError, urllib.error.URLError):
        return ""
