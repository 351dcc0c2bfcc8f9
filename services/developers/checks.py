"""What is checked by itself before a skill may be tried: one finding for each thing looked at."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from messages.neutral import Message
from services.developers.calling import Call, Called, Caller
from services.developers.look_tokens import LookTokens
from services.developers.readable import hindrances
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
    """What was found, and for a fault what to do; developers and staff read it."""


@dataclass(frozen=True)
class Understood:
    """What the city understands by a sentence today: an intent, or an entry of the FAQ."""

    sentence: str
    as_what: str
    """The name of the intent or entry; empty where nothing of the city's answers it."""


Understand = Callable[[str], Awaitable[Understood]]


async def check(
    manifest: SkillManifest,
    secret: str,
    desk: str,
    caller: Caller,
    understand: Understand,
    others: Sequence[Declared],
    tokens: LookTokens,
) -> list[Finding]:
    """Return every finding; a skill passes when all of them do."""

    async def called(call: Call) -> Called:
        grant = await tokens.make(manifest, call.citizen)
        return await caller.call(manifest, secret, replace(call, grant=grant))

    first = await called(_call(manifest))
    tampered = await called(_call(manifest, tampered=True))
    strange = await called(_strange(manifest))
    return [
        _of_desk(manifest, desk),
        *await _of_triggers(manifest, understand, others),
        Finding("answer", first.outcome is Outcome.ok, _told(first)),
        Finding(
            "speed",
            first.milliseconds <= _QUICK_MILLISECONDS,
            f"{first.milliseconds}ミリ秒（{_QUICK_MILLISECONDS:.0f}ミリ秒までで合格）",
        ),
        Finding(
            "signature",
            tampered.status in _REFUSALS,
            f"署名の違う呼び出しへの応答：{tampered.status or 'なし'}（401で断れば合格）",
        ),
        Finding("errors", strange.outcome is Outcome.ok, _told(strange)),
        _readable([*first.messages, *strange.messages]),
    ]


def _readable(messages: Sequence[Message]) -> Finding:
    faults = hindrances(messages)
    return Finding("accessibility", not faults, "。".join(faults) or "読み上げても分かります")


def _call(manifest: SkillManifest, *, tampered: bool = False) -> Call:
    slots = {"words": manifest.triggers[0], "language": manifest.languages[0].value}
    return Call("sub_check", slots, sandbox=True, tampered=tampered)


def _strange(manifest: SkillManifest) -> Call:
    """Return a call whose slots hold what nobody's button carries; it has to be answered kindly."""
    values = {name: "💥'\";--<script>" for name in manifest.slots if name not in OURS}
    return Call("sub_check", {"words": "？", "language": "ja", **values}, sandbox=True)


def _told(called: Called) -> str:
    if called.outcome is Outcome.ok:
        return f"メッセージ{len(called.messages)}件、{called.milliseconds}ミリ秒"
    return f"答えを受け取れません（{called.outcome.value}: {called.why}）"


def _of_desk(manifest: SkillManifest, desk: str) -> Finding:
    what = f"マニフェスト：{manifest.desk}、アカウント：{desk}"
    return Finding("desk", manifest.desk == desk, what)


async def _of_triggers(
    manifest: SkillManifest, understand: Understand, others: Sequence[Declared]
) -> list[Finding]:
    shared = shared_triggers(manifest.triggers, others)
    taken = [f"「{one}」は「{title}」の言葉です" for one, title in shared]
    known = [await understand(trigger) for trigger in manifest.triggers]
    clashes = [
        f"「{one.sentence}」には市が答えています（{one.as_what}）" for one in known if one.as_what
    ]
    return [
        Finding("other skills", not taken, "。".join(taken) or "重なる言葉はありません"),
        Finding("city's own answers", not clashes, "。".join(clashes) or "重なる言葉はありません"),
    ]
