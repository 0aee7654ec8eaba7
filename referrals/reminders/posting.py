"""Claiming due rows, and talking to the mail server.

A row is claimed by a conditional update (PLANNED to SENDING) that skips what another dispatcher holds. Each
mail then has a transaction of its own which writes SENT, sends, and commits at once: what can go wrong in
between is the one gap of mail itself, and a mail sent again carries the same Message-ID.
"""

import datetime as dt
import logging
import smtplib

from anymail.exceptions import AnymailInvalidAddress, AnymailRecipientsRefused
from django.core.mail import get_connection
from django.db import connection as database

from referrals.vocabulary import ReminderStatus

log = logging.getLogger(__name__)

CLAIM_LASTS = dt.timedelta(minutes=10)
BATCH = 100
WAITS = [dt.timedelta(minutes=n) for n in (1, 5, 15, 60)]
LONGEST_WAIT = dt.timedelta(hours=4)
MOST_TRIES = 22  # by then three days have gone by, and nights, which are no tries
PLANNED, SENDING = ReminderStatus.PLANNED.value, ReminderStatus.SENDING.value  # the same words for MailStatus


def release_stuck(model, *, now):
    """Rows whose worker never came back are planned again; those being sent this moment are locked and left."""
    table = model._meta.db_table
    with database.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET status = %s, claimed_at = NULL WHERE id IN (SELECT id FROM {table}"  # noqa: S608 our own name
            " WHERE status = %s AND claimed_at < %s FOR UPDATE SKIP LOCKED)",
            [PLANNED, SENDING, now - CLAIM_LASTS],
        )
        return cursor.rowcount


def claim(model, *, now, most=BATCH):
    """The ids of the next due rows, now ours."""
    table = model._meta.db_table
    with database.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET status = %s, claimed_at = %s, attempts = attempts + 1 WHERE id IN (SELECT id"  # noqa: S608
            f" FROM {table} WHERE status = %s AND due_at <= %s ORDER BY due_at, id LIMIT %s FOR UPDATE SKIP LOCKED)"
            " RETURNING id, due_at",
            [SENDING, now, PLANNED, now, most],
        )
        return [pk for pk, _due in sorted(cursor.fetchall(), key=lambda row: (row[1], row[0]))]


def wait_after(attempts):
    """How long to wait after so many tries: 1, 5, 15, 60 minutes, then 4 hours."""
    return WAITS[attempts - 1] if attempts <= len(WAITS) else LONGEST_WAIT


def has_given_up(attempts):
    return attempts >= MOST_TRIES


def is_refused_for_good(error):
    """Whether the mail server said that this address will never do."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(500 <= code < 600 for code, _text in error.recipients.values())
    return isinstance(
        error,
        (AnymailRecipientsRefused, AnymailInvalidAddress, UnicodeEncodeError, smtplib.SMTPNotSupportedError),
    )


def name_of(error):
    """What staff read: the kind of error, with the server's number where it has one, and never its words."""
    codes = getattr(error, "recipients", None)
    if isinstance(error, smtplib.SMTPRecipientsRefused) and codes:
        return f"{type(error).__name__} {next(iter(codes.values()))[0]}"
    return f"{type(error).__name__} {getattr(error, 'smtp_code', '')}".strip()


class ServerAway(Exception):
    """The mail server can't be reached: the rest of a batch needn't try."""


class Postman:
    """One connection for a batch of mails, opened at the first and opened anew after an error."""

    def __init__(self):
        self.connection = None

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self.hang_up()

    def call(self):
        if self.connection is None:
            connection = get_connection()
            try:
                connection.open()
            except Exception as error:
                raise ServerAway(name_of(error)) from error
            self.connection = connection

    def send(self, mail):
        """Hands one mail over; raises what the server says."""
        try:
            self.connection.send_messages([mail])
        except Exception:
            self.hang_up()
            raise

    def hang_up(self):
        connection, self.connection = self.connection, None
        if connection is not None:
            try:
                connection.close()
            except Exception:
                log.warning("mail_server_hung_up")
