"""The test cards: the four basic items, a 4-digit PIN, and the state of the certificate."""

import hashlib
import hmac
from datetime import date
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from emulators.residents import RESIDENTS, Gender
from kit.masking import mask_numbers

DEMO_PIN = "1234"
WRONG_PINS_ALLOWED = 3
"""After so many wrong ones in a row the card's user-authentication PIN is locked."""

Outcome = Literal["ok", "wrong_pin", "locked", "revoked", "expired"]
_DEAD: dict[str, Literal["revoked", "expired"]] = {"osamu": "revoked", "aoi": "expired"}


class Card(BaseModel):
    """One card and its holder."""

    model_config = ConfigDict(extra="forbid")

    user_id: str = Field(min_length=1, pattern=r"^[a-z0-9._-]+$")
    name: str = Field(min_length=1)
    address: str = Field(min_length=1)
    birthdate: date
    gender: Gender
    pin: str = Field(DEMO_PIN, pattern=r"^[0-9]{4}$")
    remark: str = ""
    certificate: Literal["valid", "revoked", "expired"] = "valid"
    wrong_pins: int = Field(0, ge=0)
    issue: int = Field(1, ge=1)
    """Which card of this person it is. Whether the real `sub` outlives a re-issue is not known;
    here a higher number gives another `sub`, so that both can be tried."""

    @model_validator(mode="after")
    def _holds_no_my_number(self) -> Self:
        if any(mask_numbers(str(value))[1] for value in self.__dict__.values()):
            raise ValueError("a 12-digit My Number may not be in here")
        return self

    @property
    def locked(self) -> bool:
        """Whether the PIN was entered wrong too often."""
        return self.wrong_pins >= WRONG_PINS_ALLOWED

    @property
    def tries_left(self) -> int:
        """How many wrong PINs it still takes to lock the card."""
        return max(0, WRONG_PINS_ALLOWED - self.wrong_pins)

    def read(self, pin: str) -> Outcome:
        """Check PIN and certificate, in the order in which card and authority see them."""
        if self.locked:
            return "locked"
        if not hmac.compare_digest(pin.encode(), self.pin.encode()):
            self.wrong_pins += 1
            return "locked" if self.locked else "wrong_pin"
        self.wrong_pins = 0
        return "ok" if self.certificate == "valid" else self.certificate

    def subject(self, client_id: str, salt: bytes) -> str:
        """Return the pairwise pseudonym: another one for every relying party."""
        said = f"{client_id}\0{self.user_id}\0{self.issue}".encode()
        return hmac.new(salt, said, hashlib.sha256).hexdigest()


def demo_cards() -> dict[str, Card]:
    """Return the cards of the invented residents, by user id."""
    cards = {}
    for resident in RESIDENTS:
        cards[resident.resident_id] = Card(
            user_id=resident.resident_id,
            name=resident.name,
            address=resident.address,
            birthdate=resident.birth,
            gender=resident.gender,
            remark=resident.remark,
            certificate=_DEAD.get(resident.resident_id, "valid"),
        )
    return cards
