"""Taking out everything that is kept of a citizen: one JSON object over all packages."""

from datetime import datetime

from auth.levels import Level, standing
from identity.account import consents
from identity.audit import log as access
from identity.audit.log import AuditEntry, record
from identity.container import IdentityContainer
from identity.grants.service import Granting
from identity.login.browser import Visit
from kit.personal_data import Json, PersonalDataHolder

FORMAT = "citizen-concierge-export/1"


async def take_out(container: IdentityContainer, visit: Visit) -> Json:
    """Return everything of the visit's citizen, and record that it was taken out.

    Raises UnavailableError while a package is away: an export is complete or none.
    """
    citizen_id = visit.citizen_id
    packages = {kept.name: await _of_room(container, visit, kept) for kept in container.holders}
    async with container.database.transaction() as session:
        await record(
            session, AuditEntry(citizen_id, "export", level=visit.level), container.clock()
        )
    own = await _of_identity(container, citizen_id)
    return {
        "format": FORMAT,
        "city": container.city,
        "citizen_id": citizen_id,
        "made_at": container.clock().isoformat(),
        "rooms": {"identity": own, **packages},
    }


async def _of_room(container: IdentityContainer, visit: Visit, kept: PersonalDataHolder) -> Json:
    """Ask one package. Records behind the gate come out for whom the card was read just now."""
    if kept.scope is None:
        return await kept.export(container.internal, visit.citizen_id, None)
    if not visit.level.suffices(Level.L3_FRESH):
        return {"left_out": "マイナンバーカードの連携がないため、記録の写しは入れていません。"}
    grant = await Granting(container.database, container.minter, container.clock).to_citizen(
        visit.citizen_id,
        kept.name,
        (kept.scope,),
        standing(visit.session.proofs, container.clock()),
        Level.L3_FRESH,
        # Taken before the session was read.
        asked_at=visit.session.proofs.seen_at,
    )
    return await kept.export(container.internal, visit.citizen_id, grant)


async def _of_identity(container: IdentityContainer, citizen_id: str) -> Json:
    """Return links, consents, sessions and the access log; no identifier of a provider's."""
    sessions = await container.sessions.of(citizen_id)
    async with container.database.transaction() as session:
        links = await container.links.all_of(session, citizen_id)
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
