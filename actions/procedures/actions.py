"""Guides through a life event: the first three things to do, and the others to tap."""

from rasa_sdk import Action

from actions.base import ActionContext, CityAction, Events, Turn
from actions.city import City, load_city
from actions.faq.actions import LEADING, SEVERAL, AnswerFaq, keep_question, leads, leave_entry, pick
from actions.faq.translations import core_answer, entry_asked
from actions.faq.wishes_parsing import wishes_in
from actions.procedures.parsing import (
    MOVES,
    TOPICS,
    LifeEvent,
    life_event,
    names_more_than_moving,
)
from actions.talking.language import only_in_japanese
from actions.talking.menu import HUMAN
from kit.wording import translated
from messages.neutral import OpenLink, Payload, Text
from services.faq.contract import Entry, FaqClient, Outcome, Verdict

_AT_ONCE = 3
_TO_TAP = 4

HEADINGS = {
    LifeEvent.bereavement: "ご家族が亡くなったとき",
    LifeEvent.disaster: "災害や火事にあったとき",
    LifeEvent.divorce: "離婚するとき",
    LifeEvent.birth: "赤ちゃんが生まれるとき・生まれたとき",
    LifeEvent.marriage: "結婚するとき",
    LifeEvent.disability: "障がいのある方の手続き",
    LifeEvent.care: "介護が必要になったとき",
    LifeEvent.retirement: "定年などで退職するとき",
    LifeEvent.lost_job: "仕事を辞めたとき",
    LifeEvent.business: "お店や会社を始めるとき",
    LifeEvent.moving_out: "市の外へ引っ越すとき",
    LifeEvent.moving_in: "市外から引っ越してきたとき",
    LifeEvent.moving_within: "市内で引っ越したとき",
    LifeEvent.moving: "引っ越したとき",
    LifeEvent.mynumber_card: "マイナンバーカードをなくしたとき・期限が切れるとき",
}

# Papers come after a human word where there is one to say.
_FIRST_WORDS = {
    LifeEvent.bereavement: "心よりお悔やみ申し上げます。急がなくて大丈夫です。順にご案内します。",
    LifeEvent.disaster: "大変でしたね。まずは安全な所で、体を休めてください。順にご案内します。",
    LifeEvent.divorce: "お子さんやお金のことも合わせて、順にご案内します。",
    LifeEvent.birth: "期限のあるものから、順にご案内します。",
}

WHICH_EVENT = Text(
    text=(
        "どのようなときの手続きですか？\n"
        "「母が亡くなった」「子どもが生まれた」「会社を辞めた」のように送ってください。"
        "することを順にご案内します。"
    ),
    choices=(
        Payload(label="引っ越しの手続き", payload="/ask_moving"),
        Payload(label="よくある質問", payload="/ask_faq"),
        HUMAN,
    ),
)


def guide_message(
    event: LifeEvent,
    entries: list[Entry],
    city: City,
    question: str = "",
    *,
    comforted: bool = False,
) -> Text:
    """Return what there is to do: the most urgent in words, the rest as buttons."""
    phone = city.general_desk.phone
    first = None if comforted else _FIRST_WORDS.get(event)
    parts = ["\n".join([*([first] if first else []), *only_in_japanese(phone)])]
    parts.append(translated("【{heading}】", heading=translated(HEADINGS[event])))
    for entry in entries[:_AT_ONCE]:
        desk = translated("担当：{desk}", desk=translated(entry.desk))
        core = core_answer(entry.id, city.folder)
        parts.append(f"■ {entry.question}\n{core or entry.answer}\n{desk}")
    closing = [translated("どの窓口も、市役所代表 {phone} からおつなぎします。", phone=phone)]
    if any(entry.demonstration for entry in entries):
        closing.append(city.notices.answer)
    parts.append("\n".join(closing))
    rest = [pick(e.question, e.id, question) for e in entries[_AT_ONCE : _AT_ONCE + _TO_TAP]]
    call = OpenLink(label="電話をかける", url=f"tel:{phone}")
    return Text(text="\n\n".join(filter(None, parts)), choices=(*rest, call, HUMAN))


class GuideProcedure(CityAction):
    """Answers `ask_procedure`."""

    action_name = "action_guide_procedure"

    async def act(self, turn: Turn) -> Events:
        """Say what the event asks for; a wish of its own in the words comes first."""
        event = None if turn.text.startswith("/") else life_event(turn.text)
        if event is None:
            return await self._without_event(turn)
        return await self.guide(turn, event)

    async def guide(self, turn: Turn, event: LifeEvent) -> Events:
        """Say what there is to do in this event."""
        entries = await self._entries(event, "" if turn.text.startswith("/") else turn.text)
        if not entries:
            return await AnswerFaq(self.context).act(turn)
        key = await keep_question(self.context, turn, Outcome.answered, entries[:_AT_ONCE])
        city = load_city(self.context.settings.city_dir)
        turn.say(guide_message(event, entries, city, key, comforted=turn.warned))
        leave_entry(turn, entries[0])
        return []

    async def _without_event(self, turn: Turn) -> Events:
        if turn.text.startswith("/"):
            turn.say(WHICH_EVENT)
            return []
        return await AnswerFaq(self.context).act(turn)

    async def _entries(self, event: LifeEvent, words: str) -> list[Entry]:
        """Return the entries of an event, once each, led by one that the words surely ask for."""
        faq = self.context.client(FaqClient)
        found = []
        if words and (asked := entry_asked(words, self.context.settings.city_dir)):
            found.append(await faq.entry(asked))
        for wish in wishes_in(words) or ([words] if words else []):
            own = await faq.search(wish, 1)
            if leads(own, SEVERAL if wish != words else LEADING) and (
                event not in MOVES or names_more_than_moving(wish, own.hits[0].entry.question)
            ):
                found.append(own.hits[0].entry)
        for topic in TOPICS[event]:
            result = await faq.search(topic, 1)
            if result.verdict is not Verdict.unsure:
                found.append(result.hits[0].entry)
        return list({entry.id: entry for entry in found}.values())


class GuideMoving(GuideProcedure):
    """Answers `ask_moving`: what there is to do, for the direction that was said."""

    action_name = "action_guide_moving"

    async def act(self, turn: Turn) -> Events:
        """Answer from the FAQ what names more than moving, else guide through it."""
        if turn.entity("faq_id") or await self._names_a_matter(turn):
            return await AnswerFaq(self.context).act(turn)
        told = None if turn.text.startswith("/") else life_event(turn.text)
        return await self.guide(turn, told or LifeEvent.moving)

    async def _names_a_matter(self, turn: Turn) -> bool:
        if turn.text.startswith("/"):
            return False
        if life_event(turn.text) is None or len(wishes_in(turn.text)) > 1:
            return True
        found = await self.context.client(FaqClient).search(turn.text, 1)
        question = found.hits[0].entry.question if found.hits else ""
        return leads(found) and names_more_than_moving(turn.text, question)


def actions(context: ActionContext) -> list[Action]:
    """Return the actions of this module."""
    return [GuideProcedure(context), GuideMoving(context)]
