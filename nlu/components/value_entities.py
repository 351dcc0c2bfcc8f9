"""Entities that follow a rule: days, times, ages, body measures, addresses, report numbers.

Values are normalised: days and times in ISO 8601 (`dates`, `times`), ages in whole months, heights
in metres, weights in kilograms. Needs no training and no other component.
"""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from components.dates import read_dates
from components.folded_text import FoldedText, Found
from components.quantities import read_nurseries, read_quantities
from components.times import read_times

AT = "at"
"""Key of a message's metadata: when it was written, ISO 8601 with its offset from UTC."""


def read_values(text: str, now: datetime) -> list[dict[str, Any]]:
    """Return the entities of a text. `now` is the writer's clock: its day is today."""
    folded = FoldedText(text)
    found = [
        *read_dates(folded.words, now.date()),
        *read_times(folded.words),
        *read_quantities(folded.words),
    ]
    placed = [(one, *folded.span(one.start, one.end)) for one in found]
    placed += [(one, one.start, one.end) for one in read_nurseries(text)]
    return [_entity(*one) for one in sorted(placed, key=lambda one: one[1])]


def _entity(found: Found, start: int, end: int) -> dict[str, Any]:
    return {"entity": found.entity, "start": start, "end": end, "value": found.value}


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class ValueEntityExtractor(GraphComponent, EntityExtractorMixin):
    """The rules as a component of Rasa's pipeline."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return `timezone`, in which 今日 begins and ends."""
        return {"timezone": "Asia/Tokyo"}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "ValueEntityExtractor":
        """Build the component (see the base class)."""
        return cls(config)

    def __init__(self, config: dict[str, Any]) -> None:
        """Keep the zone."""
        self._zone = ZoneInfo(config["timezone"])

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the entities to each message."""
        for message in messages:
            found = read_values(str(message.get(TEXT) or ""), self._now(message))
            entities = message.get(ENTITIES, []) + self.add_extractor_name(found)
            message.set(ENTITIES, entities, add_to_output=True)
        return messages

    def _now(self, message: Message) -> datetime:
        """Return when the message was written; the present moment where nobody says."""
        at = (message.get("metadata") or {}).get(AT)
        return datetime.fromisoformat(at).astimezone(self._zone) if at else datetime.now(self._zone)
