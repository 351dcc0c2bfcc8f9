"""Japanese words for Rasa: SudachiPy's short units with exact offsets.

The text is never changed. Every token is a slice of it, so entities found elsewhere stay aligned;
spelling variants (kana, width, old characters) meet only in features: `Token.lemma` is the folded
normalised form, and `token.get(READING)` how the word is said.
"""

import unicodedata
from functools import lru_cache
from typing import Any, Iterator  # noqa: UP035  (Rasa compares names)

from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message
from sudachipy import Dictionary, Morpheme, SplitMode
from sudachipy import Tokenizer as Sudachi

# Sudachi refuses inputs above 49,149 bytes of UTF-8; a character has at most four bytes.
_CHUNK_CHARACTERS = 12_000

READING = "reading"
# Sudachi's reading of everything that is not said.
_SILENT = "キゴウ"

_KATAKANA_TO_HIRAGANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヶ") + 1)}
_SURROGATES = dict.fromkeys(range(0xD800, 0xE000), 0xFFFD)


@lru_cache(maxsize=1)
def _sudachi() -> Sudachi:
    """Load the dictionary once in a process: it takes longer than thousands of questions."""
    return Dictionary(dict="core").tokenizer(SplitMode.A)


def fold(word: str) -> str:
    """Return a spelling-blind form of a word: NFKC, lower case, katakana as hiragana."""
    return unicodedata.normalize("NFKC", word).lower().translate(_KATAKANA_TO_HIRAGANA)


def _words(text: str) -> Iterator[Token]:
    # A lone surrogate cannot be encoded; its stand-in has the same length.
    readable = text.translate(_SURROGATES)
    for offset in range(0, len(text), _CHUNK_CHARACTERS):
        for word in _sudachi().tokenize(readable[offset : offset + _CHUNK_CHARACTERS]):
            start = offset + word.begin()
            surface = text[start : offset + word.end()]
            if surface.strip():
                yield _token(word, surface, start)


def _token(word: Morpheme, surface: str, start: int) -> Token:
    said = word.reading_form()
    return Token(
        surface,
        start,
        lemma=fold(word.normalized_form()) or surface,
        data={READING: fold(surface if said in ("", _SILENT) else said)},
    )


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class SudachiTokenizer(Tokenizer):
    """Splits text into Sudachi's mode A words. Holds no state of its own and persists nothing."""

    @staticmethod
    def supported_languages() -> list[str] | None:
        """Return the languages this component understands."""
        return ["ja"]

    @staticmethod
    def required_packages() -> list[str]:
        """Return the packages without which this component cannot run."""
        return ["sudachipy", "sudachidict_core"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the settings that Rasa's base class reads."""
        return {
            "intent_tokenization_flag": False,
            "intent_split_symbol": "_",
            "token_pattern": None,
            "prefix_separator_symbol": None,
        }

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "SudachiTokenizer":
        """Build the component (see the base class)."""
        return cls(config)

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """Return the words of an attribute; text without any word is one token, itself."""
        text = str(message.get(attribute))
        return list(_words(text)) or [Token(text, 0, data={READING: text})]
