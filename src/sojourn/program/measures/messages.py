"""The words of a notice, and sending them. Nothing in a message tells what it is about."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import send_mail
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from sojourn.clinical import instruments
from sojourn.program.measures.links import token_of
from sojourn.program.measures.models import Notice
from sojourn.program.people.actors import Actor
from sojourn.program.people.policy import patients_visible_to
from sojourn.program.people.queries import the_practice

log = logging.getLogger("sojourn.measures")
AT_ONCE: Final = 200
NO_SERVER: Final = "no mail server is set up"


@dataclass(frozen=True)
class MessageRow:
    """One notice as the outbox shows it. `words` are None where the reader may not use the link in them."""

    id: UUID
    patient_id: UUID
    patient_name: str
    kind: str
    at: datetime
    timezone: str
    sent_at: datetime | None
    not_sent_because: str
    subject: str
    words: str | None


def send_waiting(*, now: datetime) -> int:
    """Send what has not left yet, one message a patient; return how many messages left.

    A message that cannot leave stays, with the reason, and is tried again.
    """
    waiting = (
        Notice.objects.exclude(kind=Notice.Kind.LAPSED)
        .filter(sent_at=None, link__expires_at__gt=now, request__response=None, request__withdrawn_at=None)
        .select_related("link", "request__patient__site", "request__patient__user")
        .order_by("request__patient_id", "at")[:AT_ONCE]
    )
    sent = 0
    for _patient, group in groupby(waiting, key=lambda notice: notice.request.patient_id):
        sent += _send(tuple(group), now)
    return sent


def messages_for(actor: Actor, *, limit: int = 100) -> tuple[MessageRow, ...]:
    """Give the newest messages about patients this actor may see.

    The words hold a link that opens a questionnaire, so they are shown in a demonstration only.
    """
    rows = (
        Notice.objects.filter(patients_visible_to(actor, "request__patient"))
        .exclude(kind=Notice.Kind.LAPSED)
        .select_related("link", "request__patient__site")
        .order_by("-at")[:limit]
    )
    practice = the_practice()
    return tuple(
        MessageRow(
            id=notice.id,
            patient_id=notice.request.patient_id,
            patient_name=notice.request.patient.name,
            kind=notice.get_kind_display(),
            at=notice.at,
            timezone=notice.request.patient.site.timezone,
            sent_at=notice.sent_at,
            not_sent_because=notice.not_sent_because,
            subject=_subject(practice.name),
            words=_words([notice]) if practice.is_demonstration else None,
        )
        for notice in rows
    )


def _send(notices: Sequence[Notice], now: datetime) -> int:
    ids = [notice.pk for notice in notices]
    account = notices[0].request.patient.user
    if not settings.MAIL_LEAVES or account is None:
        Notice.objects.filter(pk__in=ids, not_sent_because="").update(not_sent_because=NO_SERVER)
        return 0
    try:
        send_mail(_subject(the_practice().name), _words(notices), settings.MAIL_FROM, [account.email])
    except OSError as failure:  # smtplib's errors and a server that cannot be reached
        first = notices[0]
        log.warning("notice %s could not be sent", first.id)
        Notice.objects.filter(pk__in=ids).update(not_sent_because=type(failure).__name__)
        return 0
    Notice.objects.filter(pk__in=ids).update(sent_at=now, not_sent_because="")
    return 1


def _subject(practice: str) -> str:
    return _("%(practice)s: something to fill in") % {"practice": practice}


def _words(notices: Sequence[Notice]) -> str:
    """Say that something waits, where, and until when; never what."""
    zone = ZoneInfo(notices[0].request.patient.site.timezone)
    lines = [_("Your practice asks you to fill in a short form."), ""]
    for notice in notices:
        assert notice.link is not None
        path = reverse("portal:questionnaire_by_link", args=[token_of(notice.link.id)])
        minutes = instruments.get(notice.request.instrument_id).minutes
        lines += [
            _("About %(minutes)d minutes: %(address)s")
            % {"minutes": minutes, "address": settings.ADDRESS + path},
            _("This link works until %(until)s and needs no password, so please keep it to yourself.")
            % {"until": date_format(notice.link.expires_at.astimezone(zone), "l, F j, H:i")},
            "",
        ]
    lines += [
        _("If the link has ended, sign in: %(address)s") % {"address": settings.ADDRESS},
        _(
            "In an emergency call 911. If you think of harming yourself, call or text 988, day and night (US)."
        ),
    ]
    return "\n".join(lines)
