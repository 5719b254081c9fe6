"""The route table, read from Django itself, so that a new address cannot be forgotten."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver


@dataclass(frozen=True)
class Route:
    name: str
    view: Callable[..., Any]
    parameters: tuple[str, ...]
    converters: tuple[str, ...]

    @property
    def is_ours(self) -> bool:
        return self.view.__module__.startswith("sojourn.")


def all_routes() -> list[Route]:
    return list(_walk(get_resolver(), "", {}))


def _walk(resolver: URLResolver, namespace: str, outer: dict[str, Any]) -> Iterator[Route]:
    for entry in resolver.url_patterns:
        converters = {**outer, **getattr(entry.pattern, "converters", {})}
        if isinstance(entry, URLResolver):
            inner = ":".join(part for part in (namespace, entry.namespace) if part)
            yield from _walk(entry, inner, converters)
        elif isinstance(entry, URLPattern):
            name = ":".join(part for part in (namespace, entry.name) if part)
            kinds = tuple(type(c).__name__ for c in converters.values())
            yield Route(name, entry.callback, tuple(converters), kinds)
