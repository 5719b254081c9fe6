"""Runs the browser modules of the design in a real Chromium, from the files of the tree: no server and no database."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

STATIC = Path(__file__).resolve().parents[2] / "src/sojourn/design/static"
ADDRESS = "http://localhost:9"  # the discard port: whatever is not answered from the tree fails


def module_page(page: Any) -> Any:
    """Open an empty page that can import the modules under `/static/`."""
    page.route(f"{ADDRESS}/**", _from_the_tree)
    page.goto(f"{ADDRESS}/")
    return page


def decoder(page: Any, module: str) -> Callable[[str, str], Any]:
    """Give `decode(function, hexadecimal octets)`: what the module's function makes of a frame."""

    def decode(function: str, octets: str) -> Any:
        return page.evaluate(
            """async ([module, name, octets]) => {
                const found = await import(module);
                const value = found[name](new DataView(Uint8Array.from(octets).buffer));
                const at = value.measuredAt;
                return {...value, measuredAt: at && `${at.toDateString()} ${at.toTimeString().slice(0, 8)}`};
            }""",
            [f"/static/{module}", function, list(bytes.fromhex(octets.replace("-", " ")))],
        )

    return decode


def _from_the_tree(route: Any) -> None:
    path = route.request.url.removeprefix(ADDRESS).partition("?")[0]
    if path == "/":
        route.fulfill(body="<!doctype html><title>modules</title>", content_type="text/html")
    elif path.startswith("/static/"):
        route.fulfill(path=STATIC / path.removeprefix("/static/"), content_type="text/javascript")
    else:
        route.abort()
