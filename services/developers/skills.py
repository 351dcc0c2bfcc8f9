"""Skills as their developers and staff handle them: registering, checking, each further step."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from kit.clock import Clock
from kit.db import Database
from kit.errors import ConflictError, ForbiddenError, InvalidInputError, NotFoundError
from kit.lifecycle import check_step
from kit.vault import Vault
from services.developers import checks, repository
from services.developers.accounts import KeyHolder
from services.developers.calling import Call, Called, Caller
from services.developers.look_tokens import LookTokens
from services.developers.models import DeveloperCall, DeveloperSkill, DeveloperStep
from services.developers.rules import (
    MOST_SKILLS,
    SKILL_LIFE,
    STAFFS_STEPS,
    TRIED,
    Declared,
    SkillState,
)
from services.developers.skill_manifest import SkillManifest
from services.developers.understanding import Understanding

PURPOSE = "developers skill"
_SANDBOX_CITIZEN = "sub_sandbox"


class BadManifestError(InvalidInputError):
    """The manifest is not what the reference says."""

    status = 422
    code = "bad_manifest"


class StaffsStepError(ForbiddenError):
    """Only staff of the city takes that step."""

    code = "staffs_step"


def secret_text(key: bytes) -> str:
    """Return a signing secret as its developer gets it."""
    return "cwh_" + base64.urlsafe_b64encode(key).decode().rstrip("=")


def read_manifest(content: Any) -> SkillManifest:
    """Read a manifest. Raises BadManifestError naming each field that is wrong, not its value."""
    try:
        return SkillManifest.model_validate(content)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_context=False, include_input=False)
        told = (f"{'.'.join(map(str, f['loc']))}: {f['msg']}" for f in faults[:10])
        raise BadManifestError("; ".join(told)) from None


async def signing_secret(vault: Vault, session: AsyncSession, skill: DeveloperSkill) -> str:
    """Return the secret that signs the calls of a skill, as its developer has it."""
    name = f"{PURPOSE} {skill.id} {skill.secret_number}"
    return secret_text(await vault.secret(session, name))


class Skills:
    """The use cases of skills. Methods raise NotFoundError for what is not one's own."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        vault: Vault,
        caller: Caller,
        understanding: Understanding,
        tokens: LookTokens,
    ) -> None:
        """`caller` reaches skills, `understanding` tells what the city answers already.

        `tokens` are for skills that look at something of the citizen's.
        """
        self._database = database
        self._clock = clock
        self._vault = vault
        self._caller = caller
        self._understanding = understanding
        self.tokens = tokens

    async def register(self, who: KeyHolder, content: Any) -> tuple[DeveloperSkill, str | None]:
        """Register a skill, or a new manifest of one; it is a draft from now on.

        Returns its signing secret too where the skill is new: it is shown this once.
        """
        manifest = read_manifest(content)
        async with self._database.transaction() as session:
            found = await repository.skill(session, manifest.id, lock=True)
            if found is not None:
                if found.developer_id != who.developer_id:
                    raise ConflictError("Another developer has a skill of that id.")
                self._step(session, found, SkillState.draft, who.developer_id)
                found.manifest, found.report = manifest.model_dump(mode="json"), []
                return found, None
            if len(await repository.skills_of(session, who.developer_id)) >= MOST_SKILLS:
                raise ConflictError(f"At most {MOST_SKILLS} skills.")
            new = new_skill(manifest, who.developer_id, self._clock())
            session.add(new)
            return new, await self._secret(session, new)

    async def renew_secret(self, who: KeyHolder, skill_id: str) -> str:
        """Return a new signing secret, shown this once; the old one signs nothing any more."""
        async with self._database.transaction() as session:
            found = await self._own(session, who.developer_id, skill_id)
            found.secret_number += 1
            return await self._secret(session, found)

    async def check(self, who: KeyHolder, skill_id: str) -> DeveloperSkill:
        """Check a draft; it is `checked` when everything passes."""
        async with self._database.transaction() as session:
            found = await self._own(session, who.developer_id, skill_id)
            check_step(SKILL_LIFE, found.state, SkillState.checked)
            secret = await self._secret(session, found)
            taken = [
                declared(one)
                for one in await repository.all_skills(session)
                if one.id != skill_id and one.state != SkillState.disabled
            ]
            before = found.updated_at
        manifest = SkillManifest.model_validate(found.manifest)
        findings = await checks.check(
            manifest, secret, who.desk, self._caller, self._understanding.of, taken, self.tokens
        )
        async with self._database.transaction() as session:
            found = await self._own(session, who.developer_id, skill_id)
            if found.updated_at != before:
                raise ConflictError("The skill was changed during the check. Check it again.")
            found.report = [asdict(finding) for finding in findings]
            if all(finding.passed for finding in findings):
                self._step(session, found, SkillState.checked, "自動チェック")
            return found

    async def take_step(self, who: KeyHolder, skill_id: str, to: SkillState) -> DeveloperSkill:
        """Take a step of a developer's own: into the sandbox, or out of use."""
        if to in STAFFS_STEPS or to is SkillState.checked:
            raise StaffsStepError
        async with self._database.transaction() as session:
            found = await self._own(session, who.developer_id, skill_id)
            self._step(session, found, to, who.developer_id)
            return found

    async def staff_step(self, skill_id: str, to: SkillState, who: str) -> None:
        """Take a step of staff's: approve, put before citizens, disable at once."""
        if to not in STAFFS_STEPS | {SkillState.disabled}:
            raise ForbiddenError
        async with self._database.transaction() as session:
            found = await repository.skill(session, skill_id, lock=True)
            if found is None:
                raise NotFoundError
            self._step(session, found, to, who)
            found.failures, found.open_until = 0, None

    async def attempt(self, who: KeyHolder, skill_id: str, slots: Mapping[str, str]) -> Called:
        """Try a skill in the sandbox: a call of which no citizen knows."""
        async with self._database.transaction() as session:
            found = await self._own(session, who.developer_id, skill_id)
            if found.state not in TRIED:
                raise ConflictError("Check the skill and move it to the sandbox first.")
            secret = await self._secret(session, found)
        manifest = SkillManifest.model_validate(found.manifest)
        grant = await self.tokens.make(manifest, _SANDBOX_CITIZEN)
        call = Call(_SANDBOX_CITIZEN, slots, sandbox=True, grant=grant)
        called = await self._caller.call(manifest, secret, call)
        await self.note(skill_id, "sandbox", called)
        return called

    async def note(self, skill_id: str, kind: str, called: Called) -> None:
        """Note a call without its words."""
        async with self._database.transaction() as session:
            session.add(
                DeveloperCall(
                    skill_id=skill_id,
                    kind=kind,
                    outcome=called.outcome,
                    status=called.status,
                    milliseconds=called.milliseconds,
                    size=called.size,
                    at=self._clock(),
                )
            )

    async def own(self, who: KeyHolder) -> Sequence[DeveloperSkill]:
        """Return a developer's skills."""
        async with self._database.transaction() as session:
            return await repository.skills_of(session, who.developer_id)

    async def one(self, who: KeyHolder, skill_id: str) -> DeveloperSkill:
        """Return one of a developer's skills."""
        async with self._database.transaction() as session:
            return await self._own(session, who.developer_id, skill_id)

    async def calls(self, who: KeyHolder, skill_id: str, limit: int) -> Sequence[DeveloperCall]:
        """Return the calls of one of a developer's skills, newest first."""
        async with self._database.transaction() as session:
            await self._own(session, who.developer_id, skill_id)
            return await repository.calls(session, skill_id, limit)

    async def forget_calls(self, before: datetime) -> None:
        """Erase old calls."""
        async with self._database.transaction() as session:
            await repository.forget_calls(session, before)

    async def _own(self, session: AsyncSession, developer_id: str, skill_id: str) -> DeveloperSkill:
        found = await repository.skill(session, skill_id, lock=True)
        if found is None or found.developer_id != developer_id:
            raise NotFoundError
        return found

    async def _secret(self, session: AsyncSession, skill: DeveloperSkill) -> str:
        return await signing_secret(self._vault, session, skill)

    def _step(self, session: AsyncSession, skill: DeveloperSkill, to: SkillState, who: str) -> None:
        before, now = skill.state, self._clock()
        skill.state = check_step(SKILL_LIFE, before, to)
        skill.updated_at = now
        session.add(DeveloperStep(skill_id=skill.id, before=before, after=to, who=who, at=now))


def new_skill(manifest: SkillManifest, developer_id: str, now: datetime) -> DeveloperSkill:
    """Return a draft."""
    return DeveloperSkill(
        id=manifest.id,
        developer_id=developer_id,
        state=SkillState.draft,
        manifest=manifest.model_dump(mode="json"),
        secret_number=1,
        report=[],
        failures=0,
        open_until=None,
        updated_at=now,
    )


def declared(skill: DeveloperSkill) -> Declared:
    """Return the sentences that a skill declares."""
    return Declared(skill.id, skill.manifest["title"], tuple(skill.manifest["triggers"]))
