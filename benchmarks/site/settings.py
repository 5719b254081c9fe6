"""The product's settings, with the bare views added. Only the benchmarks use them."""

from sojourn.config.settings import *  # noqa: F403

INSTALLED_APPS = [*INSTALLED_APPS, "benchmarks.site"]  # noqa: F405
ROOT_URLCONF = "benchmarks.site.urls"
