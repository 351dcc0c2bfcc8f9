"""What citizens let skills from outside see: asked in the talk, decided and ended on our page."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from auth.citizens import CitizenClient, OutsideNote
from auth.levels import Level
from kit.clock import Clock
from kit.db import Database
from kit.errors import ConflictError, NotFoundError
from kit.jobs import NewJob, enqueue
from kit.personal_data import Json, PersonalDataHolder, personal_data_router
from messages.continuations import TELL_TALK, Continuation
from services.developers import repository
from services.developers.accounts import DeveloperStore
from services.developers.models import Developer, DeveloperSkill
from services.developers.rules import DeveloperState, SkillState
from services.developers.sharing import Shared
from services.developers.skill_manifest import SkillManifest

_WAITS = timedelta(days=1)
"""So long the page knows for what a talk has led there."""
_MOST_WAIT = 5


@dataclass(frozen=True)
class Offered:
    """A live skill, and who offers it."""

    manifest: SkillManifest
    provider: str

    @property
    def name(self) -> str:
        """Return what citizens read of it, in their log as well."""
        return f"「{self.manifest.title}」（提供：{self.provider}）"


@dataclass(frozen=True)
class Given:
    """What a skill may see."""

    skill_id: str
    name: str
    scopes: tuple[Shared, ...]
    since: datetime


class Permissions:
    """The use cases of the citizens' side. One instance a process; also its personal data."""

    def __init__(
        self, database: Database, clock: Clock, store: DeveloperStore, citizens: CitizenClient
    ) -> None:
        """`store` keeps for what a talk led to the page; `citizens` reaches the access log."""
        self._database = database
        self._clock = clock
        self._store = store
        self._citizens = citizens

    async def covers(self, citizen_id: str, manifest: SkillManifest) -> bool:
        """Tell whether a citizen lets a skill see all that it asks for."""
        async with self._database.statement() as session:
            found = await repository.permission(session, citizen_id, manifest.id)
        return found is not None and set(manifest.scopes) <= set(found.scopes)

    async def wish(self, citizen_id: str, skill_id: str, payload: str) -> None:
        """Remember what a talk leads to the page for; `payload` is how the talk goes on."""
        waiting = await self._waiting(citizen_id)
        waiting.pop(skill_id, None)
        kept = dict([*waiting.items(), (skill_id, payload)][-_MOST_WAIT:])
        await self._store.put(_waiting(citizen_id), kept, _WAITS)

    async def asked(self, citizen_id: str) -> list[Offered]:
        """Return the live skills that wait for the citizen's answer, the latest first."""
        found = [await self.offered(name) for name in reversed(await self._waiting(citizen_id))]
        return [one for one in found if one is not None and one.manifest.scopes]

    async def given(self, citizen_id: str) -> list[Given]:
        """Return what skills may see, also of those that are not live right now."""
        async with self._database.transaction() as session:
            rows = await repository.permissions_of(session, citizen_id)
            found = [(row, await _skill(session, row.skill_id)) for row in rows]
        return [
            Given(
                row.skill_id,
                row.skill_id if known is None else _offered(*known).name,
                tuple(Shared(scope) for scope in row.scopes),
                row.given_at,
            )
            for row, known in found
        ]

    async def offered(self, skill_id: str) -> Offered | None:
        """Return a live skill of an approved developer."""
        async with self._database.transaction() as session:
            found = await _skill(session, skill_id)
        if found is None or found[0].state != SkillState.live:
            return None
        return _offered(*found) if found[1].state == DeveloperState.approved else None

    async def give(
        self, citizen_id: str, skill_id: str, scopes: Sequence[str], level: Level
    ) -> None:
        """Let a skill see what the page has shown; the talk goes on where it had stopped.

        Raises NotFoundError where it is not live (any more), ConflictError where it asks for
        something else by now.
        """
        offered = await self.offered(skill_id)
        if offered is None:
            raise NotFoundError
        if set(scopes) != set(offered.manifest.scopes) or not scopes:
            raise ConflictError("The skill asks for something else by now. Look at it again.")
        await self._note(citizen_id, "given", offered.name, level)
        payload = (await self._waiting(citizen_id)).get(skill_id)
        async with self._database.transaction() as session:
            await repository.keep_permission(session, citizen_id, skill_id, scopes, self._clock())
            if payload is not None:
                await enqueue(session, _going_on(citizen_id, payload))
        await self.decline(citizen_id, skill_id)

    async def decline(self, citizen_id: str, skill_id: str) -> None:
        """Ask no more on the page; the talk may lead there again."""
        waiting = await self._waiting(citizen_id)
        if waiting.pop(skill_id, None) is not None:
            await self._store.put(_waiting(citizen_id), waiting, _WAITS)

    async def withdraw(self, citizen_id: str, skill_id: str, level: Level) -> None:
        """Let a skill see nothing any more, from this instant on."""
        names = {one.skill_id: one.name for one in await self.given(citizen_id)}
        async with self._database.transaction() as session:
            ended = await repository.end_permissions(session, citizen_id, skill_id)
        if ended:
            await self._note(citizen_id, "withdrawn", names[skill_id], level)

    async def export(self, citizen_id: str) -> Json:
        """Return what skills may see of a citizen."""
        given = await self.given(citizen_id)
        return {
            "shown_to": [
                {"skill": x.skill_id, "scopes": list(x.scopes), "since": x.since.isoformat()}
                for x in given
            ]
        }

    async def erase(self, citizen_id: str) -> None:
        """Forget all of it."""
        async with self._database.transaction() as session:
            await repository.end_permissions(session, citizen_id)
        await self._store.drop(_waiting(citizen_id))

    async def _waiting(self, citizen_id: str) -> dict[str, str]:
        return await self._store.get(_waiting(citizen_id)) or {}

    async def _note(self, citizen_id: str, what: str, who: str, level: Level) -> None:
        note = OutsideNote(citizen_id=citizen_id, what=what, who=who, level=level)
        await self._citizens.note_outside(note)


def _waiting(citizen_id: str) -> str:
    return f"asked:{citizen_id}"


def _going_on(citizen_id: str, payload: str) -> NewJob:
    key = f"developers.permission.{secrets.token_hex(8)}"
    new = Continuation(key=key, citizen_id=citizen_id, messages=(), payload=payload)
    told = {"continuation": new.model_dump(mode="json")}
    return NewJob(TELL_TALK, told, lock=f"tell:{citizen_id}")


async def _skill(session: AsyncSession, skill_id: str) -> tuple[DeveloperSkill, Developer] | None:
    skill = await repository.skill(session, skill_id)
    owner = None if skill is None else await repository.developer(session, skill.developer_id)
    return None if skill is None or owner is None else (skill, owner)


def _offered(skill: DeveloperSkill, owner: Developer) -> Offered:
    return Offered(SkillManifest.model_validate(skill.manifest), owner.name)


HOLDER = PersonalDataHolder("services/developers", Permissions)
router = personal_data_router(HOLDER)
