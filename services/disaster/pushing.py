"""From a change to the citizens' talks: decided by the matrix, announced once, ends to the told."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from prometheus_client import Counter
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from kit.clock import Clock
from kit.db import Database
from kit.lifecycle import check_step
from kit.logging import get_logger
from kit.settings import Settings
from kit.wording import load_wording, spoken_in
from messages.announcements import AnnounceClient, Announcement, Segment
from messages.languages import Language
from messages.menus import MenuClient
from messages.neutral import Message
from messages.topics import Topic
from services.disaster import orders, repository, shelters
from services.disaster.announcing import (
    Around,
    Order,
    shelter_hazard,
    tell_change,
    tell_order,
)
from services.disaster.cityfiles import city_name, load_matrix
from services.disaster.decision import ORDER, Decision, Earlier, Said, To, decide
from services.disaster.entries import Entry
from services.disaster.facts import WARNING
from services.disaster.models import DisasterChange
from services.disaster.rules import CHANGE_STATES, DRILL
from services.disaster.service import entry_from
from services.disaster.timelines import Plan, by_plan, due, remind

log = get_logger(__name__)

PAGE = "/disaster/"
_OVER = frozenset({"ended", "retracted"})
_RIVER_SECTION = 12
_decided = Counter("disaster_changes_total", "Changes of the state", ["decision"])


class Pusher:
    """Carries changes out, one after the other. All may be repeated: the keys are the changes'."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        settings: Settings,
        announce: AnnounceClient,
        menus: MenuClient,
    ) -> None:
        """All parts are made once per process."""
        self._database = database
        self._clock = clock
        self._settings = settings
        self._announce = announce
        self._menus = menus
        self._matrix = load_matrix(settings.city_dir)
        self._page = settings.public_base_url.rstrip("/") + PAGE

    async def push(self, change_id: int) -> None:
        """Decide on a change and announce it; the menus follow, whatever was decided.

        Raises UnavailableError while the bot is away.
        """
        async with self._database.transaction() as session:
            row = await session.get(DisasterChange, change_id)
            if row is None:
                return
            is_drill, is_open = row.lane == DRILL, row.decision == "pending"
            decision = await self._decide(session, row) if is_open else Decision(To.nobody)
            announcement = None
            if decision.to is not To.nobody:
                announcement = await self._announcement(session, row, decision)
            elif is_open:
                _close(row, decision)
        if announcement is not None:
            await self._tell(change_id, announcement, decision)
        if not is_drill:
            await self._menus.refresh()

    async def _tell(self, change_id: int, told: Announcement, decision: Decision) -> None:
        result = await self._announce.announce(told)
        await self._remind(change_id, told)
        async with self._database.transaction() as session:
            row = await session.get_one(DisasterChange, change_id)
            row.announcement, row.audience = told.key, result.status.audience
            _close(row, decision)
        log.info("disaster_announced", change_id=change_id, audience=result.status.audience)

    async def _remind(self, change_id: int, told: Announcement) -> None:
        """Say to households what they decided for this level, after the warning itself."""
        async with self._database.transaction() as session:
            row = await session.get_one(DisasterChange, change_id)
            plans = await by_plan(session) if _is_due(row) else {}
        hazard = shelter_hazard(row.hazard)
        for plan, citizens in plans.items():
            texts: dict[Language, Message] = {}
            for language in Language:
                with spoken_in(load_wording(language, self._settings.city_wording)):
                    texts[language] = remind(plan, row.entry["level"], hazard)
            new = Announcement(
                key=_timeline_key(told.key, plan),
                segment=Segment(),
                messages=(texts[Language.ja],),
                in_languages={language: (text,) for language, text in texts.items()},
                expires_at=told.expires_at,
                urgent=told.urgent,
                replaces=tuple(_timeline_key(key, plan) for key in told.replaces),
                follows=(told.key,),
                only=tuple(citizens),
            )
            await self._announce.announce(new)

    async def _decide(self, session: AsyncSession, row: DisasterChange) -> Decision:
        if row.lane == DRILL and not self._settings.is_demo:
            return Decision(To.nobody, "a drill is sent in a demonstration only")
        if row.hazard == ORDER and not (row.districts or row.entry["whole_city"]):
            return Decision(To.nobody, "unmatched")
        if await _is_overtaken(session, row):
            return Decision(To.nobody, "overtaken by a newer change", stale=True)
        earlier = await _earlier(session, row)
        return decide(_said(row), earlier, self._matrix, self._clock())

    async def _announcement(
        self, session: AsyncSession, row: DisasterChange, decision: Decision
    ) -> Announcement:
        around = await self._around(session, row)
        texts: dict[Language, Message] = {}
        for language in Language:
            with spoken_in(load_wording(language, self._settings.city_wording)):
                texts[language] = _said_of(row, around)
        assert decision.expires_at is not None  # noqa: S101  every decision to tell has one
        return Announcement(
            key=f"disaster:{row.key}",
            segment=Segment(
                areas=await self._areas(session, row),
                topics=(Topic.disaster,),
                hazards=decision.hazards,
                level=decision.threshold,
            ),
            messages=(texts[Language.ja],),
            in_languages={language: (text,) for language, text in texts.items()},
            expires_at=decision.expires_at,
            urgent=decision.urgent,
            replaces=decision.replaces,
            follows=decision.follows,
        )

    async def _areas(self, session: AsyncSession, row: DisasterChange) -> tuple[str, ...]:
        """The districts it is for; none stands for the whole city, which has to be meant."""
        if row.hazard == ORDER:
            return tuple(row.districts)
        if row.hazard != "flood":
            return ()
        found: list[str] = []
        for entry in await repository.entries(session, row.lane):
            is_river = entry.hazard == "flood" and entry.active
            if is_river and len(entry.area) == _RIVER_SECTION:
                if entry.area not in self._matrix.rivers:
                    return ()
                found += self._matrix.rivers[entry.area]
        return tuple(dict.fromkeys(found))

    async def _around(self, session: AsyncSession, row: DisasterChange) -> Around:
        state = await repository.entries(session, row.lane)
        standing = await orders.in_force(session, row.lane)
        return Around(
            city=city_name(self._settings.city_dir),
            zone=self._settings.timezone,
            page=self._page,
            orders=[(order.place, order.word) for order in standing],
            others=[e for e in state if _is_other(e, row)],
            shelters=[s.name for s in await shelters.everything(session) if s.state == "open"],
            drill=row.lane == DRILL,
        )


