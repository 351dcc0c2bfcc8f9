"""What the bot keeps of a citizen, Rasa's conversation included: handed out and erased."""

import base64
import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.broadcast import repository as broadcast_rows
from bot.citizens import repository as citizen_rows
from bot.citizens.models import Citizen
from bot.handoff import personal_data as handoffs
from bot.line.models import LineEvent
from bot.media import outgoing
from bot.media import repository as media
from bot.media.models import Media
from bot.preferences import repository as preference_rows
from bot.retention import repository
from bot.sender.models import Outbound
from bot.turns.rasa import RasaClient
from kit.clock import Clock
from kit.db import Database
from kit.logging import get_logger
from kit.personal_data import Json, PersonalDataHolder, personal_data_router
from kit.vault import Vault

log = get_logger(__name__)

# Of files, this much goes into one export; somebody may have sent gigabytes.
MOST_FILE_BYTES = 20_000_000


class BotPersonalData:
    """Does what `kit.personal_data` asks of the bot."""

    def __init__(self, database: Database, clock: Clock, vault: Vault, rasa: RasaClient) -> None:
        """`vault` opens files; `rasa` keeps the conversation."""
        self._database = database
        self._clock = clock
        self._vault = vault
        self._rasa = rasa

    async def export(self, citizen_id: str) -> Json:
        """Return who wrote, what arrived, what was answered, the files, and Rasa's record.

        Raises UnavailableError while Rasa is away.
        """
        dialogue = await self._rasa.conversation(citizen_id)
        async with self._database.transaction() as session:
            citizen = await citizen_rows.load_citizen(session, citizen_id)
            if citizen is None or citizen.forgotten_at is not None:
                return {}
            chosen = await preference_rows.load_preferences(session, citizen_id)
            return {
                "account": _account(citizen),
                "preferences": chosen.model_dump(mode="json"),
                "received": await _received(session, citizen_id),
                "sent": await _sent(session, citizen_id),
                "files": await self._files(session, citizen_id),
                "people": await handoffs.export(session, self._vault, citizen_id),
                "dialogue": dialogue,
            }

    async def erase(self, citizen_id: str) -> None:
        """Erase all of it, what waits to be sent included; the LINE user is a stranger afterwards.

        Raises UnavailableError while Rasa is away; everything else is gone by then.
        """
        now = self._clock()
        async with self._database.transaction() as session:
            user_id = await repository.lock_citizen(session, citizen_id)
            if user_id is not None:
                await broadcast_rows.drop_recipient(session, user_id, now)
                await broadcast_rows.forget_recipient(session, citizen_id)
                await broadcast_rows.forget_tester(session, citizen_id)
                await repository.erase_citizen(session, citizen_id, now)
                await media.erase_of_citizen(session, citizen_id, now)
                await outgoing.erase_sent(session, citizen_id=citizen_id)
                await handoffs.erase(session, citizen_id, now)
        await self._rasa.forget(citizen_id)
        log.info("citizen_forgotten", citizen_id=citizen_id)

    async def _files(self, session: AsyncSession, citizen_id: str) -> list[Json]:
        rows = await session.scalars(
            select(Media).where(Media.citizen_id == citizen_id).order_by(Media.id)
        )
        files, left = [], MOST_FILE_BYTES
        for row in rows.all():
            file: Json = {
                "kind": row.kind,
                "state": row.state,
                "size": row.size,
                "sha256": row.sha256,
                "sent_at": row.created_at.isoformat(),
                "kept_until": _time(row.expires_at),
            }
            if row.state == "stored" and (row.size or 0) <= left:
                left -= row.size or 0
                content = await media.open_content(session, self._vault, row)
                file["base64"] = base64.b64encode(content).decode()
            elif row.state == "stored":
                file["left_out"] = (
                    "大きいため入れていません。必要なときは市役所にお申し出ください。"
                )
            files.append(file)
        return files


def _account(citizen: Citizen) -> Json:
    return {
        "line_user_id": citizen.line_user_id,
        "channel": citizen.channel,
        "is_friend": citizen.is_friend,
        "known_since": citizen.created_at.isoformat(),
        "followed_at": _time(citizen.followed_at),
        "unfollowed_at": _time(citizen.unfollowed_at),
    }


async def _received(session: AsyncSession, citizen_id: str) -> list[Json]:
    query = select(LineEvent).where(LineEvent.citizen_id == citizen_id).order_by(LineEvent.id)
    return [
        {"at": row.occurred_at.isoformat(), "kind": row.kind, "event": row.raw}
        for row in await session.scalars(query)
    ]


async def _sent(session: AsyncSession, citizen_id: str) -> list[Json]:
    query = select(Outbound).where(Outbound.citizen_id == citizen_id).order_by(Outbound.id)
    rows: Sequence[Outbound] = (await session.scalars(query)).all()
    return [
        {
            "at": row.created_at.isoformat(),
            "state": row.state,
            "messages": json.loads(row.messages_json),
        }
        for row in rows
    ]


def _time(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat()


HOLDER = PersonalDataHolder("line", BotPersonalData)
router = personal_data_router(HOLDER)
