"""What the model made of the talks' sentences is kept beside it, and for that model alone."""

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from channels import learning
from channels.talks import Talks
from rasa.core.channels.channel import UserMessage


class Counting:
    """A processor that counts what it parses."""

    def __init__(self, folder: Path, model: str) -> None:
        self.parsed = 0
        self.model_path = folder / "concierge.tar.gz"
        self.model_metadata = SimpleNamespace(model_id=model)
        self._model = model

    async def parse_message(self, message: UserMessage) -> dict[str, Any]:
        self.parsed += 1
        ranking = [{"name": f"intent of {self._model}", "confidence": 1 / len(message.text)}]
        return {"intent_ranking": ranking, "entities": []}


@pytest.fixture(autouse=True)
def seen(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the relations are learned from: all examples of each time."""
    seen: list[dict[str, Any]] = []

    def keep(talks: Talks, parse: Any) -> None:
        seen.append({one.text: parse(one.text) for one in talks.examples})

    monkeypatch.setattr(learning, "fit_relations", keep)
    return seen


@pytest.mark.parametrize("broken", ["{", "[]", '{"model": "one"}'])
def check_sentences_are_parsed_once_for_each_model(
    tmp_path: Path, broken: str, seen: list[dict[str, Any]]
) -> None:
    (tmp_path / "talks.json").write_text(broken, "utf-8")
    counts = []
    for name in ("one", "one", "two"):
        processor = Counting(tmp_path, name)
        asyncio.run(learning.learn_relations(processor))
        counts.append(processor.parsed)
    assert counts[0] == counts[2] > 500
    assert counts[1] == 0
    assert seen[0] == seen[1] != seen[2]
    assert [file.name for file in tmp_path.iterdir()] == ["talks.json"]


def check_a_folder_that_cannot_be_written_to_is_only_slower(
    tmp_path: Path, seen: list[dict[str, Any]]
) -> None:
    processor = Counting(tmp_path / "no such folder", "one")
    asyncio.run(learning.learn_relations(processor))
    assert processor.parsed > 500
    assert len(seen[0]) > 500
