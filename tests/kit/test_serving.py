"""Connections that ask for nothing, at a real server."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest
import uvicorn

from kit import serving, web
from kit.web import make_app


@pytest.fixture
async def port(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[int]:
    """A server with little patience."""
    monkeypatch.setattr(serving, "HEADERS_SECONDS", 0.3)
    monkeypatch.setattr(serving, "MOST_WAITING", 20)
    monkeypatch.setattr(web, "BODY_SECONDS", 0.3)
    app = make_app("test")

    @app.post("/echo")
    async def echo(body: dict[str, int]) -> dict[str, int]:
        return body

    config = uvicorn.Config(app, port=0, http="kit.serving:Patience", log_level="critical")
    server = uvicorn.Server(config)
    config.load()
    server.lifespan = config.lifespan_class(config)
    await server.startup()
    yield server.servers[0].sockets[0].getsockname()[1]
    await server.shutdown()


async def _open(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection("127.0.0.1", port)


async def _ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
    writer.write(
        b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        b'Content-Length: 7\r\n\r\n{"a":1}'
    )
    return (await reader.readuntil(b"\r\n")) + await reader.readuntil(b'{"a":1}')


@pytest.mark.parametrize("begun", [b"", b"POST /echo HTTP/1.1\r\nHost: x\r\n"])
async def test_who_does_not_end_their_headers_is_left(port: int, begun: bytes) -> None:
    reader, writer = await _open(port)
    writer.write(begun)
    assert await asyncio.wait_for(reader.read(), 5) == b""
    writer.close()
    assert not serving.Patience.waiting


async def test_single_bytes_do_not_prolong_the_wait(port: int) -> None:
    reader, writer = await _open(port)

    async def drip() -> None:
        with contextlib.suppress(ConnectionError):
            for letter in b"POST /echo HTTP/1.1\r\n" + b"X-A: b\r\n" * 1000:
                writer.write(bytes([letter]))
                await writer.drain()
                await asyncio.sleep(0.05)

    dripping = asyncio.create_task(drip())
    assert await asyncio.wait_for(reader.read(), 5) == b""
    dripping.cancel()
    writer.close()


async def test_a_second_request_that_is_not_ended_is_left_too(port: int) -> None:
    reader, writer = await _open(port)
    assert b"200" in await _ask(reader, writer)
    writer.write(b"POST /echo HTTP/1.1\r\nHost:")
    assert await asyncio.wait_for(reader.read(), 5) == b""
    writer.close()


async def test_a_body_that_does_not_come_to_its_end_is_refused(port: int) -> None:
    reader, writer = await _open(port)
    writer.write(
        b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        b"Content-Length: 7\r\n\r\n{"
    )
    answer = await asyncio.wait_for(reader.readuntil(b"\r\n"), 5)
    assert b"408" in answer
    writer.close()


async def test_however_many_wait_whoever_asks_is_answered(port: int) -> None:
    idle = [await _open(port) for _ in range(100)]
    assert len(serving.Patience.waiting) <= 20
    reader, writer = await _open(port)
    assert b"200" in await asyncio.wait_for(_ask(reader, writer), 5)
    assert b"200" in await asyncio.wait_for(_ask(reader, writer), 5), "kept alive meanwhile"
    ended = [asyncio.wait_for(one.read(), 5) for one, _ in idle]
    assert await asyncio.gather(*ended) == [b""] * 100
    for _, one in (*idle, (reader, writer)):
        one.close()
