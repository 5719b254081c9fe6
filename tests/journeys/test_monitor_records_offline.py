"""A session monitor loses the network: the page goes on recording, and everything arrives once, where it belongs."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from sojourn.program.treatment.models import RecordingToken, SessionEvent
from tests.support import courses
from tests.support.offline import (
    LOST,
    Tablets,
    dosed_session,
    is_kept,
    recorded,
    sign_in,
    stored_in,
    take_vitals,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def story(ward, enter, looks_right_everywhere, time_machine, live_server):
    return Tablets(ward, enter, looks_right_everywhere, time_machine, live_server.url, *dosed_session(ward))


def test_half_an_hour_without_network_on_two_tablets_loses_and_doubles_nothing(story):
    one = story.given_the_session_is_open_on_a_tablet()
    other = story.given_the_session_is_open_on_a_tablet(story.ward.ben, clock_ahead=timedelta(minutes=3))
    story.when_the_network_goes()
    expected = []
    for minute in range(6):
        for page, systolic in ((one, 120 + minute), (other, 140 + minute)):
            take_vitals(page, systolic)
            page.locator(f"[data-waiting] li >> nth={minute}").wait_for(state="attached")
            expected.append((systolic, story.now))
        if minute == 0:
            story.then_the_page_says_so(
                one, "What you record is kept on this device", "Saved here, not sent:"
            )
        story.when_minutes_pass(5)
    story.then_the_page_says_so(one, LOST)
    assert one.get_by_role("button", name="Record what is confirmed").is_disabled()
    story.looks_right(one)
    kept, shells = stored_in(one)
    assert all(said not in kept for said in ("systolic", "vital_taken", "Núñez", "token"))
    assert all(said not in shells for said in ("Núñez", "Mona", str(story.visit.id)))
    story.when_the_network_is_back()
    for page in (one, other):
        story.then_everything_is_sent(page)
    rows = recorded(story.visit)
    told = {row.facts["systolic"]: row for row in rows}
    assert (len(rows), sorted(told)) == (12, sorted(systolic for systolic, _ in expected))
    for systolic, at in expected:
        assert abs(told[systolic].taken_at - at) < timedelta(seconds=40), systolic
    assert abs(told[140].clock_said - told[140].taken_at - timedelta(minutes=3)) < timedelta(seconds=40)
    story.when_minutes_pass(1)
    one.get_by_text("145/80").first.wait_for()  # what the other said stands beside what this one said
    assert one.locator(".told").get_by_text("120/80").first.is_visible()
    one.get_by_text(LOST).first.wait_for(state="hidden")


def test_a_tremble_records_once_and_what_is_entered_right_after_it_is_not_dropped(story):
    page = story.given_the_session_is_open_on_a_tablet()
    story.when_the_network_goes()
    page.evaluate("""async () => {
        const form = document.querySelector("form[data-record=vital_taken]");
        const [systolic, diastolic] = ["systolic", "diastolic"].map((name) => form.elements[`vital_taken-${name}`]);
        for (const value of [121, 122]) {
            while (systolic.value) await new Promise((resolve) => setTimeout(resolve, 5));
            [systolic.value, diastolic.value] = [value, 80];
            for (let press = 0; press < 3; press += 1) form.querySelector("button[name=do]").click();
        }
    }""")
    is_kept(page, count=2)
    story.when_the_network_is_back()
    story.then_on_record(page, 121, 122)


def test_a_closed_tab_opens_again_without_network_and_goes_on(story):
    page = story.given_the_session_is_open_on_a_tablet()
    story.when_the_network_goes()
    take_vitals(page, 131)
    is_kept(page)
    page = story.when_the_tab_is_closed_and_opened_again(page)
    page.get_by_role("heading", name="Ada Núñez").wait_for()
    is_kept(page)
    assert (
        page.locator(".shell-clock").inner_text().startswith("44:")
    )  # minute 35 counts for 40; the next is 80
    page.get_by_label("What was noticed").select_option(label="Vomiting")
    page.get_by_role("button", name="Record sign").click()
    is_kept(page, count=2)
    story.looks_right(page)
    page.get_by_label("Note", exact=True).fill("half a sentence")
    story.when_the_network_is_back()
    story.then_the_page_says_so(page, "The connection is back.")
    assert (
        page.get_by_label("Note", exact=True).input_value() == "half a sentence"
    )  # nothing half-written is lost
    page.get_by_role("button", name="Record note").click()
    story.then_everything_is_sent(page)
    page.get_by_role("heading", name="What happened").wait_for(timeout=15_000)
    assert [len(recorded(story.visit, kind)) for kind in ("vital_taken", "noticed", "noted")] == [1, 1, 1]


def test_what_a_closed_tab_left_unsent_goes_out_from_any_other_page(story):
    page = story.given_the_session_is_open_on_a_tablet()
    story.when_the_network_goes()
    take_vitals(page, 134)
    is_kept(page)
    page.close()
    story.when_the_network_is_back()
    elsewhere = page.context.new_page()
    elsewhere.goto(story.address.split("/sessions/")[0] + "/")
    story.then_on_record(elsewhere, 134)
    elsewhere.wait_for_timeout(300)
    kept, _shells = stored_in(elsewhere)
    assert "form_id" not in kept


def test_a_login_that_ends_closes_the_chart_and_recording_goes_on(story):
    page = story.given_the_session_is_open_on_a_tablet()
    assert page.locator(".told li").count() > 0
    story.when_the_login_ends(page)
    take_vitals(page, 132)
    story.then_the_page_says_so(page, "You are signed out: the chart is closed, recording goes on.")
    story.then_everything_is_sent(page)
    assert page.locator(".told").count() == 0
    story.looks_right(page)
    page.reload()  # the practice would send to the sign-in page; this device goes on instead
    story.then_the_page_says_so(page, "You are signed out: the chart is closed, recording goes on.")
    take_vitals(page, 133)
    story.then_on_record(page, 132, 133)
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Sign in again (opens in a new tab)").click()
    sign_in(opened.value, story.ward.email_of(story.ward.mona))
    page.bring_to_front()
    page.locator(".told").first.wait_for(timeout=15_000)
    assert page.get_by_text("133/80").first.is_visible()


def test_what_one_colleague_left_unsent_is_not_recorded_as_anothers(story):
    page = story.given_the_session_is_open_on_a_tablet()
    story.when_the_network_goes()
    take_vitals(page, 139)
    is_kept(page)
    page.goto("about:blank")
    story.when_the_network_is_back()
    page.context.clear_cookies()
    page.goto(story.address.split("/workspace")[0] + "/account/login/")
    sign_in(page, story.ward.email_of(story.ward.ben))
    page.goto(story.address)
    story.then_on_record(page, 139)
    page.locator("html[data-opens-offline]").wait_for()
    take_vitals(page, 140)
    story.then_on_record(page, 139, 140)
    assert [row.recorded_by.name for row in recorded(story.visit)] == ["Mona Castillo", "Ben Adeyemi"]


def test_a_clock_set_back_while_offline_moves_no_reading(story):
    page = story.given_the_session_is_open_on_a_tablet()
    story.when_the_network_goes()
    take_vitals(page, 135)
    is_kept(page)
    story.when_minutes_pass(10)
    page.clock.set_system_time(story.now - timedelta(hours=1))
    take_vitals(page, 136)
    is_kept(page, count=2)
    story.when_the_network_is_back()
    story.then_everything_is_sent(page)
    first, second = recorded(story.visit)
    assert [first.facts["systolic"], second.facts["systolic"]] == [135, 136]
    assert abs(second.taken_at - first.taken_at - timedelta(minutes=10)) < timedelta(seconds=30)
    assert abs(second.taken_at - story.now) < timedelta(seconds=30)


def test_a_refused_reading_comes_back_into_its_form_with_the_reason(story):
    page = story.given_the_session_is_open_on_a_tablet()
    take_vitals(page, 120, 200)
    story.then_the_page_says_so(page, "must be at least 5 mmHg above the lower one")
    expect(page.get_by_label("Diastolic", exact=True)).to_have_value("200")
    story.looks_right(page)
    page.get_by_label("Diastolic", exact=True).fill("80")
    page.get_by_role("button", name="Record vital signs").click()
    page.locator("[data-refused] li").wait_for(state="detached")
    story.then_on_record(page, 120)
    assert [row.facts["of"] for row in recorded(story.visit, "refused")] == [
        "vital_taken"
    ]  # kept, and no value


def test_nothing_stays_in_the_browser_once_the_session_has_ended(story):
    page = story.given_the_session_is_open_on_a_tablet()
    story.when_the_network_goes()
    take_vitals(page, 137)
    is_kept(page)
    story.when_minutes_pass(1)
    courses.note_event(story.ward, story.visit, "left", {"words": "With Nils."}, story.now)
    story.when_minutes_pass(1)
    take_vitals(page, 138)
    is_kept(page, count=2)
    story.when_the_network_is_back()
    page.locator("[data-phase=over]").wait_for(timeout=15_000)
    story.then_on_record(page, 137)  # what was true before the end
    story.then_the_page_says_so(page, "The session has ended.", "138")  # and what was not is refused, in view
    expect(page.get_by_text("Everything recorded here has been sent.")).to_be_hidden()
    assert [row.facts["typed"] for row in recorded(story.visit, "refused")] == ["diastolic 80, systolic 138"]
    story.looks_right(page)
    page.get_by_role("button", name="Seen, throw it away").click()
    story.then_nothing_of_it_stays_in_the_browser(page)


def test_a_browser_that_can_keep_nothing_says_so_and_its_forms_still_work(story):
    page = story.enter(story.ward.mona, width=360)
    page.add_init_script(
        "delete window.indexedDB; Object.defineProperty(window, 'indexedDB', {value: undefined})"
    )
    page.goto(story.address)
    story.then_the_page_says_so(page, "This device cannot record without a connection.")
    with page.expect_navigation():
        take_vitals(page, 138)
    assert page.get_by_text("138/80").first.is_visible()
    assert SessionEvent.objects.filter(visit=story.visit, token=None, facts__systolic=138).count() == 1
    story.looks_right(page)


def test_a_device_that_is_full_says_so_and_its_page_goes_on(story):
    page = story.enter(story.ward.mona, width=360)
    page.add_init_script(
        "IDBObjectStore.prototype.put = () => { throw new DOMException('full', 'QuotaExceededError'); };"
    )
    page.clock.install(time=story.now)
    page.goto(story.address)
    story.then_the_page_says_so(page, "This device cannot record without a connection.")
    with page.expect_navigation():
        take_vitals(page, 138)
    assert SessionEvent.objects.filter(visit=story.visit, token=None, facts__systolic=138).count() == 1
    story.looks_right(page)
    page.locator("html[data-connection=online]").wait_for()
    story.pages.append(page)
    story.when_the_network_goes()
    story.when_minutes_pass(1)
    story.then_the_page_says_so(page, LOST)
    take_vitals(page, 139)
    story.then_the_page_says_so(
        page, "This device could not keep the entry. Write it on paper with its time."
    )


def test_a_token_that_ended_meanwhile_leaves_what_waits_in_view_and_calls_it_refused(story):
    page = story.given_the_session_is_open_on_a_tablet()
    story.when_the_network_goes()
    take_vitals(page, 141)
    is_kept(page)
    RecordingToken.objects.filter(visit=story.visit).update(revoked_at=story.now)
    story.when_the_network_is_back()
    story.then_the_page_says_so(page, "This token has ended. Nothing was recorded.")
    assert page.locator("[data-refused] li").count() == 1
    expect(page.get_by_text("Everything recorded here has been sent.")).to_be_hidden()
    assert not recorded(story.visit)
