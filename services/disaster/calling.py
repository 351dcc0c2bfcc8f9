"""The call list: who needs help and is called first, what staff did, each step kept with a name."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from auth.staff import StaffMember
from kit.clock import Clock
from kit.db import Database
from kit.errors import ConflictError, NotFoundError
from kit.lifecycle import check_step
from kit.logging import get_logger
from kit.settings import Settings
from kit.wording import load_wording, spoken_in
from messages.languages import Language
from messages.neutral import Message
from messages.notifications import Notification, NotifyClient, Outcome
from services.disaster.cityfiles import city_file
from services.disaster.models import DisasterSafety, DisasterSafetyCall
from services.disaster.rules import CALL_STATES, OPEN_CALLS, call_order
from services.disaster.safety import SafetyBook, SafetyRow
from services.disaster.saying import call_us

log = get_logger(__name__)

MOST_OPEN, MOST_OTHERS = 500, 200
_ASKED_FOR = timedelta(hours=2)


class SeenElsewhereError(ConflictError):
    """ほかの職員が先に記録しました。いまの様子を確かめてから、もう一度押してください。"""


class NoFriendError(ConflictError):
    """この方は、市のLINEを友だちから外しています。LINEでは届きません。"""


@dataclass(frozen=True)
class Person:
    """One line of the list: a report, what staff did about it, and whether it was called off."""

    report: SafetyRow
    calls: Sequence[DisasterSafetyCall]
    later_safe: bool
    """The same citizen wrote since that all is well."""

    @property
    def needs_help(self) -> bool:
        """Whether somebody has to see to it still."""
        return self.report.state == "needs_help" and self.report.outcome in OPEN_CALLS


@dataclass(frozen=True)
class Board:
    """Everything that the desk sees: those to call in their order, the others, how many."""

    to_call: Sequence[Person]
    others: Sequence[Person]
    counts: Mapping[str, int]
    left_out: int
    """So many who need help are not shown, because there are too many."""


class CallList:
    """Who is called, and what came of it."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        settings: Settings,
        book: SafetyBook,
        notify: NotifyClient,
    ) -> None:
        """`book` opens what is sealed."""
        self._database = database
        self._clock = clock
        self._settings = settings
        self._book = book
        self._notify = notify

    async def board(self) -> Board:
        """Return who is called first, and all others, the newest first."""
        now = self._clock()
        is_open = _is_open()
        async with self._database.transaction() as session:
            first = select(DisasterSafety).where(is_open).order_by(DisasterSafety.id)
            others = select(DisasterSafety).where(~is_open).order_by(DisasterSafety.id.desc())
            to_call = await self._people(session, await session.scalars(first.limit(MOST_OPEN)))
            rest = await self._people(session, await session.scalars(others.limit(MOST_OTHERS)))
            count = select(func.count()).where(is_open)
            in_all = int(await session.scalar(count) or 0)
            counts = await _counts(session)
        to_call.sort(
            key=lambda one: call_order(
                one.report.outcome,
                one.report.reported_at,
                one.report.people,
                now,
                later_safe=one.later_safe,
            )
        )
        return Board(to_call, rest, counts, in_all - len(to_call))

    async def waiting(self) -> int:
        """Return how many need help and are not seen to."""
        query = select(func.count()).where(_is_open(), DisasterSafety.outcome != "reached")
        async with self._database.transaction() as session:
            return int(await session.scalar(query) or 0)

    async def note(self, report_id: int, outcome: str, seen: int, who: StaffMember) -> None:
        """Note one step; `seen`: how many steps the page showed that it was tapped on.

        Raises NotFoundError, IllegalTransitionError, and SeenElsewhereError where another step was
        noted meanwhile: a second tap notes nothing.
        """
        async with self._database.transaction() as session:
            row = await session.get(DisasterSafety, report_id, with_for_update=True)
            if row is None or row.state != "needs_help":
                raise NotFoundError
            calls = (await _calls(session, [report_id]))[report_id]
            if len(calls) != seen:
                raise SeenElsewhereError
            row.outcome = check_step(CALL_STATES, row.outcome, outcome)
            session.add(
                DisasterSafetyCall(
                    report_id=report_id,
                    outcome=outcome,
                    at=self._clock(),
                    staff_id=who.id,
                    staff=who.name,
                )
            )
        log.info("safety_call", report_id=report_id, outcome=outcome, staff=who.id)

    async def call_out(self, report_id: int, seen: int, who: StaffMember) -> None:
        """Ask somebody by LINE to call the city, and note that.

        Raises what `note` raises, and NoFriendError for who left: then nothing is noted.
        """
        async with self._database.transaction() as session:
            row = await session.get(DisasterSafety, report_id)
            if row is None:
                raise NotFoundError
        new = self._asking(row.citizen_id, f"safety:{report_id}:{seen}")
        if await self._notify.notify(new) is Outcome.not_a_friend:
            raise NoFriendError
        await self.note(report_id, "called", seen, who)

    def _asking(self, citizen_id: str, key: str) -> Notification:
        phone = str(city_file(self._settings.city_dir)["general_desk"]["phone"])
        texts: dict[Language, Message] = {}
        for language in Language:
            with spoken_in(load_wording(language, self._settings.city_wording)):
                texts[language] = call_us(phone)
        return Notification(
            key=key,
            citizen_id=citizen_id,
            messages=(texts[Language.ja],),
            in_languages={language: (text,) for language, text in texts.items()},
            expires_at=self._clock() + _ASKED_FOR,
        )

    async def _people(self, session: AsyncSession, rows: Iterable[DisasterSafety]) -> list[Person]:
        reports = [await self._book.row(session, row) for row in list(rows)]
        calls = await _calls(session, [report.id for report in reports])
        safe = await _last_safe(session, {report.citizen_id for report in reports})
        return [
            Person(
                report,
                calls[report.id],
                later_safe=safe.get((report.citizen_id, report.for_other), 0) > report.id,
            )
            for report in reports
        ]


def _is_open() -> ColumnElement[bool]:
    return and_(DisasterSafety.state == "needs_help", DisasterSafety.outcome.in_(OPEN_CALLS))


async def _counts(session: AsyncSession) -> dict[str, int]:
    """How many citizens are safe, and how many need help, by their newest report."""
    newest = select(func.max(DisasterSafety.id)).group_by(DisasterSafety.citizen_id)
    query = (
        select(DisasterSafety.state, func.count())
        .where(DisasterSafety.id.in_(newest))
        .group_by(DisasterSafety.state)
    )
    return {row[0]: row[1] for row in await session.execute(query)}


async def _calls(
    session: AsyncSession, reports: Sequence[int]
) -> Mapping[int, list[DisasterSafetyCall]]:
    query = (
        select(DisasterSafetyCall)
        .where(DisasterSafetyCall.report_id.in_(reports))
        .order_by(DisasterSafetyCall.id)
    )
    found: dict[int, list[DisasterSafetyCall]] = defaultdict(list)
    for call in await session.scalars(query):
        found[call.report_id].append(call)
    return found


async def _last_safe(session: AsyncSession, citizens: set[str]) -> dict[tuple[str, bool], int]:
    """The newest report of being safe, by who wrote it and whether it is of somebody else."""
    query = (
        select(DisasterSafety.citizen_id, DisasterSafety.for_other, func.max(DisasterSafety.id))
        .where(DisasterSafety.state == "safe", DisasterSafety.citizen_id.in_(citizens))
        .group_by(DisasterSafety.citizen_id, DisasterSafety.for_other)
    )
    return {(citizen, other): number for citizen, other, number in await session.execute(query)}
