"""What a recording page keeps in the browser, how it sends it, and how it counts on: the modules in a real Chromium.

The practice at the other end is a stand-in that keeps what it was sent; the journeys have the real one.
"""

import json
import time

import pytest

from tests.support.modules import ADDRESS, STATIC, module_page

pytestmark = pytest.mark.browser
RECORDING = "/static/design/js/recording"
SET_UP = """
const store = await import("RECORDING/store.js");
const { Outbox, TokenEnded, TokenRefused } = await import("RECORDING/outbox.js");
const page = await store.nameOf("/workspace/sessions/1/");
const outbox = new Outbox({ page, address: "/record/" });
const vitals = { kind: "vital_taken", facts: { systolic: "128", diastolic: "82" } };
const rowsOf = (name) => new Promise((resolve) => {
  const opening = indexedDB.open("sojourn-recording");
  opening.onsuccess = () => {
    const asked = opening.result.transaction(name).objectStore(name).getAll();
    asked.onsuccess = () => { opening.result.close(); resolve(asked.result); };
  };
});
""".replace("RECORDING", RECORDING)


class Practice:
    """Keeps what it is sent; `answers` decides what it says about each event, `fails` how the next requests end."""

    def __init__(self):
        self.received, self.sent, self.fails, self.answers = {}, [], [], {}
        self.is_too_large = lambda body: False

    def __call__(self, route):
        body = json.loads(route.request.post_data)
        self.sent.append(body)
        how = self.fails.pop(0) if self.fails else ""
        if self.is_too_large(body):
            return route.fulfill(status=413, json={"error": "Send at most 512 KB at once."})
        if how == "before":
            return route.abort()
        if isinstance(how, int):
            return route.fulfill(status=how, json={"error": "This token has ended. Nothing was recorded."})
        told = []
        for event in body["events"]:
            form_id = event["form_id"]
            status, why = self.answers.get(event["kind"], ("recorded", ""))
            status = "repeat" if form_id in self.received else status
            self.received.setdefault(form_id, event)
            told.append({"form_id": form_id, "status": status, "why": why})
        if how == "after":
            return route.abort()
        time.sleep(0.1)
        return route.fulfill(
            json={
                "events": told,
                "now": "2026-11-24T15:00:00+00:00",
                "watch": None,
                "next_due_at": None,
                "ended": False,
            }
        )


@pytest.fixture
def practice():
    return Practice()


@pytest.fixture
def opened(browser, practice):
    """Give `run(script)` in a fresh browser, and `run.again(script)` in a second tab of it."""
    context = browser.new_context(timezone_id="America/Los_Angeles")

    def tab():
        page = module_page(context.new_page())
        page.route(f"{ADDRESS}/record/", practice)
        return page

    first = tab()

    def run(script, page=first):
        return page.evaluate(f"async () => {{ {SET_UP}{script} }}")

    run.context, run.tab = context, tab
    yield run
    context.close()


def test_what_waits_is_sealed_and_its_key_cannot_be_read_out(opened):
    found = opened("""
        await store.remember(page, { name: "Ada Núñez", token: "secret" }, Date.now() + 1000);
        await outbox.record({ kind: "noted", facts: { words: "She asked for Nils." } });
        const [row] = await rowsOf("pages");
        let exported = "";
        try { await crypto.subtle.exportKey("raw", row.key); exported = "yes"; } catch (error) { exported = error.name; }
        const open = new TextDecoder("latin1").decode(new Uint8Array((await rowsOf("events"))[0].sealed.octets))
          + new TextDecoder("latin1").decode(new Uint8Array(row.about.octets))
          + JSON.stringify(await rowsOf("events")) + JSON.stringify(await rowsOf("pages"));
        return { exported, extractable: row.key.extractable, open, names: Object.keys((await rowsOf("events"))[0]).sort(),
                 words: (await outbox.waiting())[0].facts.words, kept: (await store.recall(page)).name };
    """)
    assert (found["exported"], found["extractable"]) == ("InvalidAccessError", False)
    for said in ("Ada", "secret", "Nils", "noted", "words"):
        assert said not in found["open"]
    assert found["names"] == ["form_id", "order", "page", "sealed"]
    assert (found["words"], found["kept"]) == ("She asked for Nils.", "Ada Núñez")


def test_a_sealed_event_moved_to_another_row_does_not_open(opened):
    assert (
        opened("""
        const one = await outbox.record(vitals), other = await outbox.record(vitals);
        const rows = await rowsOf("events");
        const opening = indexedDB.open("sojourn-recording");
        await new Promise((resolve) => { opening.onsuccess = () => {
          const writing = opening.result.transaction("events", "readwrite");
          writing.objectStore("events").put({ ...rows[0], sealed: rows[1].sealed });
          writing.oncomplete = () => { opening.result.close(); resolve(); };
        }; });
        try { await outbox.waiting(); return "opened"; } catch (error) { return error.name; }
        """)
        == "OperationError"
    )


