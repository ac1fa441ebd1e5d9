"""A mail server that takes everything and delivers nothing, in whatever mood it is told to be.

`python -m tests.faults.sink PORT FOLDER`: its mood is the file `mood` in the folder, read at each
command; every message goes into `kept.jsonl`, with whether its sender was told so.
"""

from __future__ import annotations

import asyncio
import base64
import email
import json
import sys
import time
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP

from clinic.demo.ports import LOOPBACK

ACCEPT, GREYLIST, REFUSE, BUSY, SLOW, HANG_UP = (
    "accept",
    "greylist",
    "refuse",
    "busy",
    "slow",
    "hang up",
)
SLOW_SECONDS = 6.0
ANSWERS = {
    REFUSE: "550 5.1.1 No such mailbox",
    BUSY: "421 4.3.2 Too busy, come back later",
}


class Sink:
    """The handler of one server."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.known: set[str] = set()

    @property
    def mood(self) -> str:
        """How it behaves now; accepting when nobody said."""
        path = self.folder / "mood"
        return path.read_text() if path.exists() else ACCEPT

    async def handle_RCPT(  # noqa: N802 (the library's name)
        self, server: SMTP, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        """Take or refuse one address."""
        mood = self.mood
        if mood == SLOW:
            await asyncio.sleep(SLOW_SECONDS)
        if mood == GREYLIST and address not in self.known:
            self.known.add(address)
            return "451 4.7.1 Greylisted, come back later"
        if mood in ANSWERS:
            return ANSWERS[mood]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:  # noqa: N802
        """Keep the message; then answer, or break the connection before the answer."""
        answers = self.mood != HANG_UP
        self._keep(envelope, answered=answers)
        if not answers and server.transport is not None:
            server.transport.abort()
        return "250 OK"

    def _keep(self, envelope: Any, *, answered: bool) -> None:
        content = envelope.original_content
        line = {
            "at": time.time(),
            "to": envelope.rcpt_tos,
            "message_id": str(email.message_from_bytes(content)["Message-ID"]),
            "answered": answered,
            "content": base64.b64encode(content).decode(),
        }
        with (self.folder / "kept.jsonl").open("a") as file:
            file.write(json.dumps(line) + "\n")


async def serve(port: int, folder: Path) -> None:
    """Serve until the process is ended."""
    loop = asyncio.get_running_loop()
    handler = Sink(folder)
    server = await loop.create_server(lambda: SMTP(handler, loop=loop), LOOPBACK, port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2])))
