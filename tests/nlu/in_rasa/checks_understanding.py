"""What the trained model makes of plain sentences that stand in no training file.

The limits are floors against decay, well below what was measured; they are not a claim about
real citizens, whose sentences are harder than invented ones.
"""

import asyncio
from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa.core.agent import Agent
from rasa.shared.importers.importer import TrainingDataImporter

HERE = Path(__file__).parent
NLU = HERE.parents[2] / "nlu"
SHARED = HERE.parents[3] / "shared"
UNSEEN: dict[str, list[str]] = yaml.safe_load((HERE / "unseen.yml").read_text(encoding="utf-8"))
REFUSED = {"out_of_scope", "nlu_fallback"}


@pytest.fixture(scope="module")
def understood(agent: Agent) -> dict[str, str]:
    return {
        text: parse(agent, text)["intent"]["name"] for texts in UNSEEN.values() for text in texts
    }


def parse(agent: Agent, text: str) -> dict[str, Any]:
    return asyncio.run(agent.parse_message(text))


def check_nine_of_ten_plain_questions_reach_their_intent(understood: dict[str, str]) -> None:
    wanted = {t: i for i, texts in UNSEEN.items() for t in texts if i != "out_of_scope"}
    wrong = {text: understood[text] for text in wanted if understood[text] != wanted[text]}
    assert len(wrong) <= 0.10 * len(wanted), wrong


def check_hardly_any_plain_question_is_taken_for_another(understood: dict[str, str]) -> None:
    wanted = {t: i for i, texts in UNSEEN.items() for t in texts if i != "out_of_scope"}
    wrong = {t: understood[t] for t in wanted if understood[t] not in {wanted[t], *REFUSED}}
    assert len(wrong) <= 0.05 * len(wanted), wrong


def check_most_foreign_sentences_are_refused(understood: dict[str, str]) -> None:
    foreign = UNSEEN["out_of_scope"]
    answered = {text: understood[text] for text in foreign if understood[text] not in REFUSED}
    assert len(answered) <= 0.30 * len(foreign), answered


def check_a_day_in_figures_is_asked_in_the_shortest_way(agent: Agent) -> None:
    asks = SHARED / "cases" / "data" / "18-day-asked-briefly" / "asks.txt"
    found = {text: parse(agent, text)["intent"]["name"] for text in asks.read_text("utf-8").split()}
    assert {text: intent for text, intent in found.items() if intent != "ask_waste_day"} == {}


def check_greetings_and_politeness_around_a_question_do_not_hide_it(
    agent: Agent, understood: dict[str, str]
) -> None:
    plain = [text for text, intent in understood.items() if intent not in REFUSED and len(text) > 8]
    framed = {
        text: parse(agent, f"お忙しいところ恐れ入ります。{text}。どうぞよろしくお願いいたします。")
        for text in plain
    }
    other = [text for text in plain if framed[text]["intent"]["name"] != understood[text]]
    assert len(other) <= 0.05 * len(plain), other


def check_the_unseen_sentences_stand_in_no_training_file() -> None:
    importer = TrainingDataImporter.load_from_config(
        str(NLU / "config.yml"), str(NLU / "domain"), [str(NLU / "data")]
    )
    trained = {example.get("text") for example in importer.get_nlu_data().intent_examples}
    assert len(trained) > 1_500
    assert not trained & {text for texts in UNSEEN.values() for text in texts}


@pytest.mark.parametrize("text", ["", " ", "😀", "qwertyuiop", "\x00", "あ" * 3_000])
def check_the_pipeline_survives_odd_text(agent: Agent, text: str) -> None:
    assert "intent" in parse(agent, text)


@pytest.mark.parametrize("intent", ["share_location", "share_attachment", "view_contact"])
def check_what_comes_from_buttons_is_never_guessed_from_words(
    understood: dict[str, str], intent: str
) -> None:
    assert intent not in understood.values()
