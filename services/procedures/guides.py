"""Guides as they are kept: sealed facts, keys of pages, codes of the counter, today's list."""

import secrets
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from kit.clock import Clock
from kit.crypto import blind_index
from kit.db import Database
from kit.errors import GoneError, NotFoundError
from kit.settings import Settings
from kit.vault import Vault
from services.procedures import contract, repository
from services.procedures.answers import unknowns
from services.procedures.deciding import open_questions
from services.procedures.events import Event, Fact, Guidebook, Kind
from services.procedures.filling import known_of, with_more
from services.procedures.listing import Row, applicable, make_list
from services.procedures.models import ProcedureGuide, ProcedureTick
from services.procedures.repository import Contents
from services.procedures.versions import Published
from services.procedures.wording import known_words

LIST_PATH = "/procedures/list"
CITIZEN, FAMILY = "citizen", "family"
"""Who ticks, beside members of staff."""
COUNTER_TIME = timedelta(minutes=30)
_SECRET = "procedures"  # noqa: S105  the name of the key, not the key
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Of a counter's code: nothing that is read as another."""
_CODE_LENGTH = 8
_KEY_BYTES = 24
_LONGEST_KEY = 100


@dataclass(frozen=True)
class OpenList:
    """Somebody's list as it stands today: what pages and the counter show."""

    guide: ProcedureGuide
    contents: Contents
    event: Event
    known: tuple[contract.Known, ...]
    rows: tuple[Row, ...]
    ticks: Mapping[str, ProcedureTick]
    today: date
    is_family: bool = False
    """Opened by the family's key, which may tick and look, and change nothing else."""

    @property
    def is_discreet(self) -> bool:
        """Whether its citizen may be watched."""
        return any(
            option.discreet and option.value in _named(self.contents, fact.name)
            for fact in self.event.facts
            for option in fact.options
        )

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
        self.published = Published(database, clock, settings.city_dir)
        self._secret: bytes | None = None

    @property
    def book(self) -> Guidebook:
        """The city's events."""
        return self.published.book

    @cached_property
    def city_name(self) -> str:
        """The city's name, as its pages say it."""
        told = tomllib.loads((self.settings.city_dir / "city.toml").read_text("utf-8"))
        return str(told["name"])

    async def prepare(self) -> None:
        """Have what a request needs before it holds a connection: publications, and the secret."""
        await self.published.refresh()
        await self._the_secret()

    def today(self) -> date:
        """Return the day in the city."""
        return self.clock().astimezone(self.settings.timezone).date()

    def event(self, key: str) -> Event:
        """Return an event. Raises NotFoundError where the city has none of that key."""
        found = self.book.events.get(key)
        if found is None:
            raise NotFoundError(f"this city guides through no event “{key}”")
        return found

    def question(self, event: Event, contents: Contents) -> Fact | None:
        """Return what is to be asked next; None when nothing can change the list any more."""
        today = self.today()
        known = applicable(event, known_of(event, contents.answers, today), today)
        found = open_questions(event, known, unknowns(contents.answers), today)
        return found[0].fact if found else None

    def corrected(
        self, row: ProcedureGuide, contents: Contents, more: Mapping[str, Any]
    ) -> Contents:
        """Return the contents with further answers. Raises ImpossibleAnswerError."""
        event = self.event(row.event)
        answers, hints = with_more(
            event, contents.answers, more, self.today(), asked=row.open_question
        )
        both = {
            name: sorted({*contents.hints.get(name, ()), *found}) for name, found in hints.items()
        }
        return contents.model_copy(update={"answers": answers, "hints": {**contents.hints, **both}})

    async def keep(self, session: AsyncSession, row: ProcedureGuide, contents: Contents) -> None:
        """Seal what is known, and note where the guide stands."""
        now = self.clock()
        question = self.question(self.event(row.event), contents)
        row.open_question = question.name if question else None
        row.listed_at = None if question else (row.listed_at or now)
        row.seen_at = now
        await self._seal(session, row, contents)

    async def contents(self, session: AsyncSession, row: ProcedureGuide) -> Contents:
        """Return what a guide holds."""
        return repository.unseal(await self.vault.keys(session, row.citizen_id), row)

    async def opened(
        self,
        session: AsyncSession,
        row: ProcedureGuide,
        contents: Contents,
        *,
        is_family: bool = False,
    ) -> OpenList:
        """Return a guide's list as it stands today."""
        event, today = self.event(row.event), self.today()
        known = applicable(event, known_of(event, contents.answers, today), today)
        return OpenList(
            guide=row,
            contents=contents,
            event=event,
            known=known_words(event, contents.answers, known, today),
            rows=make_list(event, self.book, known, today),
            ticks=(await repository.ticks(session, [row.id]))[row.id],
            today=today,
            is_family=is_family,
        )

    def likely(self, opened: OpenList) -> tuple[Row, ...]:
        """Return what is to be done where nothing of what was not asked yet is special.

        What is asked for as several is taken for none but what was named, so that the urgent can
        be told before the last question.
        """
        event, today = opened.event, opened.today
        hints = opened.contents.hints
        known = known_of(event, opened.contents.answers, today)
        assumed = {
            fact.name: frozenset(hints.get(fact.name, ()))
            for fact in event.facts
            if fact.kind is Kind.several and fact.name not in known
        }
        rows = make_list(event, self.book, {**known, **assumed}, today)
        return tuple(row for row in rows if row.procedure.key not in opened.ticks)

    async def open_page(self, session: AsyncSession, key: str, *, lock: bool = False) -> OpenList:
        """Return the list of a page's key. Raises GoneError for every other key."""
        index = await self.index("page", key[:_LONGEST_KEY])
        row = await repository.by_page(session, index, lock=lock)
        if row is None or row.event not in self.book.events:
            raise GoneError("this list is not there any more")
        row.seen_at = self.clock()
        contents = await self.contents(session, row)
        opened = await self.opened(session, row, contents, is_family=row.page_index != index)
        if opened.is_family and opened.is_discreet:
            # Whom it was shared with may be the one from whom it is to be kept.
            raise GoneError("this list is not there any more")
        return opened

    async def open_counter(
        self, session: AsyncSession, code: str, *, lock: bool = False
    ) -> OpenList:
        """Return the list of a counter's code. Raises GoneError for every other, and an old one."""
        index = await self.index("counter", plain_code(code))
        row = await repository.by_counter(session, index, self.clock(), lock=lock)
        if row is None or row.event not in self.book.events:
            raise GoneError("this code is not valid any more")
        return await self.opened(session, row, await self.contents(session, row))

    async def give_code(self, row: ProcedureGuide) -> str:
        """Return a new code for the counter; the one before ends."""
        code = "".join(secrets.choice(_LETTERS) for _ in range(_CODE_LENGTH))
        row.counter_index = await self.index("counter", code)
        row.counter_ends_at = self.clock() + COUNTER_TIME
        return code

    async def share(self, session: AsyncSession, opened: OpenList) -> str:
        """Return the key of the family's page, which is made at the first time."""
        if opened.contents.family_key:
            return opened.contents.family_key
        key = secrets.token_urlsafe(_KEY_BYTES)
        opened.guide.family_index = await self.index("page", key)
        shared = opened.contents.model_copy(update={"family_key": key})
        await self._seal(session, opened.guide, shared)
        return key

    async def unshare(self, session: AsyncSession, opened: OpenList) -> None:
        """Close the family's page."""
        opened.guide.family_index = None
        alone = opened.contents.model_copy(update={"family_key": None})
        await self._seal(session, opened.guide, alone)

    async def index(self, kind: str, key: str) -> str:
        """Return the blind index of a page's key or a counter's code."""
        return blind_index(await self._the_secret(), f"{kind}\x1f{key}")

    async def _the_secret(self) -> bytes:
        if self._secret is None:
            async with self.database.transaction() as session:
                self._secret = await self.vault.secret(session, _SECRET)
        return self._secret

    def url(self, key: str) -> str:
        """Return the address of a list's page."""
        return f"{self.settings.public_base_url}{LIST_PATH}?t={key}"

    async def _seal(self, session: AsyncSession, row: ProcedureGuide, contents: Contents) -> None:
        keys = await self.vault.keys_for_writing(session, row.citizen_id)
        row.sealed = repository.seal(keys, row.id, contents)


def plain_code(code: str) -> str:
    """Return a code as it was given out: in capitals, without blanks and dashes."""
    return "".join(letter for letter in code.upper() if letter in _LETTERS)[:_CODE_LENGTH]


def _named(contents: Contents, name: str) -> tuple[str, ...]:
    """Return the options that were chosen of a fact, or told before it was asked for."""
    chosen = contents.answers.get(name, ())
    told = contents.hints.get(name, ())
    return (*(chosen if isinstance(chosen, list) else (str(chosen),)), *told)
