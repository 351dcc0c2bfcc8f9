"""What was not understood: a late answer, a thing to throw away, an FAQ hit, a question back."""

import re

from rasa_sdk import Action

from actions.base import ActionContext, CityAction, Events, Turn
from actions.city import load_city
from actions.danger.kinds import Kind
from actions.danger.turns_parsing import asks_for_staff, folded, without_all_clear
from actions.facilities.elsewhere_parsing import elsewhere
from actions.facilities.follow_up import LatePlace
from actions.facilities.messages import not_ours
from actions.facilities.opening import place_asked, place_messages
from actions.faq.actions import (
    answer_message,
    choices_message,
    keep_question,
    last_sentence,
    leads,
    leave_entry,
    told_before,
    words_of,
)
from actions.faq.searching import search
from actions.faq.translations import entry_asked
from actions.matters.nouns_parsing import (
    has_its_noun,
    names_abroad,
    names_its_matter,
    surely_named,
)
from actions.outside.asking import ask_outside, offer, outside_match, tapped
from actions.preferences.actions import SetAlertArea
from actions.preferences.parsing import wants_quiet_nights
from actions.procedures.actions import GuideProcedure
from actions.procedures.parsing import life_event
from actions.sensors.actions import AskRiverLevel
from actions.snow.facts import AskPlowStatus
from actions.talking.actions import ANSWERS, FAREWELL, HUMAN, LISTENING, MENU
from actions.talking.contact import WITHOUT_PHONE, RequestHuman, asks_without_phone
from actions.talking.corrections import earlier_questions
from actions.talking.farewell_parsing import hesitates, is_farewell, tells_personal_data
from actions.talking.repeat import say_again
from actions.waste.actions import AnswerWasteSorting, ContinueWaste, SetWasteReminder, is_time
from actions.waste.parsing import not_household
from kit.text import fold
from kit.wording import SOURCE, language, translated
from messages.neutral import Message, Payload, Text
from services.faq.contract import FaqClient, Outcome, SearchResult, Verdict

_LONGEST_ITEM, _LONGEST_STORY = 16, 120
# From this score on a bare word is one of the names of the city's list.
_WHOLE = 0.97
_NOUNS = re.compile(r"[一-龠々ァ-ヺーA-Za-z0-9の・\s]+")
_CHOICES = 3
# Words that no intent takes are answered from here on; below, the citizen is asked.
SURE_ENOUGH = 0.65

# Below the refusal threshold of nlu/config.yml, guesses of at least this much are worth a tap. Both
# are chosen by what mistakes cost (`concierge nlu thresholds`, docs/decisions/0011).
ASK_BACK_FROM = 0.1
_GUESSES = 2

# The class of what is no matter of the city's; `nlu_fallback` may be one that was said unusually.
FOREIGN = "out_of_scope"

# Questions that need a place; it may be named late, or put right after the answer.
_WASTE = frozenset({"ask_waste_day", "ask_waste_sorting"})
_ABOUT_WASTE = frozenset({"ask_waste_day", "set_waste_reminder"})
_SKILLS: dict[str, type[CityAction]] = {
    "ask_plow_status": AskPlowStatus,
    "set_waste_reminder": SetWasteReminder,
    "ask_river_level": AskRiverLevel,
}
_ABOUT_PLACES = frozenset({"ask_shelter", "ask_facility", "share_location"})

# How a guess is put to the citizen: 「…のことですか？」
TITLES = {
    "apply_nursery": "保育所の申し込み",
    "ask_access_log": "自分の情報を誰が見たか",
    "ask_alert_status": "警報や避難の情報",
    "ask_certificate": "住民票などの証明書",
    "ask_facility": "市の施設",
    "ask_moving": "引っ越しの手続き",
    "ask_mynumber_card": "マイナンバーカード",
    "ask_nursery_result": "保育所の申し込みの結果",
    "ask_nursery_vacancy": "保育所の空き",
    "ask_oncall_clinic": "休日や夜間の病院",
    "ask_plow_status": "除雪車の予定",
    "ask_privacy": "個人情報のあつかい",
    "ask_report_status": "お知らせした件のその後",
    "ask_procedure": "暮らしの節目の手続き",
    "ask_river_level": "川の水位",
    "ask_shelter": "避難所",
    "ask_slippery_road": "滑りやすい道",
    "ask_vaccination_schedule": "予防接種の予定",
    "ask_waste_day": "ごみの日",
    "ask_waste_sorting": "ごみの分け方",
    "change_language": "ことばの切りかえ",
    "change_nursery_application": "保育所の申し込みの変更",
    "estimate_nursery_points": "保育所の点数",
    "link_my_id": "My-IDの連携",
    "record_growth": "身長と体重の記録",
    "report_safety": "安否の連絡",
    "report_snow_road": "危ない雪道の連絡",
    "request_human": "職員への相談",
    "set_alert_area": "災害のお知らせの設定",
    "set_waste_reminder": "ごみの日のお知らせ",
    "unlink_account": "連携の解除や情報の消去",
    "verify_mynumber": "マイナンバーカードでの本人確認",
    "view_checkup_record": "健診の結果",
    "view_growth_chart": "成長の記録",
    "view_medication": "お薬手帳",
    "view_vaccination_record": "予防接種の記録",
    "write_diary": "育児日記",
}

