"""Taking messages in: kept as they came, first, and only then understood, by a job."""

import hashlib

from kit.clock import Clock
from kit.db import Database
from kit.errors import InvalidInputError, PayloadTooLargeError
from kit.jobs import NewJob, enqueue
from kit.logging import get_logger
from services.disaster import repository
from services.disaster.jobs import APPLY
from services.disaster.xml import MAX_BYTES

log = get_logger(__name__)

_FIRST = b"<"
_BEFORE = b"\xef\xbb\xbf \t\r\n"
# A warning goes before everything else that the same hands do.
PRIORITY = 20


class Intake:
    """Keeps messages with the job that applies them, each bytes of a source once."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """All parts are made once per process."""
        self._database = database
        self._clock = clock

    async def receive(self, source: str, body: bytes, name: str = "", heard: str = "") -> bool:
        """Keep one message; returns whether it was new. `heard`: by which way it came.

        Raises PayloadTooLargeError over 8 MB, and InvalidInputError for what cannot be XML.
        """
        if len(body) > MAX_BYTES:
            raise PayloadTooLargeError
        if not body.lstrip(_BEFORE).startswith(_FIRST):
            raise InvalidInputError("Send the telegram itself, as XML.")
        digest = hashlib.sha256(body).hexdigest()
        now = self._clock()
        async with self._database.transaction() as session:
            found = await repository.insert_message(
                session, source, name or f"{source}-{digest[:12]}", digest, body, now
            )
            await repository.note_heard(session, heard or source, now)
            if found is not None:
                await enqueue(session, apply_job(self._database.city.name, found))
        log.info("disaster_message", source=source, message_id=found, new=found is not None)
        return found is not None


def apply_job(city: str, message_id: int) -> NewJob:
    """The job that applies a message; those of a city run one after the other."""
    return NewJob(
        APPLY, {"message_id": message_id}, lock=f"disaster.apply:{city}", priority=PRIORITY
    )
