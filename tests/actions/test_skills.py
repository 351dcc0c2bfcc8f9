"""Every skill of the contract is known and answered."""

import re

import yaml

from kit.settings import ROOT

CONTRACT = ROOT.parent / "shared" / "skills.md"


def _declared() -> set[str]:
    intents: set[str] = set()
    for file in (ROOT / "nlu" / "domain").glob("*.yml"):
        for intent in yaml.safe_load(file.read_text()).get("intents", []):
            intents |= set(intent if isinstance(intent, dict) else {intent})
    return intents


def _ruled() -> dict[str, str]:
    """Return the first action of each rule by its intent."""
    actions = {}
    for file in (ROOT / "nlu" / "data").glob("*/rules.yml"):
        for rule in yaml.safe_load(file.read_text())["rules"]:
            steps = rule["steps"]
            if "intent" in steps[0]:
                actions[steps[0]["intent"]] = steps[1]["action"]
    return actions


def test_every_intent_of_the_contract_is_known_and_answered() -> None:
    contract = set(re.findall(r"^\| `([a-z_]+)` \|", CONTRACT.read_text(), re.MULTILINE))
    assert len(contract) > 40
    assert contract <= _declared()
    assert contract <= _ruled().keys()
