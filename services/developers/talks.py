"""The talks of developers with their own skills in the sandbox; no citizen is in them."""

from typing import Any

from services.developers.accounts import SESSION_LIFE, DeveloperStore
from services.developers.calling import Called

_TURNS_SHOWN = 20


class SandboxTalks:
    """Kept in Redis for as long as a session; words of a developer's own, and what came back."""

    def __init__(self, store: DeveloperStore) -> None:
        """`store` holds each talk under the developer's and the skill's names."""
        self._store = store

    async def of(self, developer_id: str, skill_id: str) -> list[dict[str, Any]]:
        """Return the turns of a talk, the oldest first: what was said, and how it ended."""
        kept = await self._store.get(_name(developer_id, skill_id))
        turns: list[dict[str, Any]] = kept["turns"] if kept else []
        return turns

    async def add(self, developer_id: str, skill_id: str, said: str, called: Called) -> None:
        """Add a turn."""
        turn = {
            "said": said,
            "outcome": called.outcome.value,
            "milliseconds": called.milliseconds,
            "why": called.why,
            "messages": [message.model_dump(mode="json") for message in called.messages],
        }
        turns = [*await self.of(developer_id, skill_id), turn][-_TURNS_SHOWN:]
        await self._store.put(_name(developer_id, skill_id), {"turns": turns}, SESSION_LIFE)

    async def forget(self, developer_id: str, skill_id: str) -> None:
        """Begin anew."""
        await self._store.drop(_name(developer_id, skill_id))


def _name(developer_id: str, skill_id: str) -> str:
    return f"talk:{developer_id}:{skill_id}"
