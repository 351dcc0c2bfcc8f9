"""The accounts: who can sign in with which password, and who is locked out."""

import hashlib
import hmac
import uuid

from pydantic import BaseModel, ConfigDict, Field

from emulators.residents import RESIDENTS

DEMO_PASSWORD = "demo-my-id"  # noqa: S105  shown on the login page
_LOCKED = frozenset({"osamu"})


class Account(BaseModel):
    """One account. `wrong_passwords` counts those since the last right one."""

    model_config = ConfigDict(extra="forbid", strict=True)

    user_id: str = Field(min_length=1, pattern=r"^[a-z0-9._-]+$")
    name: str = Field(min_length=1)
    email: str = ""
    password: str = Field(DEMO_PASSWORD, min_length=1)
    remark: str = ""
    locked: bool = False
    wrong_passwords: int = Field(0, ge=0)

    @property
    def sub(self) -> str:
        """The subject identifier: the same for every client, and it tells nothing."""
        return str(uuid.UUID(bytes=hashlib.sha256(self.user_id.encode()).digest()[:16], version=4))

    def is_opened_by(self, password: str, most_wrong: int) -> bool:
        """Check a password and count it; after `most_wrong` in a row the account is locked."""
        if self.locked or not hmac.compare_digest(password.encode(), self.password.encode()):
            self.wrong_passwords += 1
            self.locked = self.locked or self.wrong_passwords >= most_wrong
            return False
        self.wrong_passwords = 0
        return True


def demo_accounts() -> dict[str, Account]:
    """Return the accounts of the invented residents, by user id."""
    return {
        r.resident_id: Account(
            user_id=r.resident_id,
            name=r.name,
            email=f"{r.resident_id}@example.jp",
            remark="ロックされたアカウント" if r.resident_id in _LOCKED else r.remark,
            locked=r.resident_id in _LOCKED,
        )
        for r in RESIDENTS
    }
