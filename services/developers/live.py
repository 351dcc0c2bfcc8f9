"""Live skills as citizens reach them: found by their sentences, called behind every shield."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

from kit.clock import Clock
from kit.crypto import blind_index
from kit.db import Database
from kit.errors import UnavailableError
from kit.masking import mask_numbers
from kit.vault import Vault
from services.developers import repository, rules
from services.developers.accounts import DeveloperStore
from services.developers.allowing import Allowing
from services.developers.answers import payload_of
from services.developers.calling import Call, Called, Caller
from services.developers.contract import Answer, Match, Question
from services.developers.models import DeveloperSkill
from services.developers.rules import (
    CALLS_PER_MINUTE,
    Breaker,
    DeveloperState,
    Outcome,
    SkillState,
)
from services.developers.skill_manifest import OURS, SkillManifest
from services.developers.skills import Skills, declared, signing_secret

_AT_ONCE = 10
"""Calls of one skill under way in this process: one that hangs takes no more places than these."""
_MINUTE = timedelta(minutes=1)


class LiveSkills:
    """What actions ask. A skill's failure is an answer without messages, never an error."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        vault: Vault,
        caller: Caller,
        skills: Skills,
        store: DeveloperStore,
        allowing: Allowing,
    ) -> None:
        """`skills` notes calls, `store` counts them; `allowing` guards what is the citizen's."""
        self._database = database
        self._clock = clock
        self._vault = vault
        self._caller = caller
        self._skills = skills
        self._store = store
        self._allowing = allowing
        self._under_way: Counter[str] = Counter()

    async def match(self, words: str) -> Match:
        """Return the live skill that some words mean."""
        async with self._database.transaction() as session:
            live = await repository.skills_in(session, SkillState.live)
        found = rules.match(words, [declared(skill) for skill in live])
        if found is None:
            return Match()
        return Match(
            skill_id=found.skill_id,
            title=found.title,
            exact=found.exact,
            payload=payload_of(found.skill_id),
        )

    async def ask(self, question: Question) -> Answer:
        """Call a live skill for a citizen."""
        async with self._database.transaction() as session:
            skill = await repository.skill(session, question.skill_id)
            if skill is None or skill.state != SkillState.live:
                return Answer()
            secret = await signing_secret(self._vault, session, skill)
            key = await self._vault.secret(session, "developers citizens")
            provider = await repository.developer(session, skill.developer_id)
        if provider is None or provider.state != DeveloperState.approved:
            return Answer()
        manifest = SkillManifest.model_validate(skill.manifest)
        wants = await self._allowing.missing(question, manifest)
        if wants is not None:
            return Answer(title=manifest.title, provider=provider.name, wants=wants)
        who = _pseudonym(key, skill.id, question.citizen_id)
        grant = await self._skills.tokens.make(manifest, who, question.citizen_id, question.grants)
        call = Call(who, _slots(question), sandbox=False, grant=grant)
        called = await self._shielded(skill, manifest, secret, call)
        return Answer(
            title=manifest.title,
            provider=provider.name,
            demonstration=manifest.demonstration,
            messages=called.messages,
        )

    async def _shielded(
        self, skill: DeveloperSkill, manifest: SkillManifest, secret: str, call: Call
    ) -> Called:
        breaker = Breaker(skill.failures, skill.open_until)
        if breaker.is_open(self._clock()):
            called = Called(Outcome.broken)
        elif self._under_way[skill.id] >= _AT_ONCE or await self._is_over_quota(skill.id):
            called = Called(Outcome.over_quota)
        else:
            self._under_way[skill.id] += 1
            try:
                called = await self._caller.call(manifest, secret, call)
            finally:
                self._under_way[skill.id] -= 1
            if not await self._keep(skill.id, called):
                called = replace(called, outcome=Outcome.away, messages=())
        await self._skills.note(skill.id, "live", called)
        return called

    async def _keep(self, skill_id: str, called: Called) -> bool:
        """Keep how the breaker stands; False where the skill was stopped during the call."""
        async with self._database.transaction() as session:
            now = await repository.skill(session, skill_id, lock=True)
            if now is not None:
                before = Breaker(now.failures, now.open_until)
                after = before.after(called.outcome, self._clock())
                if after != before:
                    await repository.keep_breaker(session, skill_id, after)
            return now is not None and now.state == SkillState.live

    async def _is_over_quota(self, skill_id: str) -> bool:
        minute = int(self._clock().timestamp() // 60)
        try:
            made = await self._store.count(f"calls:{skill_id}:{minute}", _MINUTE)
        except UnavailableError:
            return False
        return made > CALLS_PER_MINUTE


def _pseudonym(key: bytes, skill_id: str, citizen_id: str) -> str:
    """Return a citizen's name for one skill: two skills cannot tell that they know the same."""
    return "sub_" + blind_index(key, f"{skill_id}\n{citizen_id}")[:32]


def _slots(question: Question) -> dict[str, str]:
    """Return what a skill may hear; the sentence without numbers that must not travel."""
    own = {name: text[:60] for name, text in question.slots.items() if name not in OURS}
    return {
        **own,
        "words": mask_numbers(question.words)[0],
        "language": question.language.value,
    }
