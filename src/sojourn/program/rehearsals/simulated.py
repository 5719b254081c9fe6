"""The simulated patient, sitter and gateway: they open the real pages, press what is there, and send what waited.

Without a network their devices keep what was pressed, and send it afterwards as the real pages do: as one array by token,
each entry with the time by that device's own clock.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, Final
from uuid import uuid5

from django.http import HttpResponse
from django.urls import get_script_prefix, reverse

from sojourn.clinical.rehearsal import (
    Deed,
    DrillClock,
    DueTap,
    Script,
    Whose,
    condition_at,
    cut_off_in,
    taps_due,
)
from sojourn.program.rehearsals.deeds import clock_of
from sojourn.program.rehearsals.front_door import Browser, Knock, form_of, token_of
from sojourn.program.rehearsals.models import Drill, SentTap, SimulatedDevice
from sojourn.program.rehearsals.opening import Stand
from sojourn.program.treatment.choices import EventKind
from sojourn.program.treatment.sitting import make_sitter_link
from sojourn.program.treatment.tokens import make_gateway_token

ROOMS: Final = {Whose.PATIENT: "portal:session_day", Whose.SITTER: "sitter:page"}
GATEWAY: Final = "Simulated oximeter"
SENT, OK = 302, 200


class NoDoorOpened(Exception):
    """A page did not let a simulated person in; the message says which and how it answered."""


def hand_out_devices(script: Script, drill: Drill, stand: Stand, *, now: datetime) -> None:
    """Give everybody who sends something in this script what they need for it, by the doors that real people use.

    The patient opens the page of the session signed in, the sitter the link that staff sent, and staff make the token
    of a gateway. Raises NoDoorOpened.
    """
    for by in {tap.by for tap in script.taps}:
        browser = Browser(drill.id)
        match by:
            case Whose.PATIENT:
                token = token_of(_opened(browser, _path("portal:session_day"), Knock(now, stand.patient)))
            case Whose.SITTER:
                secret = make_sitter_link(visit_id=stand.visit_id, actor=stand.monitor, now=now)
                _open_link(browser, _path("sitter:link", token=secret), Knock(now))
                token = ""  # handed out by the page once the role is taken on
            case Whose.GATEWAY:
                token = make_gateway_token(
                    visit_id=stand.visit_id, label=GATEWAY, actor=stand.monitor, now=now
                )
        SimulatedDevice.objects.create(drill=drill, by=by, cookies=browser.cookies, token=token)


def let_them_tap(script: Script, drill: Drill, deeds: Sequence[Deed], *, minute: float) -> None:
    """Let everybody send what they have pressed up to a minute of the script, and has not been sent yet."""
    if not script.taps:
        return
    clock = clock_of(drill)
    sent = set(SentTap.objects.filter(drill=drill).values_list("name", flat=True))
    due = taps_due(script, minute, deeds, clock=clock, seed=drill.seed, without=sent)
    if not due:
        return
    offline = cut_off_in(condition_at(script, minute, deeds, clock=clock, seed=drill.seed))
    for waited, taps in groupby(
        (each for each in due if each.by not in offline), lambda each: each.was_cut_off
    ):
        if waited:
            _send_what_waited(script, drill, tuple(taps), clock=clock, minute=minute)
        else:
            for tap in taps:
                _tap(script, drill, tap, clock=clock)


def _tap(script: Script, drill: Drill, tap: DueTap, *, clock: DrillClock) -> None:
    """Send one tap in its minute: people by the form of their page, a gateway by its token."""
    device = SimulatedDevice.objects.get(drill=drill, by=tap.by)
    browser = Browser(drill.id, dict(device.cookies))
    knock = Knock(clock.moment_of(tap.minute))
    if tap.by is Whose.GATEWAY:
        _by_token(script, drill, device, browser, (tap,), knock=knock, clock=clock)
        return
    path = _path(ROOMS[tap.by])
    page = browser.get(path, knock=knock)
    html = _text(page)
    form = form_of(html, tap.kind) if page.status_code == OK else None
    if form is None:
        why = "The page did not open." if page.status_code != OK else "The page has no such button now."
        _note(drill, tap, tap.minute, why=why)
        return
    fields = {**form.holds, **_filled(tap), **_ticked(tap, form.ticks), "do": tap.kind}
    fields["form_id"] = str(uuid5(drill.id, tap.name))
    answer = browser.post(path, fields, knock=knock)
    device.token = token_of(_text(browser.get(path, knock=knock))) or device.token
    device.cookies = browser.cookies
    device.save(update_fields=["cookies", "token"])
    _note(drill, tap, tap.minute, why="" if answer.status_code == SENT else "The page refused it.")


def _send_what_waited(
    script: Script, drill: Drill, taps: Sequence[DueTap], *, clock: DrillClock, minute: float
) -> None:
    """Send what devices kept while they had no network, each device all of its own at once."""
    knock = Knock(clock.moment_of(minute))
    for by, own in groupby(sorted(taps, key=lambda tap: tap.by), lambda tap: tap.by):
        device = SimulatedDevice.objects.get(drill=drill, by=by)
        browser = Browser(drill.id, dict(device.cookies))
        _by_token(script, drill, device, browser, tuple(own), knock=knock, clock=clock)


def _by_token(
    script: Script,
    drill: Drill,
    device: SimulatedDevice,
    browser: Browser,
    taps: Sequence[DueTap],
    *,
    knock: Knock,
    clock: DrillClock,
) -> None:
    """Send taps as one array, each at the time that the device's own clock showed."""
    ahead = timedelta(minutes=script.clocks_ahead.get(Whose(device.by), 0))
    events = [
        {
            "form_id": str(uuid5(drill.id, tap.name)),
            "kind": tap.kind,
            "taken_at": (clock.moment_of(tap.minute) + ahead).isoformat(),
            "facts": dict(tap.facts),
        }
        for tap in taps
    ]
    said = {"sent_at": (knock.shown + ahead).isoformat(), "events": events}
    answer = browser.post_json(_path("recording:record"), said, token=device.token, knock=knock)
    outcomes = _told(answer)
    minute = clock.minute_of(knock.shown)
    for place, tap in enumerate(taps):
        why = outcomes[place]["why"] if place < len(outcomes) else "The record did not take it."
        _note(drill, tap, minute, why=why)


