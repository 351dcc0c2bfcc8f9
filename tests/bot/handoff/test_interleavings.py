"""Staff and citizens at the same time, redelivered webhooks, lapsing leases, two processes.

Whatever the order: never two holders, never a bot's answer in a human stretch, nothing lost or
doubled. Each seed is another order; `--whole` tries many.
"""

import asyncio
import random
import time
from collections.abc import Awaitable
from typing import Any

import pytest

from bot.handoff.contract import PersonWanted
from bot.handoff.desk import Grip, StaffDesk
from bot.handoff.service import Handoffs
from concierge.container import make_container
from kit.errors import ConflictError, InvalidInputError, NotFoundError
from tests.bot.handoff.people import CITIZENS, TAX, People, member

STAFF = [
    *(member(name, CITIZENS, TAX) for name in ("佐藤", "鈴木", "高橋")),
    *(member(name, CITIZENS) for name in ("田中", "伊藤")),
]
CITIZENS_COUNT = 20
ROUNDS = 5


class Chaos:
    """One order of events, drawn from a seed, and what has to come of it."""

    def __init__(self, people: People, seed: int) -> None:
        self.people = people
        self.random = random.Random(seed)  # noqa: S311  no secret
        self.users: list[str] = []
        self.written: list[tuple[str, str]] = []
        self.accepted: dict[str, list[str]] = {}
        self.refused: list[str] = []
        # A second process beside the worker: only the database is shared.
        self.other = make_container(people.world.settings, clock=people.world.now)

    async def run(self) -> None:
        line = self.people.world.line
        self.users = [line.add_user() for _ in range(CITIZENS_COUNT)]
        await self.people.world.work()
        for _ in range(ROUNDS):
            await self._round()
        # Whoever still holds something leaves; the bot answers again.
        self.people.later(seconds=400)
        await self.people.world.run("bot.tend_handoffs")
        await self.other.close()

    async def _round(self) -> None:
        pick = self.random
        acts: list[Awaitable[Any]] = [self._writes(u) for u in pick.sample(self.users, 8)]
        acts += [self._asks(user) for user in pick.sample(self.users, 6)]
        acts += [self._redelivered() for _ in range(2)]
        for _ in range(3):
            grips = await self._grips()
            for who in STAFF if grips else ():
                # Mostly people go on with what they hold.
                own = [(grip, held) for grip, held in grips if held == who.id]
                grip, held = pick.choice(own if own and pick.random() < 0.8 else grips)
                acts.append(self._staff_acts(who, grip, holds=held == who.id))
        pick.shuffle(acts)
        await asyncio.gather(*acts, self._works())
        if pick.random() < 0.4:
            self.people.later(seconds=pick.choice([120, 301]))
            await asyncio.gather(
                self.people.handoffs.tend(), self.other.get(Handoffs).tend(), self._works()
            )
        await self.people.world.work()

    async def _works(self) -> None:
        # Waiting for webhooks here would stop everybody else in the middle of what they do.
        for _ in range(3):
            await self.people.world.work_off()
            await asyncio.sleep(0.05)

    async def _writes(self, user: str) -> None:
        text = f"文{len(self.written)}"
        self.written.append((user, text))
        await asyncio.to_thread(self.people.world.line.say, user, text)

    async def _redelivered(self) -> None:
        """Deliver once more what LINE has delivered before."""
        rows = await self.people.world.query(
            "SELECT raw::text, webhook_event_id FROM bot_line_event WHERE kind = 'message'"
            " ORDER BY random() LIMIT 1"
        )
        if rows:
            user, text = self.random.choice(self.written)
            message = {"id": "1", "type": "text", "text": text}
            again = {"chatId": user, "webhookEventId": rows[0][1], "message": message}
            line = self.people.world.line
            await asyncio.to_thread(lambda: line.post("events", type="message", **again))

    async def _asks(self, user: str) -> None:
        handoffs = self.random.choice([self.people.handoffs, self.other.get(Handoffs)])
        desks = self.random.choice([(), (TAX,)])
        wanted = PersonWanted(
            citizen_id=await self.people.id_of(user), turn_id="none", says_matter=True, desks=desks
        )
        await handoffs.ask(wanted)

    async def _grips(self) -> list[tuple[Grip, str | None]]:
        rows = await self.people.world.query("SELECT id, fence, holder_id FROM bot_handoff")
        # Some pages are older than what is true by now.
        age = self.random.choice
        return [(Grip(row[0], max(0, row[1] - age([0, 0, 0, 1]))), row[2]) for row in rows]

    async def _staff_acts(self, who: Any, grip: Grip, *, holds: bool) -> None:
        desk = self.random.choice([self.people.desk, self.other.get(StaffDesk)])
        does = ["reply", "reply", "reply", "close", "forward", "renew"]
        act = self.random.choice(does if holds else ["take", "take", "take", *does])
        try:
            if act == "take":
                await desk.take(who, grip)
            elif act == "reply":
                await self._replies(desk, who, grip)
            elif act == "close":
                await desk.close(who, grip, "answered")
            elif act == "forward":
                await desk.forward(who, grip, TAX, self.people.form("引きつぎ"))
            else:
                await desk.renew(who, grip)
        except (ConflictError, NotFoundError, InvalidInputError):
            # Somebody else was faster, or the page is of another desk by now.
            pass

    async def _replies(self, desk: StaffDesk, who: Any, grip: Grip) -> None:
        form = self.people.form(f"返信{self.random.getrandbits(48)}")
        try:
            await desk.reply(who, grip, form)
            # The same form comes a second time: a double click.
            await desk.reply(who, grip, form)
        except (ConflictError, NotFoundError):
            pass
        sql = "SELECT citizen_id FROM bot_outbound WHERE key = :key"
        rows = await self.people.world.query(sql, key=f"handoff:{grip.handoff_id}:{form.key}:0")
        for [citizen_id] in rows:
            self.accepted.setdefault(citizen_id, []).append(form.text)
        if not rows:
            self.refused.append(form.text)


