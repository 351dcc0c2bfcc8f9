"""A skill's server in the test's hands: honest, or hostile in one of many ways."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from services.developers import signing

SECRET = "cwh_test"
GREETING = {"version": "1", "messages": [{"type": "text", "text": "空きは5台です。"}]}


@dataclass
class Heard:
    """One request as the server got it."""

    headers: dict[str, str]
    body: bytes

    @property
    def content(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found


@dataclass
class Skill:
    """What the server does with each request."""

    url: str
    secret: str = ""
    answer: Any = field(default_factory=lambda: GREETING)
    reply: Callable[["Skill", Heard, socket.socket], None] | None = None
    heard: list[Heard] = field(default_factory=list)
    checks_signature: bool = True

    def signed(self, nonce: str, body: bytes, at: datetime | None = None) -> dict[str, str]:
        return signing.signed_headers(self.secret, nonce, body, at or datetime.now(UTC))


def send(connection: socket.socket, status: str, headers: dict[str, str], body: bytes) -> None:
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in headers.items())]
    told = {name.lower() for name in headers}
    if "content-length" not in told and "transfer-encoding" not in told:
        lines.append(f"Content-Length: {len(body)}")
    lines.append("Connection: close")
    connection.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + body)


def honest(skill: Skill, heard: Heard, connection: socket.socket) -> None:
    names = (signing.TIMESTAMP, signing.NONCE, signing.SIGNATURE)
    timestamp, nonce, given = (heard.headers.get(name.lower(), "") for name in names)
    now = datetime.now(UTC)
    genuine = signing.is_signed(skill.secret, timestamp, nonce, heard.body, given, now)
    if skill.checks_signature and not genuine:
        send(connection, "401 Unauthorized", {}, b"")
        return
    body = json.dumps(skill.answer).encode()
    headers = {"Content-Type": "application/json", **skill.signed(nonce, body)}
    send(connection, "200 OK", headers, body)


@contextmanager
def serving(secret: str = SECRET) -> Iterator[Skill]:
    """Serve a skill on a free port."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    skill = Skill(f"http://127.0.0.1:{listener.getsockname()[1]}/answer", secret)

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=one, args=(connection,), daemon=True).start()

    def one(connection: socket.socket) -> None:
        with connection:
            try:
                heard = _read(connection)
                skill.heard.append(heard)
                (skill.reply or honest)(skill, heard, connection)
            except OSError:
                return

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield skill
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def _read(connection: socket.socket) -> Heard:
    stream = connection.makefile("rb")
    stream.readline()
    headers: dict[str, str] = {}
    while line := stream.readline().strip():
        name, _, value = line.decode("latin-1").partition(":")
        headers[name.lower()] = value.strip()
    return Heard(headers, stream.read(int(headers.get("content-length", 0))))


# Hostile replies, each with the outcome that its developer reads in the log.


def hang(_skill: Skill, _heard: Heard, connection: socket.socket) -> None:
    connection.recv(1)


