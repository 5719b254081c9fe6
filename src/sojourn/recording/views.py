"""Recording by token: an array of events in, an outcome for each out."""

import json
import logging
from collections.abc import Callable, Mapping
from typing import Any, Final

from django.core.exceptions import RequestDataTooBig
from django.db import Error as DatabaseError
from django.http import HttpRequest, HttpResponse
from django.http.request import UnreadablePostError

from sojourn.program.people.access import token_holders
from sojourn.program.treatment import receiving
from sojourn.program.treatment.sent import Outcome, Sent, Tick
from sojourn.program.treatment.tokens import TokenEnded, TokenUnknown
from sojourn.recording.reading import MOST_BYTES, Body, BodyRefused, Unreadable, read_body

log = logging.getLogger("sojourn.recording")

SCHEME: Final = "bearer"  # in small or capital letters; Source: RFC 9110, section 11.1
ASK: Final = {"WWW-Authenticate": "Bearer"}
PACKED: Final = "Send the body as it is, not compressed."
NO_LENGTH: Final = "Send the length of the body: Content-Length, not in chunks."
TOO_LARGE: Final = f"Send at most {MOST_BYTES // 1024} KB at once."


@token_holders
def record(request: HttpRequest) -> HttpResponse:
    """Record what was sent, and answer for each event once all of it is committed."""
    if request.method != "POST":
        return _refused(405, "Record by POST.", {"Allow": "POST"})
    return _answered(request, _record)


@token_holders
def tick(request: HttpRequest) -> HttpResponse:
    """Say when the next look is due, and whether the session is over."""
    if request.method != "GET":
        return _refused(405, "Ask by GET.", {"Allow": "GET"})
    return _answered(
        request, lambda request, secret: _told(request, receiving.tick(secret, now=_now(request)))
    )


def _answered(request: HttpRequest, answer: Callable[[HttpRequest, str], HttpResponse]) -> HttpResponse:
    """Answer for a token, or say why nothing was done; a refusal is JSON too."""
    scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != SCHEME:
        return _refused(401, "Send your token: Authorization: Bearer …", ASK)
    try:
        return answer(request, secret.strip())
    except BodyRefused as refusal:
        return _refused(400, str(refusal))
    except (RequestDataTooBig, UnreadablePostError):
        return _refused(413, TOO_LARGE)
    except TokenUnknown:
        return _refused(401, "This token is not known.", ASK)
    except TokenEnded:
        return _refused(410, "This token has ended. Nothing was recorded.", ended=True)
    except DatabaseError:
        log.warning(
            "an array of events could not be recorded: the database does not answer, or its disk is full"
        )
        return _refused(503, "Not recorded. Send the same again, with the same ids.", {"Retry-After": "2"})


def _record(request: HttpRequest, secret: str) -> HttpResponse:
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        return _refused(415, PACKED)
    length = request.headers.get("Content-Length")
    if not length:
        return _refused(411, NO_LENGTH)
    if not length.isdecimal() or int(length[:12]) > MOST_BYTES:
        return _refused(413, TOO_LARGE)
    body = read_body(request.body)
    received = receiving.receive(
        secret=secret,
        sent_at=body.sent_at,
        events=[each for each in body.events if isinstance(each, Sent)],
        now=_now(request),
    )
    return _told(request, received.tick, events=_in_order(body, received.outcomes))


def _in_order(body: Body, outcomes: tuple[Outcome, ...]) -> list[dict[str, str | None]]:
    readable = iter(outcomes)
    return [
        _outcome(form_id, "refused", each.why)
        if isinstance(each, Unreadable)
        else _outcome(form_id, (found := next(readable)).status, found.why)
        for form_id, each in zip(body.form_ids, body.events, strict=True)
    ]


def _outcome(form_id: str | None, status: str, why: str) -> dict[str, str | None]:
    return {"form_id": form_id, "status": status, "why": why}


def _told(request: HttpRequest, tick: Tick, **more: Any) -> HttpResponse:
    due = tick.next_due_at
    return _json(
        200,
        {
            **more,
            "now": _now(request).isoformat(),
            "watch": tick.is_watched,
            "next_due_at": due.isoformat() if due else None,
            "ended": tick.ended,
        },
    )


def _refused(status: int, why: str, headers: Mapping[str, str] | None = None, **more: bool) -> HttpResponse:
    response = _json(status, {"error": why, **more})
    for name, value in (headers or {}).items():
        response[name] = value
    return response


def _json(status: int, said: dict[str, Any]) -> HttpResponse:
    written = json.dumps(
        said, separators=(",", ":")
    )  # plain values: Django's own encoder costs ten times as much
    response = HttpResponse(written, status=status, content_type="application/json")
    response["Cache-Control"] = "no-store"
    return response


def _now(request: HttpRequest) -> Any:
    return request.now  # type: ignore[attr-defined]
