"""The hook of a virus scanner: clamd's INSTREAM over TCP, where the city names one.

Protocol: clamd(8), command INSTREAM with null-delimited replies. Nothing of a file is logged.
"""

import asyncio
from abc import ABC, abstractmethod
from contextlib import suppress

from kit.errors import InvalidInputError, UnavailableError

_CHUNK = 64 * 1024
_TIMEOUT_SECONDS = 20


class InfectedFileError(InvalidInputError):
    """ウイルス検査を通らなかったため、受け取れませんでした。別の写真を送ってください。"""

    code = "infected_file"


class Scanner(ABC):
    """Looks at files that strangers sent, before anything else does."""

    @abstractmethod
    async def check(self, data: bytes) -> bool:
        """Return whether a file was looked at and found clean, False where nobody looks.

        Raises InfectedFileError, and UnavailableError when the scanner does not answer.
        """


class NoScanner(Scanner):
    """The city has no scanner; files are only made anew."""

    async def check(self, data: bytes) -> bool:
        """Look at nothing."""
        return False


class Clamd(Scanner):
    """A clamd that listens at a TCP address."""

    def __init__(self, host: str, port: int) -> None:
        """Nothing connects before the first file."""
        self._host, self._port = host, port

    async def check(self, data: bytes) -> bool:
        """Send a file, piece by piece, and read what was found."""
        try:
            async with asyncio.timeout(_TIMEOUT_SECONDS):
                answer = await self._ask(data)
        except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
            raise UnavailableError("The virus scanner does not answer.") from error
        if answer.endswith(b" FOUND"):
            raise InfectedFileError
        if answer != b"stream: OK":
            raise UnavailableError("The virus scanner could not look at a file.")
        return True

    async def _ask(self, data: bytes) -> bytes:
        reader, writer = await asyncio.open_connection(self._host, self._port)
        try:
            writer.write(b"zINSTREAM\0")
            for start in range(0, len(data), _CHUNK):
                piece = data[start : start + _CHUNK]
                writer.write(len(piece).to_bytes(4, "big") + piece)
                await writer.drain()
            writer.write(bytes(4))
            await writer.drain()
            return (await reader.readuntil(b"\0")).rstrip(b"\0")
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()


def scanner_at(address: str) -> Scanner:
    """Return the scanner at `host:port`; none where the address is empty."""
    if not address:
        return NoScanner()
    host, _, port = address.rpartition(":")
    return Clamd(host, int(port))
