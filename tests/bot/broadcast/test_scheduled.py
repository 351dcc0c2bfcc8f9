"""A broadcast of staff at a set time: seen by two, sent then and once, put away until then."""

from datetime import timedelta

import pytest

from auth.permissions import SamePersonError
from auth.staff import StaffMember
from bot.broadcast.drafts import BroadcastDesk, Written
from kit.errors import IllegalTransitionError
from messages.languages import Language
from messages.topics import Topic
from tests.bot.broadcast.test_announcements import Office, emulator, office

__all__ = ["emulator", "office"]


def member(name: str) -> StaffMember:
    return StaffMember(id=name, name=name, desks=(), permissions=frozenset(), form_token="x")


AUTHOR, SECOND = member("a"), member("b")


async def approved(office: Office) -> tuple[BroadcastDesk, int]:
    desk = BroadcastDesk(office.database, office.clock, office.announcer)
    later = office.now + timedelta(hours=2)
    written = Written({Language.ja: "断水します。"}, topics=(Topic.disaster,), send_at=later)
    draft = await desk.propose(written, AUTHOR)
    with pytest.raises(SamePersonError):
        await desk.approve(draft, AUTHOR)
    await desk.approve(draft, SECOND)
    return desk, draft


async def test_it_waits_for_its_time_and_is_sent_once(office: Office) -> None:
    user = await office.citizen()
    desk, draft = await approved(office)
    assert (await desk.find(draft)).state == "scheduled"
    await office.work()
    assert office.heard(user) == []
    [(name,)] = await office.query("SELECT task_name FROM procrastinate_jobs")
    assert name == "bot.send_draft"
    office.now += timedelta(hours=2)
    for _ in range(2):
        await desk.send_scheduled(draft)
        await office.work()
    assert office.heard(user) == ["断水します。"]
    assert (await desk.find(draft)).state == "sent"


async def test_what_was_put_away_before_its_time_is_never_sent(office: Office) -> None:
    user = await office.citizen()
    desk, draft = await approved(office)
    await desk.reject(draft, AUTHOR)
    office.now += timedelta(hours=2)
    await desk.send_scheduled(draft)
    await office.work()
    assert office.heard(user) == []
    with pytest.raises(IllegalTransitionError):
        await desk.approve(draft, SECOND)
