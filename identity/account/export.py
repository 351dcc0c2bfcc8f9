"""Taking out everything that is kept of a citizen: one JSON object over all rooms."""

from datetime import datetime

from auth.levels import Level, standing
from identity.account import consents
from identity.audit import log as access
from identity.audit.log import Deed, record
from identity.container import Room
from identity.grants.service import Granting
from identity.login.browser import Visit
from kit.personal_data import Json, KeptRoom

FORMAT = "citizen-concierge-export/1"


async def take_out(room: Room, visit: Visit) -> Json:
    """Return everything of the visit's citizen, and record that it was taken out.

    Raises UnavailableError while a room is away: an export is complete or none.
    """
    citizen_id = visit.citizen_id
    rooms = {kept.name: await _of_room(room, visit, kept) for kept in room.kept}
    async with room.database.transaction() as session:
        await record(session, Deed(citizen_id, "export", level=visit.level), room.clock())
    own = await _of_identity(room, citizen_id)
    return {
        "format": FORMAT,
        "city": room.city,
        "citizen_id": citizen_id,
        "made_at": room.clock().isoformat(),
        "rooms": {"identity": own, **rooms},
    }


async def _of_room(room: Room, visit: Visit, kept: KeptRoom) -> Json:
    """Ask one room. Records behind the gate come out for whom the card was read just now."""
    if kept.scope is None:
        return await kept.export(room.internal, visit.citizen_id, None)
    if not visit.level.suffices(Level.L3_FRESH):
        return {"left_out": "マイナンバーカードの連携がないため、記録の写しは入れていません。"}
    grant = await Granting(room.database, room.minter, room.clock).to_citizen(
        visit.citizen_id,
        kept.name,
        (kept.scope,),
        standing(visit.session.proofs, room.clock()),
        Level.L3_FRESH,
    )
    return await kept.export(room.internal, visit.citizen_id, grant)


async def _of_identity(room: Room, citizen_id: str) -> Json:
    """Return links, consents, sessions and the access log; no identifier of a provider's."""
    sessions = await room.sessions.of(citizen_id)
    async with room.database.transaction() as session:
        links = await room.links.all_of(session, citizen_id)
        agreed = await consents.all_of(session, citizen_id)
        log = await access.of_citizen(session, citizen_id)
    return {
        "links": [
            {"provider": x.provider, "state": x.state, "since": x.created_at.isoformat()}
            for x in links
        ],
        "consents": [
            {
                "purpose": x.purpose,
                "version": x.version,
                "given_at": x.given_at.isoformat(),
                "withdrawn_at": _time(x.withdrawn_at),
            }
            for x in agreed
        ],
        "browsers": [
            {"device": x.device, "since": x.proofs.created_at.isoformat()} for x in sessions
        ],
        "access_log": [
            {
                "at": x.at.isoformat(),
                "by": x.actor_kind,
                "desk": x.actor.rpartition(" ")[0],
                "action": x.action,
                "reason": x.reason,
                "level": x.level,
            }
            for x in log
        ],
    }


def _time(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat()
