#!/usr/bin/env python3
"""Django's command line, with the portal's settings."""

import os
import sys


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    from django.core.management import execute_from_command_line

    from portal.environment import Refused

    try:
        execute_from_command_line(sys.argv)
    except Refused as why:
        sys.exit(str(why))


if __name__ == "__main__":
    main()
