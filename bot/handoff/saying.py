"""Messages around a handoff, written into the outbox with what causes them."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from bot.citizens import repository as citizen_rows
from bot.citizens.models import Citizen
from bot.jobs import SEND
from bot.messages.render import render, to_json
from bot.messages.speakers import Speaker
from bot.preferences.repository import load_preferences
from bot.sender import repository as outbound_rows
from kit.clock import Clock
from kit.jobs import NewJob, enqueue
from kit.wording import load_wording, spoken_in, translated
from messages.neutral import Message, reworded


async def say(
    session: AsyncSession,
    clock: Clock,
    speaker: Speaker,
    citizen_id: str,
    key: str,
    messages: Sequence[Message],
) -> bool:
    """Write what the bot says by itself, in the citizen's language, once for a key.

    False where nobody would hear it.
    """
    citizen = await citizen_rows.load_citizen(session, citizen_id)
    if citizen is None or not citizen.is_friend:
        return False
    chosen = (await load_preferences(session, citizen_id)).language
    with spoken_in(load_wording(chosen)):
        calls = render([reworded(message, translated) for message in messages], speaker)
    for number, call in enumerate(calls):
        new = outbound_rows.NewOutbound(
            key=f"{key}:{number}", citizen_id=citizen_id, messages_json=to_json(call)
        )
        await send_later(session, clock, citizen, new)
    return True


async def send_later(
    session: AsyncSession,
    clock: Clock,
    citizen: Citizen,
    new: outbound_rows.NewOutbound,
) -> bool:
    """Write one call and its job; False when a row of its key exists."""
    row = await outbound_rows.insert_outbound(
        session, new, citizen.line_user_id, clock(), citizen.channel
    )
    if row is None:
        return False
    job = {"outbound_id": row.outbound_id}
    await enqueue(session, NewJob(SEND, job, lock=citizen.id, priority=10))
    return True
