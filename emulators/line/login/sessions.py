"""Authorization codes, access tokens and refresh tokens of LINE Login, and ID tokens."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from emulators.jose.jws import to_text
from emulators.line import ids
from emulators.line.errors import Json
from emulators.line.login.jwt import Signer
from emulators.line.people import Person

ISSUER = "https://access.line.me"
CODE_LIFETIME = timedelta(minutes=10)
ACCESS_LIFETIME = timedelta(days=30)
REFRESH_LIFETIME = timedelta(days=90)
ID_TOKEN_LIFETIME = timedelta(hours=1)


@dataclass(frozen=True)
class Grant:
    """What somebody agreed to."""

    user_id: str
    scope: tuple[str, ...]
    nonce: str = ""
    redirect_uri: str = ""
    challenge: str = ""
    """PKCE's S256 challenge; empty when the website sent none."""
    algorithm: str = "HS256"


@dataclass
class Session:
    """One access token and its refresh token."""

    grant: Grant
    access_token: str
    refresh_token: str
    access_end: datetime
    refresh_end: datetime


class Sessions:
    """Everything that was issued for one login channel."""

    def __init__(self, channel_id: str, secret: str) -> None:
        self.channel_id = channel_id
        self.signer = Signer(secret)
        self._secret = secret
        self._codes: dict[str, tuple[Grant, datetime]] = {}
        self._sessions: list[Session] = []

    def is_client(self, channel_id: str, secret: str) -> bool:
        """Say whether these are the login channel's credentials."""
        right = hmac.compare_digest(secret.encode(), self._secret.encode())
        return channel_id == self.channel_id and right

    def code(self, grant: Grant, now: datetime) -> str:
        """Return an authorization code for a grant."""
        code = ids.opaque_token(15)
        self._codes[code] = (grant, now)
        return code

    def redeem(self, code: str, redirect_uri: str, verifier: str, now: datetime) -> Session | str:
        """Spend a code and return a session, or say what is wrong."""
        grant, at = self._codes.pop(code, (None, now))
        if grant is None or now - at > CODE_LIFETIME:
            return "invalid authorization code"
        if grant.redirect_uri != redirect_uri:
            return "redirect_uri does not match"
        expected = to_text(hashlib.sha256(verifier.encode()).digest())
        if grant.challenge and not hmac.compare_digest(expected, grant.challenge):
            return "code_verifier does not match"
        return self.open(grant, now)

    def open(self, grant: Grant, now: datetime) -> Session:
        """Return a session for a grant."""
        session = Session(
            grant,
            ids.opaque_token(120),
            ids.opaque_token(15),
            now + ACCESS_LIFETIME,
            now + REFRESH_LIFETIME,
        )
        self._sessions.append(session)
        return session

    def refresh(self, refresh_token: str, now: datetime) -> Session | None:
        """Give a session a fresh access token; None for an unknown or old refresh token."""
        for session in self._sessions:
            if session.refresh_token == refresh_token and now < session.refresh_end:
                session.access_token = ids.opaque_token(120)
                session.access_end = now + ACCESS_LIFETIME
                return session
        return None

    def find(self, access_token: str) -> Session | None:
        """Return the session of an access token, also when the token is too old."""
        return next((s for s in self._sessions if s.access_token == access_token), None)

    def close(self, *, access_token: str = "", user_id: str = "") -> None:
        """End the session of a token, or every session of a person."""
        self._sessions = [
            s
            for s in self._sessions
            if s.access_token != access_token and s.grant.user_id != user_id
        ]

    def id_token(self, grant: Grant, person: Person, now: datetime) -> str:
        """Return the signed claims about a person."""
        issued = int(now.timestamp())
        claims: Json = {
            "iss": ISSUER,
            "sub": person.user_id,
            "aud": self.channel_id,
            "exp": issued + int(ID_TOKEN_LIFETIME.total_seconds()),
            "iat": issued,
            "amr": ["linesso"],
        }
        if grant.nonce:
            claims["nonce"] = grant.nonce
        if "profile" in grant.scope:
            claims["name"] = person.display_name
        if "email" in grant.scope:
            claims["email"] = f"{person.user_id[:9].lower()}@example.com"
        return self.signer.encode(claims, grant.algorithm)

    def clear(self) -> None:
        """Forget codes and sessions; the keys stay."""
        self._codes.clear()
        self._sessions.clear()
