"""A line that can be broken: stands before Redis, PostgreSQL or the mail server.

`python -m tests.faults.proxy PORT TARGET FILE`: how it behaves stands in the file. What lived
through `drop` stays lost afterwards, as behind a firewall that forgot it; new ones are whole.
"""

from __future__ import annotations

import asyncio
import socket
import struct
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from clinic.demo.ports import LOOPBACK

PASS, DROP, HANG, SLOW, RESET = "pass", "drop", "hang", "slow", "reset"
LOOK_EVERY = 0.02
NOW = ".now"
"""The suffix of the file in which it says how it behaves by now."""
SLOW_SECONDS = 0.2
CHUNK = 65_536
# Closing sends RST in place of FIN.
ABORTING = struct.pack("ii", 1, 0)


@dataclass(eq=False)
class Link:
    """One connection through the proxy, both ways."""

    writers: list[asyncio.StreamWriter]
    lost: bool = False

    def reset(self) -> None:
        """Break it so that both ends notice."""
        for writer in self.writers:
            ours: socket.socket = writer.get_extra_info("socket")
            with suppress(OSError):
                ours.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, ABORTING)
            writer.transport.abort()


class Proxy:
    """Every connection to one target."""

    def __init__(self, target: int, file: Path) -> None:
        self.target, self.file = target, file
        self.mode = PASS
        self.links: set[Link] = set()

    async def follow(self) -> None:
        """Do as the file says, for ever."""
        while True:
            mode = self.file.read_text() if self.file.exists() else PASS
            if mode != self.mode:
                self.become(mode)
                self.file.with_suffix(NOW).write_text(mode)
            await asyncio.sleep(LOOK_EVERY)

    def become(self, mode: str) -> None:
        """Behave in another way from now on."""
        self.mode = mode
        for link in list(self.links):
            if mode == DROP:
                link.lost = True
            elif mode == RESET:
                link.reset()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One client's connection."""
        link = Link([writer], lost=self.mode == DROP)
        self.links.add(link)
        try:
            if self.mode == RESET:
                link.reset()
            else:
                await self._connect(reader, writer, link)
        except OSError:
            link.reset()
        finally:
            self.links.discard(link)

    async def _connect(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, link: Link
    ) -> None:
        far_reader, far_writer = await asyncio.open_connection(LOOPBACK, self.target)
        link.writers.append(far_writer)
        await asyncio.gather(
            self._pump(reader, far_writer, link), self._pump(far_reader, writer, link)
        )

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, link: Link
    ) -> None:
        while data := await reader.read(CHUNK):
            while self.mode == HANG:
                await asyncio.sleep(LOOK_EVERY)
            if self.mode == SLOW:
                await asyncio.sleep(SLOW_SECONDS)
            if not link.lost:
                writer.write(data)
                await writer.drain()
        # A lost connection loses its end, too: the other side hears of nothing.
        if not link.lost:
            writer.close()


async def run(port: int, target: int, file: Path) -> None:
    """Serve until the process is ended."""
    proxy = Proxy(target, file)
    server = await asyncio.start_server(proxy.serve, LOOPBACK, port)
    async with server:
        await proxy.follow()


if __name__ == "__main__":
    asyncio.run(run(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])))
