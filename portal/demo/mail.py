"""Catches mail instead of sending it: python -m portal.demo.mail SOCKET DIRECTORY

SOCKET is the number of a socket that already listens on this machine only. Each mail becomes a
file in DIRECTORY. The socket outlives us, so a mail sent while we start again only waits.
"""

import asyncio
import os
import signal
import socket
import sys
import time
from pathlib import Path

from aiosmtpd.smtp import SMTP

LARGEST = 30 * 1024**2


class Catcher:
    def __init__(self, directory: Path):
        self.directory = directory
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)

    async def handle_DATA(self, server, session, envelope):
        name = f"{time.time_ns()}-{os.urandom(3).hex()}.eml"
        to = ", ".join(envelope.rcpt_tos)
        unfinished = self.directory / f".{name}"
        unfinished.write_bytes(f"X-Envelope-To: {to}\r\n".encode() + envelope.original_content)
        unfinished.replace(self.directory / name)
        return "250 caught"


async def catch(listening: socket.socket, directory: Path):
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, ended.set)
    catcher = Catcher(directory)
    server = await loop.create_server(
        lambda: SMTP(catcher, data_size_limit=LARGEST, enable_SMTPUTF8=True, hostname="localhost"),
        sock=listening,
    )
    await ended.wait()
    server.close()


if __name__ == "__main__":
    asyncio.run(catch(socket.socket(fileno=int(sys.argv[1])), Path(sys.argv[2])))