def _is_other(entry: Entry, row: DisasterChange) -> bool:
    city = len(entry.area) == 5
    return city and entry.active and entry.rank >= WARNING and entry.hazard != row.hazard


def _timeline_key(told: str, plan: Plan) -> str:
    return f"{told}:timeline:{plan[0]}:{plan[1].value}"


def _is_due(row: DisasterChange) -> bool:
    return row.lane != DRILL and due(row.kind, row.entry.get("level"))


def _said_of(row: DisasterChange, around: Around) -> Message:
    if row.hazard == ORDER:
        return tell_order(row.kind, _order(row.entry), around)
    before = int(row.before) if row.before and row.before in "2345" else None
    return tell_change(row.kind, entry_from(row.entry), before, around)


def _order(body: dict[str, Any]) -> Order:
    at = datetime.fromisoformat(body["reported_at"])
    return Order(body["order"], body["level"], body["place"], body["whole_city"], at)


def _said(row: DisasterChange) -> Said:
    entry = row.entry
    level = entry["level"]
    rank = float(level or 0) if row.hazard == ORDER else float(entry["rank"])
    code = "" if row.hazard == ORDER else str(entry["kind_code"])
    return Said(row.kind, row.hazard, code, level, rank, row.reported_at)


async def _is_overtaken(session: AsyncSession, row: DisasterChange) -> bool:
    """Whether the matter has gone on meanwhile: then the newer change is told, with its own words.

    An end that was overtaken by a new beginning is still an end for those who were told.
    """
    if row.kind in _OVER:
        return False
    newer = select(DisasterChange.id).where(*_same(row), DisasterChange.id > row.id).limit(1)
    return await session.scalar(newer) is not None


async def _earlier(session: AsyncSession, row: DisasterChange) -> Sequence[Earlier]:
    """The announcements of the matter since it began; a happening has no end in between."""
    query = (
        select(DisasterChange)
        .where(*_same(row), DisasterChange.id < row.id, DisasterChange.announcement.is_not(None))
        .order_by(DisasterChange.id.desc())
        .limit(50)
    )
    found: list[Earlier] = []
    for other in await session.scalars(query):
        if other.kind in _OVER:
            break
        assert other.announcement is not None  # noqa: S101  asked for above
        found.append(Earlier(other.announcement, _said(other).rank, other.made_at))
    return found[::-1]


def _same(row: DisasterChange) -> tuple[Any, ...]:
    return (
        DisasterChange.lane == row.lane,
        DisasterChange.area == row.area,
        DisasterChange.hazard == row.hazard,
    )


def _close(row: DisasterChange, decision: Decision) -> None:
    state = "announced"
    if decision.to is To.nobody:
        unmatched = decision.reason == "unmatched"
        state = "stale" if decision.stale else "unmatched" if unmatched else "noted"
    row.decision = check_step(CHANGE_STATES, row.decision, state)
    row.reason = decision.reason
    _decided.labels(state).inc()