FALLBACK = Text(
    text=(
        "すみません、うまく理解できませんでした。\n"
        "短い言葉で言いかえていただくか、下からお選びください。"
    ),
    choices=MENU,
)


PERSONAL = Text(
    text=(
        "電話番号や住所などの個人情報は、このトークに書かないでください。手続きに必要なときは、"
        "安全な専用のページか窓口でうかがいます。\n"
        "送ったメッセージは、送信を取り消すことができます。"
    ),
    choices=(HUMAN,),
)


def ask_back(guesses: list[str]) -> Text:
    """Ask which of one or two guesses (names of intents) was meant."""
    picks = [Payload(label=TITLES[intent], payload=f"/{intent}") for intent in guesses]
    titles = [translated(TITLES[intent]) for intent in guesses]
    question = "「{one}」か「{other}」のことですか？" if titles[1:] else "「{one}」のことですか？"
    return Text(
        text=translated(question, one=titles[0], other=titles[-1]),
        choices=(*picks, Payload(label="どれもちがう", payload="/help"), HUMAN),
    )


class Fallback(CityAction):
    """Answers what was not understood."""

    action_name = "action_fallback"

    async def act(self, turn: Turn) -> Events:
        """Say what helps most."""
        if button := tapped(turn):
            turn.say(*await ask_outside(self.context, turn, *button))
            return []
        if asks_without_phone(turn):
            turn.say(WITHOUT_PHONE)
            return []
        if turn.warned and asks_for_staff(folded(turn.said)):
            return await RequestHuman(self.context).act(turn)
        if not turn.text.startswith("/") and wants_quiet_nights(turn.said):
            return await SetAlertArea(self.context).act(turn)
        taken = say_again(turn)
        if taken is None:
            taken = await self._late_answer(turn)
        if taken is not None:
            return taken
        found = await outside_match(self.context, turn)
        if found.exact and not turn.warned:
            turn.say(*await ask_outside(self.context, turn, found.skill_id))
            return []
        taken = await GuideProcedure(self.context).put_right(turn)
        if taken is None:
            taken = await self._item(turn)
        if taken is not None:
            return taken
        said = await self._answer(turn)
        if isinstance(said, list):
            return said
        if said == FALLBACK and found.skill_id:
            said = offer(found)
        if said is not None:
            turn.say(said)
        return []

    async def _late_answer(self, turn: Turn) -> Events | None:
        """Take the name of a district or place as the answer to an earlier question, if it is."""
        taken: Events | None = None
        earlier = [] if turn.text.startswith("/") else list(earlier_questions(turn))
        for asked in earlier:
            if asked.intent == "set_waste_reminder" and is_time(turn.text):
                taken = await SetWasteReminder(self.context).act(turn)
            elif asked.intent in _ABOUT_WASTE:
                # The newest may be a tapped district; the words came before it.
                texts = (q.text for q in earlier if q.intent == asked.intent and q.text)
                waste = ContinueWaste(self.context)
                taken = await waste.take_late_area(turn, asked.intent, next(texts, ""))
            elif asked.intent in _ABOUT_PLACES:
                taken = await LatePlace(self.context).take(turn)
            if taken is not None:
                break
        return taken

    async def _item(self, turn: Turn) -> Events | None:
        """Take a bare word for a thing to throw away: one of the city's list, or how it is said.

        Longer words hold the names of things by chance, and are left alone.
        """
        word = turn.text.strip(" 　、。!?！？")
        named = turn.tracker.get_latest_entity_values("waste_item")
        listed = fold(word) in {fold(str(thing)) for thing in named}
        if len(word) > _LONGEST_ITEM or turn.text.startswith("/"):
            return None
        waste = AnswerWasteSorting(self.context)
        answer = await waste.look_up(turn, word)
        is_thing = answer.sure and _is_noun(word, answer.matches[0].name)
        offers = bool(answer.matches) and answer.matches[0].score >= _WHOLE
        if not is_thing and not offers and not (listed and answer.matches):
            return None
        return await waste.answer_item(turn, word, None)

    async def _answer(self, turn: Turn) -> Message | Events | None:
        city = load_city(self.context.settings.city_dir)
        if tells_personal_data(turn.text):
            return PERSONAL
        if hesitates(turn.said):
            return LISTENING
        if place := await place_asked(self.context, turn):
            turn.say(*place_messages(self.context, turn, place))
            return None
        if not turn.relieved and (asked := entry_asked(words_of(turn), city.folder)):
            return answer_message(await self.context.client(FaqClient).entry(asked), city)
        if (skill := self._named(turn)) is not None:
            return await skill.act(turn)
        found = await self._search(turn)
        answered = language() != SOURCE and found and found.verdict is Verdict.sure
        if not turn.warned and not answered and (event := life_event(turn.text)):
            return await GuideProcedure(self.context).guide(turn, event)
        if other := elsewhere(turn.text):
            return not_ours(other)
        sure_enough = found is not None and leads(found, SURE_ENOUGH, turn.text)
        if found is not None and (
            found.verdict is Verdict.sure or (sure_enough and turn.intent != FOREIGN)
        ):
            entry, *others = [hit.entry for hit in found.hits]
            key = await keep_question(self.context, turn, Outcome.answered, [entry])
            leave_entry(turn, entry)
            near = others if found.verdict is not Verdict.sure else ()
            return answer_message(entry, city, key, near)
        if turn.warned or turn.relieved:
            # Words of comfort were said already; no list and no apology after them.
            return None
        if is_farewell(turn.text):
            return FAREWELL
        likely = found is not None and found.verdict is not Verdict.unsure
        if turn.intent == FOREIGN and not (likely and language() != SOURCE):
            return FALLBACK
        guesses = _guesses(turn)
        if guesses and not (likely and _is_abroad()):
            if guesses[0] in _WASTE and (thrown := await self._thrown(turn)) is not None:
                return thrown
            return ask_back(guesses)
        if found is not None and likely:
            entries = [hit.entry for hit in found.hits]
            if (told := await told_before(self.context, turn, entries)) is not None:
                return told
            key = await keep_question(self.context, turn, Outcome.offered, entries)
            return choices_message(entries, city, key)
        await keep_question(self.context, turn, Outcome.refused)
        return ANSWERS["complain"] if _sounds_like(turn) == "complain" else FALLBACK

    def _named(self, turn: Turn) -> CityAction | None:
        """Return the skill that words in another language name, whatever the classifier thinks."""
        kind = _SKILLS.get(surely_named(turn.said)) if _is_abroad() else None
        return kind(self.context) if kind else None

    async def _thrown(self, turn: Turn) -> Events | None:
        """Take the one thing of the city's list in a story: 「孫が傘を壊して、何の日に出すの」."""
        waste = AnswerWasteSorting(self.context)
        if turn.entity("waste_item") or not_household(turn.said):
            return await waste.act(turn)
        if len(turn.said) > _LONGEST_STORY:
            return None
        answer = await waste.look_up(turn, turn.said)
        return await waste.answer_item(turn, turn.said, None) if answer.sure else None

    async def _search(self, turn: Turn) -> SearchResult | None:
        words = words_of(turn)
        if turn.relieved:
            # What is over is not what is asked.
            words = without_all_clear(folded(words), Kind.accident).strip()
        if not words:
            return None
        found = await search(self.context, turn, words, _CHOICES)
        question = last_sentence(words)
        if not turn.warned or question == words:
            return found
        # What was put aside is no part of what is asked.
        asked = await search(self.context, turn, question, _CHOICES)
        return asked if asked.confidence > found.confidence else found