_TWO_HOLDERS = """
SELECT count(*) FROM bot_handoff_stretch a
JOIN bot_handoff ha ON ha.id = a.handoff_id
JOIN bot_handoff hb ON hb.citizen_id = ha.citizen_id
JOIN bot_handoff_stretch b ON b.handoff_id = hb.id AND b.id > a.id
WHERE a.began_at < coalesce(b.ended_at, 'infinity')
  AND b.began_at < coalesce(a.ended_at, 'infinity')
"""
_BOT_IN_STRETCH = """
SELECT count(*) FROM bot_outbound o
JOIN bot_handoff h ON h.citizen_id = o.citizen_id
JOIN bot_handoff_stretch s ON s.handoff_id = h.id
WHERE o.key LIKE 'turn:%'
  AND o.created_at >= s.began_at AND o.created_at < coalesce(s.ended_at, 'infinity')
"""
_STAFF_OUTSIDE = """
SELECT count(*) FROM bot_outbound o
WHERE o.staff_name IS NOT NULL AND NOT EXISTS (
  SELECT FROM bot_handoff h JOIN bot_handoff_stretch s ON s.handoff_id = h.id
  WHERE h.citizen_id = o.citizen_id AND s.staff_name = o.staff_name
    AND o.created_at >= s.began_at AND o.created_at <= coalesce(s.ended_at, 'infinity'))
"""
_ANSWERS = """
SELECT e.state, count(o.id) FROM bot_line_event e
LEFT JOIN bot_outbound o ON o.event_id = e.id
WHERE e.kind = 'message' GROUP BY e.id, e.state
"""


@pytest.mark.parametrize("seed", range(2))
async def test_in_whatever_order_one_person_or_the_bot_speaks_and_nothing_is_lost(
    people: People, seed: int, whole: bool
) -> None:
    chaos = Chaos(people, time.time_ns() if whole else seed)
    await chaos.run()
    world = people.world
    assert await world.one(_TWO_HOLDERS) == 0
    assert await world.one(_BOT_IN_STRETCH) == 0
    assert await world.one(_STAFF_OUTSIDE) == 0
    assert await world.one("SELECT count(*) FROM bot_handoff WHERE state = 'held'") == 0
    # Every sentence is there once, and was left to a person or answered by the bot, once.
    texts = await world.query(
        "SELECT raw->'message'->>'text', count(*) FROM bot_line_event WHERE kind = 'message'"
        " GROUP BY 1"
    )
    assert dict(texts) == {text: 1 for _, text in chaos.written}
    answers = await world.query(_ANSWERS)
    assert {(state, number) for state, number in answers} <= {("answered", 1), ("handed", 0)}
    assert {state for state, _ in answers} == {"answered", "handed"}, "the order tried nothing"
    turns = [turn["turn_id"] for turn in world.rasa.asked]
    assert len(turns) == len(set(turns))
    # Every reply that was taken reached its citizen once; no other did.
    assert chaos.accepted
    for user in chaos.users:
        heard = [text for text in await people.heard(user) if text.startswith("返信")]
        expected = chaos.accepted.get(await people.id_of(user), [])
        assert sorted(heard) == sorted(expected)
