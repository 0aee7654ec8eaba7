"""`make test`: style, then the tests in two processes, then those that drive a browser.

The last line names what was not tried; where everything was, there is no such line.
"""

import subprocess
import sys
import tempfile
from pathlib import Path
from xml.etree import ElementTree

from tests.lint import lint

NOTHING_COLLECTED = 5
PARTS = {
    "tests": ["-n", "2", "-m", "not browser and not bench"],
    "browser tests": ["-m", "browser and not bench"],
}


def main(arguments):
    failed = lint()
    not_tried = []
    with tempfile.TemporaryDirectory() as directory:
        for name, options in PARTS.items():
            print(f"\n{name}", flush=True)
            report = Path(directory) / "report.xml"
            command = [sys.executable, "-m", "pytest", "-q", *options, f"--junitxml={report}", *arguments]
            status = subprocess.run(command).returncode
            if status == NOTHING_COLLECTED:
                not_tried.append(f"{name}: none was found")
            elif status:
                failed.append(name)
            not_tried += skipped(report)
            report.unlink(missing_ok=True)
    if failed:
        print(f"failed: {', '.join(failed)}", flush=True)
    if not_tried:
        print(f"not tried: {'; '.join(dict.fromkeys(not_tried))}", flush=True)
    return bool(failed)


def skipped(report):
    """Why tests were skipped; those that are known to fail were tried."""
    if not report.exists():
        return []
    found = ElementTree.parse(report).iter("skipped")
    return [each.get("message", "no reason given") for each in found if each.get("type") != "pytest.xfail"]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
