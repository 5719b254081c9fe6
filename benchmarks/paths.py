"""What is measured: the requests of each path, and the answer that each of them must get."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.conf import settings

from benchmarks.records import Records

BARE_ROWS = 10_000
CYCLE = 500  # so many different requests are repeated, so that no single row stays warmer than in life
VISITORS_ANSWERS = {
    "born_on": "1984-05-02", "state": "CA", "hoping_for": "depression", "suicidal_thoughts": "no",
    "suicidal_act": "no", "aneurysm": "unknown", "blood_pressure": "150/95", "weight": "180 lb",
}  # fmt: skip
SECRET = "b" * 32  # the same in cookie and form, as CSRF protection asks


@dataclass
class MeasuredPath:
    """One thing to measure. With `once` each request can be sent a single time."""

    name: str
    status: int
    requests: list[bytes]
    is_bare: bool = False
    once: bool = False
    must_hold: bytes = b""

    def take(self, most: int) -> list[bytes]:
        """Give requests for one run; those that can be sent once are given once."""
        if not self.once:
            return self.requests[:most]
        taken, self.requests = self.requests[:most], self.requests[most:]
        return taken

    def give_back(self, unsent: list[bytes]) -> None:
        """Take back requests that were not sent after all."""
        if self.once:
            self.requests = unsent + self.requests


def all_paths(records: Records) -> list[MeasuredPath]:
    """The bare ceilings first, then the five pages."""
    rows = [f"/bare/read/{row}/" for row in range(1, BARE_ROWS, BARE_ROWS // CYCLE)]
    submissions = [
        _post(f"/questionnaires/{request_id}/", session, _answers(place))
        for place, (session, request_id) in enumerate(records.open_requests)
    ]
    charts = [
        _get(f"/workspace/patients/{patient_id}/", records.prescriber_session)
        for patient_id in records.charted[:CYCLE]
    ]
    return [
        MeasuredPath("bare view", 200, [_get("/bare/view/")], is_bare=True),
        MeasuredPath("bare one-row read", 200, [_get(row) for row in rows], is_bare=True),
        MeasuredPath(
            "bare one-row insert",
            201,
            [_post("/bare/insert/", "", '{"q1": 1, "q2": 2, "q3": 0}')],
            is_bare=True,
        ),
        MeasuredPath("questionnaire submit", 302, submissions, once=True),
        MeasuredPath("patient chart", 200, charts, must_hold=b"<svg"),
        MeasuredPath("inbox", 200, [_get("/workspace/inbox/", records.prescriber_session)]),
        MeasuredPath("director page", 200, [_get("/workspace/practice/", records.director_session)]),
        MeasuredPath("free assessment", 200, [_visitors_form("/assessment/", _assessment())]),
    ]


def _answers(place: int) -> str:
    """One patient's choices as a form sends them; item 9 is 0, so that no alarm changes what the inbox shows."""
    chosen = {f"q{item}": (place + item) % 4 for item in range(1, 9)}
    return urlencode({"csrfmiddlewaretoken": SECRET, **chosen, "q9": 0, "difficulty": 1})


def _assessment() -> str:
    """A visitor's answers as a form sends them."""
    return urlencode({"csrfmiddlewaretoken": SECRET, **VISITORS_ANSWERS})


def _get(address: str, session: str = "") -> bytes:
    return f"GET {address} HTTP/1.1\r\n{_head(session)}\r\n".encode()


def _post(address: str, session: str, body: str) -> bytes:
    kind = "application/x-www-form-urlencoded" if session else "application/json"
    sized = f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
    return f"POST {address} HTTP/1.1\r\n{_head(session)}{sized}\r\n{body}".encode()


def _visitors_form(address: str, body: str) -> bytes:
    """A form of somebody without a session; CSRF protection still asks for its cookie."""
    head = f"Host: 127.0.0.1\r\nAccept: text/html\r\nCookie: {settings.CSRF_COOKIE_NAME}={SECRET}\r\n"
    sized = f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
    return f"POST {address} HTTP/1.1\r\n{head}{sized}\r\n{body}".encode()


def _head(session: str) -> str:
    cookies = f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={SECRET}"
    return "Host: 127.0.0.1\r\nAccept: text/html\r\n" + (f"Cookie: {cookies}\r\n" if session else "")
