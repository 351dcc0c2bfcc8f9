"""What the desk does with events: write, propose, publish, withdraw, go back. Four eyes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from auth.permissions import SamePersonError, check_four_eyes
from kit.errors import ConciergeError, IllegalTransitionError, NotFoundError
from kit.lifecycle import check_step
from kit.logging import get_logger
from kit.tables import ImportReport, Problem
from services.procedures import version_repository as rows
from services.procedures.events import Event
from services.procedures.guides import Guides
from services.procedures.models import ProcedureVersion
from services.procedures.reading import parse_event
from services.procedures.versions import CITY_FILE, OPEN, VERSION_LIFE, State

log = get_logger(__name__)

MOST_LETTERS = 100_000
MOST_NOTE = 300


class VersionChangedError(ConciergeError):
    """ほかの職員が先に変更しました。いまの内容を開いて確かめてください。"""

    status = 409
    code = "version_changed"


class OpenVersionError(ConciergeError):
    """この手続きには、作業中の版があります。先に、それを公開するか取り下げてください。"""

    status = 409
    code = "open_version"


class UnusableTextError(ConciergeError):
    """まちがいが残っているので、まだ先に進めません。内容を直してください。"""

    status = 422
    code = "unusable_text"


class OwnProposalError(SamePersonError):
    """ご自分で公開を依頼した版は、ご自分では公開できません。ほかの責任者に確認を頼んでください。"""


@dataclass(frozen=True)
class Reading:
    """What a text comes to. `event` is there when it can be published."""

    event: Event | None
    problems: Sequence[Problem]


@dataclass(frozen=True)
class Opened:
    """A version as it was opened: which one, and its last change. None: a new one."""

    number: int
    written_at: datetime


class Editor:
    """Changes the events of one city."""

    def __init__(self, guides: Guides) -> None:
        """`guides` holds the city's events."""
        self._guides = guides
        self._published = guides.published
        self._database = guides.database

    def read(self, key: str, text: str) -> Reading:
        """Check a text, and run its worked examples."""
        report = ImportReport("procedures")
        if len(text) > MOST_LETTERS:
            report.reject(key, 0, "", f"the text has more than {MOST_LETTERS} letters")
            return Reading(None, report.problems)
        event = parse_event(f"{key}.toml", text, self._published.files, report)
        return Reading(event, [*report.problems, *report.warnings])

    async def text(self, session: AsyncSession, key: str, number: int) -> str:
        """Return the text of a version. Raises NotFoundError."""
        if key not in self._published.files.events:
            raise NotFoundError
        if number == CITY_FILE:
            return self._published.file_text(key)
        return await rows.text_of(session, key, number)

    async def save(
        self, key: str, text: str, note: str, opened: Opened | None, staff_id: str
    ) -> ProcedureVersion:
        """Keep a draft, whatever is wrong with it.

        Raises VersionChangedError when `opened` is not the open version as it stands now.
        """
        async with self._database.transaction() as session:
            await rows.lock(session)
            await self.text(session, key, CITY_FILE)
            row = (await rows.in_work(session)).get(key)
            if _opened(row) != opened:
                raise VersionChangedError
            row = row or await self._new(session, key)
            _step(row, State.draft)
            row.text, row.note = text, note[:MOST_NOTE]
            row.written_by, row.written_at = staff_id, self._guides.clock()
            row.proposed_by = row.proposed_at = None
            session.add(row)
        return row

    async def propose(self, key: str, opened: Opened, staff_id: str) -> None:
        """Ask for a second person.

        Raises UnusableTextError unless all checks pass, VersionChangedError.
        """
        async with self._database.transaction() as session:
            row = await self._same(session, key, opened)
            self._check(row)
            _step(row, State.proposed)
            row.proposed_by, row.proposed_at = staff_id, self._guides.clock()
        log.info(
            "procedure_version_proposed", event_key=key, number=opened.number, staff_id=staff_id
        )

    async def publish(self, key: str, opened: Opened, staff_id: str) -> None:
        """Have residents guided by a proposal from now on.

        Raises OwnProposalError, UnusableTextError, VersionChangedError.
        """
        async with self._database.transaction() as session:
            row = await self._same(session, key, opened)
            _check_other_person(row, staff_id)
            self._check(row)
            self._decide(row, State.published, staff_id)
        await self._published.refresh(now=True)
        log.info(
            "procedure_version_published", event_key=key, number=opened.number, staff_id=staff_id
        )

    async def withdraw(self, key: str, opened: Opened, staff_id: str) -> None:
        """Take a draft or a proposal out; it stays in the history. Raises VersionChangedError."""
        async with self._database.transaction() as session:
            row = await self._same(session, key, opened)
            self._decide(row, State.withdrawn, staff_id)

    async def go_back(self, key: str, number: int, staff_id: str) -> ProcedureVersion:
        """Propose the text of an earlier version anew.

        Raises OpenVersionError while there is a version in work. Where the text passes no more, it
        stays a draft.
        """
        async with self._database.transaction() as session:
            await rows.lock(session)
            text = await self.text(session, key, number)
            if key in await rows.in_work(session):
                raise OpenVersionError
            row = await self._new(session, key)
            row.text, row.note = text, f"版{number}の内容に戻す"
            row.written_by, row.written_at = staff_id, self._guides.clock()
            if not self.read(key, text).problems:
                _step(row, State.proposed)
                row.proposed_by, row.proposed_at = staff_id, row.written_at
            session.add(row)
        return row

    async def _new(self, session: AsyncSession, key: str) -> ProcedureVersion:
        before = await rows.of_event(session, key)
        number = before[0].number + 1 if before else CITY_FILE + 1
        return ProcedureVersion(event=key, number=number, state=State.draft)

    async def _same(self, session: AsyncSession, key: str, opened: Opened) -> ProcedureVersion:
        """Return the version in work, if it is still what somebody looked at."""
        await rows.lock(session)
        row = await rows.version(session, key, opened.number)
        if row.state not in OPEN or _opened(row) != opened:
            raise VersionChangedError
        return row

    def _check(self, row: ProcedureVersion) -> None:
        if self.read(row.event, row.text).problems:
            raise UnusableTextError

    def _decide(self, row: ProcedureVersion, state: State, staff_id: str) -> None:
        _step(row, state)
        row.decided_by, row.decided_at = staff_id, self._guides.clock()


def _opened(row: ProcedureVersion | None) -> Opened | None:
    return None if row is None else Opened(row.number, row.written_at)


def _step(row: ProcedureVersion, state: State) -> None:
    try:
        row.state = check_step(VERSION_LIFE, row.state, state)
    except IllegalTransitionError:
        # The page offered this step, so somebody else went on since.
        raise VersionChangedError from None


def _check_other_person(row: ProcedureVersion, staff_id: str) -> None:
    try:
        check_four_eyes(row.proposed_by or "", staff_id)
    except SamePersonError:
        raise OwnProposalError from None
