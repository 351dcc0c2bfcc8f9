"""People on their way through the pages: from the authorization request to the redirect back."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from emulators.openid.errors import PageError
from emulators.openid.profile import Client


@dataclass(frozen=True)
class Asked:
    """An authorization request that was found right."""

    client: Client
    redirect_uri: str
    scope: tuple[str, ...]
    state: str
    nonce: str
    challenge: str
    prompt: frozenset[str]
    max_age: int | None
    acr_values: tuple[str, ...]
    login_hint: str


@dataclass
class Interaction:
    """How far one person has come. What is still empty was not answered yet."""

    asked: Asked
    started: datetime
    interaction_id: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    person_id: str = ""
    auth_time: int = 0
    agreed: bool = False
    pin: str = ""
    problem: str = ""
    """Which message the next page shows, once."""
    stopped: str = ""
    """Why there is no way on but back to the client."""

    @property
    def path(self) -> str:
        """Where its pages are."""
        return f"/interaction/{self.interaction_id}"

    def take_problem(self) -> str:
        """Return the message to show and forget it."""
        shown, self.problem = self.problem, ""
        return shown


class Interactions:
    """All that are under way."""

    def __init__(self) -> None:
        self._open: dict[str, Interaction] = {}

    def begin(self, asked: Asked, now: datetime) -> Interaction:
        """Start one."""
        interaction = Interaction(asked, now)
        self._open[interaction.interaction_id] = interaction
        return interaction

    def find(self, interaction_id: str, now: datetime, seconds: float) -> Interaction:
        """Return an open one. Raises PageError when it has ended or took longer than `seconds`."""
        interaction = self._open.get(interaction_id)
        if interaction is None or now - interaction.started > timedelta(seconds=seconds):
            raise PageError(
                "この画面は使えなくなりました。もとの画面に戻り、はじめからお試しください。", 410
            )
        return interaction

    def end(self, interaction: Interaction) -> None:
        """Forget one."""
        self._open.pop(interaction.interaction_id, None)

    def clear(self) -> None:
        """Forget all."""
        self._open.clear()
