"""A skill looks at one thing of a citizen's: with a token of that call, signed, once, and logged.

It opens to that skill alone, under the name that the skill knows for the citizen, each scope one
time, and only while the citizen lets it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from auth.citizens import CitizenClient, OutsideNote
from kit.clock import Clock
from kit.db import Database
from kit.errors import ForbiddenError, TooManyRequestsError, UnauthorizedError
from kit.logging import get_logger
from kit.settings import Settings
from kit.vault import Vault
from services.developers import repository, signing
from services.developers.look_tokens import LookTokens
from services.developers.permissions import Permissions
from services.developers.sharing import READS_PEOPLE, SHAREABLE, Shared, age_group
from services.developers.skill_manifest import SkillManifest
from services.developers.skills import signing_secret
from services.residents.contract import Relation, ResidentsClient
from services.waste.contract import WasteClient

log = get_logger(__name__)


class LookRefusedError(UnauthorizedError):
    """The token, the signature, the skill and the citizen's name do not belong together (any more).

    Each call brings a new token, which opens each of its scopes once, for two minutes.
    """

    code = "look_refused"


class NotSharedError(ForbiddenError):
    """The citizen has not agreed to show that, or no longer."""

    code = "not_shared"


@dataclass(frozen=True)
class Signed:
    """The three headers of a signed request."""

    timestamp: str
    nonce: str
    signature: str


@dataclass(frozen=True)
class Look:
    """What a skill asks for, as the raw body that was signed says."""

    skill_id: str
    citizen: str
    scope: Shared
    body: bytes


@dataclass(frozen=True)
class Seen:
    """The answer. `value` is None where the city keeps nothing of the kind."""

    scope: Shared
    value: str | None
    sandbox: bool
    secret: str
    """What signs the answer."""


@dataclass(frozen=True)
class Records:
    """Where what may be shown is kept."""

    waste: WasteClient
    residents: ResidentsClient


class Looks:
    """Answers skills that look."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        vault: Vault,
        tokens: LookTokens,
        permissions: Permissions,
        citizens: CitizenClient,
        records: Records,
        settings: Settings,
    ) -> None:
        """`citizens` reaches the access log."""
        self._database = database
        self._clock = clock
        self._vault = vault
        self._tokens = tokens
        self._permissions = permissions
        self._citizens = citizens
        self._records = records
        self._zone = settings.timezone

    async def look(self, token: str, signed: Signed, asked: Look) -> Seen:
        """Return one thing of a citizen's; the access log has it first.

        Raises LookRefusedError, NotSharedError, TooManyRequestsError, UnavailableError.
        """
        manifest, secret = await self._skill(signed, asked)
        if await self._tokens.is_too_often(asked.skill_id, int(self._clock().timestamp() // 60)):
            raise TooManyRequestsError
        kept = await self._tokens.read(token)
        if kept is None or (kept["skill"], kept["citizen"]) != (asked.skill_id, asked.citizen):
            raise _refused("token", asked)
        if asked.scope not in kept["scopes"] or asked.scope not in manifest.scopes:
            raise NotSharedError
        citizen_id = kept["citizen_id"]
        if citizen_id is None:
            await self._spend(token, asked)
            return Seen(asked.scope, SHAREABLE[asked.scope].example, sandbox=True, secret=secret)
        offered = await self._permissions.offered(asked.skill_id)
        if offered is None or not await self._permissions.covers(citizen_id, manifest):
            raise NotSharedError
        await self._spend(token, asked)
        note = OutsideNote(citizen_id=citizen_id, what=f"read.{asked.scope}", who=offered.name)
        await self._citizens.note_outside(note)
        value = await self._value(citizen_id, asked.scope, kept["grants"])
        return Seen(asked.scope, value, sandbox=False, secret=secret)

    async def _spend(self, token: str, asked: Look) -> None:
        if not await self._tokens.spend(token, asked.scope):
            raise _refused("used before", asked)

    async def _skill(self, signed: Signed, asked: Look) -> tuple[SkillManifest, str]:
        """Return the skill whose secret has signed, and that. Raises LookRefusedError."""
        async with self._database.transaction() as session:
            found = await repository.skill(session, asked.skill_id)
            if found is None:
                raise _refused("no such skill", asked)
            secret = await signing_secret(self._vault, session, found)
        is_genuine = signing.is_signed(
            secret, signed.timestamp, signed.nonce, asked.body, signed.signature, self._clock()
        )
        if not is_genuine:
            raise _refused("signature", asked)
        return SkillManifest.model_validate(found.manifest), secret

    async def _value(self, citizen_id: str, scope: Shared, grants: Mapping[str, str]) -> str | None:
        if scope is Shared.district:
            return (await self._records.waste.subscription(citizen_id)).area
        people = (await self._records.residents.people(grants[READS_PEOPLE])).people
        own = next((person for person in people if person.relation is Relation.self), None)
        today = self._clock().astimezone(self._zone).date()
        return None if own is None else age_group(own.birthdate, today)


def _refused(why: str, asked: Look) -> LookRefusedError:
    # An answer that tells why would help whoever tries.
    log.warning("look_refused", why=why, skill=asked.skill_id)
    return LookRefusedError()
