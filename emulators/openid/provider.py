"""One provider: every part, put together in one place."""

from abc import ABC, abstractmethod
from datetime import datetime, timedelta

from jinja2 import Environment

from emulators.jose.jws import Json
from emulators.openid.faults import Faults
from emulators.openid.grants import Grant, Grants
from emulators.openid.interactions import Interactions
from emulators.openid.journal import Journal
from emulators.openid.key_ring import KeyRing
from emulators.openid.profile import Client, Options, Profile
from kit.clock import Clock


class Provider(ABC):
    """All state of a provider. It lives in memory and in one event loop."""

    def __init__(
        self,
        profile: Profile,
        base_url: str,
        options: Options,
        client: Client,
        templates: Environment,
        clock: Clock,
    ) -> None:
        """`base_url` is where browsers and clients reach it, without a slash at the end."""
        self.profile = profile
        self.base_url = base_url
        self.options = options
        self.templates = templates
        self.clients = {client.client_id: client}
        self.keys = KeyRing(profile.algorithms)
        self.grants = Grants(options)
        self.interactions = Interactions()
        self.faults = Faults()
        self.journal = Journal()
        self.assertion_ids: dict[tuple[str, str], float] = {}
        """(client, `jti`) of every client assertion that was taken → its `exp`."""
        self._clock = clock
        self._offset = timedelta()

    @property
    def issuer(self) -> str:
        """The issuer identifier."""
        return f"{self.base_url}{self.profile.issuer_path}"

    def url(self, path: str) -> str:
        """Return the address of one of the profile's paths."""
        return f"{self.base_url}{path}"

    def now(self) -> datetime:
        """Return the provider's present instant."""
        return self._clock() + self._offset

    def seconds_now(self) -> int:
        """Return the present instant in seconds since 1970."""
        return int(self.now().timestamp())

    def advance(self, seconds: float) -> None:
        """Move the clock, backwards with a negative number."""
        self._offset += timedelta(seconds=seconds)

    def reset(self) -> None:
        """Forget what happened, and have everybody as at the start. Keys, clients and settings
        stay, because those who use them go on running."""
        for part in (
            self.grants,
            self.interactions,
            self.faults,
            self.journal,
            self.assertion_ids,
        ):
            part.clear()
        self._offset = timedelta()
        self.reset_people()

    def callback_extras(self) -> dict[str, str]:
        """Return what goes back to the client beside a code."""
        return {}

    @abstractmethod
    def reset_people(self) -> None:
        """Have everybody as at the start."""

    @abstractmethod
    def subject(self, grant: Grant) -> str:
        """Return the `sub` of the grant's person for the grant's client."""

    @abstractmethod
    def claims(self, grant: Grant) -> Json:
        """Return the claims that the grant's scopes open, as UserInfo gives them."""

    @abstractmethod
    def authentication_claims(self, grant: Grant) -> Json:
        """Return what the ID token says about how the person proved who they are."""
