"""Recording by token in tests: a token for each role, and the two requests."""

import json
import re
from datetime import datetime
from typing import Any
from uuid import uuid4

from sojourn.program.plans.models import Visit
from sojourn.program.treatment import proving, tokens
from sojourn.program.treatment.choices import TokenRole
from sojourn.program.treatment.models import RecordingToken
from tests.support.ward import Ward


def token_for(ward: Ward, visit: Visit, role: str, at: datetime) -> str:
    """A fresh secret of this role for this session."""
    match role:
        case "monitor":
            return tokens.make_monitor_token(visit_id=visit.id, actor=ward.mona, now=at)
        case "patient":
            return tokens.make_patient_token(visit_id=visit.id, actor=ward.ada, now=at)
        case "device":
            return tokens.make_gateway_token(visit_id=visit.id, label="Gateway 3", actor=ward.mona, now=at)
    secret = f"sitter-{uuid4()}"
    RecordingToken.objects.create(
        visit=visit, role=TokenRole.SITTER, secret_hash=tokens.hash_of(secret), made_at=at
    )
    return secret


def event(kind: str, at: datetime, *, form_id=None, units=None, device="", **facts) -> dict:
    sent = {"form_id": str(form_id or uuid4()), "kind": kind, "facts": facts, "taken_at": at.isoformat()}
    return sent | {"device": device} | ({"units": units} if units else {})


def post(client, secret: str, events: list, sent_at: datetime):
    return client.post(
        "/record/",
        json.dumps({"sent_at": sent_at.isoformat(), "events": events}),
        content_type="application/json",
        headers={"Authorization": f"Bearer {secret}"},
    )


def without_ids(page: str) -> str:
    """A page without its long random values, in which any two digits may stand beside each other."""
    page = re.sub(r'"(token|of|now|ends_at|next_due_at)": "[^"]*"', "", page)
    return re.sub(r'(value|content)="[^"]{30,}"', "", page)


def statuses(response: Any) -> list[str]:
    """What became of each event that was sent."""
    assert response.status_code == 200, response.content
    return [each["status"] for each in response.json()["events"]]


def is_intact(visit: Visit) -> bool:
    """True where the chain of the session proves."""
    ((_, verdict),) = proving.proofs([visit.id])
    return verdict.is_intact
