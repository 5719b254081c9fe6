import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sojourn.config.settings")
os.environ.setdefault("SOJOURN_ANSWERS_WITHIN_S", "8")  # a page gives up before whoever waits for it does
application = get_wsgi_application()

from sojourn.config import clock, turns, warming  # noqa: E402 - they need the settings that were read just now

clock.keep_steady()
turns.take_short_turns()
warming.warm_up()
