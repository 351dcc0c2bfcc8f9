"""Answers from the FAQ: the answer when sure, three choices when fairly sure, else honesty."""

import json
import re
from collections.abc import Sequence

from rasa_sdk import Action

from actions.base import ActionContext, CityAction, Events, Turn
from actions.city import City, load_city
from actions.facilities.opening import place_messages, place_named
from actions.faq.searching import search
from actions.faq.translations import core_answer, entry_asked, title_of
from actions.faq.wishes_parsing import ASKING, wishes_in
from actions.procedures.asking_parsing import asks_widely, pieces_told
from actions.procedures.parsing import life_event
from actions.talking.language import only_in_japanese, page_in_japanese
from actions.talking.menu import HUMAN
from kit.errors import InvalidInputError, NotFoundError, UnavailableError
from kit.links import web_address
from kit.logging import get_logger
from kit.text import fold
from kit.wording import SOURCE, date_words, language, translated
from messages.neutral import Choice, OpenLink, Payload, Text
from services.faq.contract import (
    MAX_TEXT,
    Asked,
    Entry,
    FaqClient,
    Opinion,
    OpinionKind,
    Outcome,
    SearchResult,
    Verdict,
)

log = get_logger(__name__)

NONE_OF_THESE = "none"
"""The `faq_id` of the button どれでもない; entries' ids hold a hyphen and cannot be it."""

_BARE = re.compile(r"[ァ-ヺー一-鿿]{1,12}|引っ?越し|ひっこし")
# What says only how or how much leans on an earlier question, and leads nowhere by itself.
_LEANING = re.compile(
    r"(?:じゃあ?|それ|これ|あと|お金|費用|料金|手数料|(?:お)?いくら|(?:か|掛)か[りる](?:ます|の)?|お?値段|金額|どのくらい|どれくらい|再発行|予約|電話|何番|番号|いつ|まで"
    r"|どこ|土日|土曜|日曜|代理|持ち物|必要|何がいる|ネット|[はがもをでのにかと、。 ?？])+"
)
# What a citizen is after who has said no more than the intent, or says it in passing.
_TOPICS = {
    "ask_certificate": "住民票などの証明書をとる",
    "ask_moving": "引っ越しの手続き",
    "ask_mynumber_card": "マイナンバーカード",
}
_DETAILS = ("certificate", "direction")
_CHOICES = 3
# A likely entry of this confidence answers, with its neighbours as buttons. One that stands out
# from the second is surer than its confidence says, one that does not is less sure: chosen on the
# dev questions by the costs in services/faq/search/weights.py.
LEADING = 0.55
_LEAD_COUNTS = 0.4
_USUAL_LEAD = 0.65
_MOST_LEAD = 1.0
# Of several wishes in one message, each is short and leans on the others.
SEVERAL = 0.5
# Longer ones are none of ours; they are cut, and match nothing.
_LONGEST_ID = 50
_LONGEST_KEY = 32
_SENTENCES = re.compile(r"[。！？!?\n]+")
# The menu asked for in words names no question yet.
_MENU = re.compile(
    r"(?:よくある|ほかの|他の)?(?:ご)?質問(?:の一覧|一覧|集)?(?:を(?:見|み)(?:たい|せて))?|FAQ",
    re.I,
)

SUBJECTS = Text(
    text=(
        "お知りになりたいことを、ふだんの言葉で送ってください。\n"
        "たとえば「国保に入りたい」「水道の名義を変えたい」「犬を飼いはじめた」のように。\n"
        "よくあるご用件は、下からもお選びいただけます。"
    ),
    choices=(
        Payload(label="住民票などの証明書", payload="/ask_certificate"),
        Payload(label="引っ越しの手続き", payload="/ask_moving"),
        Payload(label="マイナンバーカード", payload="/ask_mynumber_card"),
        HUMAN,
    ),
)


