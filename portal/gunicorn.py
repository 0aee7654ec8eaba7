"""How gunicorn serves the portal, in the demo and in production: gunicorn --config python:portal.gunicorn"""

import os
import sys

from gunicorn.glogging import Logger

from portal import environment, logs

try:
    environment.refuse_if_unsafe(environment.read())
except environment.Refused as why:
    sys.exit(str(why))


class Log(Logger):
    """Its lines in our form, so that the address of a request that broke is in none."""

    def setup(self, cfg):
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(logs.json_lines())

    def warning(self, msg, *args, **kwargs):
        """What it says of a request that can't be read quotes it."""
        super().warning(msg if args else msg.partition(": ")[0], *args, **kwargs)


logger_class = Log
wsgi_app = "portal.wsgi"
bind = os.environ.get("GUNICORN_BIND", "0.0.0.0:8000")
worker_class = "portal.serving.Worker"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "24"))  # slow lines hold up to UPLOADS_AT_ONCE of them
preload_app = True
timeout = 60
graceful_timeout = 10
keepalive = 5
control_socket_disable = True
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108
# Believed only as far as TRUSTED_PROXIES says, which is Django's to judge.
forwarded_allow_ips = ""
secure_scheme_headers = {}