def _note(drill: Drill, tap: DueTap, minute: float, *, why: str) -> None:
    SentTap.objects.get_or_create(
        drill=drill,
        name=tap.name,
        defaults={
            "by": tap.by,
            "kind": tap.kind,
            "minute": tap.minute,
            "sent_minute": minute,
            "is_recorded": not why,
            "answer": why[:300],
        },
    )


def _filled(tap: DueTap) -> dict[str, str]:
    if tap.kind == EventKind.ROLE_ACCEPTED:
        return {"name": str(tap.facts["words"])}
    return {
        name: f"{value:g}" if isinstance(value, int | float) else value for name, value in tap.facts.items()
    }


def _ticked(tap: DueTap, ticks: Mapping[str, str]) -> dict[str, str]:
    """Whoever takes on the role of sitter says yes to all it asks; nothing else is ticked by itself."""
    return dict(ticks) if tap.kind == EventKind.ROLE_ACCEPTED else {}


def _open_link(browser: Browser, path: str, knock: Knock) -> None:
    form = form_of(_opened(browser, path, knock), "")
    answer = browser.post(path, form.holds if form else {}, knock=knock)
    if answer.status_code != SENT:
        raise NoDoorOpened(f"the sitter's link answered {answer.status_code}")


def _opened(browser: Browser, path: str, knock: Knock) -> str:
    page = browser.get(path, knock=knock)
    if page.status_code != OK:
        raise NoDoorOpened(f"a page of the drill answered {page.status_code}")
    return _text(page)


def _told(answer: Any) -> list[dict[str, str]]:
    told: list[dict[str, str]] = (
        json.loads(answer.content).get("events", []) if answer.status_code == OK else []
    )
    return told


def _text(page: Any) -> str:
    return page.content.decode() if isinstance(page, HttpResponse) else ""


def _path(name: str, **parts: str) -> str:
    return reverse(name, kwargs=parts or None).removeprefix(get_script_prefix())
