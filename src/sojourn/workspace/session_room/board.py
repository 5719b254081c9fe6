"""The floor board: who is where, what is due next, and what one press records. Also what the live hub asks for."""

import hmac
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.utils.safestring import mark_safe

from sojourn.live.tickets import hub_word
from sojourn.program.people.access import everyone, only
from sojourn.program.people.policy import may_do
from sojourn.program.treatment.floor import floor_of, undoable_of, whole_floor
from sojourn.workspace.inbox.shown import watching_screen
from sojourn.workspace.session_room.roles import WATCHERS
from sojourn.workspace.session_room.rows import Row, rows_of


@dataclass(frozen=True)
class Wished:
    """How somebody wants their board: one site, only those who need somebody, close together."""

    site_id: UUID | None
    only_needing: bool
    is_dense: bool


@dataclass(frozen=True)
class SiteChoice:
    id: UUID
    name: str
    is_chosen: bool


@only(*WATCHERS)
def sessions(request: Any) -> HttpResponse:
    """Show the sessions on the floor, what is due next first; a fixed number of queries, however many there are."""
    wished = _wished(request)
    floor = floor_of(request.actor, now=request.now)
    all_places = floor.places
    places = [p for p in all_places if wished.site_id in {None, p.visit.site_id}]
    rows = rows_of(places, now=request.now)
    token = get_token(request)
    undo = undoable_of(request.actor, places, now=request.now)
    sites = {place.visit.site_id: place.visit.site_name for place in all_places}
    return render(
        request,
        "workspace/session_room/sessions.html",
        {
            "rows": mark_safe("".join(row.shown(now=request.now, token=token) for row in rows)),  # noqa: S308
            "screen": watching_screen(request, [alarm for row in rows for alarm in row.alarms]),
            "count": len(rows),
            "needing": sum(row.must_act for row in rows),
            "running": sum(row.is_running for row in rows),
            "left_out": floor.left_out,
            "wished": wished,
            "sites": [
                SiteChoice(site_id, name, site_id == wished.site_id)
                for site_id, name in sorted(sites.items(), key=lambda site: site[1])
            ],
            "undo_visit": undo[0] if undo else None,
            "undoable": undo[1] if undo else None,
            "may_record": may_do(request.actor, "run a dosing session"),
        },
    )


@everyone
def rows(request: Any) -> HttpResponse:
    """Answer the hub: the rows of the visits it names, or the marks of all. To anybody else this page is not here."""
    word = request.headers.get("Authorization", "").removeprefix("Hub ")
    if not hmac.compare_digest(word.encode(), hub_word(settings.SECRET_KEY).encode()):
        raise Http404
    named = _ids(request.GET.getlist("v"))
    floor = whole_floor(now=request.now, visit_ids=named or None)
    found = rows_of(floor.places, now=request.now)
    if named:
        stands = {row.visit_id for row in found}
        answer = {
            "rows": [_told(row, request.now) | {"html": row.shown(now=request.now)} for row in found],
            "gone": [str(visit_id) for visit_id in named if visit_id not in stands],
        }
    else:
        answer = {"stands": {str(row.visit_id): _told(row, request.now) for row in found}}
    response = JsonResponse(answer)
    response["Cache-Control"] = "no-store"
    return response


def row_as_told(visit_id: UUID, request: Any) -> dict[str, Any] | None:
    """One row as the hub would tell it, for the board on which something was pressed."""
    floor = whole_floor(now=request.now, visit_ids=[visit_id])
    found = rows_of(floor.places, now=request.now)
    return _told(found[0], request.now) | {"html": found[0].shown(now=request.now)} if found else None


def _told(row: Row, now: Any) -> dict[str, Any]:
    return {
        "visit": str(row.visit_id),
        "site": str(row.site_id),
        "mark": row.mark,
        "sort": row.sort,
        "act": row.must_act,
        "holds_for_s": max(0.0, (row.holds_until - now).total_seconds()),
    }


def _wished(request: Any) -> Wished:
    site = _ids([request.GET.get("site", "")])
    return Wished(
        site_id=site[0] if site else None,
        only_needing=request.GET.get("need") == "1",
        is_dense=request.GET.get("dense") == "1",
    )


def _ids(words: list[str]) -> list[UUID]:
    found = []
    for word in words:
        try:
            found.append(UUID(word))
        except ValueError:
            continue
    return found
