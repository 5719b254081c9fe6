"""A session that is open on tablets which lose the network: what happens to them, and what must be true then."""

from datetime import timedelta

from sojourn.program.treatment.models import SessionEvent
from tests.support import courses
from tests.support.ward import PASSWORD

LOST = "No connection to the practice: monitoring is not being watched."


def dosed_session(ward):
    """Ada's first session, in the clinic, with its dose given; the visit and the moment of the dose."""
    visit = courses.first_session(ward)
    courses.name_escort(ward, visit)
    return visit, courses.give_dose(ward, visit)


class Tablets:
    def __init__(self, ward, enter, looks_right, time_machine, address, visit, dosed_at):
        self.ward, self.enter, self.looks_right = ward, enter, looks_right
        self.clock, self.visit, self.dosed_at = time_machine, visit, dosed_at
        self.address = f"{address}/workspace/sessions/{visit.id}/"
        self.clock.move_to(dosed_at + timedelta(minutes=35))
        self.now = dosed_at + timedelta(minutes=35)
        self.pages = []

    # ---- given
    def given_the_session_is_open_on_a_tablet(self, who=None, clock_ahead=timedelta(), scripts=(), **window):
        page = self.enter(who or self.ward.mona, **window)
        for script in scripts:
            page.add_init_script(script)
        page.clock.install(time=self.now + clock_ahead)
        page.goto(self.address)
        page.locator("html[data-connection=online]").wait_for()
        page.locator("html[data-opens-offline]").wait_for()
        self.pages.append(page)
        return page

    # ---- when
    def when_minutes_pass(self, minutes):
        self.clock.shift(timedelta(minutes=minutes))
        self.now += timedelta(minutes=minutes)
        for page in self.pages:
            page.clock.fast_forward(minutes * 60_000)

    def when_the_network_goes(self):
        for page in self.pages:
            page.context.set_offline(True)

    def when_the_network_is_back(self):
        for page in self.pages:
            page.context.set_offline(False)

    def when_the_tab_is_closed_and_opened_again(self, page):
        page.close()
        again = page.context.new_page()
        again.clock.install(time=self.now)
        again.goto(self.address)
        self.pages = [again]
        return again

    def when_the_login_ends(self, page):
        page.context.clear_cookies(name="sojourn_session")

    # ---- then
    def then_the_page_says_so(self, page, *sentences):
        for sentence in sentences:
            page.get_by_text(sentence).first.wait_for()

    def then_nothing_of_it_stays_in_the_browser(self, page):
        until(page, "async () => (await indexedDB.databases()).length === 0")
        until(page, "async () => (await caches.keys()).length === 0")
        until(page, "async () => (await navigator.serviceWorker.getRegistrations()).length === 0")

    def then_on_record(self, page, *systolics_in_order):
        for _ in range(150):
            if systolics(self.visit) == list(systolics_in_order):
                break
            page.wait_for_timeout(100)
        assert systolics(self.visit) == list(systolics_in_order)

    def then_refused_on_record(self, page, whys):
        for _ in range(150):
            found = [row.facts["why"] for row in recorded(self.visit, "refused")]
            if sorted(found) == sorted(whys):
                break
            page.wait_for_timeout(100)
        assert sorted(found) == sorted(whys)

    def then_everything_is_sent(self, page):
        page.get_by_text("Everything recorded here has been sent.").wait_for(timeout=45_000)


def until(page, claim):
    """Wait until a script says true. (Waiting inside the page would need what the security policy refuses.)"""
    for _ in range(100):
        if page.evaluate(claim):
            return
        page.wait_for_timeout(100)
    raise AssertionError(claim)


def sign_in(page, email):
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def take_vitals(page, systolic, diastolic=80):
    page.get_by_label("Systolic", exact=True).fill(str(systolic))
    page.get_by_label("Diastolic", exact=True).fill(str(diastolic))
    page.get_by_role("button", name="Record vital signs").click()


def is_kept(page, *, count=1):
    page.locator(f"[data-waiting] li >> nth={count - 1}").wait_for(state="attached")
    assert page.locator("[data-waiting] li").count() == count


def recorded(visit, kind="vital_taken"):
    """What was recorded by token, in order of time."""
    return list(SessionEvent.objects.filter(visit=visit, kind=kind).exclude(token=None).order_by("taken_at"))


def systolics(visit):
    return [row.facts.get("systolic") for row in recorded(visit)]


def stored_in(page):
    """What this browser keeps: the simple storages and the database as one text, the kept pages as another."""
    return page.evaluate(
        """async () => {
            const [found, pages] = [[JSON.stringify({...localStorage, ...sessionStorage})], []];
            for (const { name } of await indexedDB.databases()) {
                const database = await new Promise((resolve) => {
                    const opening = indexedDB.open(name);
                    opening.onsuccess = () => resolve(opening.result);
                });
                for (const store of database.objectStoreNames) {
                    const rows = await new Promise((resolve) => {
                        const asked = database.transaction(store).objectStore(store).getAll();
                        asked.onsuccess = () => resolve(asked.result);
                    });
                    found.push(store, JSON.stringify(rows, (key, value) =>
                        value instanceof ArrayBuffer ? new TextDecoder("latin1").decode(value) : value));
                }
                database.close();
            }
            for (const name of await caches.keys()) {
                const cache = await caches.open(name);
                for (const request of await cache.keys())
                    if (!request.url.includes("/static/")) pages.push(request.url, await (await cache.match(request)).text());
            }
            return [found.join("\\n"), pages.join("\\n")];
        }"""
    )
