"""Rules about templates: a page is given rows that are ready to print, so that its cost stands in its view."""

import re
import traceback
from itertools import chain
from typing import Any

import pytest
from django.db import connection
from django.db.models import Manager, Model, QuerySet
from django.template import Template
from django.urls import reverse

from sojourn.program.people.models import User
from sojourn.program.people.roles import Role
from tests.doors.test_route_by_role import PEOPLE
from tests.house_rules.tree import ROOT, files
from tests.support.records import examples_of
from tests.support.routes import all_routes

ROUTES = [route for route in all_routes() if route.is_ours]
ASKS = re.compile(r"\.(objects|all|filter|exclude|first|last|exists|\w+_set)\b")
# Given to every page by Django itself: the account that is signed in, and the request.
DJANGOS_OWN = {"user", "request", "perms"}
# What the head of every page shows; asked for at the first use, so that an answer without a page pays nothing.
OF_THE_HEAD = {"the_practice", "_entries"}


def test_no_template_names_a_query():
    """A query in a template hides its cost; pages are given rows that are ready to print."""
    tags = re.compile(r"{[{%](.*?)[%}]}")
    found = [
        f"{p.relative_to(ROOT)}: {tag.strip()}"
        for p in files("src/sojourn/*.html")
        for tag in tags.findall(p.read_text())
        if ASKS.search(re.sub(r"forloop\.(first|last)", "", tag))
    ]
    assert not found


@pytest.fixture
def no_query_while_rendering(monkeypatch):
    """Make a query raise while a template is rendered. Context processors run before, and may ask."""
    plain = Template._render
    depth = [0]

    def rendered(self, context):
        depth[0] += 1
        try:
            return plain(self, context)
        finally:
            depth[0] -= 1

    def guard(execute, sql, params, many, context):
        callers = {frame.f_code.co_name for frame, _ in traceback.walk_stack(None)}
        assert not depth[0] or callers & OF_THE_HEAD, f"a template asks: {sql[:200]}"
        return execute(sql, params, many, context)

    monkeypatch.setattr(Template, "_render", rendered)
    with connection.execute_wrapper(guard):
        yield


@pytest.mark.django_db
@pytest.mark.parametrize("route", ROUTES, ids=lambda r: r.name)
def test_no_page_asks_the_database_while_it_is_rendered(client, ward, route, no_query_while_rendering):
    """Whatever a page shows is fetched by its view, where the number of queries is counted."""
    page = _opened(client, ward, route)
    for name, value in _given_to(page):
        assert not isinstance(value, Model | QuerySet | Manager), f"{route.name}: `{name}` is {type(value)}"


def _opened(client: Any, ward: Any, route: Any) -> Any:
    records = examples_of(ward)
    role = next(role for role in (Role.PRESCRIBER, *Role) if role in route.view.open_to)
    if PEOPLE[role] is not None:
        client.force_login(User.objects.get(pk=getattr(ward, PEOPLE[role]).user_id))
    return client.get(reverse(route.name, kwargs={name: records[name] for name in route.parameters}))


def _given_to(page: Any) -> list[tuple[str, object]]:
    contexts = chain.from_iterable(page.context or ())
    given = {name: value for layer in contexts for name, value in layer.items() if name not in DJANGOS_OWN}
    members = [
        (name, member) for name, value in given.items() if isinstance(value, list | tuple) for member in value
    ]
    return [*given.items(), *members]
