"""マイ・タイムライン: what a household decided, said again when the level comes.

What was decided is told by multicast, one text for all households that decided the same, to those
of them whom the warning itself was sent to, after it.
"""

from collections.abc import Mapping, Sequence

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from kit.clock import Clock
from kit.db import Database
from kit.wording import translated
from messages.neutral import Message, Payload, Text
from services.disaster.contract import Goal, Timeline
from services.disaster.models import DisasterTimeline

Plan = tuple[int, Goal]
"""At which level they leave, and where to."""

SAID_AT = (3, 4)
_GOALS: Mapping[Goal, str] = {
    Goal.shelter: "避難所へ行く",
    Goal.relatives: "親せきや知人の家へ行く",
    Goal.upstairs: "家の2階より上で過ごす",
}


class TimelineBook:
    """Keeps what households decided."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """All parts are made once per process."""
        self._database = database
        self._clock = clock

    async def put(self, citizen_id: str, new: Timeline) -> None:
        """Keep a decision in place of the one before."""
        values = {
            "leaves_at": new.leaves_at,
            "goes_to": new.goes_to.value,
            "updated_at": self._clock(),
        }
        row = insert(DisasterTimeline).values(citizen_id=citizen_id, **values)
        async with self._database.transaction() as session:
            await session.execute(
                row.on_conflict_do_update(index_elements=["citizen_id"], set_=values)
            )

    async def of(self, citizen_id: str) -> Timeline | None:
        """Return what a household decided."""
        async with self._database.transaction() as session:
            row = await session.get(DisasterTimeline, citizen_id)
            return None if row is None else Timeline(leaves_at=row.leaves_at, goes_to=row.goes_to)

    async def erase(self, citizen_id: str) -> None:
        """Forget it."""
        async with self._database.transaction() as session:
            await session.execute(
                delete(DisasterTimeline).where(DisasterTimeline.citizen_id == citizen_id)
            )


async def by_plan(session: AsyncSession) -> dict[Plan, Sequence[str]]:
    """Return who decided what."""
    query = select(
        DisasterTimeline.leaves_at,
        DisasterTimeline.goes_to,
        func.array_agg(DisasterTimeline.citizen_id),
    ).group_by(DisasterTimeline.leaves_at, DisasterTimeline.goes_to)
    return {
        (leaves_at, Goal(goes_to)): citizens
        for leaves_at, goes_to, citizens in await session.execute(query)
    }


def remind(plan: Plan, level: int, hazard: str | None) -> Message:
    """Say what a household decided for this level, in the language that is spoken now."""
    leaves_at, goal = plan
    goes = translated(_GOALS[goal])
    lines = [translated("【わたしのタイムライン】レベル{level}", level=level)]
    if level >= leaves_at:
        lines.append(translated("いま動くときです。決めていたこと：{goes}", goes=goes))
    else:
        said = "準備のときです。レベル{level}で「{goes}」と決めています。"
        lines.append(translated(said, level=leaves_at, goes=goes))
        lines.append(translated("持ち物、くすり、電話の充電を確かめてください。"))
    lines.append(translated("危ないと感じたら、決めたことにかかわらず、すぐに安全な所へ。"))
    named = "" if hazard is None else f'{{"hazard": "{hazard}"}}'
    choices = (
        Payload(label=translated("避難所をさがす"), payload=f"/ask_shelter{named}"),
        Payload(label=translated("いまの状況"), payload="/ask_alert_status"),
        Payload(label=translated("タイムラインを直す"), payload="/my_timeline"),
    )
    return Text(text="\n".join(lines), choices=choices)


def due(kind: str, level: int | None) -> bool:
    """Whether a change is a moment of the timeline: a level of it that has just come."""
    return kind in ("started", "raised") and level in SAID_AT
