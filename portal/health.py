"""What is up, for machines: yes or no for each part, and nothing about the insides."""

import os
import shutil
from datetime import timedelta

import redis
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal import queues
from portal.environment import cache_address
from referrals.models import Heartbeat

BEAT = "beat"
SILENCE = timedelta(seconds=90)
ORDINARY = 1024**3  # bytes


def beat(name, *, now):
    Heartbeat.objects.update_or_create(name=name, defaults={"at": now})


def database(now):
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return True


def broker(now):
    with redis.from_url(
        cache_address(settings.REDIS_URL), socket_connect_timeout=0.5, socket_timeout=1
    ) as client:
        return client.ping()


def heard(name):
    return lambda now: Heartbeat.objects.filter(name=name, at__gt=now - SILENCE).exists()


def storage(now):
    """Records can be written, and an ordinary one would fit."""
    os.makedirs(settings.RECORDS_DIR, mode=0o700, exist_ok=True)
    free = shutil.disk_usage(settings.RECORDS_DIR).free
    return os.access(settings.RECORDS_DIR, os.W_OK) and free > min(settings.MAX_FILE_BYTES, ORDINARY)


PARTS = {"database": database, "broker": broker, "storage": storage}
PARTS |= {name: heard(name) for name in (*queues.ALL, BEAT)}


def is_up(part, now):
    try:
        return bool(part(now))
    except (DatabaseError, redis.RedisError, OSError):
        return False


@login_not_required
@never_cache
@require_safe
def health(request):
    """200 when every part is up, else 503. `?of=database&of=storage` asks for some parts only."""
    now = timezone.now()
    asked = [name for name in request.GET.getlist("of") if name in PARTS] or PARTS
    found = {name: is_up(PARTS[name], now) for name in asked}
    well = all(found.values())
    answer = {"status": "up" if well else "down", "parts": found}
    response = JsonResponse(answer, status=200 if well else 503)
    response._has_been_logged = True  # Django would write an error for each 503
    return response
