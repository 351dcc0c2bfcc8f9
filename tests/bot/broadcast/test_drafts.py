"""What one person wrote goes to everybody by another one's word alone."""

import pytest

from auth.permissions import SamePersonError
from auth.staff import StaffMember
from bot.broadcast.drafts import BroadcastDesk, Written
from kit.errors import InvalidInputError
from messages.languages import Language
from messages.topics import Topic
from tests.bot.broadcast.test_announcements import Office, emulator, office

__all__ = ["emulator", "office"]


def member(name: str) -> StaffMember:
    return StaffMember(id=name, name=name, desks=(), permissions=frozenset(), form_token="")


async def test_who_wrote_it_does_not_approve_it_whatever_their_role_is_by_now(
    office: Office,
) -> None:
    desk = BroadcastDesk(office.database, office.clock, office.announcer)
    reader = await office.citizen()
    written = Written({Language.ja: "断水しています。"}, topics=(Topic.disaster,))
    number = await desk.propose(written, member("author"))
    with pytest.raises(SamePersonError):
        await desk.approve(number, member("author"))
    with pytest.raises(InvalidInputError):
        await desk.override(number, member("author"), "承認者が不在のため")
    await office.work()
    assert office.heard(reader) == []
    await desk.approve(number, member("another"))
    await office.work()
    assert office.heard(reader) == ["断水しています。"]