WHAT_OF = Text(
    text="何のことについてでしょうか。「粗大ごみの料金」「図書館の休み」のように、名前を入れて送ってください。",
    choices=(Payload(label="メニューを見る", payload="/help"), HUMAN),
)
THANKS = Text(text="ありがとうございます。お役に立ててよかったです。")


def answer_message(
    entry: Entry, city: City, question: str = "", others: Sequence[Entry] = ()
) -> Text:
    """Return an entry as a citizen reads it: question, answer, who stands behind it, since when.

    `question` is the key under which the citizen's question is kept, empty where it is not.
    `others` came close and can be tapped.
    """
    core = core_answer(entry.id, city.folder)
    shown = (
        [core, "", translated("日本語の題：{question}", question=entry.question)]
        if core
        else [
            *only_in_japanese(city.general_desk.phone),
            f"【{entry.question}】",
            entry.answer,
            "",
        ]
    )
    lines = [*shown]
    lines.append(
        translated(
            "担当：{desk}（市役所代表 {phone}）",
            desk=translated(entry.desk),
            phone=city.general_desk.phone,
        )
    )
    # A note that the source is demonstration content says nothing beyond the last line.
    if not (entry.demonstration and "デモ" in entry.source):
        lines.append(translated("根拠：{source}", source=entry.source))
    if entry.updated is not None:
        lines.append(translated("更新日：{day}", day=date_words(entry.updated)))
    if entry.demonstration:
        lines.append(city.notices.answer)
    choices: list[Choice] = [
        pick("役に立った", entry.id, question, OpinionKind.helpful),
        pick("ちがった", entry.id, question, OpinionKind.wrong),
        HUMAN,
    ]
    if source_url := web_address(entry.source_url or ""):
        page = OpenLink(label="くわしく見る", url=source_url)
        choices.insert(0, page)
        lines += page_in_japanese()
    choices += [pick(title(other, city), other.id, question) for other in others]
    if others:
        lines.append("ほかに近いご質問は、下のボタンから選べます。")
    return Text(text="\n".join(lines), choices=tuple(choices))


def several_message(entries: Sequence[Entry], city: City) -> Text:
    """Return the answers to several wishes, each under its heading."""
    phone = city.general_desk.phone
    parts = []
    for entry in entries:
        core = core_answer(entry.id, city.folder)
        desk = translated("担当：{desk}", desk=translated(entry.desk))
        parts.append(f"■ {title(entry, city)}\n{core or entry.answer}\n{desk}")
    closing = [translated("どの窓口も、市役所代表 {phone} からおつなぎします。", phone=phone)]
    if any(entry.demonstration for entry in entries):
        closing.append(city.notices.answer)
    text = [*_barrier(entries, city), *parts, "\n".join(closing)]
    call = OpenLink(label="電話をかける", url=f"tel:{phone}")
    return Text(text="\n\n".join(text), choices=(call, HUMAN))


def leave_entry(turn: Turn, entry: Entry) -> None:
    """Keep the entry as what was last talked about."""
    task = turn.intent if turn.intent in _TOPICS else "ask_faq"
    turn.leave_topic(task, turn.joined.get("slots") or {}, entry.id, entry.question)


def choices_message(entries: Sequence[Entry], city: City, question: str = "") -> Text:
    """Return a few questions to choose from. The text holds them whole, as buttons are short."""
    numbered = list(enumerate(entries, start=1))
    lines = [
        "次のうち、お知りになりたいことに近いものはどれですか？",
        *_barrier(entries, city),
    ]
    lines += [f"{number}. {title(entry, city)}" for number, entry in numbered]
    if any(entry.demonstration for entry in entries):
        lines.append(city.notices.answer)
    picks = [pick(f"{n}. {title(entry, city)}", entry.id, question) for n, entry in numbered]
    none = pick("どれでもない", NONE_OF_THESE, question)
    human = () if language() == SOURCE else (HUMAN,)
    return Text(text="\n".join(lines), choices=(*picks, none, *human))


def title(entry: Entry, city: City) -> str:
    """Return how an entry's question is put in the language of the turn."""
    return title_of(entry.id, entry.question, city.folder)


