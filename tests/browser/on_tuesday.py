"""Runs a program whose clock stands elsewhere: `python -m tests.browser.on_tuesday gunicorn …`.

Mail goes out in people's waking hours only. The browser's site therefore lives on a Tuesday morning,
on whatever day the tests run. CLOCK_OFFSET says how many seconds that is from the real time.
"""

import datetime as dt
import os
import sys
import time

import time_machine

MORNING = dt.time(10, 0)  # at the clinic in Chicago, before noon in Illinois


def offset():
    """From now to ten o'clock of the last Tuesday in Chicago, as seconds (never in the future)."""
    now = dt.datetime.now(dt.UTC)
    morning = now.replace(hour=16, minute=0, second=0, microsecond=0)
    while morning > now or morning.weekday() != 1:
        morning -= dt.timedelta(days=1)
    return (morning - now).total_seconds()


def travel(seconds):
    return time_machine.travel(time.time() + seconds, tick=True)


def main():
    travel(float(os.environ["CLOCK_OFFSET"])).start()
    program, *sys.argv[1:] = sys.argv[1:]
    sys.argv[0] = program
    if program == "gunicorn":
        from gunicorn.app.wsgiapp import run
    else:
        from celery.__main__ import main as run
    sys.exit(run())


if __name__ == "__main__":
    main()
