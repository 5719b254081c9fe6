"""Sojourn runs a ketamine-assisted therapy program."""

__version__ = "0.1.0"  # the one of pyproject.toml; every report and claim card carries it
