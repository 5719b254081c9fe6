"""The skeleton: what every page carries, and that nothing in it breaks the security policy."""

import re

import pytest
from django.template.loader import render_to_string

from tests.house_rules.tree import ROOT, files

pytestmark = pytest.mark.urls("tests.design.urls")

TEMPLATES = list(files("src/sojourn/design/*.html"))
ERROR_PAGES = ["400.html", "403.html", "404.html", "500.html", "503.html", "403_csrf.html"]


@pytest.mark.parametrize("name", ERROR_PAGES)
def test_an_error_page_stands_without_request_database_or_practice(name):
    html = render_to_string(name, {})
    assert html.count("<h1>") == 1
    assert 'href="tel:988"' in html


def test_portal_pages_carry_the_crisis_line_and_workspace_pages_do_not():
    assert 'href="tel:988"' in render_to_string("design/layouts/portal.html", {})
    assert 'href="tel:988"' not in render_to_string("design/layouts/workspace.html", {})


def test_a_demonstration_practice_says_so_on_every_layout():
    for layout in ("portal", "workspace", "session", "print"):
        html = render_to_string(
            f"design/layouts/{layout}.html", {"practice": {"name": "P", "is_demonstration": True}}
        )
        assert "its patients and staff are invented" in html


def test_the_session_room_is_dark_whatever_the_system_says():
    assert 'data-temper="session"' in render_to_string("design/layouts/session.html", {})


def test_every_layout_offers_to_skip_to_the_content():
    for layout in ("portal", "workspace", "session", "print"):
        html = render_to_string(f"design/layouts/{layout}.html", {})
        assert html.index('href="#main"') < html.index('<main id="main"')


def test_no_template_of_ours_has_inline_style_or_script():
    """The content security policy refuses both, so they would silently do nothing."""
    inline = re.compile(r"<[^>]+\sstyle=|<style|\son\w+=|<script(?![^>]*\ssrc=)|javascript:")
    served = [path for path in TEMPLATES if path.name != "standalone.html"]  # a file of its own, never served
    assert not [str(path.relative_to(ROOT)) for path in served if inline.search(path.read_text())]


def test_every_component_says_on_its_first_line_how_it_is_used():
    components = [path for path in TEMPLATES if path.parent.name == "cotton"]
    assert len(components) > 20
    for path in components:
        first = path.read_text().splitlines()[0]
        assert first.startswith(f"{{# <c-{path.stem.replace('_', '-')}"), path.name


def test_every_file_a_stylesheet_asks_for_is_there():
    for path in (ROOT / "src/sojourn/design/static/design/css").glob("*.css"):
        for asked in re.findall(r'url\("([^"]+)"\)', path.read_text()):
            assert (path.parent / asked).resolve().is_file(), asked
