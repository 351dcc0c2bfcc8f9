"""Learning the relations with the trained model at hand, when a process starts.

The intent classifier's view of each sentence is a feature, so this cannot be a component of the
pipeline that is trained beside it. To parse all sentences takes ten seconds: what
came of it is kept beside the model, and holds as long as that model does.
"""

import json
import os
from pathlib import Path
from typing import Any

import structlog
from rasa.core.channels.channel import UserMessage
from rasa.core.processor import MessageProcessor

from channels.relations import Relations, fit_relations
from channels.talks import read_talks

log = structlog.get_logger("rasa.concierge")

# All that `fit_relations` looks at.
_KEPT = ("text", "entities", "intent_ranking")
Parsed = dict[str, dict[str, Any]]


async def learn_relations(processor: MessageProcessor) -> Relations:
    """Parse the talks of `data/talking/follow_ups.yml` and fit the model on them."""
    talks = read_talks()
    texts = dict.fromkeys([*(one.text for one in talks.examples), *(t for t, _ in talks.aspects)])
    model = processor.model_metadata.model_id
    file = _beside(processor.model_path)
    known = _read(file, model)
    parsed = {text: known.get(text) or await _parsed(processor, text) for text in texts}
    if parsed != known:
        _write(file, model, parsed)
    return fit_relations(talks, parsed.__getitem__)


async def _parsed(processor: MessageProcessor, text: str) -> dict[str, Any]:
    found = {"text": text, **await processor.parse_message(UserMessage(text))}
    return {name: found[name] for name in _KEPT}


def _beside(model: Path) -> Path:
    return (model if model.is_dir() else model.parent) / "talks.json"


def _read(file: Path, model: str) -> Parsed:
    """Return what this model made of the sentences; nothing where that is not known."""
    try:
        kept = json.loads(file.read_text("utf-8"))
        return dict(kept["parsed"]) if kept["model"] == model else {}
    except (OSError, ValueError, TypeError, KeyError):
        return {}


def _write(file: Path, model: str, parsed: Parsed) -> None:
    """Keep it, whole or not at all; a folder that cannot be written to is only slower."""
    made = file.with_suffix(f".{os.getpid()}.tmp")
    try:
        made.write_text(json.dumps({"model": model, "parsed": parsed}, ensure_ascii=False), "utf-8")
        made.replace(file)
    except OSError as error:
        log.warning("parsed_talks_not_kept", error=type(error).__name__)
