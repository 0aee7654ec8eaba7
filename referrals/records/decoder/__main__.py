"""`python -m referrals.records.decoder FOLDER FIRST LAST [KIND]`: what is it, and its pages FIRST to LAST."""

import json
import os
import sys
from pathlib import Path

from referrals.records.decoder import Refused, limits


def main(folder, first, last, kind=""):
    limits.close_the_walls()
    from referrals.records.decoder import look

    file = os.fdopen(os.dup(0), "rb")
    try:
        found = look.look(file, Path(folder), int(first), int(last), kind)
    except Refused as refused:
        found = {"refusal": refused.code, "kind": refused.kind}
    except MemoryError:
        found = {"refusal": "too_many_pixels", "kind": kind}
    Path(folder, "found.tmp").write_text(json.dumps(found))
    Path(folder, "found.tmp").rename(Path(folder, "found.json"))


if __name__ == "__main__":
    main(*sys.argv[1:])
