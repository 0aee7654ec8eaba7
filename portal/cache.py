"""A cache that is allowed to be away."""

import logging
import time

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = logging.getLogger(__name__)
PAUSE = 5  # seconds before a server that was away is asked again
ASKED = "add get set touch delete get_many has_key incr set_many delete_many clear"


class OurKeys(RedisCache):
    """Forgets its own keys only: the broker's queues live in the same place."""

    def clear(self):
        client = self._cache.get_client(None, write=True)
        for key in client.scan_iter(match=f"{self.key_prefix}:*", count=1000):
            client.delete(key)
        return True


class ForgivingCache(OurKeys):
    """Redis or Valkey; while it is away, each process remembers for itself.

    Pages go on, and so do the counters that stop the guessing of passwords, only less exactly.
    """

    def __init__(self, server, params):
        super().__init__(server, params)
        self.own = LocMemCache(f"away-from-{server}", params | {"OPTIONS": {}})
        self.away_until = 0.0


def forgiving(name):
    def ask(self, *args, **kwargs):
        if time.monotonic() >= self.away_until:
            try:
                return getattr(OurKeys, name)(self, *args, **kwargs)
            except RedisError as why:
                log.warning("cache_is_away", extra={"error": type(why).__name__})
                self.away_until = time.monotonic() + PAUSE
        return getattr(self.own, name)(*args, **kwargs)

    ask.__name__ = name
    return ask


for name in ASKED.split():
    setattr(ForgivingCache, name, forgiving(name))
