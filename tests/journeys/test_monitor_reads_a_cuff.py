"""A cuff and an oximeter by Bluetooth: shown at once, recorded by a press, and never what the device could not measure.

The browser's radio is a stand-in that sends real frames; everything behind it is real.
"""

import json

import pytest

from tests.support.offline import Tablets, dosed_session, recorded

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
RADIO = """
class Measurement extends EventTarget {
  async startNotifications() { this.isOn = true; }
  send(octets) {
    this.value = new DataView(Uint8Array.from(octets).buffer);
    this.dispatchEvent(new Event("characteristicvaluechanged"));
  }
}
window.measurements = {};
const device = new EventTarget();
const only = (map) => async (uuid) => { if (!(uuid in map)) throw new DOMException("", "NotFoundError"); return map[uuid]; };
const measurement = (uuid) => (window.measurements[uuid] = new Measurement());
const services = {
  0x1810: { getCharacteristic: only({ 0x2a35: measurement(0x2a35) }) },
  0x1822: { getCharacteristic: only({ 0x2a5f: measurement(0x2a5f) }) },
};
Object.assign(device, { name: "UA-651BLE", gatt: { connect: async () => ({ getPrimaryService: only(services) }) } });
Object.defineProperty(navigator, "bluetooth", { value: { requestDevice: async (asked) => { window.asked = asked; return device; } } });
window.device = device;
"""


@pytest.fixture
def story(ward, enter, looks_right_everywhere, time_machine, live_server):
    return Tablets(ward, enter, looks_right_everywhere, time_machine, live_server.url, *dosed_session(ward))


def send(page, measurement, octets):
    sent = list(bytes.fromhex(octets))
    page.evaluate(f"window.measurements[{measurement}].send({json.dumps(sent)})")


def test_a_reading_is_recorded_by_a_press_and_a_refused_one_never(story):
    page = story.given_the_session_is_open_on_a_tablet(scripts=[RADIO])
    page.get_by_role("button", name="Connect a cuff or oximeter").click()
    page.get_by_text("UA-651BLE is connected.").wait_for()
    assert page.evaluate("window.asked.filters.map((each) => each.services[0])") == [0x1810, 0x1822, 0x180D]

    send(page, 0x2A35, "1E F6 F4 16 F3 FF 07 E4 07 01 14 08 2B 00 B2 F2 01 00 00")  # on connecting, of 2020
    page.get_by_text("From the device’s memory").wait_for()
    assert page.get_by_role("button", name="Record this reading").count() == 0
    page.get_by_role("button", name="Not this patient, or not wanted").click()

    page.clock.fast_forward(5_000)
    send(page, 0x2A35, "04 FF 07 50 00 5D 00 48 00")  # the cuff gave up
    page.get_by_text("Systolic pressure: not a number.", exact=True).wait_for()
    assert page.get_by_role("button", name="Record this reading").count() == 0
    page.get_by_role("button", name="Not this patient, or not wanted").click()
    story.then_refused_on_record(page, ["Systolic pressure: not a number."])
    (row,) = recorded(story.visit, "refused")
    assert (row.device, row.facts["typed"]) == ("UA-651BLE", "04 FF 07 50 00 5D 00 48 00")

    send(page, 0x2A35, "14 90 00 58 00 6A 00 48 00 01 00")  # 144/88, 72/min, body moved
    page.get_by_text("144/88 mmHg · 72/min").wait_for()
    assert page.get_by_text("body moved").is_visible()
    story.looks_right(page)
    assert recorded(story.visit) == []  # nothing without a press
    page.get_by_role("button", name="Record this reading").click()
    story.then_on_record(page, 144)
    (row,) = recorded(story.visit)
    assert (row.device, row.facts) == ("UA-651BLE", {"systolic": 144, "diastolic": 88, "heart_rate": 72})

    send(page, 0x2A5F, "0C 61 00 4E 00 20 00 00 00 00")
    page.get_by_text("97 % · 78/min").wait_for()
    send(page, 0x2A5F, "0C 60 00 4F 00 20 00 00 00 00")
    page.get_by_text("96 % · 79/min").wait_for()  # the running value replaces itself
    assert page.get_by_text("97 % · 78/min").count() == 0
    page.clock.fast_forward(12_000)
    assert page.get_by_role("button", name="Record this reading").is_disabled()  # it stopped coming
    send(page, 0x2A5F, "0C 60 00 4F 00 20 00 00 20 00")
    page.get_by_text("The device says: sensor displaced.", exact=True).wait_for()
    assert page.get_by_role("button", name="Record this reading").count() == 0
    displaced = "The device says: sensor displaced."
    for _ in range(5):
        send(page, 0x2A5F, "0C 60 00 4F 00 20 00 00 20 00")  # each second the same: the record is told once
    send(page, 0x2A35, "04 FF")  # a frame that was torn
    page.get_by_text("The frame ends too early.", exact=True).wait_for()
    story.then_refused_on_record(
        page, ["Systolic pressure: not a number.", displaced, "The frame ends too early."]
    )
    with page.expect_response("**/record/tick"):  # it hears the time before it is told anything by its own
        page.clock.fast_forward(61_000)
    page.wait_for_timeout(200)
    send(page, 0x2A5F, "0C 60 00 4F 00 20 00 00 20 00")  # and once more after a minute
    story.then_refused_on_record(
        page, ["Systolic pressure: not a number.", displaced, "The frame ends too early.", displaced]
    )


def test_without_bluetooth_no_device_is_offered(story):
    page = story.given_the_session_is_open_on_a_tablet(scripts=["delete Navigator.prototype.bluetooth"])
    assert page.get_by_role("button", name="Connect a cuff or oximeter").count() == 0