def test_what_is_on_record_leaves_the_device_and_what_was_refused_stays_with_its_reason(opened, practice):
    practice.answers = {"rated": ("refused", "Please enter at least one rating.")}
    found = opened("""
        await outbox.record(vitals);
        await outbox.record({ kind: "rated", facts: {} });
        await outbox.send("token");
        const [refused] = await outbox.refused();
        const before = (await rowsOf("events")).length;
        await outbox.send("token");
        await outbox.seen(refused.form_id);
        return { waiting: (await outbox.waiting()).length, why: refused.why, before, after: (await rowsOf("events")).length };
    """)
    assert found == {"waiting": 0, "why": "Please enter at least one rating.", "before": 1, "after": 0}
    assert len(practice.sent) == 1  # what was refused is not sent again


def test_a_lost_answer_sends_the_same_event_again_and_records_it_once(opened, practice):
    practice.fails = ["before", "after", 503]
    tries = opened("""
        await outbox.record(vitals);
        let tries = 0;
        while ((await outbox.waiting()).length) { tries += 1; await outbox.send("token", { patiently: false }).catch(() => {}); }
        return tries;
    """)
    assert (tries, len(practice.received)) == (4, 1)
    assert len({event["form_id"] for body in practice.sent for event in body["events"]}) == 1


def test_a_practice_that_fails_is_asked_again_later_and_later(opened, practice):
    practice.fails = [503] * 9
    pauses = opened("""
        await outbox.record(vitals);
        const pauses = [];
        let now = 1_000_000;
        for (let n = 0; n < 8; n += 1) {
          await outbox.send("token", { now }).catch(() => {});
          pauses.push(outbox.notBefore - now);
          await outbox.send("token", { now: outbox.notBefore - 1 }); // too early: nothing goes out
          now = outbox.notBefore;
        }
        return pauses;
    """)
    assert pauses == [1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000]
    assert len(practice.sent) == 8


def test_an_entry_that_is_too_large_holds_up_no_other(opened, practice):
    """A note of half a megabyte is refused by itself, in view; what waits around it is recorded."""
    practice.is_too_large = lambda body: any(event["kind"] == "noted" for event in body["events"])
    found = opened("""
        for (let n = 0; n < 6; n += 1) await outbox.record(vitals);
        await outbox.record({ kind: "noted", facts: { words: "x" } });
        for (let n = 0; n < 3; n += 1) await outbox.record(vitals);
        await outbox.send("token");
        return { waiting: (await outbox.waiting()).length, refused: (await outbox.refused()).map((each) => each.why) };
    """)
    assert found == {"waiting": 0, "refused": ["Send at most 512 KB at once."]}
    assert len(practice.received) == 9


def test_an_entry_made_while_another_tab_throws_the_page_away_is_not_lost(opened, practice):
    """Between the key of a page and its first event another tab may have forgotten both."""
    found = opened("""
        await store.remember(page, { name: "one" }, Date.now() + 60_000);
        const subtle = crypto.subtle.encrypt.bind(crypto.subtle);
        crypto.subtle.encrypt = async (...given) => { await store.forget(page); return subtle(...given); };
        await outbox.record(vitals);
        crypto.subtle.encrypt = subtle;
        return (await outbox.waiting()).map((event) => event.facts.systolic);
    """)
    assert found == ["128"]


def test_a_page_that_begins_while_the_last_other_one_ends_keeps_its_store(opened):
    found = opened("""
        const other = await store.nameOf("/workspace/sessions/2/");
        const left = [];
        for (let n = 0; n < 20; n += 1) {
          await store.remember(other, { name: "other" }, Date.now() + 60_000);
          await Promise.all([store.forget(other), outbox.record(vitals)]);
          left.push((await outbox.waiting()).length);
          await store.forget(page);
        }
        return left;
    """)
    assert found == [1] * 20


@pytest.mark.parametrize("how", ["throws", "fails"])
def test_a_storage_that_does_not_open_is_no_storage(opened, how):
    """Some private windows have the storage and refuse to open it."""
    assert opened(f"""
        indexedDB.open = () => {{
          if ("{how}" === "throws") throw new DOMException("no", "SecurityError");
          const request = {{ error: new DOMException("no", "InvalidStateError") }};
          setTimeout(() => request.onerror());
          return request;
        }};
        return store.canKeep();
    """) is False  # fmt: skip
    assert opened.tab().evaluate(f"async () => {{ {SET_UP} return store.canKeep(); }}") is True


