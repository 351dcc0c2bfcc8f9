"""A real Rasa with the trained model, and an action server that tests can lead astray."""

import asyncio
import json
import os
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx2
import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from rich.console import Console

from concierge.child import _die_with_parent
from concierge.database import rasa_tracker_url
from concierge.local_stack import free_port
from concierge.plan import MODELS, RASA_ENV, RASA_PYTHON
from concierge.training import train
from kit.settings import ROOT
from tests.conftest import Servers

TOKEN = "token-of-the-tests"


class ActionServerFake:
    """Answers every action with one message, or as `status`, `reply` and `hold` say."""

    def __init__(self) -> None:
        self.calls: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.status = 200
        self.reply = b""
        self.hold = threading.Event()
        self.hold.set()
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1

            def do_POST(self) -> None:
                fake.answer(self)

            def log_message(self, format: str, *arguments: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/actions/webhook"

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        call = json.loads(handler.rfile.read(int(handler.headers["Content-Length"])))
        self.calls.append(call)
        self.headers.append(dict(handler.headers))
        self.hold.wait(10)
        message = {"type": "text", "text": f"answer {len(self.calls)}", "choices": []}
        body = json.dumps({"events": [], "responses": [{"custom": message}]}).encode()
        body = self.reply or body
        handler.send_response(self.status)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    def reset(self) -> None:
        self.calls.clear()
        self.headers.clear()
        self.status = 200
        self.reply = b""
        self.hold.set()


@dataclass
class Rasa:
    """A running Rasa: its address, its log and its database."""

    url: str
    log: Path
    database_url: str
    actions: ActionServerFake
    http: httpx2.Client = field(init=False)

    def __post_init__(self) -> None:
        self.http = httpx2.Client(
            base_url=self.url, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=30
        )

    def post(self, **body: Any) -> httpx2.Response:
        return self.http.post("/webhooks/concierge/turns", json=body)


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The model that `make run` uses, trained if anything under nlu/ has changed."""
    log = tmp_path_factory.mktemp("training") / "train.log"
    asyncio.run(train(log, Console(quiet=True)))
    return MODELS


@pytest.fixture(scope="session")
def rasa_database(servers: Servers) -> str:
    """A database with the schema that Rasa's tables go to."""
    server = make_conninfo(servers.postgres_url, dbname="postgres")
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute("CREATE DATABASE rasa_channel")
    url = servers.postgres_url.replace(f"/{servers.template}?", "/rasa_channel?")
    with psycopg.connect(url, autocommit=True) as database:
        database.execute("CREATE SCHEMA rasa")
    return url


@pytest.fixture(scope="session")
def running_rasa(
    model: Path, rasa_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Rasa]:
    """Rasa as the supervisor starts it."""
    actions = ActionServerFake()
    port = free_port()
    log = tmp_path_factory.mktemp("rasa") / "rasa.log"
    env = {
        **os.environ,
        **RASA_ENV,
        "INTERNAL_TOKEN": TOKEN,
        "ACTION_ENDPOINT_URL": actions.url,
        "ACTION_TIMEOUT_SECONDS": "1.5",
        "RASA_TRACKER_URL": rasa_tracker_url(rasa_database),
    }
    command = [
        *(str(RASA_PYTHON), "-m", "rasa", "run", "--model", str(model)),
        *("--endpoints", str(ROOT / "nlu" / "endpoints.yml")),
        *("--credentials", str(ROOT / "nlu" / "credentials.yml")),
        *("--interface", "127.0.0.1", "--port", str(port)),
    ]
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, env=env, stdout=out, stderr=out, preexec_fn=_die_with_parent
        )
    try:
        _wait(f"http://127.0.0.1:{port}/webhooks/concierge/", process, log)
        yield Rasa(f"http://127.0.0.1:{port}", log, rasa_database, actions)
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text()[-4000:]
        try:
            if httpx2.get(url, timeout=2).status_code == 200:
                return
        except httpx2.HTTPError:
            time.sleep(0.2)
    raise AssertionError(log.read_text()[-4000:])


@pytest.fixture
def rasa(running_rasa: Rasa) -> Rasa:
    """The running Rasa, with a well-behaved action server."""
    running_rasa.actions.reset()
    return running_rasa
