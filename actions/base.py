"""What every action shares: its context and the turn it serves.

This package is the only place that imports `rasa_sdk`.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from itertools import takewhile
from typing import Any, ClassVar, TypeVar, cast

import httpx2
from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.forms import FormValidationAction

from actions.danger.first_aid import Said, first_aid
from actions.danger.help import load_help
from actions.danger.judge import the_judge
from actions.danger.turns_parsing import cannot_phone, folded
from actions.procedures.after_danger import with_guide
from actions.talking.language import language_offer, spoken_language
from actions.talking.privacy_parsing import asks_who_reads
from actions.talking.waiting import raise_alarm, takes_matter
from actions.talking.who_parsing import asks_who_answers
from bot.handoff.contract import ASKED
from kit.clock import Clock
from kit.settings import Settings
from kit.wording import load_wording, spoken_in, translated
from messages.languages import Language
from messages.neutral import Message, Text, reworded

Events = list[dict[str, Any]]

# A danger told of before a pause like this is not in the room any more.
_PAUSE_SECONDS = 30 * 60
# What 「これ、誰が見てるの」 may be taken for.
_ASKED_OF_PRIVACY = frozenset(
    {
        *("action_fallback", "action_answer_faq", "action_follow_up", "action_talk"),
        *("action_ask_access_log", "action_leave", "action_request_human"),
    }
)
_CALL = re.compile(r"tel:\d{4}|tel:\d+-")


T = TypeVar("T")


class ActionContext:
    """Everything an action may use; made once per process."""

    def __init__(self, http: httpx2.AsyncClient, clock: Clock, settings: Settings) -> None:
        """`http` reaches the services (`kit.http.internal_client`)."""
        self.http = http
        self.clock = clock
        self.settings = settings
        self._clients: dict[Callable[..., Any], Any] = {}

    def client(self, kind: Callable[[httpx2.AsyncClient], T]) -> T:
        """Return the client of a service, of the class that its contract offers."""
        if kind not in self._clients:
            self._clients[kind] = kind(self.http)
        return cast(T, self._clients[kind])


_LATELY = 6
"""Messages of the citizen."""


class Turn:
    """One call of one action: what the citizen said, and a way to answer."""

    def __init__(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> None:
        """Wrap Rasa's view of the conversation."""
        self.dispatcher = dispatcher
        self.tracker = tracker
        self.warned = False
        """Whether this action began with the numbers to call in danger."""
        self.relieved = False
        """Whether it began with words about a danger that is over."""
        self._topic: dict[str, Any] | None = None

    @property
    def citizen_id(self) -> str:
        """The pseudonymous citizen id (`ctz_…`); never a LINE user id."""
        return str(self.tracker.sender_id)

    @property
    def turn_id(self) -> str:
        """The id of this turn, the same when the turn is repeated: key of every change."""
        return str((next(self._heard(), {}).get("metadata") or {}).get("turn_id", ""))

    @property
    def language(self) -> Language:
        """The language of the answer: the one that the bot told last (`bot.turns.language`).

        A tapped button or a place has no language of its own and goes on in the one before.
        """
        return next(
            (lang for event in self._heard() if (lang := spoken_language(event))), Language.ja
        )

    @cached_property
    def cannot_phone(self) -> bool:
        """Whether the citizen has said in this talk that they cannot, or will not, telephone."""
        texts = [] if self.said.startswith("/") else [self.written]
        return any(cannot_phone(folded(text)) for text in (*texts, *self.earlier_words))

    @property
    def turns_foreign(self) -> bool:
        """Whether the citizen first writes a language that nobody has chosen for good."""
        heard = self._heard()
        now = next(heard, {})
        return (
            spoken_language(now) not in (None, Language.ja)
            and self.intent != "change_language"
            and not (now.get("metadata") or {}).get("is_chosen")
            and spoken_language(now) not in map(spoken_language, heard)
        )

    @property
    def handoff_asked(self) -> bool:
        """Whether the citizen was asked what they want to speak to a person about."""
        return bool((next(self._heard(), {}).get("metadata") or {}).get(ASKED))

    def _heard(self) -> Iterator[dict[str, Any]]:
        """Yield what the citizen said, newest first."""
        return (event for event in reversed(self.tracker.events) if event.get("event") == "user")

    @property
    def said(self) -> str:
        """The citizen's latest words (or the payload of a tapped button), as they were written."""
        return str(self.tracker.latest_message.get("text") or "")

    @property
    def written(self) -> str:
        """The whole of what was written, where `said` is only the wish in it."""
        return str((next(self._heard(), {}).get("metadata") or {}).get("written") or self.said)

    @property
    def text(self) -> str:
        """The citizen's words; said whole, where they go on with what was last talked about."""
        return str(self.joined.get("words") or self.said)

    @property
    def joined(self) -> dict[str, Any]:
        """How the words go on with the topic (`nlu/channels/resolving.py`); empty if they do not.

        `relation` (continues, corrects), `task`, `words`, `slots`, `carried` (those not said now),
        `aspect` (cost, deadline …), `entry` (id of the FAQ entry told before), `subject`.
        """
        told = (next(self._heard(), {}).get("metadata") or {}).get("topic")
        return told if isinstance(told, dict) else {}

    def leave_topic(
        self, task: str, slots: dict[str, str | None], entry: str = "", subject: str = ""
    ) -> None:
        """Say what was answered, for the messages that go on with it.

        `slots` as `channels.topic.TASKS` names them, in words that the skill itself reads.
        """
        kept = {name: words for name, words in slots.items() if words}
        self._topic = {"task": task, "slots": kept, "entry": entry, "subject": subject[:200]}

    def topic_events(self, clock: Clock) -> Events:
        """Return the event that keeps the topic, if an action left one."""
        topic = self._topic
        return [SlotSet("topic", {**topic, "at": clock().isoformat()})] if topic else []

    @property
    def told_entry(self) -> str:
        """The id of the FAQ entry told in answer to the message before this one, or empty."""
        heard = 0
        for event in reversed(self.tracker.events):
            heard += event.get("event") == "user"
            if heard > 1 and event.get("event") == "user":
                return ""
            value = event.get("value") if event.get("name") == "topic" else None
            if heard and isinstance(value, dict) and value.get("entry"):
                return str(value["entry"])
        return ""

    @property
    def intent(self) -> str:
        """The name of the latest intent."""
        return str((self.tracker.latest_message.get("intent") or {}).get("name") or "")

    @property
    def confidence(self) -> float:
        """How sure the latest intent is, 0 to 1; 1 where nobody said."""
        return float((self.tracker.latest_message.get("intent") or {}).get("confidence") or 1.0)

    @property
    def earlier_words(self) -> list[str]:
        """What the citizen wrote before the latest message, newest first, without taps.

        Older messages than half an hour are left out.
        """
        return [said.text for said in self.earlier]

    @property
    def earlier(self) -> list[Said]:
        """The messages of `earlier_words`, as they were understood, with what was answered."""
        heard: list[tuple[dict[str, Any], list[str]]] = []
        for event in self.tracker.events:
            if event.get("event") == "user":
                heard.append((event, []))
            elif event.get("event") == "bot" and heard:
                custom = (event.get("data") or {}).get("custom") or {}
                heard[-1][1].append(str(custom.get("text") or ""))
        now: dict[str, Any] = {}
        if heard and heard[-1][0].get("text") == self.tracker.latest_message.get("text"):
            now = heard.pop()[0]
        since = float(now.get("timestamp") or 0) - _PAUSE_SECONDS
        recent = [one for one in heard if float(one[0].get("timestamp") or since) >= since]
        said = (_said_earlier(event, replies) for event, replies in reversed(recent))
        return [one for one in said if one.text and not one.text.startswith("/")]

    def has_just_said(self, text: str) -> bool:
        """Tell whether the answer before this message was, or ended with, the same text."""
        earlier = self.earlier
        return bool(earlier) and translated(text) in (earlier[0].reply or "")

    def entity(self, name: str) -> str | None:
        """Return the first entity of that name in the latest message."""
        value = next(self.tracker.get_latest_entity_values(name), None)
        return None if value is None else str(value)

    def slot(self, name: str) -> Any:
        """Return a slot's value, None where it is not set."""
        return self.tracker.get_slot(name)

    @property
    def location(self) -> tuple[float, float] | None:
        """(latitude, longitude) in degrees, WGS 84, of the place sent last."""
        value = self.slot("location")
        try:
            return (float(value["latitude"]), float(value["longitude"]))
        except (TypeError, KeyError, ValueError):
            return None

    @property
    def answered(self) -> bool:
        """Whether an earlier action has already said something to the citizen's latest words."""
        for event in reversed(self.tracker.events):
            if event.get("event") in ("user", "bot"):
                return bool(event["event"] == "bot")
        return False

    @property
    def since_heard(self) -> Events:
        """Rasa's events after the citizen's latest message, newest first."""
        newest_first = reversed(self.tracker.events)
        return list(takewhile(lambda event: event.get("event") != "user", newest_first))

    def say(self, *messages: Message) -> None:
        """Add neutral messages to the answer, in this order and in the language of the turn."""
        for message in messages:
            said = _without_calls(message) if self.cannot_phone else message
            said = reworded(said, translated)
            self.dispatcher.utter_message(json_message=said.model_dump(mode="json"))


