"""The disk is full: nothing is pretended, what was acknowledged is there, and with room again the same posts go through."""

import json
import os
import subprocess
import sys

import pytest

from launcher.places import ROOT

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """What the story found: on a small disk of its own, or where none can be mounted under a limit on files."""
    folder = tmp_path_factory.mktemp("small")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SOJOURN_")}
    told = subprocess.run(
        [sys.executable, "-m", "tests.faults.disk_story", str(folder / "disk"), "disk"],
        env=environment | {"PYTHONPATH": f"{ROOT}:{ROOT / 'src'}", "DJANGO_SETTINGS_MODULE": "sojourn.config.settings"},
        cwd=ROOT, capture_output=True, text=True, timeout=540, check=False,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr[-3000:]
    return json.loads(told.stdout.splitlines()[-1])


def test_what_was_acknowledged_is_there_once_and_every_chain_holds(found):
    assert found["acknowledged"] > 20
    assert (found["lost"], found["doubled"], found["not_sent"], found["is_intact"]) == (0, 0, 0, True)


def test_what_could_not_be_written_is_answered_in_words_and_in_bounded_time(found):
    refused = [(status, text) for status, text in found["said"] if status]
    assert refused, "the disk was full and nobody was told"
    assert {status for status, _ in refused} == {503}
    assert all("Not recorded. Send the same again, with the same ids." in text for _, text in refused)
    assert found["slowest_s"] < 12


def test_with_room_again_the_same_posts_go_through_by_themselves(found):
    assert found["back_after_s"] is not None
    assert found["back_after_s"] < 60
    assert found["sees_again"]


def test_a_press_on_the_board_says_that_nothing_was_recorded_and_what_to_do(found):
    refused = [(status, page) for status, page in found["presses"] if status != 302]
    assert refused, "the disk was full and every press went through"
    for status, page in refused:
        assert status == 503
        assert "Not recorded" in page
        assert "send the same again" in page


def test_pages_say_that_nobody_watches(found):
    assert found["blind_after_s"] is not None
    assert found["blind_after_s"] < 20


def test_the_doctor_says_that_the_disk_is_full(found):
    if found["how"] != "a small disk":
        pytest.skip("a limit on files leaves the disk as it is")
    assert any("0.0 GB are free" in sentence and "Make room" in sentence for sentence in found["doctor"])
