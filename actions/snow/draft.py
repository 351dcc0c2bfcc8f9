"""A report before it is filed, as it is kept between messages. Pure."""

from dataclasses import asdict, dataclass, replace
from typing import Any, Self

from actions.snow.whereabouts import Spot, spot_of
from services.snow.contract import MOST_PHOTOS, NewReport


@dataclass(frozen=True)
class Draft:
    """What is known so far. `key` files it once; `seen`: reports near by were offered.

    `rough` is a town that was named, in case nothing more exact comes; `words` are the citizen's.
    """

    key: str
    category: str = ""
    severity: str = ""
    spot: dict[str, Any] | None = None
    rough: dict[str, Any] | None = None
    words: str = ""
    place_words: str = ""
    photos: tuple[str, ...] = ()
    photo_asked: bool = False
    seen: bool = False

    @classmethod
    def of(cls, value: Any) -> Self | None:
        """Read a slot; None where it holds no draft of this form."""
        try:
            return cls(**{**value, "photos": tuple(value.get("photos", ()))})
        except (TypeError, AttributeError):
            return None

    def value(self) -> dict[str, Any]:
        """Return what the slot holds."""
        return {**asdict(self), "photos": list(self.photos)}

    @property
    def place(self) -> Spot | None:
        """Where it is."""
        return spot_of(self.spot)

    @property
    def is_begun(self) -> bool:
        """Whether anything would be lost with it."""
        return bool(self.category or self.spot or self.rough or self.photos)

    def at(self, spot: Spot, words: str = "") -> "Draft":
        """Return it with a place; what was near another place is no longer."""
        if spot.rough:
            return replace(self, rough=spot.value(), place_words=words[:200])
        return replace(self, spot=spot.value(), rough=None, place_words=words[:200], seen=False)

    def of_kind(self, category: str) -> "Draft":
        """Return it with a kind; of another kind other reports are near."""
        return replace(self, category=category, seen=self.seen and category == self.category)

    def with_photo(self, turn_id: str) -> "Draft":
        """Return it with one more photo, of at most three."""
        photos = (*self.photos, turn_id)[:MOST_PHOTOS]
        return replace(self, photos=photos, photo_asked=True)

    def to_file(self, citizen_id: str) -> NewReport:
        """Return it as the service takes it. Raises ValueError without a kind or a place."""
        spot = self.place
        if spot is None or not self.category:
            raise ValueError("a draft needs a kind and a place")
        return NewReport(
            key=self.key,
            citizen_id=citizen_id,
            category=self.category,
            severity=self.severity,
            lat=spot.lat,
            lon=spot.lon,
            place=spot.name,
            place_words=self.place_words,
            words=self.words,
            photo_turns=self.photos,
        )