def _barrier(entries: Sequence[Entry], city: City) -> list[str]:
    """Return the line before Japanese text; none where every entry has a core answer."""
    if all(core_answer(entry.id, city.folder) for entry in entries):
        return []
    return only_in_japanese(city.general_desk.phone)


def none_message(city: City) -> Text:
    """Return what helps when no entry was meant: other words, or the telephone."""
    desk = city.general_desk
    return Text(
        text=translated(
            "お役に立てず申し訳ありません。\n"
            "「軽自動車税の減免」のように、知りたいことの名前を入れて送っていただくと、"
            "見つかることがあります。\n"
            "お電話でもお答えします。{desk} {phone}",
            desk=translated(desk.name),
            phone=desk.phone,
        ),
        choices=(OpenLink(label="電話をかける", url=f"tel:{desk.phone}"), HUMAN),
    )


def unknown_message(city: City) -> Text:
    """Return the honest answer to a question about the city that the FAQ does not hold."""
    desk = city.general_desk
    return Text(
        text=translated(
            "申し訳ありません。そのご質問の答えは、まだ用意がありません。\n"
            "別の言い方で送っていただくか、お電話でお尋ねください。\n"
            "{desk} {phone}",
            desk=translated(desk.name),
            phone=desk.phone,
        ),
        choices=(
            OpenLink(label="電話をかける", url=f"tel:{desk.phone}"),
            HUMAN,
            Payload(label="メニューを見る", payload="/help"),
        ),
    )


def pick(
    label: str, faq_id: str, question: str = "", opinion: OpinionKind | None = None
) -> Payload:
    """Return a button that names one entry exactly, or says what the citizen thinks of it."""
    entities = {"faq_id": faq_id, "question": question, "opinion": opinion or ""}
    named = {name: value for name, value in entities.items() if value}
    return Payload(label=label, payload="/ask_faq" + json.dumps(named))


async def told_before(
    context: ActionContext, turn: Turn, entries: Sequence[Entry]
) -> Events | None:
    """Answer from the entry told last, where it stands among those that would be offered."""
    told = next((entry for entry in entries if entry.id == turn.told_entry), None)
    if told is None or turn.text.startswith("/"):
        return None
    # It is built on this module.
    from actions.topic.actions import FollowUp

    return await FollowUp(context).about(turn, told)


async def told_again(context: ActionContext, turn: Turn) -> Events | None:
    """Answer from the entry told last, where nothing else is known of the words."""
    if not turn.told_entry or turn.text.startswith("/"):
        return None
    try:
        entry = await context.client(FaqClient).entry(turn.told_entry)
    except (NotFoundError, InvalidInputError):
        return None
    return await told_before(context, turn, [entry])


async def keep_question(
    context: ActionContext, turn: Turn, outcome: Outcome, entries: Sequence[Entry] = ()
) -> str:
    """Note a question for those who write the answers; return its key, empty if it is not kept.

    Words of danger and of taps are not kept, and a note that fails never costs an answer.
    """
    words = words_of(turn)
    if not words or not turn.turn_id or turn.text.startswith("/") or turn.warned:
        return ""
    asked = Asked(
        turn_id=turn.turn_id,
        text=words[-MAX_TEXT:],
        outcome=outcome,
        entries=tuple(entry.id for entry in entries),
    )
    try:
        return await context.client(FaqClient).note(asked)
    except UnavailableError as error:
        log.warning("faq_question_lost", exc_info=error)
        return ""


