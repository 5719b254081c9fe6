"""`python -m sojourn.live`: the hub as a process of its own."""

import asyncio
import logging
import os
import signal
from contextlib import suppress

from sojourn.live.serving import Where, serve


def main() -> None:
    """Serve streams until asked to stop."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    where = Where(
        host=os.environ.get("SOJOURN_LIVE_HOST", "127.0.0.1"),
        port=int(os.environ.get("SOJOURN_LIVE_PORT", "0")),
        database=os.environ["SOJOURN_DATABASE_URL"],
        secret=os.environ["SOJOURN_SECRET_KEY"],
        pages=os.environ.get("SOJOURN_LIVE_PAGES", "http://127.0.0.1:8000"),
        name=os.environ.get("SOJOURN_ALLOWED_HOSTS", "").split(",")[0].lstrip(".").strip("*") or "localhost",
    )
    asyncio.run(_until_stopped(where))


async def _until_stopped(where: Where) -> None:
    work = asyncio.create_task(serve(where))
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, work.cancel)
    with suppress(asyncio.CancelledError):
        await work


if __name__ == "__main__":
    main()
