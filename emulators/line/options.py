"""What the emulator is told at start, and what may be changed while it runs."""

from dataclasses import asdict, dataclass, fields
from typing import Any

from emulators.line.errors import ControlError

# In seconds or days; far beyond anybody's patience, and no instant overflows.
_LONGEST = 100_000


@dataclass(frozen=True)
class Channel:
    """The bot's channel: its id, its secret, and the long-lived token, if one was set.

    The login channel belongs to the same provider, so people have the same ids in both.
    """

    channel_id: str
    secret: str
    bot_user_id: str
    login_channel_id: str
    login_secret: str
    name: str = "会津若松市（エミュレーター）"
    long_lived_token: str = ""


@dataclass
class Options:
    """Switches of the running emulator (`GET` and `POST /emulator/settings`).

    Redelivery is ON here, unlike in a new LINE channel, so that a bot that was down answers when
    it is back: up to `redelivery_attempts` further tries, the first after
    `redelivery_interval_seconds`, each later one after twice the time, ten seconds at most.
    With `ordered` a person's next event waits until the one before was taken or given up, and
    LINE's own promise is weaker: without it every event is sent at once and may overtake others.
    """

    webhook_url: str = ""
    webhook_active: bool = True
    webhook_timeout_seconds: float = 2.0
    ordered: bool = True
    redelivery: bool = True
    redelivery_attempts: int = 8
    redelivery_interval_seconds: float = 1.0
    batch_size: int = 1
    """Up to so many events, of any people, in one webhook call."""
    shuffle: bool = False
    """Send waiting events in a random order, also within one call."""
    unknown_properties: bool = False
    """Add properties that no definition knows to every event, in another order."""
    strict: bool = True
    """Refuse properties that the definitions do not know. LINE is less strict in places."""
    monthly_quota: int | None = None
    """Messages a month; None is LINE's `type: none`."""
    preparing_seconds: float = 2.0
    """How long a received video or audio is being prepared (the content answers 202)."""
    content_days: float = 14.0
    """How long a received file is kept. LINE says "a certain period" and no more."""
    job_seconds: float = 1.0
    """How long each step of a narrowcast, an audience job or a rich-menu batch takes."""
    narrowcast_reach: int = 100
    """An attribute filter needs so many friends (403 below), and half as many recipients."""

    def change(self, wanted: dict[str, Any]) -> None:
        """Take over the given switches. Raises ControlError for an unknown one or a wrong type."""
        known = {f.name: type(getattr(Options(), f.name)) for f in fields(self)}
        for name, value in wanted.items():
            if name not in known:
                raise ControlError(400, f"There is no setting '{name}'. Known: {', '.join(known)}.")
            if not _fits(value, known[name]):
                raise ControlError(400, f"The setting '{name}' cannot be {value!r}.")
        for name, value in wanted.items():
            setattr(self, name, value)

    def as_dict(self) -> dict[str, Any]:
        """Return every switch with its present value."""
        return asdict(self)


def _fits(value: Any, kind: type) -> bool:
    if kind is type(None) and value is None:
        return True
    if kind in (bool, str):
        return type(value) is kind
    if kind in (int, type(None)):
        return type(value) is int and value >= 0
    return type(value) in (int, float) and 0 <= value <= _LONGEST