def _without_calls(message: Message) -> Message:
    """Return a message without buttons that dial, but for the short numbers of emergencies."""
    if not isinstance(message, Text):
        return message
    kept = tuple(
        choice for choice in message.choices if not _CALL.match(getattr(choice, "url", ""))
    )
    return message.model_copy(update={"choices": kept})


def _said_earlier(event: dict[str, Any], replies: Sequence[str]) -> Said:
    intent = (event.get("parse_data") or {}).get("intent") or {}
    return Said(
        str((event.get("metadata") or {}).get("written") or event.get("text") or ""),
        str(intent.get("name") or ""),
        float(intent.get("confidence") or 0.0),
        own=_own_intent(event.get("parse_data") or {})
        if (event.get("metadata") or {}).get("topic")
        else None,
        reply="\n".join(replies),
    )


def _own_intent(parsed: dict[str, Any]) -> tuple[str, float]:
    """Return what the words alone were understood as; the topic's stands first in the ranking."""
    for one in (parsed.get("intent_ranking") or [])[1:]:
        if one.get("name") != "nlu_fallback":
            return str(one.get("name") or ""), float(one.get("confidence") or 0.0)
    return "", 0.0


def _question_is_open(turn: Turn) -> bool:
    """Tell whether something was asked; a form that waits for more after an answer asks nothing."""
    if asked_lately(turn, "procedure_pending"):
        return True
    waits = turn.tracker.active_loop_name == "waste_form"
    asked = (turn.slot("waste_pending") or {}).get("ask")
    return bool(turn.tracker.active_loop_name) and not (waits and asked == "more")