def drip(_skill: Skill, _heard: Heard, connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
    while True:
        connection.sendall(b" ")
        time.sleep(0.05)


def endless(_skill: Skill, _heard: Heard, connection: socket.socket) -> None:
    connection.sendall(
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000000000\r\n\r\n"
    )
    for _ in range(16_000):
        connection.sendall(b" " * 65_536)


def _with_body(body: bytes, kind: str = "application/json") -> Callable[..., None]:
    def reply(skill: Skill, heard: Heard, connection: socket.socket) -> None:
        nonce = heard.headers[signing.NONCE.lower()]
        send(connection, "200 OK", {"Content-Type": kind, **skill.signed(nonce, body)}, body)

    return reply


def redirect_inside(_skill: Skill, _heard: Heard, connection: socket.socket) -> None:
    inside = {"Location": "http://169.254.169.254/latest/meta-data/"}
    send(connection, "307 Temporary Redirect", inside, b"")


def unsigned(_skill: Skill, _heard: Heard, connection: socket.socket) -> None:
    body = json.dumps(GREETING).encode()
    send(connection, "200 OK", {"Content-Type": "application/json"}, body)


def wrongly_signed(skill: Skill, heard: Heard, connection: socket.socket) -> None:
    body = json.dumps(GREETING).encode()
    nonce = heard.headers[signing.NONCE.lower()]
    headers = signing.signed_headers("another secret", nonce, body, datetime.now(UTC))
    send(connection, "200 OK", {"Content-Type": "application/json", **headers}, body)


def replayed(skill: Skill, _heard: Heard, connection: socket.socket) -> None:
    """Send the answer to an earlier request: rightly signed, but for another nonce."""
    body = json.dumps(GREETING).encode()
    headers = {"Content-Type": "application/json", **skill.signed("an-earlier-nonce", body)}
    send(connection, "200 OK", headers, body)


def stale(skill: Skill, heard: Heard, connection: socket.socket) -> None:
    body = json.dumps(GREETING).encode()
    old = datetime.fromtimestamp(time.time() - 3600, UTC)
    signed = skill.signed(heard.headers[signing.NONCE.lower()], body, old)
    send(connection, "200 OK", {"Content-Type": "application/json", **signed}, body)


def crash(_skill: Skill, _heard: Heard, connection: socket.socket) -> None:
    send(connection, "500 Internal Server Error", {}, b"Traceback")


def nothing(_skill: Skill, _heard: Heard, connection: socket.socket) -> None:
    connection.close()


def bomb(skill: Skill, heard: Heard, connection: socket.socket) -> None:
    import gzip

    body = gzip.compress(b" " * 50_000_000)
    nonce = heard.headers[signing.NONCE.lower()]
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    send(connection, "200 OK", {**headers, **skill.signed(nonce, body)}, body)


def _saying(**text: Any) -> bytes:
    return json.dumps({"version": "1", "messages": [{"type": "text", **text}]}).encode()


_EVIL_LINK = [{"kind": "link", "label": "開く", "url": "https://evil.example/"}]
_FOREIGN = [{"kind": "again", "label": "次へ", "slots": {"citizen_id": "x"}}]
HOSTILE: dict[str, tuple[Callable[..., None], str]] = {
    "hang": (hang, "timeout"),
    "drip": (drip, "timeout"),
    "a gigabyte": (endless, "too_large"),
    "a compressed bomb": (bomb, "not_json"),
    "no JSON": (_with_body(b"{'text': 1"), "not_json"),
    "nested JSON": (_with_body(b"[" * 60_000), "not_json"),
    "HTML": (_with_body(b"<html><script>alert(1)</script>", "text/html"), "not_json"),
    "redirect inside": (redirect_inside, "redirect"),
    "no signature": (unsigned, "bad_signature"),
    "wrong signature": (wrongly_signed, "bad_signature"),
    "replay": (replayed, "bad_signature"),
    "old answer": (stale, "bad_signature"),
    "status 500": (crash, "bad_status"),
    "closed": (nothing, "unreachable"),
    "asks for a secret": (_with_body(_saying(text="マイナンバーを送ってください")), "bad_answer"),
    "asks in English": (_with_body(_saying(text="Please enter your password.")), "bad_answer"),
    "foreign link": (_with_body(_saying(text="はい", choices=_EVIL_LINK)), "bad_answer"),
    "foreign slot": (_with_body(_saying(text="はい", choices=_FOREIGN)), "bad_answer"),
    "LINE JSON": (_with_body(_saying(text="はい", quickReply={"items": []})), "bad_answer"),
    "empty text": (_with_body(_saying(text=" ")), "bad_answer"),
    "hidden direction": (_with_body(_saying(text="a\u202eb")), "bad_answer"),
    "too many": (
        _with_body(json.dumps({"version": "1", "messages": GREETING["messages"] * 4}).encode()),
        "bad_answer",
    ),
}
