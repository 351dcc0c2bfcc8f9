"""The Digital Authentication App's own part of a provider: paths, rules, cards."""

import uuid
from pathlib import Path

from emulators.digital_auth.cards import demo_cards
from emulators.digital_auth.items import Shape, four_items
from emulators.jose.jws import Json
from emulators.openid import pages
from emulators.openid.grants import Grant
from emulators.openid.profile import Client, Options, Profile
from emulators.openid.provider import Provider
from kit.clock import Clock, system_clock

_REALM = "/api/realms/main"
_OPENID = f"{_REALM}/protocol/openid-connect"
# The same after a restart, so that linked accounts stay linked.
_SALT = b"digital-auth-stand-in"

PROFILE = Profile(
    issuer_path=_REALM,
    authorize=f"{_OPENID}/auth",
    token=f"{_OPENID}/token",
    userinfo=f"{_OPENID}/userinfo",
    jwks=f"{_OPENID}/certs",
    scopes={
        "openid": (),
        "name": ("name",),
        "address": ("address",),
        "birthdate": ("birthdate",),
        "gender": ("gender",),
    },
    auth_methods=("private_key_jwt",),
    algorithms=("ES256",),
    subject_type="pairwise",
    required=("state", "nonce"),
    acr_values=("aal2", "aal3", "crl", "ocsp"),
)


class DigitalAuthOptions(Options):
    """The switches of every provider, and this one's own."""

    # The documented callback has no `iss`, unlike RFC 9207 wants it.
    issuer_in_callback: bool = False
    item_shape: Shape = "standard"
    """In which shape UserInfo tells the four items (see `items`)."""
    tell_acr: bool = True
    """Whether the ID token says `acr`. What the real service does is not known."""
    tell_auth_time: bool = True
    """Whether the ID token says `auth_time`; not known either."""


class DigitalAuth(Provider):
    """The provider with its cards."""

    options: DigitalAuthOptions

    def __init__(self, base_url: str, client: Client, clock: Clock = system_clock) -> None:
        """Every card is as at the start."""
        templates = pages.templates(Path(__file__).parent / "templates")
        super().__init__(PROFILE, base_url, DigitalAuthOptions(), client, templates, clock)
        self.reset_people()

    def callback_extras(self) -> dict[str, str]:
        """Return the documented `session_state`, which says nothing."""
        return {"session_state": str(uuid.uuid4())}

    def reset_people(self) -> None:
        """Have the invented residents' cards, unlocked."""
        self.cards = demo_cards()

    def subject(self, grant: Grant) -> str:
        """Return the pairwise pseudonym."""
        return self.cards[grant.person_id].subject(grant.client_id, _SALT)

    def claims(self, grant: Grant) -> Json:
        """Return those of the four items that the scopes open."""
        items = four_items(self.cards[grant.person_id], self.options.item_shape)
        return {name: items[name] for name in items if name in grant.scope}

    def authentication_claims(self, grant: Grant) -> Json:
        """Say how and when the card was read, as far as the switches let it."""
        said: Json = {}
        if self.options.tell_acr:
            said["acr"] = grant.acr
        if self.options.tell_auth_time:
            said["auth_time"] = grant.auth_time
        return said


def digital_auth(provider: Provider) -> DigitalAuth:
    """Return the provider as what it is here."""
    assert isinstance(provider, DigitalAuth)  # noqa: S101  the application is made around one
    return provider
