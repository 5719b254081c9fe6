"""A page that changes by itself never puts another patient under a finger, and says what is new once."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from sojourn.program.safety.watch import beat
from sojourn.program.treatment import sitting
from sojourn.program.treatment.models import SessionEvent
from tests.support import courses, histories
from tests.support.ward import open_ward

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MINUTE = timedelta(minutes=1)


@pytest.fixture
def ward(transactional_db):
    return open_ward(datetime.now(UTC))


def running(ward, patient_id, *, place, ago):
    now = datetime.now(UTC)
    course = histories.course(ward, patient_id, now - timedelta(days=5))
    visit = histories.visit(ward, course, "dosing", 1, now - (ago + 5) * MINUTE, place=place)
    histories.event(ward, visit, "dosed", now - ago * MINUTE)
    return visit


@pytest.fixture
def ada(ward):
    return running(ward, ward.ada.patient_id, place=1, ago=50)


@pytest.fixture
def zoe(ward):
    return running(ward, histories.patient(ward, "Zoe Quist", datetime.now(UTC)), place=2, ago=44)


@pytest.fixture
def board(ward, ada, zoe, hub, enter):
    page = enter(ward.mona, width=390, height=844, scheme="dark")
    page.locator(".live:not(.is-stale) [data-live-line]", has_text="Live").wait_for()
    page.wait_for_timeout(900)
    return page


def order(page):
    return page.locator("a.floor__name").all_inner_texts()


def looked(page, name):
    button = page.get_by_role("button", name=f"Looked, fine {name}")
    button.scroll_into_view_if_needed()
    box = button.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def first_is_looked_after(ward, ada):
    """Ada's vital signs are taken: what is due next is now somebody else's, and her row moves."""
    histories.event(ward, ada, "vital_taken", datetime.now(UTC), systolic=121, diastolic=77)


def test_no_row_moves_between_press_and_release(ward, ada, zoe, board):
    assert order(board) == ["Ada Núñez", "Zoe Quist"]
    board.mouse.move(*looked(board, "Ada Núñez"))
    board.mouse.down()
    first_is_looked_after(ward, ada)
    board.wait_for_timeout(1200)
    assert order(board) == ["Ada Núñez", "Zoe Quist"], "the row stays under the finger"
    board.mouse.up()
    board.get_by_text("Ada Núñez: Look").wait_for()
    assert SessionEvent.objects.get(kind="looked").visit_id == ada.id
    expect(board.locator("a.floor__name").first).to_have_text("Zoe Quist")


def test_a_press_aimed_at_one_patient_is_not_taken_for_another_who_has_just_moved_there(
    ward, ada, zoe, board
):
    x, y = looked(board, "Ada Núñez")
    board.evaluate(
        """() => { window.moved = new Promise((done) => new MutationObserver(() =>
             document.querySelector("a.floor__name").textContent.includes("Zoe") && done())
             .observe(document.querySelector("#floor"), { childList: true })) }"""
    )
    first_is_looked_after(ward, ada)
    board.evaluate("window.moved")
    board.mouse.click(x, y)
    board.get_by_text("The page had just changed under this press.").wait_for()
    board.wait_for_timeout(300)
    assert not SessionEvent.objects.filter(kind="looked").exists()
    board.wait_for_timeout(800)
    board.mouse.click(*looked(board, "Zoe Quist"))
    board.get_by_text("Zoe Quist: Look").wait_for()
    assert SessionEvent.objects.get(kind="looked").visit_id == zoe.id


def test_a_finger_that_rests_keeps_nothing_back_for_long_and_then_presses_nothing_else(ward, ada, zoe, board):
    board.mouse.move(*looked(board, "Ada Núñez"))
    board.mouse.down()
    first_is_looked_after(ward, ada)
    expect(board.locator("a.floor__name").first).to_have_text("Zoe Quist", timeout=6000)
    board.mouse.up()
    board.wait_for_timeout(500)
    assert not SessionEvent.objects.filter(kind="looked").exists()


def test_a_finger_that_bounces_looks_once(ward, ada, board):
    board.mouse.dblclick(*looked(board, "Ada Núñez"))
    board.get_by_text("Ada Núñez: Look").wait_for()
    board.wait_for_timeout(600)
    assert SessionEvent.objects.filter(kind="looked").count() == 1


def test_what_was_recorded_and_its_undo_are_under_the_thumb_and_a_bounce_undoes_nothing(
    ward, ada, zoe, board
):
    board.set_viewport_size({"width": 360, "height": 640})
    before = board.locator("#floor").bounding_box()["y"]
    x, y = looked(board, "Zoe Quist")
    top = board.evaluate("scrollY")
    board.mouse.click(x, y)
    undo = board.get_by_role("button", name="Undo")
    expect(undo).to_be_in_viewport(ratio=1)
    box = undo.bounding_box()
    assert box["y"] > 320, "the lower half"
    assert min(box["width"], box["height"]) >= 44
    board.mouse.click(box["x"] + 20, box["y"] + 20)
    assert board.evaluate("scrollY") == top
    board.wait_for_timeout(900)
    assert not SessionEvent.objects.filter(kind="struck").exists(), "the same finger came down twice"
    assert board.locator("#floor").bounding_box()["y"] + board.evaluate("scrollY") == before, "no row moved"
    undo.click()
    board.get_by_text("Taken back.").wait_for()
    assert SessionEvent.objects.filter(kind="struck").count() == 1


@pytest.mark.parametrize("size", [(360, 640), (320, 568), (740, 360)], ids=str)
def test_a_board_on_a_phone_with_letters_twice_as_large_has_nothing_beyond_its_edge(
    ward, ada, zoe, enter, size
):
    page = enter(ward.mona, width=size[0], height=size[1], scheme="dark", has_touch=True, is_mobile=True)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    page.wait_for_timeout(200)
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0
    page.evaluate("document.documentElement.style.fontSize = ''")
    small = page.evaluate(
        """() => [...document.querySelectorAll("#floor a, #floor button, main button, main label")]
             .map((each) => [each, each.getBoundingClientRect()])
             .filter(([, box]) => box.width && (box.height < 43.5 || box.width < 43.5))
             .map(([each]) => each.textContent.trim())"""
    )
    assert small == []


def test_of_two_hundred_rows_those_out_of_sight_are_there_and_not_laid_out(ward, ada, board):
    """A change of one row costs what is in sight, however long the board of a director is."""
    laid_out = board.evaluate(
        """() => {
          const floor = document.querySelector("#floor");
          for (let n = 0; n < 200; n += 1) floor.append(Object.assign(floor.children[0].cloneNode(true), { id: `row-${n}` }));
          floor.getBoundingClientRect();
          return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(
            [...floor.querySelectorAll("a.floor__name")].filter((each) => each.checkVisibility({ contentVisibilityAuto: true })).length))));
        }"""
    )
    assert 1 <= laid_out < 40
    assert board.get_by_role("link", name="Ada Núñez", exact=True).count() == 201


def test_focus_stays_on_the_same_deed_of_the_same_patient_when_rows_move(ward, ada, zoe, board):
    board.get_by_role("button", name="Looked, fine Zoe Quist").focus()
    first_is_looked_after(ward, ada)
    expect(board.locator("a.floor__name").first).to_have_text("Zoe Quist")
    expect(board.get_by_role("button", name="Looked, fine Zoe Quist")).to_be_focused()


def test_who_newly_needs_somebody_is_read_out_once_and_the_passing_seconds_are_not(ward, ada, zoe, board):
    news = board.locator("[data-news]")
    assert news.get_attribute("role") == "status"
    assert news.inner_text() == ""
    read = histories.event(ward, zoe, "vital_taken", datetime.now(UTC), systolic=190, diastolic=90)
    histories.event(
        ward, zoe, "alarmed", datetime.now(UTC), limit_id="SYSTOLIC-RED", severity="red", about_id=str(read.id),
        words="Systolic pressure 190 mmHg",
    )  # fmt: skip
    expect(news).to_contain_text("Zoe Quist: Nobody has taken this on: Systolic pressure 190 mmHg")
    ticking = board.evaluate(
        """() => [...document.querySelectorAll('[role=status], [role=alert], [aria-live]')]
             .filter((each) => /\\d:\\d\\d/.test(each.textContent)).map((each) => each.outerHTML)"""
    )
    assert ticking == [], "a clock is read out again and again"


def test_the_last_values_of_a_session_stay_current_while_a_button_beside_them_is_in_focus(
    ward, ada, hub, enter
):
    page = enter(ward.mona, width=390, height=844, scheme="dark")
    read = histories.event(ward, ada, "vital_taken", datetime.now(UTC), systolic=190, diastolic=90)
    histories.event(
        ward, ada, "alarmed", datetime.now(UTC), limit_id="SYSTOLIC-RED", severity="red", about_id=str(read.id),
        words="Systolic pressure 190 mmHg",
    )  # fmt: skip
    page.goto(f"{page.url.rstrip('/')}/{ada.id}/")
    page.locator(".live:not(.is-stale) [data-live-line]", has_text="Live").wait_for()
    page.get_by_role("button", name="Take on").focus()
    histories.event(ward, ada, "vital_taken", datetime.now(UTC), systolic=143, diastolic=81)
    expect(page.locator('[data-region="now"]')).to_contain_text("143/81")
    expect(page.get_by_role("button", name="Take on")).to_be_focused()


def test_what_somebody_opened_on_a_session_stays_open_while_others_record(ward, ada, hub, enter):
    page = enter(ward.mona, width=390, height=844, scheme="dark")
    histories.event(ward, ada, "looked", datetime.now(UTC) - MINUTE, words="Asleep")
    page.goto(f"{page.url.rstrip('/')}/{ada.id}/")
    page.locator(".live:not(.is-stale) [data-live-line]", has_text="Live").wait_for()
    page.locator("summary", has_text="Strike out").first.click()
    field = page.get_by_label("What was wrong").first
    expect(field).to_be_visible()
    histories.event(ward, ada, "vital_taken", datetime.now(UTC), systolic=143, diastolic=81)
    expect(page.locator('[data-region="told"]')).to_contain_text("143/81")
    expect(page.locator(".told__entry", has_text="Asleep").get_by_label("What was wrong")).to_be_visible()


@pytest.mark.parametrize("script", [True, False], ids=["with scripts", "without scripts"])
@pytest.mark.parametrize("size", [(360, 640), (390, 844), (320, 568), (740, 360)], ids=str)
def test_a_sitter_who_presses_worried_again_and_again_never_says_that_all_is_calm(
    ward, new_page, live_server, time_machine, script, size
):
    visit = courses.first_session(ward, "racemic_sl_home")
    time_machine.move_to(visit.during.lower)
    courses.tell_place(ward, visit, "7 Alder Way, Oakland CA 94601")
    secret = sitting.make_sitter_link(visit_id=visit.id, actor=ward.cora, now=visit.during.lower)
    page = new_page(
        width=size[0], height=size[1], script=script, scheme="dark", has_touch=True, is_mobile=True
    )
    page.goto(f"{live_server.url}/sitter/{secret}/")
    page.get_by_role("button", name="Open on this phone").tap()
    page.get_by_label("Your name").wait_for()
    for promise in page.get_by_role("checkbox").all():
        promise.check()
    page.get_by_label("Your name").fill("Nils")
    page.get_by_role("button", name="I take this on").tap()
    page.get_by_text("Keep this page open.").wait_for()
    beat("one")
    dosed_at = courses.give_dose(ward, visit, mg=100)
    time_machine.move_to(dosed_at + 16 * MINUTE)
    page.reload()
    worried = page.get_by_role("button", name="I am worried")
    worried.scroll_into_view_if_needed()
    box = worried.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    for _press in range(4):
        page.touchscreen.tap(x, y)
        page.wait_for_timeout(350)
    page.get_by_text("The practice has been alarmed. Stay with them.").first.wait_for()
    kinds = set(SessionEvent.objects.filter(source="sitter").values_list("kind", flat=True))
    assert kinds == {"role_accepted", "help_asked"}
