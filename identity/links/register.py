"""Asking the city's register who somebody is, by the four items, which are not kept."""

from identity.links import wording as words
from identity.links.four_items import FourItems
from kit.errors import NotFoundError
from kit.logging import get_logger
from messages.neutral import Message, Text
from services.residents.contract import Identification, ResidentsClient

log = get_logger(__name__)


async def identify(register: ResidentsClient, citizen_id: str, items: FourItems) -> list[Message]:
    """Return what to say about it, nothing where all is well. Raises UnavailableError."""
    who = Identification(
        citizen_id=citizen_id,
        name=items.name,
        address=items.address,
        birthdate=items.birthdate,
        sex=None if items.sex is None else items.sex.value,
    )
    try:
        outcome = (await register.identify(who)).outcome
    except NotFoundError:
        log.warning("no_register")
        outcome = "pending"
    log.info("citizen_identified", outcome=outcome)
    said = {"matched": "", "pending": words.PENDING, "refused": words.REFUSED}[outcome]
    return [Text(text=said)] if said else []
