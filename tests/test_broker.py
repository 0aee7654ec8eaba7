"""What lies in the broker and the cache after people have been here: keys of rows, and nothing of what they said."""

import base64
import json
import re

import pytest
import redis
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from portal.environment import cache_address
from referrals.models import Record
from tests.build import PASSWORD, make_draft

MARK = "Marrowby"
SECRETS = (MARK, PASSWORD, "a-password-of-Marrowby", "@fernhollow.example")


def everything(server):
    """Each key with its value, and the bodies that kombu packs into base64."""
    found = []
    for key in server.scan_iter():
        found.append(key)
        kind = server.type(key)
        if kind == b"list":
            found += server.lrange(key, 0, -1)
        elif kind == b"hash":
            found += [part for pair in server.hgetall(key).items() for part in pair]
        elif kind == b"string":
            found.append(server.get(key))
        elif kind == b"zset":
            found += server.zrange(key, 0, -1)
        elif kind == b"set":
            found += server.smembers(key)
    texts = [bytes(part).decode(errors="replace") for part in found]
    for text in list(texts):
        for body in re.findall(r'"body": "([\w+/=]+)"', text):
            texts.append(base64.b64decode(body).decode(errors="replace"))
    return texts


@pytest.mark.django_db(transaction=True)
def test_s23_the_broker_and_the_cache_hold_nothing_of_a_person(client, ana):
    server = redis.Redis.from_url(cache_address(settings.REDIS_URL))
    client.post(reverse("account_login"), {"login": ana.email, "password": f"a-password-of-{MARK}"})
    client.post(reverse("account_login"), {"login": ana.email, "password": PASSWORD})
    draft = make_draft(ana, story=f"{MARK} has pain", questions=(f"Is it {MARK}'s disease?",))
    file = SimpleUploadedFile(f"{MARK}.txt", f"{MARK} was here".encode())
    client.post(reverse("records:add", args=[draft.reference]), {"files": file})
    client.post(reverse("account_request_login_code"), {"email": ana.email})
    record = Record.objects.get()
    held = everything(server)
    assert any(str(record.key) in text for text in held), "the file's check was not handed to the worker"
    for text in held:
        for secret in (*SECRETS, client.session.session_key or "no session"):
            assert secret not in text, json.dumps(text)[:200]
