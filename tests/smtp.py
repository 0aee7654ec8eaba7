"""A real SMTP server in the test's own process, which keeps what it is given."""

import asyncio
import socket
import threading
from email import message_from_bytes, policy

from aiosmtpd.controller import Controller


class Catcher:
    """`mails` as they came. `refuse` maps an address to an SMTP answer; `hold` makes it wait before it accepts."""

    def __init__(self):
        self.mails, self.refuse = [], {}
        self.hold, self.holding, self.free = False, threading.Event(), threading.Event()
        self.port = free_port()
        self.controller = None

    def start(self):
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self.controller.start()
        return self

    def stop(self):
        if self.controller:
            self.controller.stop()
            self.controller = None

    async def handle_RCPT(self, server, session, envelope, address, options):
        if answer := self.refuse.get(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.hold:
            self.holding.set()
            while not self.free.is_set():
                await asyncio.sleep(0.02)
            await asyncio.sleep(0.2)  # whoever was killed meanwhile has hung up: let the loop hear it
            if server.transport is None or server.transport.is_closing():
                return "451 You hung up"
        mail = message_from_bytes(envelope.content, policy=policy.default)
        self.mails.append(mail)
        return "250 Message accepted"

    @property
    def ids(self):
        return [mail["Message-ID"] for mail in self.mails]

    def texts(self):
        """Everything of each mail that anybody could read: subject, headers, both parts."""
        return [
            "\n".join(
                [str(mail.items()), *(part.get_content() for part in mail.walk() if not part.is_multipart())]
            )
            for mail in self.mails
        ]


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]
