"""Django's own management commands; people use `concorda` (see concorda/cli)."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "concorda.config.settings")
    execute_from_command_line(sys.argv)
