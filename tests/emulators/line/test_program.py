"""The emulator as a program of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx2

from kit.settings import ROOT


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def program(port: int, **environment: str) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(
        [sys.executable, "-m", "emulators.line", "--port", str(port), "--webhook-url", ""],
        cwd=ROOT,
        env=os.environ | environment,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def wait_until_healthy(client: httpx2.Client) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            client.get("/emulator/health").raise_for_status()
            return
        except httpx2.ConnectError:
            assert time.monotonic() < deadline
            time.sleep(0.05)


def test_it_takes_the_channel_from_the_environment_and_stops_with_open_pages() -> None:
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    form = {"grant_type": "client_credentials", "client_id": "123", "client_secret": "geheim"}
    with (
        program(port, LINE_CHANNEL_ID="123", LINE_CHANNEL_SECRET="geheim") as process,
        httpx2.Client(base_url=base, trust_env=False, timeout=20) as client,
    ):
        wait_until_healthy(client)
        for host, status in (("evil.example", 421), (f"localhost:{port}", 200)):
            answer = client.get("/emulator/health", headers={"Host": host})
            assert answer.status_code == status, "a page elsewhere drives no stand-in"
        assert client.post("/oauth2/v3/token", data=form).status_code == 200
        user = client.post("/emulator/users", json={"display_name": "花子"}).json()["userId"]
        with client.stream("GET", f"/emulator/users/{user}/stream") as page:
            lines = page.iter_lines()
            assert next(lines) == "retry: 1000"
            process.send_signal(signal.SIGINT)
            assert process.wait(timeout=10) == 0
        assert process.stderr is not None
        assert "Traceback" not in process.stderr.read()


def test_a_port_in_use_ends_it_with_a_message() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with program(port) as process:
            assert process.wait(timeout=30) != 0
            assert process.stderr is not None
            assert "address already in use" in process.stderr.read()
