"""The day on which the tests of the rules are held."""

from datetime import date

TODAY = date(2026, 11, 23)