def test_a_page_that_stops_in_the_middle_is_no_news_and_ends_nothing(opened):
    """What follows the changes of a session asks again; an error here would have stopped it for good."""
    found = opened(f"""
        const {{ refresh }} = await import("{RECORDING}/chart.js");
        window.fetch = async () => {{
          const answer = new Response("<p>", {{ status: 200 }});
          answer.text = async () => {{ throw new DOMException("signal timed out", "TimeoutError"); }};
          return answer;
        }};
        return refresh();
    """)
    assert found == "unknown"


def test_the_shell_of_an_older_version_still_finds_its_files(opened):
    """The practice was updated while the login had ended: the shell is of the version before, whose files are kept here."""
    worker = (STATIC / "design/js/recording/service_worker.js").read_text()
    found = opened.tab().evaluate(
        """async (source) => {
            const hears = {};
            const self = { registration: { scope: location.origin + "/sitter/" }, location, clients: {},
                           skipWaiting() {}, addEventListener: (name, hear) => { hears[name] = hear; } };
            const caches = { open: async () => ({ match: async ({ url }) => url.endsWith("old.js") ? new Response("kept") : undefined }) };
            const gone = async ({ url }) => new Response("answered", { status: url.endsWith("now.js") ? 200 : 404 });
            new Function("self", "caches", "fetch", source)(self, caches, gone);
            const ask = async (name) => {
                let answer;
                const request = { method: "GET", mode: "cors", url: `${location.origin}/static/${name}` };
                hears.fetch({ request, respondWith: (given) => { answer = given; } });
                return [(await answer).status, await (await answer).text()];
            };
            return [await ask("old.js"), await ask("now.js"), await ask("never.js")];
        }""",
        worker,
    )
    assert found == [[200, "kept"], [200, "answered"], [404, "answered"]]


def test_what_a_closed_tab_left_behind_is_sent_by_any_other_page_by_its_own_token(opened, practice):
    """Who closes a tab without a network may never open that session again; its entries were promised to be sent."""
    tokens = []
    opened.context.on("request", lambda request: tokens.append(request.headers.get("authorization")))
    found = opened(f"""
        await store.remember(page, {{ record: "/record/", token: "one" }}, Date.now() + 60_000);
        await outbox.record(vitals);
        const own = await store.nameOf("/workspace/sessions/2/");
        await store.remember(own, {{ record: "/record/", token: "two" }}, Date.now() + 60_000);
        await store.remember(await store.nameOf("/over/"), {{ name: "over" }}, 1);
        const ownOutbox = new Outbox({{ page: own, address: "/record/" }});
        await ownOutbox.record(vitals);
        const {{ sendLeftBehind }} = await import("{RECORDING}/left_behind.js");
        await sendLeftBehind("/workspace/sessions/2/");
        return [(await outbox.waiting()).length, (await ownOutbox.waiting()).length, (await store.keptPages()).length];
    """)
    assert found == [0, 1, 2]
    assert [len(body["events"]) for body in practice.sent] == [1]
    assert [token for token in tokens if token] == ["Bearer one"]


def test_two_tabs_send_each_event_once(opened, practice):
    opened("for (let n = 0; n < 120; n += 1) await outbox.record(vitals);")
    other = opened.tab()
    other.evaluate(f"async () => {{ {SET_UP} window.sending = outbox.send('token'); }}")
    opened("await outbox.send('token'); await new Promise((resolve) => setTimeout(resolve, 50));")
    other.evaluate("window.sending")
    left = opened("await outbox.send('token'); return (await outbox.waiting()).length")
    sent = [event["form_id"] for body in practice.sent for event in body["events"]]
    assert (left, len(sent), len(set(sent))) == (0, 120, 120)
    assert max(len(body["events"]) for body in practice.sent) == 50


def test_two_tabs_that_begin_at_once_share_one_key(opened):
    other = opened.tab()
    begin = "Promise.all([1, 2, 3].map(() => outbox.record(vitals)))"
    other.evaluate(f"async () => {{ {SET_UP} window.begun = {begin}; }}")
    opened(f"await {begin}")
    other.evaluate("window.begun")
    assert opened("return (await outbox.waiting()).length") == 6


def test_a_token_that_has_ended_is_told_from_one_that_is_unknown(opened, practice):
    practice.fails = [401, 410]
    found = opened("""
        await outbox.record(vitals);
        const said = [];
        for (let n = 0; n < 2; n += 1) {
          try { await outbox.send("token", { patiently: false }); } catch (error) {
            said.push(error.constructor.name);
            if (error instanceof TokenEnded) await outbox.refuseAll(error.message);
          }
          said.push((await outbox.waiting()).length);
        }
        return [...said, (await outbox.refused())[0].why];
    """)
    assert found == ["TokenRefused", 1, "TokenEnded", 0, "This token has ended. Nothing was recorded."]


