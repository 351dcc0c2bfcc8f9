"""The skill: which function answers which call, and the HTTP around it."""

import json
import logging
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Any

from concierge_skill.looking import NotSharedError, look
from concierge_skill.messages import MOST_MESSAGES, Json, text
from concierge_skill.signing import NONCE, Gate

log = logging.getLogger("concierge_skill")

LARGEST_CALL = 64 * 1024
PATH = "/answer"


def _nothing(scope: str) -> str | None:
    raise NotSharedError(f"{scope}: the call brings no grant")


@dataclass(frozen=True)
class Call:
    """What the city tells: the declared slots, and a name for the citizen that is yours alone."""

    citizen: str
    slots: Mapping[str, str]
    sandbox: bool
    """True for the checks and tries of the portal; no citizen waits then."""
    look: Callable[[str], str | None] = _nothing
    """Returns one scope of what the citizen lets the skill see, None where there is nothing kept.

    Each scope once in a call. Raises NotSharedError for what is not in the manifest.
    """

    @property
    def language(self) -> str:
        """The citizen's language (ja, easy, en, zh, vi, pt); ja where it is not declared."""
        return self.slots.get("language", "ja")


Said = Json | Sequence[Json]
Answers = Callable[[Call], Said]
Response = tuple[int, dict[str, str], bytes]


class Skill:
    """Functions that answer calls. Nothing of a call is kept or logged."""

    def __init__(self, name: str, languages: Sequence[str] = ("ja",), secret: str = "") -> None:
        """Without `secret` the environment variable SKILL_SECRET is read with the first call."""
        self.name = name
        self.languages = tuple(languages)
        self._secret = secret
        self._gate: Gate | None = None
        self._on: list[tuple[tuple[str, ...], Answers]] = []
        self._otherwise: Answers | None = None

    def on(self, *slots: str) -> Callable[[Answers], Answers]:
        """Answer calls that bring all these slots, which are those of your own buttons."""

        def keep(answers: Answers) -> Answers:
            self._on.append((slots, answers))
            return answers

        return keep

    def otherwise(self, answers: Answers) -> Answers:
        """Answer every other call: a citizen's first words, and values that are not yours."""
        self._otherwise = answers
        return answers

    def answer(self, call: Call) -> Json:
        """Return the whole answer to a call. Raises ValueError where the skill says too much."""
        said = self._answers(call)(call)
        messages = [said] if isinstance(said, dict) else list(said)
        if not 1 <= len(messages) <= MOST_MESSAGES:
            raise ValueError(f"an answer holds 1 to {MOST_MESSAGES} messages")
        return {"version": "1", "messages": messages}

    def _answers(self, call: Call) -> Answers:
        for slots, answers in self._on:
            if all(call.slots.get(name) for name in slots):
                return answers
        return self._otherwise or (lambda _call: text("この内容には、お答えできません。"))

    def handle(self, headers: Mapping[str, str], body: bytes) -> Response:
        """Answer one HTTP call: (status, headers, body); `headers` by lower-case name."""
        gate = self.gate
        if not gate.lets(headers, body):
            return HTTPStatus.UNAUTHORIZED, {}, b""
        try:
            content: Any = json.loads(body)
            call = self._call(gate, content)
            said = json.dumps(self.answer(call), ensure_ascii=False).encode()
        except Exception as error:
            # The exception may quote what the citizen wrote: only its type is logged.
            log.error("the skill failed: %s", type(error).__name__)
            return HTTPStatus.INTERNAL_SERVER_ERROR, {}, b""
        signed = gate.signed(headers[NONCE.lower()], said)
        return HTTPStatus.OK, {"Content-Type": "application/json", **signed}, said

    def _call(self, gate: Gate, content: Json) -> Call:
        citizen, grant = content["citizen"], content.get("grant")
        looks = partial(look, gate, self.name, citizen, grant) if grant else _nothing
        return Call(citizen, content["slots"], bool(content["sandbox"]), looks)

    @property
    def gate(self) -> Gate:
        """The gate of this skill's secret. Raises RuntimeError where there is none."""
        if self._gate is None:
            secret = self._secret or os.environ.get("SKILL_SECRET", "")
            if not secret:
                raise RuntimeError("SKILL_SECRET is not set: it is what the registration returned")
            self._gate = Gate(secret)
        return self._gate

    def wsgi(
        self, environ: Mapping[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """Answer as a WSGI application, for any server."""
        status, headers, body = self._of_wsgi(environ)
        line = f"{int(status)} {HTTPStatus(status).phrase}"
        start_response(line, [*headers.items(), ("Content-Length", str(len(body)))])
        return [body]

    def _of_wsgi(self, environ: Mapping[str, Any]) -> Response:
        if environ["REQUEST_METHOD"] != "POST" or environ.get("PATH_INFO") != PATH:
            return HTTPStatus.NOT_FOUND, {}, b""
        told = str(environ.get("CONTENT_LENGTH") or "0")
        size = int(told) if told.isascii() and told.isdigit() else LARGEST_CALL + 1
        if size > LARGEST_CALL:
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE, {}, b""
        headers = {
            name[5:].replace("_", "-").lower(): str(value)
            for name, value in environ.items()
            if name.startswith("HTTP_")
        }
        return self.handle(headers, environ["wsgi.input"].read(size))
