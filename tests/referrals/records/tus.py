"""A tus client in a few lines, over Django's test client."""

import base64
import hashlib

from django.test import Client
from django.urls import reverse

from referrals.models import Upload

URL = "/records/uploads/"
BYTES = "application/offset+octet-stream"


def client_of(person, **options):
    client = Client(**options)
    client.force_login(person)
    return client


def meta(**said):
    return ",".join(
        f"{name} {base64.b64encode(str(value).encode()).decode()}" for name, value in said.items()
    )


def sum_of(body, name="sha1"):
    return f"{name} {base64.b64encode(hashlib.new(name, body).digest()).decode()}"


class Sender:
    """Somebody who sends by the protocol: a person's client, or any client at a link's address."""

    def __init__(self, client, url=URL):
        self.client, self.url = client, url

    def ask(self, method, url, body=b"", **headers):
        headers = {
            "Tus-Resumable": "1.0.0",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        kind = headers.pop("Content-Type", BYTES if body else "application/octet-stream")
        headers = {name: str(value) for name, value in headers.items() if value is not None}
        if not body:  # the client leaves these out
            headers |= {"Content-Type": kind, "Content-Length": "0"}
        return self.client.generic(method, url, body, content_type=kind, headers=headers)

    def create(self, size, *, name="scan.dcm", body=b"", headers=None, **said):
        said = {"filename": name, **said}
        return self.ask(
            "POST", self.url, body, Upload_Length=size, Upload_Metadata=meta(**said), **(headers or {})
        )

    def begin(self, case, size, **said):
        answer = self.create(size, case=case.reference, **said)
        assert answer.status_code == 201, answer.content
        return answer["Location"]

    def head(self, url):
        return self.ask("HEAD", url)

    def patch(self, url, at, body, **headers):
        return self.ask("PATCH", url, body, Upload_Offset=at, **{"Content_Type": BYTES, **headers})

    def delete(self, url):
        return self.ask("DELETE", url)

    def whole(self, case, body, *, piece=None, **said):
        """All of a file, in pieces; the upload's row."""
        url = self.begin(case, len(body), **said)
        at, piece = 0, piece or len(body)
        while at < len(body):
            answer = self.patch(url, at, body[at : at + piece])
            assert answer.status_code == 204, answer.content
            at = int(answer["Upload-Offset"])
        return row(url)


def row(url):
    return Upload.objects.select_related("record", "case").get(key=url.rstrip("/").rpartition("/")[2])


def address(upload):
    return reverse("records:upload", args=[upload.key])
