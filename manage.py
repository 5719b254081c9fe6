#!/usr/bin/env python3
"""Django's command line; `./sojourn manage ...` runs it in the right environment with the database up."""

import os
import sys

from django.core.management import execute_from_command_line

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sojourn.config.settings")
if __name__ == "__main__":
    execute_from_command_line(sys.argv)