def _is_noun(word: str, name: str) -> bool:
    """Tell whether the words are a compound noun that ends in a thing: ドラム式洗濯機."""
    return _NOUNS.fullmatch(word) is not None and fold(word).endswith(fold(name))


def _sounds_like(turn: Turn) -> str:
    """Return what the words sound like most, however little."""
    ranking = turn.tracker.latest_message.get("intent_ranking") or []
    return next((str(one["name"]) for one in ranking if one.get("name") != "nlu_fallback"), "")


def _is_abroad() -> bool:
    return language() not in (SOURCE, "easy")


def _guesses(turn: Turn) -> list[str]:
    """Return the likeliest intents to ask back about; none when small talk is likelier."""
    ranking = turn.tracker.latest_message.get("intent_ranking") or []
    real = [guess for guess in ranking if guess.get("name") != "nlu_fallback"]
    if not real or real[0].get("name") not in TITLES:
        return []
    text = turn.said
    if language() == SOURCE:
        # A thing of the list is looked for in any story that may be about waste (`_thrown`).
        real = [g for g in real if g["name"] in _WASTE or names_its_matter(g["name"], text)]
    real = [guess for guess in real if has_its_noun(guess["name"], text)]
    if _is_abroad():
        # The classifier is less sure in other languages: what it guesses has to be named.
        real = [guess for guess in real if names_abroad(guess["name"], text)]
    likely = [guess["name"] for guess in real if guess["confidence"] >= ASK_BACK_FROM]
    return [name for name in likely if name in TITLES][:_GUESSES]


def actions(context: ActionContext) -> list[Action]:
    """Return the actions of this module."""
    return [Fallback(context)]
