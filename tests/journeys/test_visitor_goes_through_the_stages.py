"""A visitor goes through the four stages by hand, and asks what was only seen in animals; without script all is there."""

import pytest

from sojourn.clinical.pharmacology import SeenIn, stages

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SAID = [statement for stage in stages() for statement in stage.statements]


@pytest.fixture
def how_it_works(new_page, live_server):
    def _open(**window):
        page = new_page(**window)
        page.set_default_timeout(10_000)
        page.goto(f"{live_server.url}/how-it-works/")
        return page

    return _open


def shown(page):
    return page.locator("[data-seen-in]:visible").count()


def test_each_stage_is_told_at_the_time_that_is_chosen(how_it_works):
    page = how_it_works(width=360)
    slider = page.get_by_label("Time after a dose")
    rows = page.locator(".explorer__stages li")
    slider.press("Home")
    assert page.locator("[data-explorer-when]").inner_text() == "5 minutes"
    for number, stage in enumerate(stages()):
        highest = max(range(len(stage.course)), key=lambda place: stage.course[place])
        slider.fill(str(highest))
        assert rows.nth(number).locator(".explorer__share").inner_text() == "at its highest"
    slider.press("End")
    assert slider.get_attribute("aria-valuetext") == "7 days"
    assert page.locator("svg.stages line.stage-now").count() == len(stages())


def test_what_was_seen_in_animals_only_can_be_looked_at_alone(how_it_works):
    page = how_it_works()
    assert shown(page) == len(SAID)
    page.get_by_label("seen in people").uncheck()
    page.get_by_label("conjecture").uncheck()
    assert shown(page) == sum(statement.seen_in is SeenIn.ANIMALS for statement in SAID)


def test_without_script_the_drawing_and_every_sentence_are_there(how_it_works):
    page = how_it_works(script=False)
    assert page.locator("svg.stages").is_visible()
    assert not page.get_by_label("Time after a dose").is_visible()
    assert shown(page) == len(SAID)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_looks_right_by_day_and_by_night(how_it_works, looks_right_everywhere, scheme):
    looks_right_everywhere(how_it_works(scheme=scheme))