class AnswerFaq(CityAction):
    """Answers a question about the city, or one that a button names exactly."""

    action_name = "action_answer_faq"

    def __init__(self, context: ActionContext, *, guides: bool = True) -> None:
        """`guides`: who tells of a life event is guided through it, or offered that."""
        super().__init__(context)
        self._guides = guides

    async def act(self, turn: Turn) -> Events:
        """Say an answer, choices, or that there is none."""
        city = load_city(self.context.settings.city_dir)
        faq_id = turn.entity("faq_id")
        if faq_id is None and (place := await place_named(self.context, turn)):
            turn.say(*place_messages(self.context, turn, place))
        elif faq_id is None and (wishes := await self._several(turn, city)):
            turn.say(wishes)
            return await self._offered(turn)
        elif faq_id is None:
            if guided := await self._guided(turn):
                return guided
            found = await self._found(turn, city)
            if isinstance(found, list):
                return found
            if found is not None:
                turn.say(found)
                return await self._offered(turn)
        else:
            turn.say(await self._tapped(turn, faq_id, city))
        return []

    async def _guided(self, turn: Turn) -> Events | None:
        """Guide through a life event where all there is is asked: 「なにかもらえるんですか」."""
        return await self._guide(turn) if asks_widely(turn.said) else None

    async def _guide(self, turn: Turn) -> Events | None:
        """Guide through the life event that the words tell of; None without any."""
        # It is built on this module.
        from actions.procedures.actions import GuideProcedure

        event = life_event(turn.said) if self._guides and not turn.warned else None
        return await GuideProcedure(self.context).guide(turn, event) if event else None

    async def _offered(self, turn: Turn) -> Events:
        """Offer to guide through the life event that the words name, beside the answer."""
        # It is built on this module.
        from actions.procedures.actions import GuideProcedure

        if not self._guides or turn.warned or turn.tracker.active_loop_name:
            return []
        return await GuideProcedure(self.context).offer_beside(turn)

    async def _tapped(self, turn: Turn, faq_id: str, city: City) -> Text:
        kind = _opinion_of(turn, faq_id)
        question = turn.entity("question") or ""
        await self._judge(turn, kind, faq_id, question)
        if kind is OpinionKind.helpful:
            return THANKS
        if kind is not OpinionKind.picked:
            return none_message(city)
        try:
            entry = await self.context.client(FaqClient).entry(faq_id)
            leave_entry(turn, entry)
            return answer_message(entry, city, question)
        except (NotFoundError, InvalidInputError):
            # A button of last year: the entry has gone meanwhile.
            return unknown_message(city)

    async def _judge(self, turn: Turn, kind: OpinionKind, faq_id: str, question: str) -> None:
        entry_id = "" if kind is OpinionKind.none else faq_id
        if not question and kind in (OpinionKind.none, OpinionKind.picked):
            return
        try:
            await self.context.client(FaqClient).judge(
                Opinion(
                    citizen_id=turn.citizen_id,
                    kind=kind,
                    entry_id=entry_id[:_LONGEST_ID],
                    question=question[:_LONGEST_KEY],
                )
            )
        except UnavailableError as error:
            log.warning("faq_opinion_lost", exc_info=error)

    async def _found(self, turn: Turn, city: City) -> Text | Events | None:
        """Return the answer. After words of comfort only a sure one: no list to choose from."""
        topic = _TOPICS.get(turn.intent, "")
        words = words_of(turn)
        if words and (asked := entry_asked(words, city.folder)):
            return await self._tapped(turn, asked, city)
        if not words and not topic:
            return SUBJECTS
        if words and not topic and _LEANING.fullmatch(words):
            return WHAT_OF
        result = await self._search(turn, words or topic)
        if words and leads(result, words=words):
            entry, *others = [hit.entry for hit in result.hits]
            leave_entry(turn, entry)
            key = await self._keep(turn, Outcome.answered, [entry])
            near = others if result.verdict is not Verdict.sure else ()
            return answer_message(entry, city, key, near)
        if turn.warned:
            return None
        if any(map(life_event, pieces_told(words))) and (guided := await self._guide(turn)):
            return guided
        if topic:
            # The intent is known, so something about it is offered in any case.
            result = await self._search(turn, words, topic)
        if result.hits and (topic or result.verdict is not Verdict.unsure):
            entries = [hit.entry for hit in result.hits]
            if (told := await told_before(self.context, turn, entries)) is not None:
                return told
            return choices_message(entries, city, await self._keep(turn, Outcome.offered, entries))
        if (told := await told_again(self.context, turn)) is not None:
            return told
        await self._keep(turn, Outcome.refused)
        return unknown_message(city)

    async def _several(self, turn: Turn, city: City) -> Text | None:
        """Return an answer under a heading for each wish, where the words hold two or three."""
        wishes = [] if turn.text.startswith("/") else wishes_in(turn.text)
        found = [await self._named(turn, wish) for wish in wishes]
        entries = [result.hits[0].entry for result in found if leads(result, SEVERAL)]
        if len({entry.id for entry in entries}) < 2:
            return None
        # Beside two that are clear, the third is told as well as it is known.
        entries = [r.hits[0].entry for r in found if r.hits and r.verdict is not Verdict.unsure]
        several = list({entry.id: entry for entry in entries}.values())
        await self._keep(turn, Outcome.answered, several)
        return several_message(several, city)

    async def _named(self, turn: Turn, wish: str) -> SearchResult:
        """Search one of several wishes; the entry that is about its noun comes first."""
        result = await search(self.context, turn, wish, _CHOICES)
        noun = fold(next((w for w in reversed(wish.split()) if w != ASKING), wish))
        named = [hit for hit in result.hits if noun in fold(hit.entry.question)]
        first = (named or result.hits)[:1]
        sure = first == result.hits[:1] or result.verdict is Verdict.unsure
        verdict = result.verdict if sure else Verdict.likely
        return result.model_copy(update={"hits": tuple(first), "verdict": verdict})

    async def _keep(self, turn: Turn, outcome: Outcome, entries: Sequence[Entry] = ()) -> str:
        return await keep_question(self.context, turn, outcome, entries)

    async def _search(self, turn: Turn, words: str, topic: str = "") -> SearchResult:
        """Search the words, and their question alone; each with the topic of the intent."""
        result = await search(self.context, turn, f"{topic} {words}".strip(), _CHOICES)
        question = last_sentence(words)
        if result.verdict is Verdict.sure or question == words or len(question) < 8:
            return result
        # A story about many things resembles many entries a little; its question resembles one.
        asked = await search(self.context, turn, f"{topic} {question}".strip(), _CHOICES)
        return asked if asked.confidence > result.confidence else result


