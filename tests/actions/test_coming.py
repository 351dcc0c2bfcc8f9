"""Every skill of the contract answers; those without a service say so and help all the same."""

import re

import pytest
import yaml

from actions.city import load_city
from actions.planned.actions import COMING, coming_message
from bot.messages.render import render
from bot.messages.speakers import program
from kit.settings import ROOT, Settings

SETTINGS = Settings(environment="test")
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


def test_what_is_still_to_come_is_exactly_what_the_rules_send_there() -> None:
    assert {i for i, action in _ruled().items() if action == "action_coming"} == COMING.keys()


@pytest.mark.parametrize("intent", COMING)
def test_an_answer_fits_one_message_and_names_a_person(intent: str) -> None:
    message = coming_message(COMING[intent], load_city(SETTINGS.city_dir))
    assert "{" not in message.text
    assert len(message.text) < 260
    [[rendered]] = render([message], program(SETTINGS))
    labels = [item["action"]["label"] for item in rendered["quickReply"]["items"]]
    assert labels[-1] == "職員に相談"
    assert len(labels) <= 13 - 2
