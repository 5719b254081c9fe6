"""One server for both: the product with all its middleware, and the bare views with none."""

import os
from collections.abc import Callable, Iterable
from typing import Any

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler

from sojourn.config.turns import take_short_turns

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.site.settings")
django.setup(set_prefix=False)
take_short_turns()

from sojourn.config import warming  # noqa: E402 - it needs the settings that were read just now

warming.warm_up()


class BareApplication(WSGIHandler):
    """Django's handler without any middleware."""

    def load_middleware(self, is_async: bool = False) -> None:  # noqa: FBT001, FBT002 - Django's signature
        """Load none, leaving the settings as they were."""
        middleware, settings.MIDDLEWARE = settings.MIDDLEWARE, []
        try:
            super().load_middleware(is_async)
        finally:
            settings.MIDDLEWARE = middleware


product = WSGIHandler()
bare = BareApplication()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Send bare addresses to the bare handler, everything else to the product."""
    handler = bare if environ["PATH_INFO"].startswith("/bare/") else product
    return handler(environ, start_response)
