"""Applications as real servers on free ports of this machine."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

# How long requests that are under way at the end may take to be answered.
GRACE_SECONDS = 1.0


class _Server(uvicorn.Server):
    """A server that ends when it is told to, where uvicorn looks and waits a tenth of a second."""

    def __init__(self, config: uvicorn.Config) -> None:
        """Serve what `config` says until `ended` is set."""
        super().__init__(config)
        self.ended = asyncio.Event()

    async def main_loop(self) -> None:
        """Serve until told to end."""
        await self.on_tick(0)
        await self.ended.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take no more, wait for the requests that are under way, then end the application."""
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        tasks = list(self.server_state.tasks)
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=GRACE_SECONDS)
            for task in late:
                task.cancel()
        await self.lifespan.shutdown()


@contextmanager
def served(make_app: Callable[[str], Any]) -> Iterator[str]:
    """Serve an application, which is made for the address it gets; yields that address."""
    # With the protocol named, asyncio turns Nagle's algorithm off; it costs 40 ms a call.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    listener.listen(128)
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    server = _Server(uvicorn.Config(make_app(url), log_level="warning", server_header=False))
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=_run, args=(loop, server, listener), daemon=True)
    thread.start()
    try:
        # The socket listens already: whoever connects early waits for the server to accept.
        yield url
    finally:
        loop.call_soon_threadsafe(server.ended.set)
        thread.join(20)


def _run(loop: asyncio.AbstractEventLoop, server: _Server, listener: socket.socket) -> None:
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        runner.run(server.serve(sockets=[listener]))
