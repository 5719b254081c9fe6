"""The front door of the application as a browser or a gateway finds it: addresses, cookies, forms and tokens, no socket.

A simulated person comes in here and nowhere else, so that a drill proves the pages that real people use.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from html.parser import HTMLParser
from io import BytesIO
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.http import QueryDict
from django.http.response import HttpResponseBase
from django.utils import translation

from sojourn.program.people.actors import Actor

FORM: Final = "application/x-www-form-urlencoded"
TOKEN_OF_PAGE: Final = "recording-about"  # noqa: S105 - where a page tells its browser how to record


@dataclass(frozen=True)
class Knock:
    """Marks a request of a simulated person, which nothing from outside can: at which moment, and who is signed in."""

    shown: datetime
    actor: Actor | None = None


@dataclass(frozen=True)
class Browser:
    """A browser or a machine at the doors of one drill, with its cookies."""

    drill_id: UUID
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, *, knock: Knock) -> HttpResponseBase:
        """Open a page of the drill."""
        return self._send("GET", path, knock)

    def post(self, path: str, fields: Mapping[str, str], *, knock: Knock) -> HttpResponseBase:
        """Send a form."""
        body = QueryDict(mutable=True)
        body.update(fields)
        return self._send("POST", path, knock, body=body.urlencode().encode(), content_type=FORM)

    def post_json(self, path: str, said: Mapping[str, Any], *, token: str, knock: Knock) -> HttpResponseBase:
        """Send JSON with a recording token, as pages without a network and gateways do."""
        return self._send(
            "POST", path, knock, body=json.dumps(said).encode(), content_type="application/json", token=token
        )

    def _send(
        self,
        method: str,
        path: str,
        knock: Knock,
        *,
        body: bytes = b"",
        content_type: str = "",
        token: str = "",
    ) -> HttpResponseBase:
        request = WSGIRequest(_environ(method, f"/rehearsal/{self.drill_id}/{path}", body, content_type))
        request.META["HTTP_COOKIE"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if token:
            request.META["HTTP_AUTHORIZATION"] = f"Bearer {token}"
        request.knocked = knock  # type: ignore[attr-defined]
        with translation.override(translation.get_language()):
            response = _application().get_response(request)
        self.cookies.update({name: morsel.value for name, morsel in response.cookies.items()})
        return response


@dataclass(frozen=True)
class PageForm:
    """One form of a page: what it holds by itself, and the fields somebody fills in."""

    holds: Mapping[str, str]
    asks: frozenset[str]
    ticks: Mapping[str, str]


def form_of(html: str, deed: str) -> PageForm | None:
    """Find the form of a page that does this: its button says so. "" finds a form with a button without a name."""
    reader = _Forms()
    reader.feed(html)
    return next((form for does, form in reader.found if deed in does), None)


def token_of(html: str) -> str:
    """Read the token that a page hands its browser to record by; "" where it hands none."""
    reader = _Forms()
    reader.feed(html)
    return str(json.loads(reader.about).get("token", "")) if reader.about else ""


class _Forms(HTMLParser):
    """Collects the forms of a page, and what it tells its scripts."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[set[str], PageForm]] = []
        self.about = ""
        self._in_about = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        self._in_about = tag == "script" and told.get("id") == TOKEN_OF_PAGE
        if tag == "form":
            self.found.append((set(), PageForm({}, frozenset(), {})))
        elif self.found:
            self._field(tag, told)

    def handle_data(self, data: str) -> None:
        if self._in_about:
            self.about += data

    def handle_endtag(self, tag: str) -> None:
        self._in_about = False

    def _field(self, tag: str, told: dict[str, str]) -> None:
        does, form = self.found[-1]
        name, value, kind = told.get("name", ""), told.get("value", ""), told.get("type", "")
        if tag == "button":
            does.add(value if name == "do" else "")
        elif tag == "input" and kind == "hidden":
            form = PageForm({**form.holds, name: value}, form.asks, form.ticks)
        elif tag == "input" and kind == "checkbox":
            form = PageForm(form.holds, form.asks, {**form.ticks, name: value or "on"})
        elif tag in {"input", "select", "textarea"}:
            form = PageForm(form.holds, form.asks | {name}, form.ticks)
        self.found[-1] = does, form


@cache
def _application() -> WSGIHandler:
    return WSGIHandler()


def _environ(method: str, path: str, body: bytes, content_type: str) -> dict[str, Any]:
    host = next((each.lstrip(".") for each in settings.ALLOWED_HOSTS if each != "*"), "localhost")
    scheme = "https" if settings.SERVED_OVER_TLS else "http"
    return {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": host,
        "SERVER_PORT": "443" if settings.SERVED_OVER_TLS else "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": host,
        "HTTP_ORIGIN": f"{scheme}://{host}",
        "HTTP_X_FORWARDED_PROTO": scheme,
        "CONTENT_TYPE": content_type,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": BytesIO(body),
        "wsgi.url_scheme": scheme,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
