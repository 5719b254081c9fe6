"""Installing the wording of an instrument, with who says that the practice may use it."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from sojourn.clinical import instruments
from sojourn.program.audit import actions as audit
from sojourn.program.measures.models import TextPack
from sojourn.program.people.actors import Actor
from sojourn.program.people.policy import require


class AlreadyInstalled(Exception):
    """This very file is installed."""


def install_text_pack(*, text: str, name: str, actor: Actor, now: datetime) -> UUID:
    """Install a pack after reading it whole; earlier ones stay with the answers that were given to them.

    Raises NotAllowed, AlreadyInstalled, evidence.DataFileInvalid, instruments.UnknownInstrument.
    """
    require(actor, "install wording")
    assert actor.staff_id is not None
    pack = instruments.read_text_pack(text, name=name)
    instruments.with_wording(instruments.get(pack.instrument_id), pack)
    try:
        with transaction.atomic():
            installed = TextPack.objects.create(
                instrument_id=pack.instrument_id,
                instrument_version=pack.instrument_version,
                text=text,
                sha256=pack.sha256,
                installed_by_id=actor.staff_id,
                installed_at=now,
            )
            audit.record(actor, "installed wording", about=("text pack", installed.id), at=now)
    except IntegrityError as twice:
        raise AlreadyInstalled from twice
    return installed.id
