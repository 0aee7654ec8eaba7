"""How many reminders a minute: `python -m tests.bench.reminders [--due 100000] [--mails 10000] [--dispatchers 4]`.

On servers of its own. First every due row is claimed by several dispatchers at once; then so many mails go to
a mail server on this machine that keeps the Message-IDs alone. Nothing may be doubled or lost.
(PERFORMANCE: 100,000 claimed in 10 s, 350 mails a second.)
"""

import argparse
import asyncio
import collections
import multiprocessing
import os
import socket
import time

from tests import servers


def sink(listening, counted):
    """Says yes to everything and notes each Message-ID."""

    async def serve(reader, writer):
        writer.write(b"220 sink\r\n")
        while line := await reader.readline():
            word = line[:4].upper()
            if word == b"DATA":
                writer.write(b"354 go on\r\n")
                body = await reader.readuntil(b"\r\n.\r\n")
                found = body.split(b"Message-ID: ", 1)[1].split(b"\r\n", 1)[0].decode()
                counted.append(found)
                writer.write(b"250 ok\r\n")
            elif word == b"QUIT":
                writer.write(b"221 bye\r\n")
                await writer.drain()
                break
            else:
                writer.write(b"250 ok\r\n")
            await writer.drain()
        writer.close()

    async def main():
        server = await asyncio.start_server(serve, sock=listening, limit=2**20)
        async with server:
            await server.serve_forever()

    asyncio.run(main())


def run_sink(listening, pipe):
    """The sink as a process; on any word it answers with what it has counted."""
    import threading

    counted = []
    threading.Thread(target=sink, args=(listening, counted), daemon=True).start()
    while pipe.recv():
        pipe.send(counted)


def dispatch(kind, most):
    import django

    django.setup()
    from django.db import connection

    from referrals.models import Reminder
    from referrals.reminders import actions, posting
    from tests.build import later

    now, count = later(days=1, minutes=1), 0
    began, cpu = time.time(), time.process_time()
    while True:
        if kind == "claim":
            done = len(posting.claim(Reminder, now=now, most=most))
        else:
            done = actions.send_due(now=now, most=most)
        if not done:
            break
        count += done
    connection.close()
    return count, began, time.time(), time.process_time() - cpu


def fill(count):
    """So many patients with a draft and one reminder that is due."""
    from referrals.models import Case, Person, Reminder
    from tests.build import NOW, later, make_clinic

    clinic = make_clinic()
    people = Person.objects.bulk_create(
        [Person(email=f"p{n}@bench.example", name=f"Person {n}", password="!") for n in range(count)],
        batch_size=5000,
    )
    cases = Case.objects.bulk_create(
        [Case(clinic=clinic, patient=person, created_at=NOW, edited_at=NOW) for person in people],
        batch_size=5000,
    )
    Reminder.objects.bulk_create(
        [
            Reminder(
                case=case, recipient_id=case.patient_id, rule="P1", step="1d", ruled_at=later(days=1),
                due_at=later(days=1), planned_at=NOW,
            )
            for case in cases
        ],
        batch_size=5000,
    )  # fmt: skip


def timed(kind, dispatchers, most):
    """How many, in how many seconds from the first start to the last end, and how much processor time."""
    with multiprocessing.get_context("spawn").Pool(dispatchers) as pool:
        runs = pool.starmap(dispatch, [(kind, most)] * dispatchers, chunksize=1)
    counts, begins, ends, cpus = zip(*runs, strict=True)
    return sum(counts), max(ends) - min(begins), sum(cpus)


def main():
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--due", type=int, default=100_000)
    asked.add_argument("--mails", type=int, default=10_000)
    asked.add_argument("--dispatchers", type=int, default=4)
    options = asked.parse_args()
    if multiprocessing.parent_process() is None:
        servers.start()
    listening = socket.create_server(("127.0.0.1", 0))
    os.environ["EMAIL_URL"] = f"smtp://127.0.0.1:{listening.getsockname()[1]}"
    import django

    django.setup()
    from django.core.management import call_command

    from referrals.models import Reminder

    call_command("migrate", verbosity=0)
    ours, theirs = multiprocessing.Pipe()
    catcher = multiprocessing.get_context("fork").Process(
        target=run_sink, args=(listening, theirs), daemon=True
    )
    catcher.start()

    fill(options.due)
    count, seconds, cpu = timed("claim", options.dispatchers, 1000)
    print(f"claimed {count} of {options.due} in {seconds:.1f} s with {options.dispatchers} dispatchers")
    assert count == options.due

    last = Reminder.objects.order_by("pk").values_list("pk", flat=True)[options.mails - 1]
    Reminder.objects.filter(pk__gt=last).update(status="dropped", why_dropped="skipped")
    Reminder.objects.filter(pk__lte=last).update(status="planned", claimed_at=None, attempts=0)
    count, seconds, cpu = timed("send", options.dispatchers, 100)
    ours.send("count")
    ids = collections.Counter(ours.recv())
    doubled = sum(n - 1 for n in ids.values())
    lost = options.mails - len(ids)
    print(
        f"sent {sum(ids.values())} mails in {seconds:.1f} s: {sum(ids.values()) / seconds:.0f} a second, "
        f"{doubled} doubled, {lost} lost, {1000 * cpu / options.mails:.1f} ms of processor time each"
    )
    assert (doubled, lost) == (0, 0)
    assert not Reminder.objects.filter(pk__lte=last).exclude(status="sent").exists()
    catcher.terminate()


if __name__ == "__main__":
    main()
