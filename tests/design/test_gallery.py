"""The style page in a real browser: every component, on every layout, on a phone and on a desk, by day and by night."""

import pytest

from tests.support.browser import axe_violations, overflow_px

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls("tests.design.urls"),
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1440])
@pytest.mark.parametrize("layout", ["workspace", "portal", "session"])
def test_no_component_breaks_an_accessibility_rule_or_the_width_of_the_page(
    live_server, new_page, layout, width, scheme
):
    page = new_page(width=width, scheme=scheme, reduced_motion="reduce")
    refused = []
    page.on(
        "console", lambda said: refused.append(said.text) if "Content Security Policy" in said.text else None
    )
    page.goto(f"{live_server.url}/gallery/?layout={layout}")
    assert page.locator("h1").inner_text() == "A quiet, well-lit room"
    assert axe_violations(page) == []
    assert overflow_px(page) == 0
    assert refused == []


def test_text_in_a_chart_keeps_its_size_on_a_phone(live_server, new_page):
    page = new_page(width=360)
    page.goto(f"{live_server.url}/gallery/?layout=portal")
    sizes = page.evaluate(
        "[...document.querySelectorAll('svg.chart text')].map(t => parseFloat(getComputedStyle(t).fontSize))"
    )
    assert sizes
    assert min(sizes) >= 12


def test_labels_under_a_chart_do_not_run_into_each_other(live_server, new_page):
    """The charts place labels by estimated widths; this measures the real ones in the browser."""
    for width in (360, 1440):
        page = new_page(width=width)
        page.goto(f"{live_server.url}/gallery/?layout=portal")
        collisions = page.evaluate("""
            [...document.querySelectorAll('svg.trajectory')].flatMap(svg => {
              const shown = [...svg.querySelectorAll('text')].filter(t => getComputedStyle(t).display !== 'none')
                .map(t => [t.textContent, t.getBoundingClientRect()]);
              return shown.flatMap(([a, p], i) => shown.slice(i + 1)
                .filter(([, q]) => p.left < q.right && q.left < p.right && p.top + 3 < q.bottom && q.top + 3 < p.bottom)
                .map(([b]) => `${a} / ${b}`));
            })""")
        assert collisions == []


def test_the_page_works_without_script(live_server, new_page):
    page = new_page(width=360, script=False)
    page.goto(f"{live_server.url}/gallery/")
    page.locator("details.workspace-menu > summary").click()
    assert page.locator(".workspace-menu__panel a", has_text="Decisions").is_visible()
    assert page.locator("[data-theme-toggle]").first.is_hidden()


def test_a_form_is_sent_once_however_often_the_button_is_pressed(live_server, new_page):
    page = new_page()
    page.goto(f"{live_server.url}/gallery/?layout=portal")
    sent = page.evaluate("""() => {
        const form = document.querySelector('#forms form');
        let sent = 0;
        form.noValidate = true;
        window.addEventListener('submit', e => { if (!e.defaultPrevented) sent += 1; e.preventDefault(); });
        for (let i = 0; i < 3; i++) form.requestSubmit();
        return sent;
    }""")
    assert sent == 1


def test_the_chosen_theme_is_kept_by_the_server(live_server, new_page):
    page = new_page(scheme="light")
    page.goto(f"{live_server.url}/gallery/?layout=portal")
    page.locator("[data-theme-toggle]:visible").click()
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.evaluate("getComputedStyle(document.body).colorScheme") in {"dark", "light dark"}
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"
