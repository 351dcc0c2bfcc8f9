"""Keys that sign our tokens: stored encrypted, one current a purpose, published while believed."""

import hashlib
import json
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from auth.tokens import Jwk, to_base64
from identity.models import Secret, SigningKey
from kit.clock import Clock
from kit.crypto import MasterKeys, Wrapped, new_key
from kit.db import KEYS, Database

GRANTS = "grants"
# Longer than any token that a retired key may have signed.
PUBLISHED_AFTER_RETIREMENT = timedelta(hours=1)
# A rotation elsewhere is noticed after this long at the latest.
REMEMBERED_FOR = timedelta(seconds=30)
_P256_BYTES = 32


class KeyRing:
    """Signing keys and installation secrets in the database, wrapped by the master key."""

    def __init__(self, database: Database, master: MasterKeys, clock: Clock) -> None:
        """Keys are made on first use."""
        self._database = database
        self._master = master
        self._clock = clock
        self._current: dict[str, tuple[Jwk, datetime]] = {}
        self._secrets: dict[str, bytes] = {}

    async def current(self, purpose: str) -> Jwk:
        """Return the private JWK (ES256) that signs for a purpose."""
        known = self._current.get(purpose)
        if known is None or self._clock() - known[1] > REMEMBERED_FOR:
            async with self._database.transaction() as session:
                row = await self._current_row(session, purpose)
                if row is None:
                    await self._add(session, purpose)
                    row = await self._current_row(session, purpose)
            assert row is not None  # noqa: S101  this or another process has just added it
            known = self._current[purpose] = (self._private(row), self._clock())
        return known[0]

    async def published(self, purpose: str) -> dict[str, list[dict[str, Any]]]:
        """Return the JWK Set (RFC 7517) by which others check our signatures."""
        await self.current(purpose)
        recently = self._clock() - PUBLISHED_AFTER_RETIREMENT
        believed = or_(SigningKey.retired_at.is_(None), SigningKey.retired_at > recently)
        query = select(SigningKey.public_jwk).where(SigningKey.purpose == purpose, believed)
        async with self._database.statement() as session:
            rows = await session.scalars(query.order_by(SigningKey.created_at.desc()))
            return {"keys": list(rows)}

    async def rotate(self, purpose: str) -> str:
        """Sign with a new key from now on; returns its `kid`."""
        async with self._database.transaction() as session:
            await session.execute(
                update(SigningKey)
                .where(SigningKey.purpose == purpose, SigningKey.retired_at.is_(None))
                .values(retired_at=self._clock())
            )
            kid = await self._add(session, purpose)
        self._current.pop(purpose, None)
        return kid

    async def secret(self, name: str) -> bytes:
        """Return a random secret of the installation, 32 bytes, always the same for a name."""
        if name not in self._secrets:
            async with self._database.transaction() as session:
                kept = await secret_in(session, name, self._clock(), self._master)
            self._secrets[name] = kept
        return self._secrets[name]

    async def rewrap(self, session: AsyncSession) -> int:
        """Wrap every key by the current master key; returns how many were under older ones."""
        keys = await session.scalars(
            select(SigningKey).where(SigningKey.master_key_id != self._master.current_id)
        )
        others = await session.scalars(
            select(Secret).where(Secret.master_key_id != self._master.current_id)
        )
        rows: list[tuple[SigningKey | Secret, str]] = [
            *((key, _key_place(key.kid)) for key in keys),
            *((other, _secret_place(other.name)) for other in others),
        ]
        for row, place in rows:
            new = self._master.rewrap(Wrapped(row.master_key_id, row.wrapped), place)
            row.master_key_id, row.wrapped = new.master_key_id, new.sealed
        return len(rows)

    async def _current_row(self, session: AsyncSession, purpose: str) -> SigningKey | None:
        query = select(SigningKey).where(
            SigningKey.purpose == purpose, SigningKey.retired_at.is_(None)
        )
        return (await session.scalars(query)).one_or_none()

    async def _add(self, session: AsyncSession, purpose: str) -> str:
        private = ec.generate_private_key(ec.SECP256R1())
        public = _public_jwk(private.public_key())
        number = private.private_numbers().private_value
        wrapped = self._master.wrap(number.to_bytes(_P256_BYTES, "big"), _key_place(public["kid"]))
        await session.execute(
            insert(SigningKey)
            .values(
                kid=public["kid"],
                purpose=purpose,
                public_jwk=public,
                master_key_id=wrapped.master_key_id,
                wrapped=wrapped.sealed,
                created_at=self._clock(),
            )
            .on_conflict_do_nothing()
        )
        return public["kid"]

    def _private(self, row: SigningKey) -> Jwk:
        raw = self._master.unwrap(Wrapped(row.master_key_id, row.wrapped), _key_place(row.kid))
        return row.public_jwk | {"d": to_base64(raw)}


async def secret_in(
    session: AsyncSession, name: str, now: datetime, master: MasterKeys | None = None
) -> bytes:
    """Return `KeyRing.secret` of a name within a transaction that is open already.

    `master` where it is not the database's own.
    """
    master = master or session.info[KEYS]
    row = await session.get(Secret, name)
    if row is None:
        wrapped = master.wrap(new_key(), _secret_place(name))
        new = insert(Secret).values(
            name=name,
            master_key_id=wrapped.master_key_id,
            wrapped=wrapped.sealed,
            created_at=now,
        )
        await session.execute(new.on_conflict_do_nothing())
        row = (await session.scalars(select(Secret).where(Secret.name == name))).one()
    return master.unwrap(Wrapped(row.master_key_id, row.wrapped), _secret_place(name))


def _public_jwk(key: ec.EllipticCurvePublicKey) -> dict[str, str]:
    """Return a public key with its thumbprint (RFC 7638) as `kid`."""
    numbers = key.public_numbers()
    x, y = (to_base64(part.to_bytes(_P256_BYTES, "big")) for part in (numbers.x, numbers.y))
    required = {"crv": "P-256", "kty": "EC", "x": x, "y": y}
    canonical = json.dumps(required, separators=(",", ":"), sort_keys=True)
    kid = to_base64(hashlib.sha256(canonical.encode()).digest())
    return required | {"kid": kid, "use": "sig", "alg": "ES256"}


def _key_place(kid: str) -> str:
    return f"identity_signing_key\n{kid}"


def _secret_place(name: str) -> str:
    return f"identity_secret\n{name}"
