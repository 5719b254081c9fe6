"""Frames of cuffs, oximeters and straps become readings as the GATT profiles say, and never a value where there is none.

A frame marked *capture* was read from a device by somebody who published it; the others are worked out by hand from the
GATT Specification Supplement. Captures: [S1] stackoverflow.com 78168365 (a cuff, with what nRF Connect showed);
[S2] stackoverflow.com 71264072 (ChoiceMMed oximeter); [S3] stackoverflow.com 33917836, "BLE Heart Rate sometimes does
not return the expected amount of bytes" (a strap); [S4] movisens/SmartGattLib, HeartRateMeasurementTest.java;
[S5] WebBluetoothCG/web-bluetooth issue 493 (a strap, printed without its last octet);
[S6] pauldemarco/flutter_blue issue 687 (a cuff with octets of its maker's own under the standard number).
"""

import pytest

from tests.support.modules import decoder, module_page

pytestmark = pytest.mark.browser
READINGS = "design/js/devices/readings.js"


@pytest.fixture(scope="module")
def decode(browser):
    context = browser.new_context(timezone_id="America/Los_Angeles")
    yield decoder(module_page(context.new_page()), READINGS)
    context.close()


def test_a_captured_pressure_is_what_the_cuff_showed(decode):
    """[S1] 127.0 systolic in tenths of mmHg, no mean pressure, the cuff's clock, pulse, user, and a reserved status bit."""
    found = decode("bloodPressure", "DE-F6-F4-16-F3-FF-07-E4-07-01-14-08-2B-00-B2-F2-01-80-00")
    assert found["facts"] == {"systolic": 127, "diastolic": 79, "heart_rate": 69}
    assert (found["refused"], found["doubts"]) == (None, [])
    assert found["measuredAt"] == "Mon Jan 20 2020 08:43:00"


def test_captured_oxygen_readings_are_what_the_oximeter_showed(decode):
    """[S2] A spot check by a clock that was never set, and a continuous reading; both say that measuring goes on."""
    spot = decode("oxygenSpotCheck", "17-61-00-60-00-E1-07-01-01-01-22-13-20-00-20-00-00")
    assert (spot["facts"], spot["refused"]) == ({"spo2": 97, "heart_rate": 96}, None)
    assert (spot["doubts"], spot["measuredAt"]) == (["low perfusion"], None)
    running = decode("oxygenContinuous", "0c-62-00-4E-00-20-00-00-00-00")
    assert (running["facts"], running["doubts"]) == ({"spo2": 98, "heart_rate": 78}, [])


@pytest.mark.parametrize(
    ("octets", "rate"),
    [
        ("16 77 04 02", 119),  # [S3] one time between beats
        ("16 78 FF 01 FF 01 0C 01", 120),  # [S3] three
        ("16 77 08 02 08 02", 119),  # [S3] two
        ("16 48 54 01 EC 02", 72),  # [S4] worn, two
        ("00 3C", 60),  # the shortest frame there is
        ("01 2C 01", 300),  # 16 bits
        ("0E 50 39 30", 80),  # worn, with energy spent
    ],
)
def test_heart_rates_of_8_and_16_bits_are_read_past_whatever_follows(decode, octets, rate):
    found = decode("heartRate", octets)
    assert (found["facts"], found["refused"]) == ({"heart_rate": rate}, None)


@pytest.mark.parametrize(
    ("octets", "facts"),
    [
        ("00 78 00 50 00 5D 00", {"systolic": 120, "diastolic": 80}),
        ("04 78 00 50 00 5D 00 48 00", {"systolic": 120, "diastolic": 80, "heart_rate": 72}),
        ("01 A0 F0 6B F0 7D F0", {"systolic": 120, "diastolic": 80}),  # 16.0 and 10.7 kPa
        ("00 0C 10 08 10 00 00", {"systolic": 120, "diastolic": 80}),  # 12 and 8 tens
        (
            "00 C3 F4 25 F3 00 00",
            {"systolic": 122, "diastolic": 81},
        ),  # 121.9 and 80.5, rounded to what is recorded
        (
            "00 FF F7 50 00 FF 07",
            {"systolic": 205, "diastolic": 80},
        ),  # 204.7: the mantissa of "no number" in tenths is a number
    ],
)
def test_pressures_are_read_in_either_unit_and_at_any_resolution(decode, octets, facts):
    found = decode("bloodPressure", octets)
    assert (found["facts"], found["refused"]) == (facts, None)