def leads(result: SearchResult, least: float = LEADING, words: str = "") -> bool:
    """Tell whether the first entry may answer at once: an answer helps more than a list.

    A bare name (マイナンバーカード) asks nothing yet: what was meant is chosen from a list.
    """
    likely = result.verdict is Verdict.likely and _sureness(result) >= least
    likely = likely and not (_BARE.fullmatch(words) or _LEANING.fullmatch(words))
    return result.verdict is Verdict.sure or likely


def _sureness(result: SearchResult) -> float:
    """Return the confidence, put right by how far the first stands out from the second."""
    if len(result.hits) < 2:
        return result.confidence
    lead = min(result.hits[0].score - result.hits[1].score, _MOST_LEAD)
    return result.confidence + _LEAD_COUNTS * (lead - _USUAL_LEAD)


def _opinion_of(turn: Turn, faq_id: str) -> OpinionKind:
    """Read a tap; a button of another time, with an opinion that is none, picks its entry."""
    if faq_id == NONE_OF_THESE:
        return OpinionKind.none
    said = turn.entity("opinion") or ""
    return OpinionKind(said) if said in (*OpinionKind,) else OpinionKind.picked


def last_sentence(words: str) -> str:
    """Return where the question of a long story stands."""
    return _SENTENCES.split(words.rstrip(" 　。！？!?\n"))[-1].strip()


def words_of(turn: Turn) -> str:
    """Return what the citizen said; of a button only the detail that it carries."""
    if not turn.text.startswith("/"):
        return "" if _MENU.fullmatch(turn.text.strip()) else turn.text.strip()
    return " ".join(value for name in _DETAILS if (value := turn.entity(name)))


def actions(context: ActionContext) -> list[Action]:
    """Return the actions of this module."""
    return [AnswerFaq(context)]
