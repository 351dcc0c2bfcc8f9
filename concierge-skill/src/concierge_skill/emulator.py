"""The city in small: talks with a skill in the terminal or in a test, and serves one.

A call goes the way it goes in truth: signed, as bytes, with the slots that the manifest declares.
"""

import argparse
import json
import os
import secrets
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from concierge_skill.looking import NotSharedError
from concierge_skill.messages import Json
from concierge_skill.signing import NONCE, SIGNATURE, TIMESTAMP, signature
from concierge_skill.skill import PATH, Call, Skill

MOST_SECONDS, MOST_BYTES = 2.0, 64 * 1024


class SkillFailedError(Exception):
    """The city would not take that answer; the text says why."""


class Talk:
    """A citizen's talk with one skill."""

    def __init__(
        self,
        skill: Skill,
        language: str = "ja",
        slots: Sequence[str] = (),
        shows: Mapping[str, str | None] | None = None,
    ) -> None:
        """`slots`: what the manifest declares; everything is told without it.

        `shows`: scope → what the citizen lets the skill see.
        """
        self._skill = skill
        self._shows = dict(shows or {})
        self._language = language
        self._slots = frozenset(slots)
        self._secret = "cwh_emulator"  # noqa: S105
        self._answerer = Skill(skill.name, skill.languages, self._secret)
        self._answerer.answer = self._answer  # type: ignore[method-assign]
        self.messages: list[Json] = []

    def say(self, words: str) -> list[Json]:
        """Write something; return the messages that come back. Raises SkillFailedError."""
        return self._call({"words": words})

    def tap(self, label: str) -> list[Json]:
        """Tap a button of the last answer. Raises LookupError where there is none of that label."""
        for button in self.buttons():
            if button["label"] == label and button["kind"] == "again":
                return self._call(dict(button["slots"]))
        raise LookupError(f"there is no button {label}")

    def buttons(self) -> list[Json]:
        """Return the buttons of the last answer."""
        found: list[Json] = []
        for message in self.messages:
            found += [b for one in message.get("cards", []) for b in one["choices"]]
            found += message["choices"]
        return found

    def _answer(self, call: Call) -> Json:
        return self._skill.answer(replace(call, look=self._look))

    def _look(self, scope: str) -> str | None:
        if scope not in self._shows:
            raise NotSharedError(f"{scope}: the citizen does not show that")
        return self._shows[scope]

    def _call(self, slots: dict[str, str]) -> list[Json]:
        told = {"language": self._language, **slots}
        kept = {n: v for n, v in told.items() if not self._slots or n in self._slots}
        content = {
            "version": "1",
            "skill": self._skill.name,
            "citizen": "sub_emulator",
            "slots": kept,
            "sandbox": True,
            "deadline_ms": int(MOST_SECONDS * 1000),
        }
        self.messages = self._taken(json.dumps(content, ensure_ascii=False).encode())
        return self.messages

    def _taken(self, body: bytes) -> list[Json]:
        nonce, timestamp = secrets.token_hex(16), str(int(time.time()))
        signed = signature(self._secret, timestamp, nonce, body)
        names = {TIMESTAMP: timestamp, NONCE: nonce, SIGNATURE: signed}
        began = time.monotonic()
        headers = {name.lower(): value for name, value in names.items()}
        status, _, answer = self._answerer.handle(headers, body)
        if status != 200:
            raise SkillFailedError(f"status {int(status)}: the log says why")
        if time.monotonic() - began > MOST_SECONDS:
            raise SkillFailedError(f"no answer within {MOST_SECONDS} seconds")
        if len(answer) > MOST_BYTES:
            raise SkillFailedError(f"more than {MOST_BYTES} bytes")
        messages: list[Json] = json.loads(answer)["messages"]
        return messages


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Silent(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Log nothing of a call."""


def server(skill: Skill, port: int, host: str = "127.0.0.1") -> WSGIServer:
    """Return a server at `/answer`; for small skills, behind a proxy that speaks https."""
    return make_server(host, port, skill.wsgi, server_class=_Server, handler_class=_Silent)


def shown(messages: Sequence[Json]) -> str:
    """Return messages as the terminal shows them, buttons with their numbers."""
    lines: list[str] = []
    for message in messages:
        lines.append(message.get("text") or message["summary"])
        for one in message.get("cards", []):
            facts = "、".join(f"{f['label']} {f['value']}" for f in one["facts"])
            lines.append(f"  ■ {one['title']} {one['subtitle']} {facts}".rstrip())
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Talk with a skill, or serve it."""
    parser = argparse.ArgumentParser(prog="concierge-skill", description=__doc__)
    parser.add_argument("what", choices=("talk", "serve"))
    parser.add_argument("skill", help="module:name")
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--language", default="ja")
    asked = parser.parse_args(arguments)
    sys.path.insert(0, os.getcwd())
    module, _, name = asked.skill.partition(":")
    skill: Skill = getattr(import_module(module), name or "skill")
    if asked.what == "serve":
        skill.gate  # noqa: B018  a missing secret is told now
        sys.stdout.write(f"http://127.0.0.1:{asked.port}{PATH}\n")
        sys.stdout.flush()
        server(skill, asked.port).serve_forever()
    return _talk(Talk(skill, asked.language))


def _talk(talk: Talk) -> int:
    for line in sys.stdin:
        words, buttons = line.strip(), talk.buttons()
        is_number = words.isascii() and words.isdigit() and 1 <= int(words) <= len(buttons)
        try:
            tapped = buttons[int(words) - 1] if is_number else None
            said = talk.tap(tapped["label"]) if tapped else talk.say(words)
        except (SkillFailedError, LookupError) as error:
            sys.stdout.write(f"× {error}\n")
            continue
        sys.stdout.write(shown(said) + "\n")
        for number, button in enumerate(talk.buttons(), 1):
            sys.stdout.write(f"  [{number}] {button['label']}\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