def asked_lately(turn: Turn, slot: str) -> bool:
    """Tell whether a note of an open question stood in a slot a few messages ago."""
    heard = 0
    for event in reversed(turn.tracker.events):
        heard += event.get("event") == "user"
        if heard > _LATELY:
            return False
        if event.get("event") == "slot" and event.get("name") == slot and event.get("value"):
            return True
    return False


class CityAction(Action, ABC):
    """An action with a name of its own. Subclasses write `act`."""

    action_name: ClassVar[str]

    def __init__(self, context: ActionContext) -> None:
        """Keep the context; actions are made once and hold no state between turns."""
        self.context = context

    def name(self) -> str:
        """Return the name under which Rasa calls this action."""
        return self.action_name

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> Events:
        """Serve one turn: danger first. A service that is away fails the turn, to be repeated."""
        turn = Turn(dispatcher, tracker)
        with spoken_in(load_wording(turn.language, self.context.settings.city_wording)):
            is_all = await self._help_is_all(turn) or self._is_introduced(turn)
            if is_all or await takes_matter(turn, self.context):
                # A form that hears anything of its validation goes on.
                is_form = self.action_name.startswith("validate_")
                return [] if is_form else turn.topic_events(self.context.clock)
            if self.action_name in _ASKED_OF_PRIVACY and asks_who_reads(turn.written):
                return await self._privacy(turn)
            events = await self.act(turn)
            if turn.turns_foreign and dispatcher.messages and not turn.answered:
                turn.say(language_offer(turn.language))
        return [*events, *turn.topic_events(self.context.clock)]

    def _is_introduced(self, turn: Turn) -> bool:
        """Say that a program answers, where that is asked; what is open stays open."""
        # It is built on this class.
        from actions.talking.actions import ANSWERS

        asked = not turn.text.startswith("/") and asks_who_answers(turn.written)
        if asked and not turn.answered:
            turn.say(ANSWERS["chitchat"])
        return asked

    async def _privacy(self, turn: Turn) -> Events:
        # It is built on this class.
        from actions.identity.actions import AskPrivacy

        return await AskPrivacy(self.context).act(turn)

    async def _help_is_all(self, turn: Turn) -> bool:
        """Say whom to call when the citizen's words (not a tap) tell of danger, once a turn.

        A person is told too. Returns whether this is the whole answer.
        """
        if turn.answered or turn.text.startswith("/"):
            return False
        help = load_help(self.context.settings.city_dir)
        # As it was written: what is said whole for the skills may hold words of before.
        said = Said(
            turn.written,
            turn.intent,
            turn.confidence,
            turn.earlier,
            answers=_question_is_open(turn),
            own=_own_intent(turn.tracker.latest_message) if turn.joined else None,
        )
        aid = first_aid(said, the_judge(), help)
        if aid is None:
            return False
        replies = [said.reply for said in turn.earlier]
        turn.say(with_guide(aid.message, turn.written, replies, help))
        if aid.entry:
            turn.leave_topic("ask_faq", {}, aid.entry)
        turn.warned, turn.relieved = not aid.is_over, aid.is_over
        if aid.is_danger:
            await raise_alarm(turn, self.context)
        return aid.is_all

    @abstractmethod
    async def act(self, turn: Turn) -> Events:
        """Answer the turn and return Rasa events (`rasa_sdk.events`)."""


class CityForm(FormValidationAction):
    """Validation of a form. Subclasses write `validate_<slot>` as rasa_sdk describes."""

    form: ClassVar[str]
    slots: ClassVar[tuple[str, ...]]

    def __init__(self, context: ActionContext) -> None:
        """Keep the context; see CityAction."""
        self.context = context

    def name(self) -> str:
        """Return `validate_<form>`, the name under which Rasa calls a form's validation."""
        return f"validate_{self.form}"

    def domain_slots(self, domain: dict[str, Any]) -> list[str]:
        """Return the form's slots; said here so that Rasa need not send its domain each time."""
        return list(self.slots)


def named(actions: Sequence[Action]) -> dict[str, Action]:
    """Index actions by name; two of one name are a mistake and raise ValueError."""
    by_name: dict[str, Action] = {}
    for action in actions:
        if action.name() in by_name:
            raise ValueError(f"two actions are called {action.name()}")
        by_name[action.name()] = action
    return by_name
