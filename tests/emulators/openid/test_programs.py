"""The stand-ins as programs of their own."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx2
import pytest

from kit.settings import ROOT


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def program(name: str, *more: str) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(
        [sys.executable, "-m", "concierge", "emulate", name, *more],
        cwd=ROOT,
        env=os.environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def wait_until_healthy(process: "subprocess.Popen[str]", base: str) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            httpx2.get(f"{base}/emulator/health", trust_env=False).raise_for_status()
            return
        except httpx2.ConnectError:
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)


@pytest.mark.parametrize(
    ("name", "issuer_path"), [("my-id", ""), ("digital-auth", "/api/realms/main")]
)
def test_it_runs_with_the_client_it_is_told_and_ends_when_interrupted(
    name: str, issuer_path: str
) -> None:
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    told = ("--client-id", "RP7", "--redirect-uri", "https://a.example/", "--port", str(port))
    with program(name, *told) as process:
        wait_until_healthy(process, base)
        metadata = f"{base}{issuer_path}/.well-known/openid-configuration"
        found = httpx2.get(metadata, trust_env=False).json()
        assert found["issuer"] == f"{base}{issuer_path}"
        for host, status in (("evil.example", 421), (f"localhost:{port}", 200)):
            answer = httpx2.get(metadata, headers={"Host": host}, trust_env=False)
            assert answer.status_code == status, "a page elsewhere drives no stand-in"
        (client,) = httpx2.get(f"{base}/emulator/clients", trust_env=False).json()["clients"]
        assert (client["client_id"], client["redirect_uris"]) == ("RP7", ["https://a.example/"])
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=10) == 0
        assert process.stderr is not None
        assert "Traceback" not in process.stderr.read()


@pytest.mark.parametrize("name", ["line", "my-id", "digital-auth"])
def test_its_options_are_listed(name: str) -> None:
    with program(name, "--help") as process:
        said, _ = process.communicate(timeout=30)
    assert "--port PORT" in said


def test_a_public_address_is_what_it_calls_itself() -> None:
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    told = ("--port", str(port), "--public-url", "https://login.example.jp/")
    with program("my-id", *told) as process:
        wait_until_healthy(process, base)
        metadata = f"{base}/.well-known/openid-configuration"
        found = httpx2.get(metadata, trust_env=False).json()
    assert found["issuer"] == "https://login.example.jp"
    assert found["token_endpoint"] == "https://login.example.jp/token"


def test_a_port_in_use_ends_it_with_a_message() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with program("my-id", "--port", str(port)) as process:
            assert process.wait(timeout=30) != 0
            assert process.stderr is not None
            assert "address already in use" in process.stderr.read()
