"""The rules of Rasa's stories, read from `nlu/`: which action answers which intent."""

from functools import cache
from typing import Any

import yaml

from kit.settings import ROOT


@cache
def rules(*skills: str) -> dict[str, str]:
    """Return intent → action of rules without a condition; without `skills`, of all of them."""
    found: dict[str, str] = {}
    for file in sorted((ROOT / "nlu" / "data").glob("*/rules.yml")):
        if not skills or file.parent.name in skills:
            for rule in yaml.safe_load(file.read_text(encoding="utf-8")).get("rules", ()):
                found |= _of_rule(rule)
    return found


def _of_rule(rule: dict[str, Any]) -> dict[str, str]:
    """Rasa's own actions come first in some; ours is the last that the rule names."""
    intents = [step["intent"] for step in rule["steps"] if "intent" in step]
    actions = [step["action"] for step in rule["steps"] if "action" in step]
    if "condition" in rule or not actions:
        return {}
    return dict.fromkeys(intents[:1], actions[-1])
