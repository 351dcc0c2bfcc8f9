"""Use cases of the navigator: begin, answer, correct, come back; open a list by its key."""

import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from kit.clock import Clock
from kit.crypto import blind_index
from kit.db import Database
from kit.errors import GoneError, NotFoundError
from kit.settings import Settings
from kit.vault import Vault
from services.procedures import contract, repository, wording
from services.procedures.answers import (
    UNKNOWN,
    ImpossibleAnswerError,
    from_plain,
    household,
    to_plain,
    unknowns,
)
from services.procedures.deciding import open_questions
from services.procedures.events import Event, Fact, Guidebook, Kind
from services.procedures.listing import Row, applicable, make_list
from services.procedures.models import ProcedureGuide, ProcedureTick
from services.procedures.reading import load_guidebook
from services.procedures.repository import Contents

LIST_PATH = "/procedures/list"
COUNTER_MINUTES = 30
_FIRST = 3
_SECRET = "procedures"  # noqa: S105  the name of the key, not the key
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Of a counter's code: nothing that is read as another."""
_CODE_LENGTH = 8


@dataclass(frozen=True)
class OpenList:
    """Somebody's list, opened: what pages and the counter show."""

    guide: ProcedureGuide
    contents: Contents
    event: Event
    rows: tuple[Row, ...]
    ticks: Mapping[str, ProcedureTick]
    known: tuple[contract.Known, ...]
    today: date
    is_family: bool = False

    @property
    def left(self) -> tuple[Row, ...]:
        """What is still to be done."""
        return tuple(row for row in self.rows if row.procedure.key not in self.ticks)


