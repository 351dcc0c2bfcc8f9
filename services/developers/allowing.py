"""Before a skill is called that asks for something of the citizen: what is still missing for it."""

from auth.gate import Gate
from auth.tokens import RefusedTokenError
from services.developers.answers import LONGEST_PAYLOAD, payload_of
from services.developers.contract import Needed, Question, Wants
from services.developers.permissions import Permissions
from services.developers.sharing import SHAREABLE
from services.developers.skill_manifest import SkillManifest


class Allowing:
    """Knows whether the citizen agreed, and has identity's grants checked."""

    def __init__(self, permissions: Permissions, gate: Gate) -> None:
        """`gate` checks grants."""
        self._permissions = permissions
        self._gate = gate

    async def missing(self, question: Question, manifest: SkillManifest) -> Wants | None:
        """Return what has to come first, None where the skill may be called.

        Raises what `Gate.open` raises for a grant that does not fit.
        """
        if not manifest.scopes:
            return None
        payload = _again(question, manifest)
        if not await self._permissions.covers(question.citizen_id, manifest):
            await self._permissions.wish(question.citizen_id, manifest.id, payload)
            return Wants(level=manifest.level, payload=payload, agreed=False)
        pairs = dict.fromkeys(g for scope in manifest.scopes for g in SHAREABLE[scope].grants)
        if not {scope for _, scope in pairs} <= question.grants.keys():
            needed = tuple(Needed(audience=who, scope=scope) for who, scope in pairs)
            return Wants(level=manifest.level, payload=payload, agreed=True, grants=needed)
        for scope in manifest.scopes:
            rule = SHAREABLE[scope].rule
            grant = await self._gate.open(question.grants[rule.name], rule)
            if grant.citizen_id != question.citizen_id or not grant.level.suffices(manifest.level):
                raise RefusedTokenError("another citizen, or a lower level")
        return None


def _again(question: Question, manifest: SkillManifest) -> str:
    """Return the button with which the talk goes on."""
    own = {name: text for name, text in question.slots.items() if name in manifest.slots}
    payload = payload_of(manifest.id, own)
    return payload if len(payload) <= LONGEST_PAYLOAD else payload_of(manifest.id)
