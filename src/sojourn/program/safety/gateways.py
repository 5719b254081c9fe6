"""Ways out of the house for an alarm. A gateway returns when the channel took the message, and raises when it did not."""

import json
import queue
import threading
from collections.abc import Mapping
from typing import Final

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.utils import timezone

from sojourn.program.safety.models import Delivery
from sojourn.program.safety.texting import HttpTexts
from sojourn.program.safety.ways import Gateway, Message, NotTaken, Recipient

ANSWERS_WITHIN_S: Final = 10.0
NO_SERVER: Final = "no mail server is set up"
NO_PROVIDER: Final = "kept in the outbox and sent to nobody: no provider for text messages is set up"
NO_ANSWER: Final = f"no answer within {ANSWERS_WITHIN_S:.0f} seconds"


class MailServer:
    """The practice's own mail server, by SMTP as SOJOURN_MAIL_URL says."""

    def send(self, to: Recipient, message: Message) -> None:
        """Hand a letter to the mail server. Raises NotTaken when there is none or it does not take it."""
        if not settings.MAIL_LEAVES:
            raise NotTaken(NO_SERVER)
        with get_connection(timeout=ANSWERS_WITHIN_S) as server:
            letter = EmailMessage(
                message.subject, message.words, settings.MAIL_FROM, [to.email], connection=server
            )
            letter.send()


class TextOutbox:
    """The outbox of text messages, a file: each is kept as it would have been sent, and none counts as delivered."""

    def send(self, to: Recipient, message: Message) -> None:
        """Keep the text and raise NotTaken: nothing left the house."""
        folder = settings.DATA_DIR / "outbox"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        kept = {"kept_at": timezone.now().isoformat(), "to_staff": str(to.staff_id), "words": message.words}
        with (folder / "texts.jsonl").open("a", encoding="utf-8") as outbox:
            outbox.write(json.dumps(kept, ensure_ascii=False) + "\n")
        raise NotTaken(NO_PROVIDER)


def gateways() -> Mapping[str, Gateway]:
    """The gateway of each channel that leads out of the house: texts by the provider that is set up, else the outbox."""
    texts = HttpTexts(settings.TEXT_PROVIDER) if settings.TEXT_PROVIDER else TextOutbox()
    return {Delivery.Channel.EMAIL: MailServer(), Delivery.Channel.TEXT: texts}


def refusal_of(
    gateway: Gateway, to: Recipient, message: Message, *, within_s: float = ANSWERS_WITHIN_S
) -> NotTaken | None:
    """Send a message and give what was said against it; None when the channel took it.

    A gateway that hangs is left to itself after `within_s`: its thread ends when it ends, the next way is tried now.
    """
    answers: queue.SimpleQueue[NotTaken | None] = queue.SimpleQueue()

    def send() -> None:
        try:
            gateway.send(to, message)
        except NotTaken as refused:
            answers.put(refused)
        except Exception as failure:  # noqa: BLE001 - whatever a provider's code raises, the next way must be tried
            answers.put(NotTaken(f"refused ({type(failure).__name__})"))
        else:
            answers.put(None)

    threading.Thread(target=send, name="gateway", daemon=True).start()
    try:
        return answers.get(timeout=within_s)
    except queue.Empty:
        return NotTaken(NO_ANSWER)
