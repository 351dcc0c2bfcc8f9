"""The yardstick of ingest: a FastAPI route that verifies LINE's signature and does nothing else."""

import base64
import hashlib
import hmac
import os
import subprocess
import sys
import time
from typing import Self

import httpx2
from fastapi import FastAPI, Request, Response

from concierge.local_stack import free_port
from kit.settings import ROOT, get_settings

READY_SECONDS = 30


def make_app() -> FastAPI:
    """Return the bare application (factory for uvicorn)."""
    secret = get_settings().line_channel_secret.get_secret_value().encode()
    app = FastAPI()

    @app.post("/line/webhook")
    async def receive(request: Request) -> Response:
        expected = hmac.new(secret, await request.body(), hashlib.sha256).digest()
        given = base64.b64decode(request.headers["x-line-signature"])
        return Response(status_code=200 if hmac.compare_digest(expected, given) else 401)

    return app


class BareWebhook:
    """The bare route in a process of its own, as long as the block lasts."""

    def __enter__(self) -> Self:
        """Start it and wait until it answers."""
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        command = [
            *(sys.executable, "-m", "uvicorn", "bench.bare_webhook:make_app", "--factory"),
            *("--host", "127.0.0.1", "--port", str(port), "--no-access-log"),
        ]
        quiet = subprocess.DEVNULL
        self._process = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ}, stdout=quiet, stderr=quiet
        )
        try:
            self._wait()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait(timeout=30)

    def _wait(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                httpx2.get(self.url, trust_env=False)
                return
            except httpx2.HTTPError:
                time.sleep(0.05)
        raise RuntimeError("the bare webhook is not ready")
