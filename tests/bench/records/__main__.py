"""The servers first, then each part that was asked for, then all figures."""

import argparse
import importlib
import sys

from tests import servers

PARTS = ["storage", "uploads", "dicom", "pages", "pack"]


def main():
    from tests.bench.records import Figures
    from tests.bench.records import __doc__ as about

    asked = argparse.ArgumentParser(description=about)
    asked.add_argument(
        "parts", nargs="*", metavar="part", help=f"of {', '.join(PARTS)}; all, if none is named"
    )
    asked.add_argument("--bytes", type=int, default=2 * 1024**3)
    options = asked.parse_args()
    servers.start()
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    figures = Figures()
    for part in options.parts or PARTS:
        figures.say(part)
        importlib.import_module(f"tests.bench.records.{part}").measure(figures, size=options.bytes)
    print("\n".join(figures.lines))
    return figures.is_short


if __name__ == "__main__":
    sys.exit(main())
