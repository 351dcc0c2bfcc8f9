"""What is fixed of a provider: its paths, scopes and rules, and the clients it was told of."""

from dataclasses import dataclass
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Json = dict[str, Any]
AuthMethod = Literal["client_secret_basic", "client_secret_post", "private_key_jwt"]
Algorithm = Literal["ES256", "RS256"]


@dataclass(frozen=True)
class Profile:
    """One kind of provider. Paths are below its base address."""

    issuer_path: str
    authorize: str
    token: str
    userinfo: str
    jwks: str
    scopes: dict[str, tuple[str, ...]]
    """Scope → the claims that it opens at UserInfo."""
    auth_methods: tuple[AuthMethod, ...]
    algorithms: tuple[Algorithm, ...]
    subject_type: Literal["public", "pairwise"]
    required: tuple[str, ...] = ()
    """Parameters without which an authorization request is refused, besides PKCE's."""
    acr_values: tuple[str, ...] = ()
    end_session: str = ""


class Client(BaseModel):
    """A relying party, in the words of OpenID's client registration."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    client_id: str = Field(min_length=1, max_length=255)
    client_name: str
    redirect_uris: list[str] = Field(min_length=1)
    post_logout_redirect_uris: list[str] = []
    token_endpoint_auth_method: AuthMethod
    client_secret: str = ""
    jwks: Json | None = None
    jwks_uri: str = ""
    id_token_signed_response_alg: Algorithm = "ES256"  # noqa: S105

    @model_validator(mode="after")
    def _can_prove_itself(self) -> Self:
        by_key = self.token_endpoint_auth_method == "private_key_jwt"  # noqa: S105
        if not (self.jwks or self.jwks_uri if by_key else self.client_secret):
            raise ValueError("give jwks or jwks_uri for private_key_jwt, else client_secret")
        return self


class Options(BaseModel):
    """Switches of a running provider (`GET` and `POST /emulator/settings`); times in seconds."""

    model_config = ConfigDict(extra="forbid", strict=True)

    interaction_seconds: float = Field(600, ge=0)
    """How long a person may take from the first page to the last."""
    code_seconds: float = Field(60, ge=0)
    access_token_seconds: int = Field(300, ge=0)
    id_token_seconds: int = Field(300, ge=0)
    refresh_token_seconds: int = Field(1800, ge=0)
    issuer_in_callback: bool = True
    """Send `iss` with the answer to the callback, and say so in the metadata (RFC 9207)."""
    withheld_scopes: list[str] = []
    """Scopes that are not granted although the person agreed."""
    assertion_audience: Literal["either", "issuer", "token_endpoint"] = "either"
    """Which `aud` a client assertion must carry."""
    assertion_seconds: int = Field(300, ge=0)
    """How far ahead the `exp` of a client assertion may lie."""
