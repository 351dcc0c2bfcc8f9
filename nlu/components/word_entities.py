"""Entities by dictionary: the words of lookup tables, in any spelling, with their chosen name.

Takes the place of Rasa's RegexEntityExtractor and EntitySynonymMapper. Words are compared folded
(width, case, kana), the longest wins, and a synonym of the training data gives the value. It looks
a word up at each place instead of trying one great expression, so the time does not grow with the
tables.
"""

import json
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.nlu.tokenizers.tokenizer import Token
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from components.folded_text import FoldedText
from components.sudachi_tokenizer import SudachiTokenizer, fold

Tables = dict[str, dict[str, str]]
"""Folded word → entity → value."""

_SHORT_KANA = 3
"""Kana words up to this length must be words of their own: びん is not in びんぼう."""


class Words:
    """All words of the tables."""

    def __init__(self, tables: Tables) -> None:
        """`tables` as `learn` makes them."""
        self.tables = tables
        self._longest = max(map(len, tables), default=0)

    @classmethod
    def learn(cls, data: TrainingData) -> "Words":
        """Take the lookup tables that are lists, and the synonyms, of training data."""
        chosen = {fold(word): value for word, value in data.entity_synonyms.items()}
        tables: Tables = {}
        for table in data.lookup_tables:
            if isinstance(table["elements"], list):
                for word in table["elements"]:
                    folded = fold(word)
                    values = tables.setdefault(folded, {})
                    values.setdefault(table["name"], chosen.get(folded, word))
        return cls(tables)

    def find(self, text: str, tokens: list[Token]) -> list[dict[str, Any]]:
        """Return entities in order of their places; those of one kind do not overlap."""
        folded = FoldedText(text)
        borders = ({token.start for token in tokens}, {token.end for token in tokens})
        taken: dict[str, int] = {}
        found = []
        for start in range(len(folded.words)):
            for length in range(min(self._longest, len(folded.words) - start), 0, -1):
                word = folded.words[start : start + length]
                values = self.tables.get(word)
                if values is None:
                    continue
                first, last = folded.span(start, start + length)
                if _may_be_chance(word) and not (first in borders[0] and last in borders[1]):
                    continue
                for entity, value in values.items():
                    if taken.get(entity, 0) <= start:
                        taken[entity] = start + length
                        found.append(
                            {"entity": entity, "start": first, "end": last, "value": value}
                        )
        return found


def _may_be_chance(word: str) -> bool:
    return len(word) <= _SHORT_KANA and all("ぁ" <= mark <= "ゖ" or mark == "ー" for mark in word)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class WordEntityExtractor(GraphComponent, EntityExtractorMixin):
    """The dictionary as a component of Rasa's pipeline, after SudachiTokenizer."""

    @classmethod
    def required_components(cls) -> list[type]:
        """Return what must stand before this component."""
        return [SudachiTokenizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return no settings: the tables are all there is."""
        return {}

    def __init__(self, model_storage: ModelStorage, resource: Resource, words: Words) -> None:
        """Keep the words and where they are stored."""
        self._model_storage = model_storage
        self._resource = resource
        self._words = words

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "WordEntityExtractor":
        """Build the component (see the base class)."""
        return cls(model_storage, resource, Words({}))

    def train(self, training_data: TrainingData) -> Resource:
        """Keep the tables in the model."""
        self._words = Words.learn(training_data)
        with self._model_storage.write_to(self._resource) as folder:
            text = json.dumps(self._words.tables, ensure_ascii=False)
            (folder / "words.json").write_text(text, "utf-8")
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "WordEntityExtractor":
        """Read the tables from the model."""
        with model_storage.read_from(resource) as folder:
            words = Words(json.loads((folder / "words.json").read_text("utf-8")))
        return cls(model_storage, resource, words)

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the entities to each message."""
        for message in messages:
            tokens = message.get(TOKENS_NAMES[TEXT]) or []
            found = self._words.find(str(message.get(TEXT) or ""), tokens)
            entities = message.get(ENTITIES, []) + self.add_extractor_name(found)
            message.set(ENTITIES, entities, add_to_output=True)
        return messages
