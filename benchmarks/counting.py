"""Checks that answers are what they must be, and counts the queries of a page."""

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from benchmarks.paths import MeasuredPath

BRACKETS = {"BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE"}  # round trips, but no query of the page


class WrongAnswer(Exception):
    """A request got another answer than it must; the figures would be of something else."""


def check(path: MeasuredPath, status: int, answer: bytes) -> None:
    """Raise WrongAnswer unless this is the answer the path must get."""
    head = answer.partition(b"\r\n\r\n")[0]
    if status != path.status or b"/account/login" in head:  # a link in the page itself is no sign
        raise WrongAnswer(
            f"{path.name}: answered {status}, not {path.status}.\n{answer.decode(errors='replace')}"
        )
    if path.must_hold not in answer:
        raise WrongAnswer(f"{path.name}: the page lacks {path.must_hold.decode()}")


def queries_of(path: MeasuredPath) -> int:
    """Ask for a page in this process and count its queries, without opening and closing transactions.

    A page that can be asked for twice is counted the second time, with what the process remembers.
    """
    (request,) = path.take(1)
    head, _, body = request.decode().partition("\r\n\r\n")
    first, *lines = head.split("\r\n")
    method, address, _ = first.split()
    fields = dict(line.split(": ", 1) for line in lines)
    client = Client(HTTP_HOST="127.0.0.1")
    for cookie in fields["Cookie"].split("; "):
        name, _, value = cookie.partition("=")
        client.cookies[name] = value
    kind = fields.get("Content-Type", "application/octet-stream")
    if not path.once:
        client.generic(method, address, body, kind)
    with CaptureQueriesContext(connection) as captured:
        answer = client.generic(method, address, body, kind)
    head = f"HTTP/1.1 {answer.status_code}\r\nLocation: {answer.headers.get('Location', '')}\r\n\r\n"
    check(path, answer.status_code, head.encode() + answer.content)
    return sum(
        query["sql"].split(" ", 1)[0].rstrip(";") not in BRACKETS for query in captured.captured_queries
    )
