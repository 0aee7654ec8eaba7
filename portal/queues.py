"""Three queues, each with a worker of its own: what somebody waits for never stands behind what takes long.

A task that isn't named here takes its time. A worker that is told no queue (`celery worker`) serves all three.
"""

from kombu import Exchange, Queue

DRAWING = "drawing"  # a person looks at an empty sheet
MAIL = "mail"  # a person waits for a code; a mail server that hangs holds up nothing else
CHECKS = "checks"  # files, packs, scans, the night: minutes to hours

ALL = (DRAWING, MAIL, CHECKS)
QUEUES = [Queue(name, Exchange(name), routing_key=name) for name in ALL]
ROUTES = {
    "referrals.records.tasks.draw_pages": {"queue": DRAWING},
    "referrals.records.tasks.draw_waiting_pages": {"queue": DRAWING},
    "referrals.sources.tasks.make_letter": {"queue": DRAWING},
    "referrals.reminders.tasks.deliver_mail": {"queue": MAIL},
    "referrals.reminders.tasks.send_due": {"queue": MAIL},
    "referrals.review.tasks.expire_offers": {"queue": MAIL},
    "portal.tasks.heartbeat": {"queue": MAIL},
}
WORKERS = {  # how each is started; mail mostly waits for another machine, so threads will do
    DRAWING: ("--pool", "prefork", "--concurrency", "2"),
    MAIL: ("--pool", "threads", "--concurrency", "4"),
    CHECKS: ("--pool", "prefork", "--concurrency", "2"),
}


def worker(name):
    """What follows `celery --app portal`."""
    return (
        "worker", "--queues", name, "--hostname", f"{name}@%h", *WORKERS[name], "--without-gossip", "--without-mingle",
    )  # fmt: skip
