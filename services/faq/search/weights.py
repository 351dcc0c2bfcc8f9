"""How the signals of the search are weighed: one set for all cities, unless a city says otherwise.

`city/<city>/faq/ranking.toml` may hold any of the fields of `Weights`; what it leaves out stays as
it is here.
"""

import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kit.errors import InvalidInputError

RANKING = "ranking.toml"


class Weights(BaseModel):
    """Everything that can be tuned. The score ranks; the confidence decides what is said."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    question_terms: int = Field(default=3, ge=1, le=20)
    """How often a term of the question counts against one of the answer."""
    words: float = Field(default=0.2, ge=0, le=10)
    letters: float = Field(default=0.5, ge=0, le=10)
    question: float = Field(default=1.0, ge=0, le=10)
    entry: float = Field(default=0.7, ge=0, le=10)
    cover: float = Field(default=0.8, ge=0, le=10)
    echo: float = Field(default=1.0, ge=0, le=10)
    learned: float = Field(default=0.8, ge=0, le=10)
    """Of citizens' taps, once there are enough; 0 leaves them out (docs/decisions/0013)."""
    passage: float = Field(default=2.5, ge=0, le=10)
    """Of the cosine of sentence vectors of question and answer (docs/decisions/0017)."""
    wording: float = Field(default=1.0, ge=0, le=10)
    """The same with the nearest wording of the question."""
    apart: float = Field(default=0.6, ge=0, le=10)
    """Of a circumstance that an entry is for and the sentence does not speak of."""
    relief: float = Field(default=0.5, ge=0, le=10)
    """Of an entry that tells of relief, where somebody cannot pay."""
    # Chosen on tests/services/faq/dev_questions.jsonl by costs: a wrong answer that was given as
    # sure 4, a right entry that was not shown 2, choices for a foreign question 1, a tap 0.5.
    likely: float = Field(default=0.38, ge=0, le=1)
    sure: float = Field(default=0.5, ge=0, le=1)
    # One word alone fits many entries well; only one that stands out is an answer.
    sure_lead: float = Field(default=1.1, ge=0, le=10)
    # The same three where no sentence vectors are at hand.
    likely_by_words: float = Field(default=0.5, ge=0, le=1)
    sure_by_words: float = Field(default=0.7, ge=0, le=1)
    sure_lead_by_words: float = Field(default=0.8, ge=0, le=10)


def read_weights(city_dir: Path) -> Weights:
    """Return a city's weights. Raises InvalidInputError naming the file and the field."""
    file = city_dir / "faq" / RANKING
    if not file.exists():
        return Weights()
    try:
        return Weights.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except ValidationError as error:
        fault = error.errors()[0]
        where = ".".join(map(str, fault["loc"]))
        raise InvalidInputError(f"{file} [{where}] {fault['msg']}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidInputError(f"{file}: {error}") from None
