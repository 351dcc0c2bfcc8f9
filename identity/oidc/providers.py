"""Where people may log in: `city/<city>/identity.toml`, checked when the program starts."""

import re
import tomllib
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    StringConstraints,
    ValidationError,
    model_validator,
)

from auth.tokens import Algorithm
from kit.errors import ConciergeError
from kit.settings import Settings

# This machine, or a container beside ours: a name without a dot is nobody's on the internet.
_LOCAL = re.compile(r"http://(127\.0\.0\.1|[a-z][a-z0-9-]*)(:\d+)?(/|$)")
_Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,29}$")]
_Text = Annotated[str, StringConstraints(min_length=1, max_length=255)]


class ProviderConfigError(ConciergeError):
    """The city's identity.toml cannot be used. Correct the named entries."""

    code = "bad_provider_config"


class Kind(StrEnum):
    """What a login at a provider proves."""

    line = "line"
    """Which LINE account uses this browser."""
    my_id = "my-id"
    """A social or city account."""
    card = "card"
    """The My Number card, read by the Digital Authentication App."""
    staff = "staff"
    """A member of the city's staff, at the city's own provider. Citizens never go there."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Endpoints(_Strict):
    """A provider's addresses. Without `userinfo`, nothing but the ID token is read."""

    authorization: _Text
    token: _Text
    jwks: str = ""
    userinfo: str = ""

    @model_validator(mode="after")
    def _are_safe(self) -> Self:
        for url in (self.authorization, self.token, self.jwks, self.userinfo):
            if url:
                check_address(url)
        return self


class Provider(_Strict):
    """One provider and how this city is registered there."""

    name: _Name
    title: _Text
    kind: Kind
    issuer: _Text
    client_id: _Text
    scopes: tuple[_Text, ...]
    algorithm: Algorithm
    """The one algorithm registered for its ID tokens."""
    authentication: Literal["private_key_jwt", "client_secret_post", "client_secret_basic"]
    assertion_audience: Literal["issuer", "token_endpoint"] = "issuer"
    """Whom a client assertion addresses; always this one (audience injection)."""
    names_issuer: bool = True
    """Whether its callback carries `iss` (RFC 9207); then a callback without it is refused."""
    acr_values: str = ""
    card_acr: frozenset[str] = frozenset()
    """Values of `acr` that prove that the card was read just now."""
    endpoints: Endpoints | None = None
    """None: by discovery, below the issuer."""

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        check_address(self.issuer)
        if "openid" not in self.scopes:
            raise ValueError("scopes must name openid")
        if self.kind is Kind.card and not self.card_acr:
            raise ValueError("card_acr is needed for the card")
        if self.kind is Kind.staff and not self.acr_values:
            raise ValueError("acr_values is needed for staff: it is their second factor")
        return self


def check_address(url: str) -> None:
    """Raise ValueError unless an address is https, or http on this machine or beside it."""
    if not (url.startswith("https://") or _LOCAL.match(url)) or "#" in url or " " in url:
        raise ValueError(f"{url} must be an https address")


def load_providers(settings: Settings) -> dict[str, Provider]:
    """Return where citizens log in, by name; `{…}` in the file stands for a setting's value.

    Raises ProviderConfigError.
    """
    providers = read_providers(settings.city_dir / "identity.toml", settings)
    return {name: one for name, one in providers.items() if one.kind is not Kind.staff}


def load_staff_providers(settings: Settings) -> dict[str, Provider]:
    """Return where staff log in, by name; none for a city without the file.

    Raises ProviderConfigError.
    """
    path = settings.city_dir / "identity.toml"
    providers = read_providers(path, settings) if path.exists() else {}
    return {name: one for name, one in providers.items() if one.kind is Kind.staff}


def read_providers(path: Path, settings: Settings) -> dict[str, Provider]:
    """Read one file; see `load_providers`."""
    known = {
        name: str(getattr(settings, name))
        for name in ("line_access_base", "line_api_base", "my_id_base", "digital_auth_base")
    } | {"line_login_channel_id": settings.line_login_channel_id}
    try:
        text = re.sub(r"\{(\w+)\}", lambda m: known[m[1]], path.read_text(encoding="utf-8"))
        entries = tomllib.loads(text).get("providers", [])
        providers = [Provider.model_validate(entry) for entry in entries]
    except (OSError, KeyError, tomllib.TOMLDecodeError, ValidationError) as error:
        raise ProviderConfigError(f"{path.name}: {error}") from error
    by_name = {provider.name: provider for provider in providers}
    kinds = [provider.kind for provider in providers]
    if len(by_name) < len(providers) or kinds.count(Kind.line) != 1 or kinds.count(Kind.card) > 1:
        raise ProviderConfigError(
            f"{path.name}: names must differ; one provider is LINE, one at most the card"
        )
    return by_name
