"""Reading the training data once: Rasa's own importer reads and copies it again for every question.

Rasa asks its importer for the sentences three times and for the domain six times, checks each file
against a schema every time, and takes the fingerprint of every sentence at every merge: half of a
training's time. Here a file is read once, and the schema is checked by the tests.
"""

from typing import Any

from rasa.shared.core.domain import Domain
from rasa.shared.core.training_data.structures import StoryGraph
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data.formats.rasa_yaml import RasaYAMLReader
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData


class Corpus(RasaFileImporter):
    """Rasa's file importer with a memory. Whoever is given something must not change it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Find the files (see the base class)."""
        super().__init__(*args, **kwargs)
        self._domain: Domain | None = None
        self._stories: dict[int | None, StoryGraph] = {}
        self._data: TrainingData | None = None

    def get_domain(self) -> Domain:
        """Return the domain, read once."""
        if self._domain is None:
            self._domain = super().get_domain()
        return self._domain

    def get_stories(self, exclusion_percentage: int | None = None) -> StoryGraph:
        """Return the rules, read once."""
        if exclusion_percentage not in self._stories:
            self._stories[exclusion_percentage] = super().get_stories(exclusion_percentage)
        return self._stories[exclusion_percentage]

    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        """Return all sentences and tables, read once; every file is in the same language to us."""
        if self._data is None:
            self._data = _read(self._nlu_files)
        return self._data


class Sentence(Message):
    """A training sentence that is copied by its fields and keeps its fingerprint meanwhile."""

    def set(self, prop: str, info: Any, add_to_output: bool = False) -> None:
        """Set a property; what stays the same leaves the fingerprint as it was."""
        known = self._cached_fingerprint if self.data.get(prop) == info else None
        super().set(prop, info, add_to_output)
        self._cached_fingerprint = known

    @classmethod
    def of(cls, message: Message) -> "Sentence":
        """Return a copy of a message, with the fingerprint that it has."""
        copy = cls(message.data, set(message.output_properties), message.time, message.features)
        copy._cached_fingerprint = message._cached_fingerprint
        return copy

    def __deepcopy__(self, memo: dict[int, Any]) -> "Sentence":
        """Return a copy that shares the values: components set properties, and change none."""
        return Sentence.of(self)


class _Reader(RasaYAMLReader):
    def validate(self, string: str) -> None:
        """Leave the schema to the tests: it takes as long as the reading."""


def _read(files: list[str]) -> TrainingData:
    sentences: list[Message] = []
    synonyms: dict[str, str] = {}
    regexes: list[dict[str, str]] = []
    tables: list[dict[str, Any]] = []
    responses: dict[str, list[dict[str, Any]]] = {}
    for file in files:
        data = _Reader().read(file)
        sentences += [Sentence.of(message) for message in data.training_examples]
        synonyms.update(data.entity_synonyms)
        regexes += data.regex_features
        tables += data.lookup_tables
        responses.update(data.responses)
    return TrainingData(sentences, synonyms, regexes, tables, responses)
