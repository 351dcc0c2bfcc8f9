"""How a file that staff send stands in the talk: a picture as itself, a document as a link."""

from sqlalchemy.ext.asyncio import AsyncSession

from bot.handoff import wording
from bot.media.outgoing import Parcel
from bot.messages.render import Json, render
from bot.messages.speakers import Speaker
from bot.preferences.repository import load_preferences
from kit.settings import Settings
from kit.wording import load_wording, spoken_in
from messages.neutral import Text


async def file_calls(
    session: AsyncSession, settings: Settings, parcel: Parcel, path: str, speaker: Speaker
) -> list[list[Json]]:
    """Return the one call that brings a file, which is opened at `path`."""
    address = settings.public_base_url + path
    if not parcel.file.is_picture:
        chosen = (await load_preferences(session, parcel.citizen_id)).language
        last_day = parcel.until.astimezone(settings.timezone).date()
        with spoken_in(load_wording(chosen)):
            return render([Text(text=wording.document(address, last_day))], speaker)
    picture = {
        "type": "image",
        "originalContentUrl": address,
        "previewImageUrl": f"{address}/preview",
        "sender": speaker.as_json(),
    }
    return [[picture]]