class Guides:
    """The guides of one city."""

    def __init__(self, database: Database, clock: Clock, settings: Settings) -> None:
        """Nothing is read before the first use."""
        self.database, self.clock, self.settings = database, clock, settings
        self.vault = Vault(settings.master_keys, clock)
        self._secret: bytes | None = None

    @property
    def book(self) -> Guidebook:
        """The city's events."""
        return load_guidebook(self.settings.city_dir)

    def today(self) -> date:
        """Return the day in the city."""
        return self.clock().astimezone(self.settings.timezone).date()

    def event(self, key: str) -> Event:
        """Return an event. Raises NotFoundError where the city has none of that key."""
        found = self.book.events.get(key)
        if found is None:
            raise NotFoundError(f"this city guides through no event “{key}”")
        return found

    async def begin(self, new: contract.NewGuide) -> contract.Guide:
        """Begin an event with what was said; what cannot be is left out and asked for."""
        event, today = self.event(new.event), self.today()
        answers, hints = _believable(event, new.answers, today)
        contents = Contents(answers=answers, hints=hints, page_key=secrets.token_urlsafe(24))
        now = self.clock()
        page_index = await self.index("page", contents.page_key)
        async with self.database.transaction() as session:
            row = ProcedureGuide(
                id=f"prg_{uuid.uuid4().hex}",
                citizen_id=new.citizen_id,
                event=event.key,
                page_index=page_index,
                begun_at=now,
                reminds=False,
            )
            await self._keep(session, row, contents, now)
            session.add(row)
            return await self._shown(session, row, contents)

    async def latest(self, citizen_id: str, event: str) -> contract.Guide:
        """Return the citizen's latest guide. Raises NotFoundError without any."""
        async with self.database.transaction() as session:
            rows = await repository.all_of_citizen(session, citizen_id, event)
            known = [row for row in rows if row.event in self.book.events]
            if not known:
                raise NotFoundError("nothing was begun")
            keys = await self.vault.keys(session, citizen_id)
            return await self._shown(session, known[0], repository.unseal(keys, known[0]))

    async def answer(self, guide_id: str, more: contract.MoreAnswers) -> contract.Guide:
        """Keep answers or corrections. Raises ImpossibleAnswerError, and then nothing changes."""
        async with self.database.transaction() as session:
            row = await self._own(session, more.citizen_id, guide_id)
            contents = await self._contents(session, row)
            event = self.event(row.event)
            plain = {**contents.answers, **more.answers}
            checked = _checked(event, plain, more.answers.keys(), self.today())
            contents = contents.model_copy(update={"answers": checked})
            await self._keep(session, row, contents, self.clock())
            return await self._shown(session, row, contents)

    async def want(self, guide_id: str, wanted: contract.Wanted) -> contract.Guide:
        """Keep whether reminders are wanted, and whether the list helped."""
        async with self.database.transaction() as session:
            row = await self._own(session, wanted.citizen_id, guide_id)
            row.reminds = row.reminds if wanted.reminds is None else wanted.reminds
            row.helpful = row.helpful if wanted.helpful is None else wanted.helpful
            row.seen_at = self.clock()
            return await self._shown(session, row, await self._contents(session, row))

    async def open_page(self, session: AsyncSession, key: str, *, lock: bool = False) -> OpenList:
        """Return the list of a page's key. Raises GoneError for every other key."""
        index = await self.index("page", key[:100])
        row = await repository.by_page(session, index, lock=lock)
        if row is None or row.event not in self.book.events:
            raise GoneError("this list is not there any more")
        row.seen_at = self.clock()
        return await self.opened(session, row, is_family=row.page_index != index)

    async def open_counter(self, session: AsyncSession, code: str, *, lock: bool = False) -> OpenList:
        """Return the list of a counter's code. Raises GoneError for every other, or after 30 min."""
        index = await self.index("counter", plain_code(code))
        row = await repository.by_counter(session, index, self.clock(), lock=lock)
        if row is None or row.event not in self.book.events:
            raise GoneError("this code is not valid any more")
        return await self.opened(session, row)

    async def give_code(self, session: AsyncSession, row: ProcedureGuide) -> str:
        """Return a new code for the counter; the one before ends."""
        code = "".join(secrets.choice(_LETTERS) for _ in range(_CODE_LENGTH))
        row.counter_index = await self.index("counter", code)
        row.counter_ends_at = self.clock() + timedelta(minutes=COUNTER_MINUTES)
        return code

    async def opened(
        self, session: AsyncSession, row: ProcedureGuide, *, is_family: bool = False
    ) -> OpenList:
        """Return a guide's list as it stands today."""
        contents = await self._contents(session, row)
        event, today = self.event(row.event), self.today()
        known = household(event, contents.answers, today_of(row, self.settings))
        ticked = (await repository.ticks(session, [row.id]))[row.id]
        return OpenList(
            guide=row,
            contents=contents,
            event=event,
            rows=make_list(event, self.book, known, today),
            ticks=ticked,
            known=_known(event, contents.answers, today),
            today=today,
            is_family=is_family,
        )

    async def correct(
        self, session: AsyncSession, opened: OpenList, answers: Mapping[str, Any]
    ) -> OpenList:
        """Keep corrections of an opened list. Raises ImpossibleAnswerError."""
        plain = {**opened.contents.answers, **answers}
        checked = _checked(opened.event, plain, answers.keys(), opened.today)
        contents = opened.contents.model_copy(update={"answers": checked})
        await self._keep(session, opened.guide, contents, self.clock())
        return await self.opened(session, opened.guide, is_family=opened.is_family)

    async def share(self, session: AsyncSession, opened: OpenList) -> str:
        """Return the key of the family's page, which is made at the first time."""
        if opened.contents.family_key:
            return opened.contents.family_key
        key = secrets.token_urlsafe(24)
        opened.guide.family_index = await self.index("page", key)
        await self._seal(session, opened.guide, opened.contents.model_copy(
            update={"family_key": key}
        ))
        return key

    async def unshare(self, session: AsyncSession, opened: OpenList) -> None:
        """Close the family's page."""
        opened.guide.family_index = None
        await self._seal(session, opened.guide, opened.contents.model_copy(
            update={"family_key": None}
        ))

    async def index(self, kind: str, key: str) -> str:
        """Return the blind index of a page's key or a counter's code."""
        if self._secret is None:
            async with self.database.transaction() as session:
                self._secret = await self.vault.secret(session, _SECRET)
        return blind_index(self._secret, f"{kind}\x1f{key}")

    def url(self, key: str) -> str:
        """Return the address of a list's page."""
        return f"{self.settings.public_base_url}{LIST_PATH}?t={key}"

    async def _own(self, session: AsyncSession, citizen_id: str, guide_id: str) -> ProcedureGuide:
        row = await repository.of_citizen(session, citizen_id, guide_id, lock=True)
        if row is None:
            raise NotFoundError("nothing of the kind was begun")
        return row

    async def _contents(self, session: AsyncSession, row: ProcedureGuide) -> Contents:
        return repository.unseal(await self.vault.keys(session, row.citizen_id), row)

    async def _keep(
        self, session: AsyncSession, row: ProcedureGuide, contents: Contents, now: datetime
    ) -> None:
        """Seal what is known, and note where the guide stands."""
        question = self._question(self.event(row.event), contents)
        row.open_question = question.name if question else None
        row.listed_at = None if question else (row.listed_at or now)
        row.seen_at = now
        await self._seal(session, row, contents)

    async def _seal(self, session: AsyncSession, row: ProcedureGuide, contents: Contents) -> None:
        keys = await self.vault.keys_for_writing(session, row.citizen_id)
        row.sealed = repository.seal(keys, row.id, contents)

    def _question(self, event: Event, contents: Contents) -> Fact | None:
        today = self.today()
        known = household(event, contents.answers, today)
        found = open_questions(
            event, applicable(event, known, today), unknowns(contents.answers), today
        )
        return found[0].fact if found else None

    async def _shown(
        self, session: AsyncSession, row: ProcedureGuide, contents: Contents
    ) -> contract.Guide:
        event, today = self.event(row.event), self.today()
        question = self._question(event, contents)
        known = household(event, contents.answers, today)
        done = (await repository.ticks(session, [row.id]))[row.id]
        rows = make_list(event, self.book, known, today)
        left = [one for one in rows if one.procedure.key not in done]
        first = left[:_FIRST] if question is None else []
        return contract.Guide(
            id=row.id,
            event=event.key,
            title=event.title,
            is_careful=event.tone == "careful",
            opening=event.opening,
            known=_known(event, contents.answers, today),
            question=_asked(question, contents) if question else None,
            first=tuple(wording.to_do(one, event, self.book, today) for one in first),
            left=len(left),
            done=len(rows) - len(left),
            url=self.url(contents.page_key),
            reminds=row.reminds,
            is_demonstration=event.demonstration,
        )
