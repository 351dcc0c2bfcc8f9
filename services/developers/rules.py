"""The rules of skills from outside: lifecycle, limits, breaker, and which words reach one. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import SequenceMatcher
from enum import StrEnum

from kit.lifecycle import Lifecycle
from kit.text import fold


class DeveloperState(StrEnum):
    """How far a developer's sign-up is."""

    waiting = "waiting"
    approved = "approved"
    refused = "refused"


DEVELOPER_LIFE: Lifecycle = {
    "waiting": frozenset({"approved", "refused"}),
    "approved": frozenset({"refused"}),
    "refused": frozenset({"approved"}),
}


class SkillState(StrEnum):
    """How far a skill is. Only a live one is reached by citizens."""

    draft = "draft"
    checked = "checked"
    sandbox = "sandbox"
    approved = "approved"
    live = "live"
    disabled = "disabled"


# A manifest that changes makes a draft again, whatever the skill was before.
SKILL_LIFE: Lifecycle = {
    "draft": frozenset({"draft", "checked", "disabled"}),
    "checked": frozenset({"draft", "sandbox", "disabled"}),
    "sandbox": frozenset({"draft", "approved", "disabled"}),
    "approved": frozenset({"draft", "live", "disabled"}),
    "live": frozenset({"draft", "disabled"}),
    "disabled": frozenset({"draft"}),
}
# Steps that a member of staff alone may take; whoever owns a skill takes the others.
STAFFS_STEPS = frozenset({SkillState.approved, SkillState.live})
TRIED = frozenset({SkillState.sandbox, SkillState.approved, SkillState.live})
"""The states in which its developer may try a skill in the sandbox."""


class Scope(StrEnum):
    """What an API key may be used for."""

    read = "skills:read"
    write = "skills:write"
    sandbox = "sandbox:try"
    calls = "calls:read"
    data = "data:subscribe"


MOST_SKILLS = 5
MOST_KEYS = 5
REQUESTS_PER_MINUTE = 60
"""Of one API key."""
SIGN_UPS_PER_DAY = 10
"""From one address; a company's developers may share it."""
LOGINS_PER_HOUR = 30
CALLS_PER_MINUTE = 120
"""Of one live skill, so that nobody can use us to flood its server."""

LOOKS_PER_MINUTE = 2 * CALLS_PER_MINUTE
"""Of one skill at what citizens let it see."""

CALL_SECONDS = 2.0
"""For one call from its first byte to its last: the citizen has an answer within 3 seconds."""
MOST_BYTES = 64 * 1024
"""Of an answer; three messages of ours never need more."""

BREAKS_AFTER = 5
OPEN_FOR = timedelta(seconds=60)


class Outcome(StrEnum):
    """How a call of a skill ended."""

    ok = "ok"
    timeout = "timeout"
    unreachable = "unreachable"
    refused_address = "refused_address"
    bad_status = "bad_status"
    redirect = "redirect"
    too_large = "too_large"
    not_json = "not_json"
    bad_signature = "bad_signature"
    bad_answer = "bad_answer"
    broken = "broken"
    """Not called: the breaker is open."""
    over_quota = "over_quota"
    away = "away"
    """Not called: there is no live skill of that name."""


_NOT_CALLED = frozenset({Outcome.broken, Outcome.over_quota, Outcome.away})


@dataclass(frozen=True)
class Breaker:
    """After some failures in a row a skill is left alone for a while; then one call tries again."""

    failures: int = 0
    open_until: datetime | None = None

    def is_open(self, now: datetime) -> bool:
        """Tell whether the skill must not be called."""
        return self.open_until is not None and now < self.open_until

    def after(self, outcome: Outcome, now: datetime) -> "Breaker":
        """Return the state after a call."""
        if outcome in _NOT_CALLED:
            return self
        if outcome is Outcome.ok:
            return Breaker()
        failures = self.failures + 1
        return Breaker(failures, now + OPEN_FOR if failures >= BREAKS_AFTER else None)


@dataclass(frozen=True)
class Declared:
    """A live skill and the sentences that it declares."""

    skill_id: str
    title: str
    triggers: tuple[str, ...]


@dataclass(frozen=True)
class Matched:
    """The skill that words mean; `exact` where they leave no doubt."""

    skill_id: str
    title: str
    exact: bool


NEAR = 0.75
_SHORTEST_PART = 4
_LONGEST = 60
_MARKS = re.compile(r"[\s、。,.!?・「」『』]+")
# How a wish ends, without a word of what is wished.
_TAIL = re.compile(
    r"(?:[をはがの]?(?:ことを?|について)?(?:教えて(?:ください|下さい|ほしい)?|おしえて|知りたい"
    r"|見たい|見せて|調べて|お願いします|ください|下さい)|ですか|です|ますか|か)*$"
)


def plain(words: str) -> str:
    """Return words without marks, blanks and a polite ending, folded so that spellings compare."""
    return _TAIL.sub("", _MARKS.sub("", fold(words)))


def match(words: str, skills: Sequence[Declared]) -> Matched | None:
    """Return the live skill that some words mean, exact before near, None where none does."""
    said = plain(words)
    if not said or len(said) > _LONGEST:
        return None
    near: list[tuple[float, Declared]] = []
    for skill in skills:
        closeness = max((_closeness(said, plain(trigger)) for trigger in skill.triggers), default=0)
        if closeness == 1:
            return Matched(skill.skill_id, skill.title, exact=True)
        near.append((closeness, skill))
    best = max(near, key=lambda pair: pair[0], default=(0.0, None))
    if best[1] is None or best[0] < NEAR:
        return None
    return Matched(best[1].skill_id, best[1].title, exact=False)


def _closeness(said: str, trigger: str) -> float:
    if said == trigger:
        return 1.0
    if len(trigger) >= _SHORTEST_PART and trigger in said:
        return 0.99
    return min(0.98, SequenceMatcher(None, said, trigger).ratio())


def shared_triggers(mine: Iterable[str], others: Iterable[Declared]) -> list[tuple[str, str]]:
    """Return (my trigger, title of the skill that has it already)."""
    taken = {plain(trigger): other.title for other in others for trigger in other.triggers}
    return [(one, taken[plain(one)]) for one in mine if plain(one) in taken]
