"""Logs as data, one JSON object a line, with nothing in them about a person.

Only fields on the list pass. Of an error its kind and its places in the code are kept, never its
message, which may quote what somebody typed; of other libraries' lines the template without its values.
"""

import sys
import traceback

import structlog

FIELDS = frozenset(
    "timestamp level logger event request_id method route status duration_ms user_id task task_id "
    "error places count rule server record".split()
)

# Whose lines below a warning are worth keeping.
TALKATIVE = ("portal", "referrals", "content")


def only_listed(_, __, event):
    return {name: value for name, value in event.items() if name in FIELDS}


def error_without_words(_, __, event):
    """Replaces an exception by its kind and the lines it passed."""
    found = event.pop("exc_info", None)
    if found is True:
        found = sys.exc_info()
    elif isinstance(found, BaseException):
        found = (type(found), found, found.__traceback__)
    if found and found[0]:
        event["error"] = found[0].__name__
        event["places"] = [f"{f.filename}:{f.lineno} {f.name}" for f in traceback.extract_tb(found[2])][-12:]
    return event


def template_only(_, __, event):
    """A line of a library: its words as the programmer wrote them, without the values put in.

    What Django says of a refused request (of a Host that isn't ours) comes with the values in its words.
    """
    record = event["_record"]
    if record.name.startswith("django.security."):
        event["event"] = "refused"
    else:
        event["event"] = record.msg if isinstance(record.msg, str) else type(record.msg).__name__
    event.update({name: getattr(record, name) for name in FIELDS & record.__dict__.keys()})
    return event


SHARED = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def json_lines():
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*SHARED, template_only],
        processors=[
            error_without_words,
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            only_listed,
            structlog.processors.JSONRenderer(),
        ],
    )


def configuration(*, quiet: bool) -> dict:
    structlog.configure(
        processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {"()": json_lines},
        },
        "handlers": {"out": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["out"], "level": "WARNING"},
        "loggers": {
            # Django's own handlers would print paths and mail tracebacks.
            "django": {"handlers": [], "level": "INFO", "propagate": True},
            "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
            "django.request": {"level": "ERROR"},
            **{name: {"level": "WARNING" if quiet else "INFO"} for name in TALKATIVE},
            "celery.app.trace": {"level": "WARNING"},
        },
    }
