"""What is checked by itself before a skill may be tried: one finding for each thing looked at."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from services.developers.calling import Call, Called, Caller
from services.developers.rules import (
    CALL_SECONDS,
    Declared,
    Outcome,
    shared_triggers,
)
from services.developers.skill_manifest import OURS, SkillManifest

_QUICK_MILLISECONDS = CALL_SECONDS * 1000 * 0.75
_REFUSALS = frozenset({400, 401, 403})


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    name: str
    passed: bool
    what: str
    """What was found, and for a fault what to do; in English, for developers."""


@dataclass(frozen=True)
class Understood:
    """What the city understands by a sentence today: an intent, or an entry of the FAQ."""

    sentence: str
    as_what: str
    """Empty where nothing of the city's answers it."""


Understand = Callable[[str], Awaitable[Understood]]


async def check(
    manifest: SkillManifest,
    secret: str,
    desk: str,
    caller: Caller,
    understand: Understand,
    others: Sequence[Declared],
) -> list[Finding]:
    """Return every finding; a skill passes when all of them do."""
    first = await caller.call(manifest, secret, _call(manifest))
    tampered = await caller.call(manifest, secret, _call(manifest, tampered=True))
    strange = await caller.call(manifest, secret, _strange(manifest))
    return [
        _of_desk(manifest, desk),
        *await _of_triggers(manifest, understand, others),
        Finding("answer", first.outcome is Outcome.ok, _told(first)),
        Finding(
            "speed",
            first.milliseconds <= _QUICK_MILLISECONDS,
            f"{first.milliseconds} ms; at most {_QUICK_MILLISECONDS:.0f} ms here, so that"
            f" {CALL_SECONDS} s hold under load",
        ),
        Finding(
            "signature",
            tampered.status in _REFUSALS,
            f"a call with a wrong signature was answered with {tampered.status};"
            " it has to be refused with 401",
        ),
        Finding("errors", strange.outcome is Outcome.ok, f"strange slots: {_told(strange)}"),
    ]


def _call(manifest: SkillManifest, *, tampered: bool = False) -> Call:
    slots = {"words": manifest.triggers[0], "language": manifest.languages[0].value}
    return Call("sub_check", slots, sandbox=True, tampered=tampered)


def _strange(manifest: SkillManifest) -> Call:
    """Return a call whose slots hold what nobody's button carries; it has to be answered kindly."""
    values = {name: "💥'\";--<script>" for name in manifest.slots if name not in OURS}
    return Call("sub_check", {"words": "？", "language": "ja", **values}, sandbox=True)


def _told(called: Called) -> str:
    if called.outcome is Outcome.ok:
        return f"{len(called.messages)} message(s) in {called.milliseconds} ms"
    return f"{called.outcome.value}: {called.why}"


def _of_desk(manifest: SkillManifest, desk: str) -> Finding:
    what = f"the desk is {manifest.desk}; your account works with {desk}"
    return Finding("desk", manifest.desk == desk, what)


async def _of_triggers(
    manifest: SkillManifest, understand: Understand, others: Sequence[Declared]
) -> list[Finding]:
    taken = [
        f"“{one}” belongs to {title}" for one, title in shared_triggers(manifest.triggers, others)
    ]
    known = [await understand(trigger) for trigger in manifest.triggers]
    clashes = [f"“{one.sentence}” means {one.as_what}" for one in known if one.as_what]
    return [
        Finding("other skills", not taken, "; ".join(taken) or "no sentence belongs to another"),
        Finding(
            "city's own answers",
            not clashes,
            "; ".join(clashes) + " – choose sentences that the city does not answer itself"
            if clashes
            else "the city answers none of the sentences itself",
        ),
    ]
