"""Authorization codes, access tokens and refresh tokens, and what they stand for."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from emulators.jose.jws import to_text
from emulators.openid.errors import invalid_grant, invalid_token
from emulators.openid.profile import Options


@dataclass(frozen=True)
class Grant:
    """What a person agreed to, for one client."""

    client_id: str
    person_id: str
    scope: tuple[str, ...]
    redirect_uri: str
    challenge: str
    nonce: str
    auth_time: int
    """When the person proved who they are, in seconds since 1970."""
    acr: str = ""


@dataclass(frozen=True)
class Tokens:
    """What is issued at once. `family` is the same for everything that came of one code."""

    grant: Grant
    family: str
    access_token: str
    access_end: datetime
    refresh_token: str
    refresh_end: datetime


class Grants:
    """Everything that was issued. A code that comes twice ends what it opened (RFC 6749, 4.1.2)."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._codes: dict[str, tuple[Grant, datetime]] = {}
        self._spent: dict[str, str] = {}
        self._issued: list[Tokens] = []

    def code(self, grant: Grant, now: datetime) -> str:
        """Return an authorization code."""
        code = secrets.token_urlsafe(32)
        self._codes[code] = (grant, now + timedelta(seconds=self._options.code_seconds))
        return code

    def redeem(
        self, code: str, client_id: str, redirect_uri: str, verifier: str, now: datetime
    ) -> Tokens:
        """Spend a code. Raises OAuthError `invalid_grant` with what is wrong."""
        if code in self._spent:
            self.close(self._spent[code])
            raise invalid_grant("the code was used before; its tokens are void")
        grant, end = self._codes.pop(code, (None, now))
        if grant is None:
            raise invalid_grant("the code is unknown")
        family = self._spent[code] = secrets.token_hex(8)
        challenge = to_text(hashlib.sha256(verifier.encode()).digest())
        problems = {
            "the code is too old": now > end,
            "the code belongs to another client": grant.client_id != client_id,
            "redirect_uri is not the one of the request": grant.redirect_uri != redirect_uri,
            "code_verifier does not fit the challenge": not hmac.compare_digest(
                challenge, grant.challenge
            ),
        }
        for words, wrong in problems.items():
            if wrong:
                raise invalid_grant(words)
        return self._issue(grant, family, now)

    def refresh(self, refresh_token: str, client_id: str, now: datetime) -> Tokens:
        """Exchange a refresh token. Raises OAuthError `invalid_grant`; each one works once."""
        for old in self._issued:
            if old.refresh_token == refresh_token and old.grant.client_id == client_id:
                self._issued.remove(old)
                if now > old.refresh_end:
                    break
                return self._issue(replace(old.grant, nonce=""), old.family, now)
        raise invalid_grant("the refresh token is unknown, used or too old")

    def holder(self, access_token: str, now: datetime) -> Grant:
        """Return the grant of an access token. Raises OAuthError `invalid_token`."""
        for tokens in self._issued:
            if tokens.access_token == access_token and now <= tokens.access_end:
                return tokens.grant
        raise invalid_token("the access token is unknown or too old")

    def close(self, family: str) -> None:
        """End what came of one code."""
        self._issued = [tokens for tokens in self._issued if tokens.family != family]

    def clear(self) -> None:
        """Forget everything."""
        self._codes.clear()
        self._spent.clear()
        self._issued.clear()

    def _issue(self, grant: Grant, family: str, now: datetime) -> Tokens:
        tokens = Tokens(
            grant,
            family,
            secrets.token_urlsafe(32),
            now + timedelta(seconds=self._options.access_token_seconds),
            secrets.token_urlsafe(32),
            now + timedelta(seconds=self._options.refresh_token_seconds),
        )
        self._issued.append(tokens)
        return tokens
