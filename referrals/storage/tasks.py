"""What beat asks for where there is a store: its queue is the files on the disk."""

from celery import shared_task

from referrals.storage import shipping

LONGEST = (
    3 * 60 * 60
)  # seconds, for a large file over a slow line; given out again meanwhile, it finds the file held


@shared_task(time_limit=LONGEST, soft_time_limit=LONGEST - 60)
def ship_files():
    shipping.ship()
