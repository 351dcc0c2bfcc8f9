"""The second factor: time-based codes (TOTP, RFC 6238), and recovery codes in its place."""

import base64
import secrets
from dataclasses import dataclass
from datetime import datetime

import pyotp
import segno
from sqlalchemy import delete, or_, update
from sqlalchemy.ext.asyncio import AsyncSession

from identity.keys import KeyRing
from identity.staff.models import Account, RecoveryCode
from kit.clock import Clock
from kit.crypto import blind_index
from kit.vault import Place, Vault

SECONDS = 30
# A telephone's clock may be one step early or late.
STEPS = (-1, 0, 1)
RECOVERY_CODES = 10
PICTURE = "認証アプリに登録するための二次元コード。読み取れないときは、下の文字を入力してください。"
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True)
class Enrolment:
    """What an authenticator app needs: the secret, as text and as a picture."""

    secret: str
    picture: str
    """A QR code as an SVG element."""


def new_secret() -> str:
    """Return a random secret of 160 bits in base32, as RFC 4226 recommends."""
    return pyotp.random_base32(32)


def enrolment(secret: str, login: str, issuer: str) -> Enrolment:
    """Return how to take a secret into an app, under the names that the app will show."""
    uri = pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=issuer)
    picture = segno.make(uri, error="m").svg_inline(omitsize=True, light="#fff", title=PICTURE)
    return Enrolment(secret, picture)


def matching_step(secret: str, code: str, now: datetime) -> int | None:
    """Return the time step whose code this is, None for a wrong code. All steps are compared."""
    totp, current = pyotp.TOTP(secret), int(now.timestamp()) // SECONDS
    codes = {step: totp.generate_otp(step) for step in (current + by for by in STEPS)}
    given = "".join(code.split())
    found = [step for step, known in codes.items() if secrets.compare_digest(_b(known), _b(given))]
    return found[0] if found else None


class SecondFactor:
    """Sets, checks and replaces the second factors of accounts."""

    def __init__(self, vault: Vault, keys: KeyRing, clock: Clock) -> None:
        """`vault` encrypts secrets, `keys` hold the key under which recovery codes are hashed."""
        self._vault = vault
        self._keys = keys
        self._clock = clock

    async def offer(self, session: AsyncSession, account: Account) -> str:
        """Return a new secret for an account, sealed, in base64; it counts for nothing yet."""
        keys = await self._vault.keys_for_writing(session, account.id)
        return base64.b64encode(keys.seal(_place(account), new_secret())).decode()

    async def offered(self, session: AsyncSession, account: Account, sealed: str) -> str:
        """Return the secret that was offered."""
        keys = await self._vault.keys(session, account.id)
        return keys.open(_place(account), base64.b64decode(sealed))

    async def set(self, session: AsyncSession, account: Account, secret: str, code: str) -> bool:
        """Set an account's secret when a code proves that the app has it; the code is spent."""
        step = matching_step(secret, code, self._clock())
        if step is None:
            return False
        keys = await self._vault.keys_for_writing(session, account.id)
        account.totp, account.totp_step = keys.seal(_place(account), secret), step
        return True

    async def check(self, session: AsyncSession, account: Account, code: str) -> bool:
        """Tell whether a code is right and was not used before, and spend it."""
        if account.totp is None:
            return False
        keys = await self._vault.keys(session, account.id)
        step = matching_step(keys.open(_place(account), account.totp), code, self._clock())
        if step is None:
            return False
        unused = or_(Account.totp_step.is_(None), Account.totp_step < step)
        spent = await session.execute(
            update(Account).where(Account.id == account.id, unused).values(totp_step=step)
        )
        return bool(spent.rowcount)  # type: ignore[attr-defined]

    async def recover(self, session: AsyncSession, account: Account, code: str) -> bool:
        """Tell whether a recovery code is right and was not used before, and spend it."""
        spent = await session.execute(
            update(RecoveryCode)
            .where(
                RecoveryCode.digest == await self._digest(account, code),
                RecoveryCode.staff_id == account.id,
                RecoveryCode.used_at.is_(None),
            )
            .values(used_at=self._clock())
        )
        return bool(spent.rowcount)  # type: ignore[attr-defined]

    async def new_recovery_codes(self, session: AsyncSession, account: Account) -> list[str]:
        """Return new recovery codes of 59 bits each; earlier ones are worth nothing any more."""
        await session.execute(delete(RecoveryCode).where(RecoveryCode.staff_id == account.id))
        codes = [_code() for _ in range(RECOVERY_CODES)]
        for code in codes:
            digest = await self._digest(account, code)
            session.add(RecoveryCode(digest=digest, staff_id=account.id, created_at=self._clock()))
        return codes

    async def reset(self, session: AsyncSession, account: Account) -> None:
        """Forget an account's second factor and recovery codes: it must enrol anew."""
        account.totp = account.totp_step = None
        await session.execute(delete(RecoveryCode).where(RecoveryCode.staff_id == account.id))

    async def _digest(self, account: Account, code: str) -> str:
        plain = "".join(letter for letter in code.lower() if letter in _LETTERS)
        secret = await self._keys.secret("staff-recovery-codes")
        return blind_index(secret, f"{account.id}\n{plain}")


def _code() -> str:
    letters = "".join(secrets.choice(_LETTERS) for _ in range(12))
    return "-".join(letters[i : i + 4] for i in range(0, 12, 4))


def _place(account: Account) -> Place:
    return Place("identity_staff", account.id, "totp")


def _b(text: str) -> bytes:
    return text.encode()
