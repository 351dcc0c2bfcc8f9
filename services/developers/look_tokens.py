"""The tokens that calls of skills bring along, by which they look at what is the citizen's.

A token says nothing by itself: what it stands for is kept sealed in Redis, for two minutes.
"""

import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from kit.settings import Settings
from services.developers.accounts import DeveloperStore, digest
from services.developers.rules import LOOKS_PER_MINUTE
from services.developers.sharing import Shared
from services.developers.skill_manifest import SkillManifest

LIFE = timedelta(minutes=2)
PATH = "/developers/api/v1/citizen-data"
_PREFIX = "cgt_"
_MINUTE = timedelta(minutes=1)


class LookTokens:
    """Makes the tokens and takes them back."""

    def __init__(self, store: DeveloperStore, settings: Settings) -> None:
        """`store` seals what a token stands for."""
        self._store = store
        self._url = settings.public_base_url.rstrip("/") + PATH

    async def make(
        self,
        manifest: SkillManifest,
        citizen: str,
        citizen_id: str | None = None,
        grants: Mapping[str, str] | None = None,
    ) -> dict[str, Any] | None:
        """Return what a call brings along, None where its skill asks for nothing.

        `citizen` is the skill's own name for them; without `citizen_id` it is the sandbox.
        """
        if not manifest.scopes:
            return None
        token = _PREFIX + secrets.token_urlsafe(32)
        kept = {
            "skill": manifest.id,
            "citizen": citizen,
            "citizen_id": citizen_id,
            "scopes": list(manifest.scopes),
            "grants": dict(grants or {}),
        }
        await self._store.put(f"look:{digest(token)}", kept, LIFE)
        seconds = int(LIFE.total_seconds())
        told = {"token": token, "scopes": kept["scopes"]}
        return {**told, "url": self._url, "seconds": seconds}

    async def read(self, token: str) -> dict[str, Any] | None:
        """Return what a token stands for."""
        return await self._store.get(f"look:{digest(token)}")

    async def spend(self, token: str, scope: Shared) -> bool:
        """Use a token up for one scope; False where it was before."""
        return await self._store.spend(f"looked:{digest(token)}:{scope}", LIFE)

    async def is_too_often(self, skill_id: str, minute: int) -> bool:
        """Count a look of a skill's."""
        return await self._store.count(f"looks:{skill_id}:{minute}", _MINUTE) > LOOKS_PER_MINUTE
