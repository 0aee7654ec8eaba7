"""A cache that is allowed to be away."""

import logging
import time

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = logging.getLogger(__name__)
PAUSE = 5  # seconds before a server that was away is asked again


class ForgivingCache(RedisCache):
    """Redis or Valkey; while it is away, each process remembers for itself.

    Pages go on, and so do the counters that stop the guessing of passwords, only less exactly.
    """

    def __init__(self, server, params):
        super().__init__(server, params)
        self.own = LocMemCache(f"away-from-{server}", params | {"OPTIONS": {}})
        self.away_until = 0.0

    def ask(self, name, *args, **kwargs):
        if time.monotonic() >= self.away_until:
            try:
                return getattr(super(), name)(*args, **kwargs)
            except RedisError as why:
                log.warning("cache_is_away", extra={"error": type(why).__name__})
                self.away_until = time.monotonic() + PAUSE
        return getattr(self.own, name)(*args, **kwargs)


def forgiving(name):
    def ask(self, *args, **kwargs):
        return self.ask(name, *args, **kwargs)

    ask.__name__ = name
    return ask


for name in (
    "add",
    "get",
    "set",
    "touch",
    "delete",
    "get_many",
    "has_key",
    "incr",
    "set_many",
    "delete_many",
    "clear",
):
    setattr(ForgivingCache, name, forgiving(name))
