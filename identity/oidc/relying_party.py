"""The relying party: one login at one OpenID provider, from the first redirect to who it was.

OpenID Connect Core 1.0, code flow; RFC 7636 (PKCE), RFC 7523 (private_key_jwt), RFC 9207 (`iss`).
After anything is refused, nothing further is asked of the provider.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx2

from auth import tokens
from auth.jwks import RemoteKeys, verify_with
from auth.tokens import Claims, RefusedTokenError, id_token_rules
from identity.keys import KeyRing
from identity.oidc.authorization_requests import (
    MUST_BE_NEW,
    AuthorizationRequest,
    AuthorizationRequests,
    authorization_url,
)
from identity.oidc.providers import Endpoints, Provider
from kit.clock import Clock
from kit.errors import UnauthorizedError, UnavailableError
from kit.logging import get_logger
from kit.outbound import TRIES, fetch_json

log = get_logger(__name__)

ASSERTION_LIFE = timedelta(seconds=60)
METADATA_KEPT_FOR = timedelta(hours=1)
MAX_PARAMETER = 4096
# Seconds that a provider's clock may be ahead of ours, or behind.
CLOCKS_DIFFER_BY = 60


class RefusedLoginError(UnauthorizedError):
    """ログインを確認できませんでした。お手数ですが、トークからもう一度始めてください。"""

    code = "refused_login"

    def __init__(self, reason: str) -> None:
        """`reason` is for the log alone."""
        super().__init__(reason=reason)
        self.reason = reason


class OverLoginError(RefusedLoginError):
    """ログインを確認できませんでした。お手数ですが、トークからもう一度始めてください。"""


class CancelledLoginError(UnauthorizedError):
    """ログインを取りやめました。"""

    code = "cancelled_login"


class ExpiredLoginError(UnauthorizedError):
    """時間がたったため、ログインを確認できませんでした。トークからもう一度始めてください。"""

    code = "expired_login"


@dataclass(frozen=True)
class Login:
    """Who logged in at a provider: `subject` is theirs there and nowhere else."""

    subject: str
    acr: str
    authenticated_at: datetime
    granted: frozenset[str]
    details: Claims
    """What UserInfo told; empty when it was not asked."""
    login_request: dict[str, Any]


class RelyingParty:
    """This city as a client of one provider."""

    def __init__(
        self,
        provider: Provider,
        *,
        redirect_uri: str,
        secret: str,
        keys: KeyRing,
        authorization_requests: AuthorizationRequests,
        http: httpx2.AsyncClient,
        clock: Clock,
    ) -> None:
        """`secret` is used where the provider wants a shared one, or signs with it (HS256)."""
        self.provider = provider
        self.redirect_uri = redirect_uri
        self._secret = secret
        self._keys = keys
        self._authorization_requests = authorization_requests
        self._http = http
        self._clock = clock
        self._endpoints = provider.endpoints
        self._discovered: datetime | None = None
        self._provider_keys: RemoteKeys | None = None

    async def begin(self, session: str, login_request: dict[str, Any] | None = None) -> str:
        """Return the address at the provider to which the browser of `session` is sent."""
        endpoints = await self.endpoints()
        state, flow = await self._authorization_requests.begin(
            self.provider, session, login_request or {}, int(self._clock().timestamp())
        )
        return authorization_url(
            endpoints.authorization, self.provider, self.redirect_uri, state, flow
        )

    async def finish(self, query: Sequence[tuple[str, str]], session: str) -> Login:
        """Return who logged in, by the callback's parameters and the browser's session.

        Raises RefusedLoginError, CancelledLoginError, ExpiredLoginError, or UnavailableError when
        the provider does not answer as it should.
        """
        try:
            given = _single(query)
            flow = await self._flow(given, session)
            code = self._code(given)
            answer = await self._redeem(code, flow)
            return await self._identify(answer, flow)
        except RefusedTokenError as error:
            log.warning("login_refused", provider=self.provider.name, reason=f"ID {error.reason}")
            raise RefusedLoginError(f"ID token: {error.reason}") from error
        except RefusedLoginError as error:
            log.warning("login_refused", provider=self.provider.name, reason=error.reason)
            raise

    async def endpoints(self) -> Endpoints:
        """Return the provider's addresses, discovered if they are not configured.

        Raises RefusedLoginError when the metadata are another issuer's (OpenID Connect Discovery
        1.0, section 4.3).
        """
        fixed = self.provider.endpoints is not None
        now = self._clock()
        if fixed or (self._discovered and now - self._discovered < METADATA_KEPT_FOR):
            assert self._endpoints is not None  # noqa: S101  configured, or discovered before
            return self._endpoints
        url = f"{self.provider.issuer.rstrip('/')}/.well-known/openid-configuration"
        status, metadata = await fetch_json(self._http, "GET", url)
        if status != 200:
            raise UnavailableError("The provider does not describe itself.")
        if metadata.get("issuer") != self.provider.issuer:
            raise RefusedLoginError("metadata of another issuer")
        endpoints = _read_metadata(metadata)
        if self._endpoints is None or endpoints.jwks != self._endpoints.jwks:
            self._provider_keys = None
        self._endpoints, self._discovered = endpoints, now
        return endpoints

    async def _flow(self, given: Mapping[str, str], session: str) -> AuthorizationRequest:
        flow = await self._authorization_requests.take(given.get("state", ""))
        if flow is None:
            raise OverLoginError("state")
        if flow.session != session or flow.provider != self.provider.name:
            raise RefusedLoginError("another browser or provider")
        if (self.provider.names_issuer or "iss" in given) and (
            given.get("iss") != self.provider.issuer
        ):
            raise RefusedLoginError("iss")
        return flow

    def _code(self, given: Mapping[str, str]) -> str:
        error = given.get("error")
        if error is not None and error.lower() == "access_denied":
            raise CancelledLoginError
        if error is not None or not given.get("code"):
            raise RefusedLoginError("the provider answered with an error")
        return given["code"]

    async def _redeem(self, code: str, flow: AuthorizationRequest) -> Claims:
        """Exchange the code; a provider that has a fault is asked once more."""
        for attempt in range(TRIES):
            try:
                status, answer = await self._ask_for_tokens(code, flow)
                break
            except UnavailableError:
                if attempt + 1 == TRIES:
                    raise
        if status == 200:
            return answer
        if answer.get("error") == "invalid_grant":
            raise ExpiredLoginError
        raise RefusedLoginError("the token endpoint refused")

    async def _ask_for_tokens(self, code: str, flow: AuthorizationRequest) -> tuple[int, Claims]:
        endpoints = await self.endpoints()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect_uri,
            "code_verifier": flow.verifier,
        }
        provider, auth = self.provider, None
        if provider.authentication == "client_secret_basic":
            auth = httpx2.BasicAuth(provider.client_id, self._secret)
        else:
            form["client_id"] = provider.client_id
        if provider.authentication == "client_secret_post":
            form["client_secret"] = self._secret
        if provider.authentication == "private_key_jwt":
            form["client_assertion_type"] = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
            form["client_assertion"] = await self._assertion(endpoints.token)
        return await fetch_json(self._http, "POST", endpoints.token, data=form, auth=auth)

    async def _assertion(self, token_endpoint: str) -> str:
        """Return a client assertion (RFC 7523): one audience, one use, one minute."""
        provider, issued = self.provider, int(self._clock().timestamp())
        to_issuer = provider.assertion_audience == "issuer"
        claims = {
            "iss": provider.client_id,
            "sub": provider.client_id,
            "aud": provider.issuer if to_issuer else token_endpoint,
            "jti": secrets.token_urlsafe(24),
            "iat": issued,
            "exp": issued + int(ASSERTION_LIFE.total_seconds()),
        }
        return tokens.sign(claims, await self._keys.current(f"client:{provider.name}"))

    async def _identify(self, answer: Claims, flow: AuthorizationRequest) -> Login:
        access_token, token_type = answer.get("access_token"), answer.get("token_type")
        if not isinstance(access_token, str) or not isinstance(token_type, str):
            raise RefusedLoginError("token answer")
        if token_type.lower() != "bearer" or not access_token.isascii():
            raise RefusedLoginError("token type")
        claims = await self._verify(answer.get("id_token"), flow.nonce, access_token)
        scope = answer.get("scope")
        granted = scope.split() if isinstance(scope, str) else self.provider.scopes
        acr = claims.get("acr")
        return Login(
            subject=claims["sub"],
            acr=acr if isinstance(acr, str) else "",
            authenticated_at=self._authenticated_at(claims, flow),
            granted=frozenset(granted),
            details=await self._user_info(access_token, claims["sub"]),
            login_request=flow.login_request,
        )

    async def _verify(self, id_token: object, nonce: str, access_token: str) -> Claims:
        provider, now = self.provider, self._clock()
        rules = id_token_rules(provider.issuer, provider.client_id, provider.algorithm)
        if provider.algorithm == "HS256":
            key = tokens.secret_key(self._secret)
            return tokens.verify(id_token, key, rules, now, nonce=nonce, access_token=access_token)
        endpoints = await self.endpoints()
        if self._provider_keys is None:
            self._provider_keys = RemoteKeys(endpoints.jwks, self._http, self._clock)
        return await verify_with(
            self._provider_keys, id_token, rules, now, nonce=nonce, access_token=access_token
        )

    def _authenticated_at(self, claims: Claims, flow: AuthorizationRequest) -> datetime:
        """Return `auth_time`; a provider that does not tell has asked just now, for us."""
        told, now = claims.get("auth_time"), self._clock()
        if told is None:
            return now
        if type(told) is not int or told < 0 or told > now.timestamp() + CLOCKS_DIFFER_BY:
            raise RefusedLoginError("auth_time")
        if self.provider.kind in MUST_BE_NEW and told < flow.begun_at - CLOCKS_DIFFER_BY:
            raise RefusedLoginError("auth_time before the browser was sent there")
        return min(now, datetime.fromtimestamp(told, now.tzinfo))

    async def _user_info(self, access_token: str, subject: str) -> Claims:
        url = (await self.endpoints()).userinfo
        if not url:
            return {}
        bearer = {"Authorization": f"Bearer {access_token}"}
        status, told = await fetch_json(self._http, "GET", url, headers=bearer)
        if status != 200 or told.get("sub") != subject:
            raise RefusedLoginError("UserInfo of somebody else, or refused")
        return told


def _single(query: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Return the callback's parameters; a repeated one of ours is refused, unknown ones ignored."""
    known = ("state", "code", "iss", "error")
    given = [(name, value) for name, value in query if name in known]
    if len(dict(given)) < len(given) or any(len(value) > MAX_PARAMETER for _, value in given):
        raise RefusedLoginError("parameters")
    return dict(given)


def _read_metadata(metadata: Claims) -> Endpoints:
    try:
        return Endpoints(
            authorization=metadata["authorization_endpoint"],
            token=metadata["token_endpoint"],
            jwks=metadata["jwks_uri"],
            userinfo=metadata.get("userinfo_endpoint", ""),
        )
    except (KeyError, ValueError) as error:
        raise UnavailableError("The provider describes itself in an unusable way.") from error
