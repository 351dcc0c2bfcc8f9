"""Forty citizens, one conversation each, through the emulator and every real process.

`conversations/*.yml` hold them. A turn does one thing: `say` words (`times` over), `tap` the label
of a button under the last answer, press an old `button` by what it carries, or `send` a message
of another kind. `has` and `hasnt` name words of the answer, `labels` buttons under it, and `skill`
the intent that Rasa took the turn for, read from its own record.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml

from concierge.local_stack import LocalStack
from tests.journeys.test_conversations import Talk, labels, words
from tests.support import Line

FOLDER = Path(__file__).parent / "conversations"
DOMAIN = Path(__file__).parents[2] / "nlu" / "domain"
# These come from attachments and buttons, or are what Rasa calls words that it does not understand.
NO_SKILLS = {
    "share_location",
    "share_attachment",
    "out_of_scope",
    "nlu_fallback",
    "undo_link",
    "view_contact",
    "my_timeline",
    "set_field",
}
AT_ONCE = 6

Turn = dict[str, Any]
Answer = list[dict[str, Any]]

CONVERSATIONS: dict[str, list[Turn]] = {
    conversation["name"]: conversation["turns"]
    for file in sorted(FOLDER.glob("*.yml"))
    for conversation in yaml.safe_load(file.read_text(encoding="utf-8"))
}

_INTENTS = """
    SELECT intent_name FROM rasa.events JOIN bot_citizen ON bot_citizen.id = sender_id
    WHERE line_user_id = %s AND type_name = 'user'
    AND data::jsonb -> 'metadata' ->> 'turn_id' NOT LIKE '%%/2' ORDER BY rasa.events.id
"""


@dataclass(frozen=True)
class Played:
    """The answers to each turn, and the intents that Rasa recorded for them."""

    answers: list[Answer]
    intents: list[str]


def play(stack: LocalStack, turns: list[Turn]) -> Played:
    talk = Talk(Line(stack.line))
    answers: list[Answer] = [[talk.line.from_bot(talk.user)[-1]["message"]]]
    for turn in turns:
        answers.append(act(talk, turn, answers[-1]))
    with psycopg.connect(
        stack.plan.settings.database_url, options="-csearch_path=city_aizuwakamatsu,public"
    ) as database:
        recorded = database.execute(_INTENTS, [talk.user]).fetchall()
    # The first of both is the greeting of a new friend.
    return Played(answers[1:], [intent for (intent,) in recorded][1:])


def act(talk: Talk, turn: Turn, before: Answer) -> Answer:
    if "tap" in turn:
        return talk.tap(turn["tap"], before)
    if "button" in turn:
        return talk.press(turn["button"])
    if "send" in turn:
        return talk.send(**turn["send"])
    return talk.say(turn["say"] * turn.get("times", 1))


@pytest.fixture(scope="module")
def played(stack: LocalStack) -> Iterator[Any]:
    """Every conversation under way, several at once; `result()` waits for one."""
    with ThreadPoolExecutor(AT_ONCE) as citizens:
        yield {name: citizens.submit(play, stack, turns) for name, turns in CONVERSATIONS.items()}


@pytest.mark.parametrize("name", CONVERSATIONS)
def test_the_conversation_goes_well(played: Any, name: str) -> None:
    result: Played = played[name].result()
    turns = CONVERSATIONS[name]
    faults = [
        f"{number}. {turn}\n   {fault}\n   {words(answer)} {labels(answer)}"
        for number, (turn, answer, intent) in enumerate(
            zip(turns, result.answers, result.intents, strict=True), start=1
        )
        for fault in faults_of(turn, answer, intent)
    ]
    assert not faults, "\n".join(faults)


def faults_of(turn: Turn, answer: Answer, intent: str) -> Iterator[str]:
    said = words(answer)
    yield from (f"lacks {word}" for word in turn.get("has", ()) if word not in said)
    yield from (f"holds {word}" for word in turn.get("hasnt", ()) if word in said)
    tappable = labels(answer)
    yield from (f"no button {label}" for label in turn.get("labels", ()) if label not in tappable)
    if intent != turn.get("skill", intent):
        yield f"taken for {intent}"
    if "ただいまお答えできない" in said:
        yield "an apology for a fault of ours"


def test_every_skill_is_spoken_to() -> None:
    listed = {
        intent if isinstance(intent, str) else next(iter(intent))
        for file in DOMAIN.glob("*.yml")
        for intent in yaml.safe_load(file.read_text(encoding="utf-8")).get("intents", [])
    }
    met = {turn.get("skill") for turns in CONVERSATIONS.values() for turn in turns}
    missing = listed - NO_SKILLS - met
    assert not missing, missing


def test_there_are_forty_of_three_to_ten_turns() -> None:
    assert len(CONVERSATIONS) >= 40
    assert all(3 <= len(turns) <= 10 for turns in CONVERSATIONS.values())
