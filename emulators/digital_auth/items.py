"""The four basic items in the two shapes that have been seen of them.

The Agency's reference does not say of which types they are. `standard` is OpenID Connect Core,
section 5.1; `flat` is what a third party's mock sends: everything a text, sex as on the card.
"""

from typing import Literal

from emulators.digital_auth.cards import Card
from emulators.jose.jws import Json

Shape = Literal["standard", "flat"]
_SEX = {"male": "1", "female": "2"}


def four_items(card: Card, shape: Shape) -> Json:
    """Return name, address, birth date and gender."""
    if shape == "flat":
        return {
            "name": card.name,
            "address": card.address,
            "birthdate": card.birthdate.strftime("%Y%m%d"),
            "gender": _SEX[card.gender],
        }
    return {
        "name": card.name,
        "address": {"formatted": card.address, "country": "JP"},
        "birthdate": card.birthdate.isoformat(),
        "gender": card.gender,
    }
