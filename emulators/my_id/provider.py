"""My-ID's own part of a provider: accounts, browser sessions, and what it tells of people."""

import secrets
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import Field

from emulators.jose.jws import Json
from emulators.my_id.accounts import demo_accounts
from emulators.openid import pages
from emulators.openid.grants import Grant
from emulators.openid.profile import Client, Options, Profile
from emulators.openid.provider import Provider
from kit.clock import Clock, system_clock

PROFILE = Profile(
    issuer_path="",
    authorize="/authorize",
    token="/token",  # noqa: S106  a path
    userinfo="/userinfo",
    jwks="/jwks.json",
    end_session="/logout",
    scopes={
        "openid": (),
        "profile": ("name", "preferred_username", "locale"),
        "email": ("email", "email_verified"),
        "offline_access": (),
    },
    auth_methods=("client_secret_basic", "client_secret_post", "private_key_jwt"),
    algorithms=("ES256", "RS256"),
    subject_type="public",
)


class MyIdOptions(Options):
    """The switches of every provider, and My-ID's own."""

    wrong_passwords_allowed: int = Field(5, ge=1)
    """After so many in a row an account is locked."""


@dataclass
class Session:
    """A browser in which somebody has signed in."""

    user_id: str
    auth_time: int
    agreed: set[tuple[str, tuple[str, ...]]] = field(default_factory=set)
    """(client, scopes) to which they agreed."""


class MyId(Provider):
    """The provider with its accounts."""

    options: MyIdOptions

    def __init__(self, base_url: str, client: Client, clock: Clock = system_clock) -> None:
        """Everybody is signed out."""
        templates = pages.templates(Path(__file__).parent / "templates")
        super().__init__(PROFILE, base_url, MyIdOptions(), client, templates, clock)
        self.reset_people()

    def reset_people(self) -> None:
        """Have the invented residents, all signed out."""
        self.accounts = demo_accounts()
        self.sessions: dict[str, Session] = {}

    def subject(self, grant: Grant) -> str:
        """Return the account's identifier, the same for every client."""
        return self.accounts[grant.person_id].sub

    def claims(self, grant: Grant) -> Json:
        """Return name and address for mail, as far as the scopes open them."""
        account = self.accounts[grant.person_id]
        known = {
            "name": account.name,
            "preferred_username": account.user_id,
            "locale": "ja-JP",
            "email": account.email,
            "email_verified": True,
        }
        opened = [claim for scope in grant.scope for claim in self.profile.scopes[scope]]
        return {claim: known[claim] for claim in opened}

    def authentication_claims(self, grant: Grant) -> Json:
        """Say when the person signed in, and that it was by password."""
        return {"auth_time": grant.auth_time, "amr": ["pwd"]}

    def sign_in(self, user_id: str) -> str:
        """Open a session and return its cookie."""
        cookie = secrets.token_urlsafe(32)
        self.sessions[cookie] = Session(user_id, self.seconds_now())
        return cookie


def my_id(provider: Provider) -> MyId:
    """Return the provider as what it is here."""
    assert isinstance(provider, MyId)  # noqa: S101  the application is made around one
    return provider
