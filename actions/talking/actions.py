"""The conversation itself: small talk, the menu, and leaving whatever is under way."""

from collections.abc import Callable
from typing import Any

from rasa_sdk import Action
from rasa_sdk.events import SlotSet

from actions.base import ActionContext, CityAction, Events, Turn
from actions.city import City, load_city
from actions.danger.turns_parsing import asks, folded, is_puzzled
from actions.facilities.actions import ORIGIN, WANTED
from actions.faq.actions import WHAT_OF, answer_message, choices_message, leads
from actions.faq.searching import search
from actions.snow.base import INTERRUPTED as SNOW_INTERRUPTED
from actions.snow.base import PENDING as SNOW_PENDING
from actions.talking.farewell_parsing import (
    apologises,
    asks_a_price,
    grumbles_about_taxes,
    hesitates,
    is_farewell,
)
from actions.talking.menu import HUMAN as HUMAN
from actions.talking.menu import MENU as MENU
from actions.talking.repeat import say_again
from actions.topic.sentences import matter_words
from actions.waste.base import INTERRUPTED, MORE, PENDING
from kit.wording import SOURCE, language, translated
from messages.neutral import Payload, Text
from services.faq.contract import Hit, Verdict

# What an unfinished question leaves behind; where the citizen lives or stands is kept.
_UNFINISHED = (
    *(PENDING, INTERRUPTED, SNOW_PENDING, SNOW_INTERRUPTED, WANTED, ORIGIN),
    "requested_slot",
)


# A cheerful line is only said where small talk is certain: whoever writes more than a word or two,
# and is not surely chatting, may have said something that was not understood.
_CHEERFUL = frozenset({"greet", "thank", "goodbye", "affirm", "chitchat"})
_CERTAIN = 0.7
_LONGEST_UNCERTAIN = 8
_JAPANESE = frozenset({SOURCE, "easy"})


def greeting(city: City) -> Text:
    """Return the first words to somebody who says hello."""
    return Text(
        text=translated(
            "こんにちは。{city}のご案内係です。"
            "ごみの出し方、避難所、施設、手続きのことなどをお答えします。何をお調べしましょうか？",
            city=translated(city.name),
        ),
        choices=MENU,
    )


SORRY = "ご不便をおかけして申し訳ありません。できることをご案内します。"
# A complaint of fewer letters names no matter.
_SHORTEST_MATTER = 8
_ABOUT = 0.56

ANSWERS = {
    "thank": Text(text="どういたしまして。また気になることがあれば、いつでも送ってください。"),
    "goodbye": Text(text="ご利用ありがとうございました。お気をつけてお過ごしください。"),
    "affirm": Text(
        text="ありがとうございます。ほかにお調べすることがあれば、送ってください。", choices=MENU
    ),
    "deny": Text(
        text="わかりました。ほかに知りたいことがあれば、いつでも送ってください。", choices=MENU
    ),
    "help": Text(
        text=(
            "次のことをお手伝いできます。\n"
            "・ごみの収集日と分け方、前日のお知らせ\n"
            "・近くの避難所や避難場所\n"
            "・市の施設の場所と時間\n"
            "・税金、保険、証明書などのよくある質問\n"
            "下のボタンを押すか、「明日は何のごみ？」のように、ふだんの言葉で送ってください。"
        ),
        choices=MENU,
    ),
    "chitchat": Text(
        text=(
            "わたしは市のことをご案内する自動応答のプログラムです。"
            "暮らしのことで気になることがあれば、送ってください。"
        ),
        choices=MENU,
    ),
    "complain": Text(
        text=(
            "ご不便をおかけして申し訳ありません。いただいたお気持ちを大切に受けとめます。"
            "よろしければ、何にお困りか短い言葉で教えてください。"
            "職員に直接お話しいただくこともできます。"
        ),
        choices=(HUMAN, Payload(label="メニューを見る", payload="/help")),
    ),
}

LISTENING = Text(
    text="はい、うかがいます。お困りのことを、ふだんの言葉でそのまま送ってください。",
    choices=(HUMAN,),
)
FAREWELL = Text(text="承知しました。ご用のときは、いつでも送ってください。", choices=(HUMAN,))

_LEFT = {
    "cancel": Text(
        text="わかりました。ほかに知りたいことがあれば、いつでも送ってください。", choices=MENU
    ),
    "start_over": Text(text="では、はじめから承ります。何をお調べしましょうか？", choices=MENU),
}


def _may_be_more(turn: Turn) -> bool:
    is_short = turn.text.startswith("/") or len(turn.text) <= _LONGEST_UNCERTAIN
    return turn.intent in _CHEERFUL and turn.confidence < _CERTAIN and not is_short


def _names(text: str) -> Callable[[Hit], bool]:
    """Return a test whether an entry speaks of what is complained of: anger resembles much."""
    words = matter_words(text)
    return lambda hit: any(word in f"{hit.entry.question}{hit.entry.answer}" for word in words)


def _asks_abroad(turn: Turn) -> bool:
    """Tell whether a question in another language sounds like small talk, or like a complaint."""
    is_short = turn.text.startswith("/") or len(turn.text) <= _LONGEST_UNCERTAIN
    is_talk = turn.intent in ("complain", "chitchat", "thank", "affirm", "deny")
    return is_talk and not is_short and language() not in _JAPANESE and asks(folded(turn.said))


