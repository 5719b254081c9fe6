"""Patients with one PHQ-9 to answer each, half of them signed in and half by a link: `python alarm_records.py COUNT`."""

import json
import sys
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlencode

A_DAY = timedelta(days=1)
CSRF = "0" * 32  # any word of this length, in cookie and form alike
THOUGHTS = 2  # "more than half the days"
ANSWERS = urlencode(
    {
        "csrfmiddlewaretoken": CSRF,
        **{f"q{item}": item % 4 for item in range(1, 9)},
        "q9": THOUGHTS,
        "difficulty": 1,
    }
)


def make_answering(count: int, *, now: datetime) -> list[dict[str, str]]:
    """Give (request, name, path, cookies) of so many patients, at the site that is there."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.contrib.sessions.models import Session

    from sojourn.program.measures.links import make_link, token_of
    from sojourn.program.measures.models import QuestionnaireRequest
    from sojourn.program.people.models import Patient, Site, StaffMember, User

    site = Site.objects.get()
    owner = User.objects.create(email="prescriber@bench.example", password="!bench")  # noqa: S106 - nobody signs in
    # Somebody answers for the alarms; without a prescriber each would go on to the director at once.
    StaffMember.objects.create(user=owner, name="Prescriber", roles=["prescriber"]).sites.add(site)
    found = []
    for n in range(count):
        user = User.objects.create(email=f"answers-{n}@bench.example", password="!bench")  # noqa: S106 - nobody signs in
        patient = Patient.objects.create(
            name=f"Answering Person {n:05d}", born_on=date(1980, 1, 1), state="CA", site=site, user=user, joined_at=now
        )  # fmt: skip
        asked = QuestionnaireRequest.objects.create(
            patient=patient, instrument_id="phq-9", occasion="week 3",
            opens_on=now - A_DAY, due_on=now, closes_on=now + 2 * A_DAY,
        )  # fmt: skip
        path, cookies = f"/questionnaires/{asked.id}/", f"{settings.CSRF_COOKIE_NAME}={CSRF}"
        if n % 2:
            path = f"/questionnaires/by-link/{token_of(make_link(asked.id, now=now).id)}/"
        else:
            key = f"answers{n:025d}"
            told = {
                SESSION_KEY: str(user.pk),
                BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
                HASH_SESSION_KEY: user.get_session_auth_hash(),
            }
            Session.objects.create(
                session_key=key, session_data=SessionStore().encode(told), expire_date=now + A_DAY
            )
            cookies += f"; {settings.SESSION_COOKIE_NAME}={key}"
        found.append({"request": str(asked.id), "name": patient.name, "path": path, "cookies": cookies})
    return found


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(make_answering(int(sys.argv[1]), now=datetime.now(UTC))))