@pytest.mark.parametrize(
    ("special", "said"),
    [
        ("FF 07", "not a number"),
        ("00 08", "not at this resolution"),
        ("FE 07", "above what the device can measure"),
        ("02 08", "below what the device can measure"),
        ("01 08", "reserved"),
    ],
)
@pytest.mark.parametrize(
    ("kind", "frame"),
    [
        ("bloodPressure", "00 {} 50 00 5D 00"),
        ("bloodPressure", "00 78 00 {} 5D 00"),
        ("oxygenSpotCheck", "00 {} 48 00"),
        ("oxygenContinuous", "00 {} 48 00"),
    ],
)
def test_a_number_that_is_no_number_is_a_refused_reading(decode, kind, frame, special, said):
    found = decode(kind, frame.format(special))
    assert found["facts"] == {}
    assert said in found["refused"]


def test_a_missing_pulse_takes_nothing_from_the_pressure_and_is_said(decode):
    found = decode("bloodPressure", "04 78 00 50 00 5D 00 FF 07")
    assert found["facts"] == {"systolic": 120, "diastolic": 80}
    assert found["doubts"] == ["no pulse rate (Pulse: not a number.)"]


WHOLE = {
    "bloodPressure": "1E F6 F4 16 F3 FF 07 E4 07 01 14 08 2B 00 B2 F2 01 00 00",
    "oxygenSpotCheck": "0F 61 00 60 00 E1 07 01 01 01 22 13 20 00 20 00 00 0A 00",
    "oxygenContinuous": "1F 61 00 60 00 62 00 61 00 60 00 5F 00 20 00 00 00 00 0A 00",
    "heartRate": "19 2C 01 39 30 04 02",
}


@pytest.mark.parametrize("kind", WHOLE)
def test_a_frame_cut_anywhere_is_refused_and_gives_no_value(decode, kind):
    """A cut between two times between beats leaves a whole frame; everywhere else something is missing."""
    octets = bytes.fromhex(WHOLE[kind])
    assert decode(kind, octets.hex())["refused"] is None
    whole_too = {5} if kind == "heartRate" else set()
    for length in set(range(len(octets))) - whole_too:
        found = decode(kind, octets[:length].hex())
        assert (found["facts"], found["refused"]) == ({}, "The frame ends too early."), length


@pytest.mark.parametrize(
    ("kind", "octets"),
    [
        ("bloodPressure", "00 78 00 50 00 5D 00 00"),
        ("oxygenSpotCheck", "00 61 00 60 00 01"),
        ("oxygenContinuous", "00 61 00 60 00 01 02"),
        ("heartRate", "00 3C 01"),
    ],
)
def test_octets_that_no_flag_announces_make_the_frame_unreadable(decode, kind, octets):
    assert decode(kind, octets)["refused"] == "The frame is longer than its flags say."


def test_a_strap_frame_without_its_last_octet_is_refused(decode):
    """[S5]"""
    assert decode("heartRate", "10 3e b1 03 de")["refused"] == "The frame ends too early."


def test_a_makers_own_octets_under_the_standard_number_are_no_pressure(decode):
    """[S6] Read by the profile, these would be 182,400 mmHg."""
    own = bytes([254, 32, 39, 0, 117, 0, 85, 0, 95, 0, 228, 7, 9, 24, 16, 9, 58, 105, 0, 1])
    found = decode("bloodPressure", own.hex())
    assert (found["facts"], found["refused"]) == ({}, "Systolic pressure: 182400 cannot be.")


