"""What the doors of recording pages share: the worker that stands in for the network, served where its scope begins."""

from functools import cache
from pathlib import Path

from django.http import HttpRequest, HttpResponse

WORKER = Path(__file__).parent / "static/design/js/recording/service_worker.js"


def service_worker(request: HttpRequest) -> HttpResponse:
    """Answer with the worker's script. A door gives it an address: pages below that address are in its scope."""
    answer = HttpResponse(_script(), content_type="text/javascript; charset=utf-8")
    answer["Cache-Control"] = "no-cache"
    return answer


@cache
def _script() -> str:
    return WORKER.read_text()
