"""A file is handed to clamd piece by piece, and what it says decides."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from kit.errors import UnavailableError
from kit.scanning import InfectedFileError, scanner_at

FILE = bytes(range(256)) * 1000


@asynccontextmanager
async def clamd(*answers: bytes) -> AsyncIterator[tuple[str, list[bytes]]]:
    """A clamd at the wire that says one thing after the other; yields where, and what it saw."""
    seen: list[bytes] = []
    left = list(answers)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert await reader.readuntil(b"\0") == b"zINSTREAM\0"
        content = b""
        while size := int.from_bytes(await reader.readexactly(4), "big"):
            content += await reader.readexactly(size)
        seen.append(content)
        writer.write(left.pop(0))
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}", seen


async def test_a_clean_file_passes_whole() -> None:
    async with clamd(b"stream: OK\0") as (address, seen):
        assert await scanner_at(address).check(FILE)
    assert seen == [FILE]


async def test_an_infected_file_is_refused() -> None:
    async with clamd(b"stream: Eicar-Test-Signature FOUND\0") as (address, _):
        with pytest.raises(InfectedFileError, match="ウイルス検査"):
            await scanner_at(address).check(FILE)


@pytest.mark.parametrize("answer", [b"INSTREAM size limit exceeded. ERROR\0", b"", b"stream: OK"])
async def test_what_was_not_looked_at_to_the_end_is_not_clean(answer: bytes) -> None:
    async with clamd(answer) as (address, _):
        with pytest.raises(UnavailableError):
            await scanner_at(address).check(FILE)


async def test_a_scanner_that_is_away_is_no_licence() -> None:
    with pytest.raises(UnavailableError):
        await scanner_at("127.0.0.1:1").check(FILE)


async def test_without_a_scanner_nobody_has_looked() -> None:
    assert await scanner_at("").check(FILE) is False