@pytest.mark.parametrize(
    ("kind", "octets"),
    [
        ("bloodPressure", "00 00 00 00 00 00 00"),
        ("bloodPressure", "00 88 0F 50 00 5D 00"),  # minus 120
        ("oxygenContinuous", "00 00 00 48 00"),
        ("heartRate", "00 00"),
    ],
)
def test_zero_and_less_are_no_vital_signs(decode, kind, octets):
    found = decode(kind, octets)
    assert found["facts"] == {}
    assert "cannot be" in found["refused"]


def test_an_absurd_saturation_is_left_to_the_practice_to_refuse(decode):
    """140 % is a number of three digits: the record keeps it as refused, with the reason; it is not dropped here."""
    assert decode("oxygenContinuous", "00 8C 00 48 00")["facts"] == {"spo2": 140, "heart_rate": 72}


@pytest.mark.parametrize(
    ("status", "doubt"),
    [
        ("01 00", "body moved"),
        ("02 00", "cuff too loose"),
        ("04 00", "pulse irregular"),
        ("08 00", "pulse too fast for the cuff"),
        ("10 00", "pulse too slow for the cuff"),
        ("20 00", "arm in a wrong position"),
    ],
)
def test_what_the_cuff_says_against_its_own_value_is_told(decode, status, doubt):
    found = decode("bloodPressure", f"10 78 00 50 00 5D 00 {status}")
    assert (found["doubts"], found["refused"]) == ([doubt], None)


@pytest.mark.parametrize(
    ("status", "sensor", "why"),
    [
        ("00 04", "00 00 00", "demonstration data"),
        ("00 08", "00 00 00", "data for testing"),
        ("00 10", "00 00 00", "calibration under way"),
        ("00 20", "00 00 00", "measurement unavailable"),
        ("00 80", "00 00 00", "invalid measurement"),
        ("00 00", "02 00 00", "device malfunction"),
        ("00 00", "08 00 00", "inadequate signal"),
        ("00 00", "80 00 00", "no pulse in the signal"),
        ("00 00", "00 08 00", "sensor not on the patient"),
        ("00 00", "00 10 00", "unknown sensor"),
        ("00 00", "00 20 00", "sensor displaced"),
        ("00 00", "00 40 00", "sensor malfunction"),
        ("00 00", "00 80 00", "sensor disconnected"),
    ],
)
def test_an_oximeter_that_says_it_cannot_measure_gives_no_value(decode, status, sensor, why):
    for kind, flags in (("oxygenContinuous", "0C"), ("oxygenSpotCheck", "06")):
        found = decode(kind, f"{flags} 61 00 60 00 {status} {sensor}")
        assert (found["facts"], found["refused"]) == ({}, f"The device says: {why}.")


def test_a_reading_out_of_the_oximeters_memory_is_marked(decode):
    assert decode("oxygenSpotCheck", "02 61 00 60 00 00 02")["isStored"] is True


def test_a_strap_that_lies_on_the_table_gives_no_heart_rate(decode):
    assert decode("heartRate", "04 3C")["refused"] == "The device says: no contact with the skin."


def test_an_impossible_day_of_the_devices_clock_is_no_time(decode):
    found = decode("bloodPressure", "02 78 00 50 00 5D 00 E4 07 0D 14 08 2B 00")
    assert (found["facts"]["systolic"], found["measuredAt"]) == (120, None)


def test_random_octets_are_never_an_error_and_never_an_impossible_value(decode):
    """Every flag octet with the same 20 octets behind it: a reading or a refusal, and no value below 1 or above 999."""
    for flags in range(256):
        for kind in WHOLE:
            found = decode(kind, f"{flags:02x}" + "7861f05000ff07e407011408002bb2f20180004e01")
            assert bool(found["facts"]) is (found["refused"] is None)
            assert all(0 < value <= 999 for value in found["facts"].values())


def test_a_refused_frame_keeps_its_octets_and_even_an_empty_one_is_no_exception(decode):
    assert decode("bloodPressure", "04 FF 07")["octets"] == "04 FF 07"
    assert decode("oxygenContinuous", "ff " * 300)["octets"] == " ".join(["FF"] * 120)
    empty = decode("heartRate", "")
    assert (empty["facts"], empty["refused"], empty["octets"]) == (
        {},
        "The frame ends too early.",
        "an empty frame",
    )
