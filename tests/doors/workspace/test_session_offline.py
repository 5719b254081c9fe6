"""What a session page is given to go on without a network, and the shell that stands in for it."""

import re
from datetime import timedelta

import pytest
from django.core.files.storage import FileSystemStorage
from django.urls import reverse

from sojourn.config.static_files import HashedFiles
from sojourn.program.treatment.models import RecordingToken
from tests.support.modules import STATIC
from tests.support.offline import dosed_session
from tests.support.tokens import event, post

pytestmark = pytest.mark.django_db
MODULES = STATIC / "design/js"


def test_the_shell_is_the_same_for_everybody_and_names_nobody(ward, client, sign_in):
    dosed_session(ward)
    address = reverse("workspace:session_shell")
    empty = client.get(address).content.decode()
    assert sign_in(ward.mona).get(address).content.decode() == empty
    for said in ("Núñez", "Mona", "csrfmiddlewaretoken", "recording-about"):
        assert said not in empty.replace("getElementById", "")


def test_the_worker_stands_where_its_scope_begins(client):
    answer = client.get(reverse("workspace:session_worker"))
    assert answer["Content-Type"].startswith("text/javascript")
    assert reverse("workspace:session_worker") == reverse("workspace:sessions") + "worker.js"
    assert reverse("workspace:session_shell") == reverse("workspace:sessions") + "offline/"


def test_the_page_gets_a_token_that_records_when_the_login_has_ended(ward, client, sign_in, time_machine):
    visit, dosed_at = dosed_session(ward)
    now = dosed_at + timedelta(minutes=40)
    time_machine.move_to(now, tick=False)
    answer = sign_in(ward.mona).post(reverse("workspace:session_token", kwargs={"visit_id": visit.id}))
    assert "no-store" in answer["Cache-Control"]
    client.logout()
    told = post(
        client, answer.json()["token"], [event("vital_taken", now, systolic=128, diastolic=82)], now
    ).json()
    assert [each["status"] for each in told["events"]] == ["recorded"]
    assert RecordingToken.objects.get(role="monitor").staff_id == ward.mona.staff_id


def test_no_secret_stands_in_the_page_itself(ward, sign_in, time_machine):
    visit, dosed_at = dosed_session(ward)
    time_machine.move_to(dosed_at + timedelta(minutes=40), tick=False)
    page = sign_in(ward.mona).get(reverse("workspace:session", kwargs={"visit_id": visit.id}))
    about = page.context["recording"]
    assert "token" not in about
    assert about["name"] == "Ada Núñez"
    assert [int((look - dosed_at).total_seconds() / 60) for look in about["looks"]][:3] == [40, 80, 120]
    assert about["looks"][-1] <= dosed_at + timedelta(minutes=40, hours=4)


# The worker is kept by the browser itself; what a closed tab left is sent by pages that have a network.
OF_OTHERS = {"design/js/recording/service_worker.js", "design/js/recording/left_behind.js"}
FROM = r"""from\s*["'](\.[^"']+)["']"""
IMPORTS = r"""(?:from|import\()\s*["'](\.[^"']+)["']"""


def modules_of(folder):
    return {f"design/js/{folder}/{path.name}" for path in (MODULES / folder).glob("*.js")}


@pytest.mark.parametrize(
    ("shell", "folder"),
    [
        ("workspace:session_shell", "recording"),
        ("workspace:session_shell", "devices"),
        ("sitter:shell", "recording"),
        ("portal:session_day_shell", "recording"),
    ],
)
def test_the_shell_names_every_module_it_needs(client, shell, folder):
    """One that is not named is not kept, and the page would not start without a network."""
    shell = client.get(reverse(shell)).content.decode()
    named = set(re.findall(r'/static/(design/js/[\w./]+)"', shell))
    assert {name for name in named if name.startswith(f"design/js/{folder}/")} == modules_of(
        folder
    ) - OF_OTHERS
    assert with_its_imports("design/js/recording/page.js") <= named


def with_its_imports(name):
    """A module and those it cannot start without; the panel of the cuff is asked for where there is one."""
    return {name}.union(*map(with_its_imports, imported_by(name, FROM)))


def imported_by(name, how=IMPORTS):
    targets = re.findall(how, (STATIC / name).read_text())
    return [str((STATIC / name).parent.joinpath(target).resolve().relative_to(STATIC)) for target in targets]


def chain_of_imports(name):
    """How many modules the longest chain of imports holds that begins with this one."""
    return 1 + max(map(chain_of_imports, imported_by(name)), default=0)


def test_a_module_imports_the_others_by_the_hash_of_their_content(tmp_path):
    storage = HashedFiles(location=tmp_path, base_url="/static/")
    plain = FileSystemStorage(location=STATIC)
    names = modules_of("recording") | modules_of("devices")
    names |= {target for name in names for target in imported_by(name)}
    paths = {
        name: (plain, name) for name in sorted(names, key=chain_of_imports, reverse=True)
    }  # the worst order
    for name in paths:
        with plain.open(name) as file:
            storage.save(name, file)
    assert [done for _, _, done in storage.post_process(paths) if isinstance(done, Exception)] == []
    for name in paths:
        text = (tmp_path / storage.stored_name(name)).read_text()
        for target in re.findall(IMPORTS, text):
            assert re.search(r"\.[0-9a-f]{12}\.js$", target), f"{name} imports {target}"
            assert (tmp_path / name).parent.joinpath(target).resolve().exists()