class TalkSmall(CityAction):
    """Answers every intent of small talk."""

    action_name = "action_talk"

    async def act(self, turn: Turn) -> Events:
        """Say the answer that belongs to the intent, or the last answer where it is asked for."""
        again = say_again(turn)
        if again is not None:
            return again
        asks_more = _asks_abroad(turn)
        if turn.warned and not asks_more:
            # Words of comfort were said; a question beside them has an answer, or none.
            return await self._not_understood(turn) if asks(folded(turn.said)) else []
        if asks_more or _may_be_more(turn) or is_puzzled(folded(turn.written)):
            return await self._not_understood(turn)
        if turn.intent in _CHEERFUL and asks_a_price(turn.said):
            # 「頼むよ、なんぼだ」 agrees, and asks.
            turn.say(WHAT_OF)
            return []
        if hesitates(turn.said) and turn.intent != "greet":
            turn.say(LISTENING)
            return []
        if turn.intent == "chitchat" and (turn.entity("waste_type") or turn.entity("waste_item")):
            # 「主人が飲んだビールの缶がたまってる」. The skill knows this module's words.
            from actions.waste.actions import AnswerWasteSorting

            return await AnswerWasteSorting(self.context).act(turn)
        if apologises(turn.said):
            turn.say(FAREWELL)
            return []
        city = load_city(self.context.settings.city_dir)
        said = ANSWERS.get(turn.intent) or greeting(city)
        remedy = await self._remedy(turn) if turn.intent in ("complain", "chitchat") else None
        first = Text(text=SORRY) if remedy and turn.intent == "complain" else said
        turn.say(*([] if remedy and first is said else [first]), *([remedy] if remedy else []))
        return []

    async def _not_understood(self, turn: Turn) -> Events:
        # It knows this module's words. After an action that follows, Rasa would add its own.
        from actions.talking.fallback import Fallback

        return await Fallback(self.context).act(turn)

    async def _remedy(self, turn: Turn) -> Text | None:
        """Return what can be done about what somebody complains of, None where it is not known."""
        is_short = turn.text.startswith("/") or len(turn.text) < _SHORTEST_MATTER
        if is_short or grumbles_about_taxes(turn.text):
            return None
        result = await search(self.context, turn, turn.text)
        city = load_city(self.context.settings.city_dir)
        if result.verdict is Verdict.unsure or not any(map(_names(turn.text), result.hits)):
            return None
        if leads(result, _ABOUT) and _names(turn.text)(result.hits[0]):
            return answer_message(result.hits[0].entry, city)
        if turn.intent != "complain":
            return None
        return choices_message([hit.entry for hit in result.hits], city)


# What an open question was about: only what was really under way is said to be ended.
_ENDED = {
    "set_waste_reminder": "ごみの日のお知らせの設定を途中でやめました。いつでも始められます。",
    "ask_waste_day": "ごみの日の質問を途中でやめました。いつでもお尋ねください。",
    "ask_waste_sorting": "ごみの分け方の質問を途中でやめました。いつでもお尋ねください。",
    "report_snow_road": "道の報告を途中でやめました。まだ知らせていません。いつでも始められます。",
    "ask_plow_status": "除雪車の質問を途中でやめました。いつでもお尋ねください。",
    "ask_slippery_road": "滑りやすい道の質問を途中でやめました。いつでもお尋ねください。",
    ORIGIN: "場所さがしを途中でやめました。いつでもお尋ねください。",
}


def _pending(turn: Turn) -> dict[str, Any]:
    """Return the note of the question that is open, of whichever skill."""
    found = turn.slot(SNOW_PENDING) or turn.slot(PENDING) or turn.slot(SNOW_INTERRUPTED)
    return found if isinstance(found, dict) else {}


def left_message(turn: Turn) -> Text:
    """Return what to say to somebody who leaves: it names what was open, if anything was."""
    pending = _pending(turn)
    if pending.get("ask") == MORE:
        # Everything was answered: nothing is broken off.
        return FAREWELL if turn.intent == "cancel" else _LEFT[turn.intent]
    open_now = pending.get("intent") or (ORIGIN if turn.slot("requested_slot") == ORIGIN else "")
    if turn.intent == "cancel" and open_now in _ENDED:
        return Text(text=_ENDED[open_now], choices=MENU)
    is_open = turn.tracker.active_loop_name or any(turn.slot(name) for name in _UNFINISHED)
    return FAREWELL if is_farewell(turn.text) and not is_open else _LEFT[turn.intent]


class Leave(CityAction):
    """Leaves whatever is under way (`cancel`, `start_over`): no open question is taken up again."""

    action_name = "action_leave"

    async def act(self, turn: Turn) -> Events:
        """Empty the slots of open questions. Says nothing cheerful to somebody in danger.

        「もう一回」 sounds like a wish to begin again, but leaves nothing.
        """
        again = say_again(turn)
        if again is not None:
            return again
        if not turn.warned:
            turn.say(left_message(turn))
        return [SlotSet(name, None) for name in _UNFINISHED]


def actions(context: ActionContext) -> list[Action]:
    """Return the actions of this module."""
    return [TalkSmall(context), Leave(context)]
