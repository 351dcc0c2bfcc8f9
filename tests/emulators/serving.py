"""Applications as real servers on free ports of this machine."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn


@contextmanager
def served(make_app: Callable[[str], Any]) -> Iterator[str]:
    """Serve an application, which is made for the address it gets; yields that address."""
    # With the protocol named, asyncio turns Nagle's algorithm off; it costs 40 ms a call.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    listener.listen(128)
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    config = uvicorn.Config(
        make_app(url), log_level="warning", server_header=False, timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(
        target=lambda: asyncio.run(server.serve(sockets=[listener])), daemon=True
    )
    thread.start()
    try:
        # The socket listens already: whoever connects early waits for the server to accept.
        yield url
    finally:
        server.should_exit = True
        thread.join(20)
