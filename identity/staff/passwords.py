"""Passwords of staff: what is accepted, and how they are hashed (argon2id, RFC 9106)."""

import asyncio
import itertools
import re
import secrets
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from identity.staff.problems import FormProblemError
from kit.settings import Settings

# More at once would let a flood of logins take the memory of the whole process.
_HANDS = ThreadPoolExecutor(max_workers=2, thread_name_prefix="argon2")

SHORTEST, LONGEST = 12, 128
FEWEST_DIFFERENT = 5
_ONE_TIME_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


class WeakPasswordError(FormProblemError):
    """このパスワードは使えません。12文字以上で、推測されにくいものにしてください。"""

    code = "weak_password"


def check_new(password: str, login: str) -> str:
    """Return a password fit to be hashed. Raises WeakPasswordError.

    Length counts, not a mixture of kinds (NIST SP 800-63B, section 3.1.1.2).
    """
    password = _normal(password)
    letters = set(password.lower())
    if not SHORTEST <= len(password) <= LONGEST:
        raise WeakPasswordError(f"パスワードは{SHORTEST}文字以上{LONGEST}文字以内にしてください。")
    if len(letters) < FEWEST_DIFFERENT or _is_a_row(password.lower()):
        raise WeakPasswordError("同じ文字のくり返しや、並んだ文字だけのパスワードは使えません。")
    if login in password.lower() or re.search("password|passw0rd|パスワード", password.lower()):
        raise WeakPasswordError("ログイン名や「password」を含むパスワードは使えません。")
    return password


def one_time_password() -> str:
    """Return a password to hand over and change: 80 bits, without letters that look alike."""
    letters = "".join(secrets.choice(_ONE_TIME_LETTERS) for _ in range(16))
    return "-".join(letters[i : i + 4] for i in range(0, 16, 4))


class Passwords:
    """Hashes passwords and compares them, with the parameters of one hasher."""

    def __init__(self, hasher: PasswordHasher) -> None:
        """Hashes made with other parameters than those of `hasher` are renewed at a login."""
        self._hasher = hasher

    @classmethod
    def of(cls, settings: Settings) -> "Passwords":
        """Return them at the cost that the settings name."""
        memory, passes = settings.password_hash_kib, settings.password_hash_passes
        return cls(PasswordHasher(time_cost=passes, memory_cost=memory, parallelism=1))

    async def hashed(self, password: str) -> str:
        """Return the hash of a password, with its parameters and salt."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(_HANDS, self._hasher.hash, _normal(password))

    async def is_right(self, password: str, known: str | None) -> bool:
        """Tell whether a password is the hashed one; without one it takes as long to say no."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(_HANDS, self._verify, password, known)

    def is_outdated(self, known: str) -> bool:
        """Tell whether a hash was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(known)

    def _verify(self, password: str, known: str | None) -> bool:
        try:
            right = self._hasher.verify(known or self._nobody, _normal(password[: 4 * LONGEST]))
        except (VerifyMismatchError, InvalidHashError):
            return False
        return right and known is not None

    @cached_property
    def _nobody(self) -> str:
        return self._hasher.hash(secrets.token_urlsafe())


def _normal(password: str) -> str:
    """Return a password as it is compared: input methods write the same letters differently."""
    return unicodedata.normalize("NFKC", password)


def _is_a_row(password: str) -> bool:
    steps = {ord(b) - ord(a) for a, b in itertools.pairwise(password)}
    return len(steps) == 1