def test_forgetting_the_last_page_leaves_no_store_behind(opened):
    found = opened("""
        const other = await store.nameOf("/workspace/sessions/2/");
        await store.remember(page, { name: "one" }, 1);
        await store.remember(other, { name: "other" }, Date.now() + 60_000);
        await outbox.record(vitals);
        await store.forgetExpired();
        const after = [(await rowsOf("events")).length, (await store.keptPages()).map((each) => each.about.name)];
        await store.forget(other);
        return [...after, (await indexedDB.databases()).length];
    """)
    assert found == [0, ["other"], 0]


def test_events_survive_the_tab_and_keep_their_order(opened, practice):
    page = opened.tab()
    page.evaluate(f"""async () => {{ {SET_UP}
        const at = (minute) => new Date(Date.UTC(2026, 10, 24, 15, minute));
        for (const minute of [30, 10, 20]) await outbox.record({{ kind: "looked", facts: {{}} }}, at(minute));
    }}""")
    page.close()
    opened("await outbox.send('token')")
    minutes = [event["taken_at"][14:16] for event in practice.sent[0]["events"]]
    assert minutes == ["10", "20", "30"]
    assert set(practice.sent[0]) == {"sent_at", "events"}
    assert set(practice.sent[0]["events"][0]) == {"form_id", "kind", "facts", "taken_at", "device"}


@pytest.mark.parametrize(
    ("typed", "zone", "now", "moment"),
    [
        ("07:05", "America/Los_Angeles", "2026-11-24T15:10:00Z", "2026-11-24T15:05:00.000Z"),
        (
            "10:05",
            "America/New_York",
            "2026-11-24T15:10:00Z",
            "2026-11-24T15:05:00.000Z",
        ),  # the site's clock, not the tablet's
        (
            "23:50",
            "America/Los_Angeles",
            "2026-11-25T08:05:00Z",
            "2026-11-25T07:50:00.000Z",
        ),  # ten minutes before midnight
        (
            "00:02",
            "America/Los_Angeles",
            "2026-11-25T08:00:30Z",
            "2026-11-25T08:02:00.000Z",
        ),  # a clock that runs ahead
        (
            "00:30",
            "America/Los_Angeles",
            "2026-11-01T08:40:00Z",
            "2026-11-01T07:30:00.000Z",
        ),  # the night of the change, before it
        ("02:30", "America/Los_Angeles", "2026-11-01T10:40:00Z", "2026-11-01T10:30:00.000Z"),  # and after it
        (
            "01:35",
            "America/Los_Angeles",
            "2026-11-01T08:40:00Z",
            "2026-11-01T08:35:00.000Z",
        ),  # the first of two
        ("01:35", "America/Los_Angeles", "2026-11-01T09:40:00Z", "2026-11-01T09:35:00.000Z"),  # the second
        (
            "23:50",
            "America/Los_Angeles",
            "2026-11-01T07:30:00Z",
            "2026-11-01T06:50:00.000Z",
        ),  # the evening before
        ("23:50", "America/Los_Angeles", "2026-03-08T08:30:00Z", "2026-03-08T07:50:00.000Z"),
        (
            "01:55",
            "America/Los_Angeles",
            "2026-03-08T10:05:00Z",
            "2026-03-08T09:55:00.000Z",
        ),  # ten minutes before
        ("13:15", "Asia/Kolkata", "2026-11-24T07:50:00Z", "2026-11-24T07:45:00.000Z"),
    ],
)
def test_a_typed_time_is_the_last_one_the_clock_of_the_site_showed(opened, typed, zone, now, moment):
    said = opened(f"""
        const {{ momentOf }} = await import("{RECORDING}/forms.js");
        return momentOf("{typed}", "{zone}", Date.parse("{now}")).toISOString();
    """)
    assert said == moment


@pytest.mark.parametrize(
    ("said", "looked", "due"),
    [
        (40, None, 40),  # what the practice said
        (40, 34, 40),  # six minutes early covers nothing
        (40, 35, 60),  # five minutes early covers it
        (40, 41, 60),
        (45, 46, 60),  # a look again after a crossed limit, and it was done
        (40, 78, 90),  # half an hour without the practice, and two looks
        (None, None, 40),
        (None, 300, None),
    ],
)
def test_the_next_look_is_counted_on_without_the_practice(opened, said, looked, due):
    found = opened(f"""
        const {{ dueNext }} = await import("{RECORDING}/looks.js");
        const at = (minute) => Date.UTC(2026, 10, 24, 15, 0) + minute * 60_000;
        const time = (minute) => new Date(at(minute)).toISOString();
        const due = dueNext({{
          looks: [40, 60, 90, 120].map(time), early_s: 300,
          next_due_at: {"null" if said is None else f"time({said})"},
          looked_at: {"undefined" if looked is None else f"at({looked})"},
        }});
        return due === null ? null : (due - at(0)) / 60_000;
    """)
    assert found == due
