"""The resolver: before routing, a message is read together with what was last talked about.

`resolve` turns the parse data of a message into those of the whole question, where it continues or
corrects the topic. What it found goes on to the actions as `metadata.topic` (`actions.base.Turn`).
"""

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from channels.relations import SMALL_TALK, Judgement, Relations
from channels.talks import ABOUT, ANY, CONTINUES, CORRECTS, LEAVES
from channels.topic import (
    FOLLOW_UP,
    FROM_FAQ,
    HOUR,
    TASKS,
    Merged,
    Topic,
    fresh,
    merged,
    moved,
    said_slots,
)

Json = dict[str, Any]

# People come back the next day to what they asked; after that they begin anew.
_LASTING = timedelta(days=2)
_LEAST = 0.5
_LEAST_ASPECT = 0.3
# Said surely, these are meant for the concierge, whatever the topic is.
_ITS_OWN = frozenset({"request_human", "thank", "goodbye"})
_ANOTHER_MATTER = re.compile(r"(?:ところで|話(?:は|が)?変わ|そういえば|そうそう|別件|それとは別)")
_SURELY = 0.9
_SURE_SORTING = 0.8
# Comes back to the list of a life event (`actions/procedures`), whatever was talked about since.
_LIST = re.compile(
    r"(?:.{0,12}?(?:手続き?|てつづき)[の ]*(?:続き|つづき|リスト|一覧)|(?:さっきの|前の)?(?:リスト|一覧)を?(?:もう(?:一|1)?(?:回|度))?(?:見せて|みせて|見たい|出して)"
    r"|show (?:me )?(?:the|my) list)(?:から|を)?(?:お願い(?:します)?|見せて|みせて|見たい|教えて|したい|やりたい|ください|下さい|です|けど|ね|よ)*[。!！?？\s]*",
    re.IGNORECASE,
)
# The same within a sentence of more words: 「はい…さっきの手続きの一覧もう一回見せて」.
_LIST_BESIDE = re.compile(
    r"(?:さっき|先ほど|さきほど|途中)の?(?:手続き?|一覧|リスト)(?:の(?:続き|一覧|リスト|途中))?"
    r"|(?:手続き?|てつづき)の(?:続き|一覧|リスト)[^。]{0,6}(?:お願い|おねがい|見せ|教え|から|戻|くれ|出して)|(?:一覧|リスト)(?:を|に)?(?:もう(?:一|1)?回)?[^。]{0,4}(?:見せ|戻|出して)"
)
_LIFE_EVENTS = "ask_procedure"
# Asks for the last answer once more; the actions say it again.
_AGAIN = re.compile(r"(?:すみません|ごめん)?[、。\s]*(?:もう(?:一|1)?(?:回|度)|もっかい|もういっかい|繰り返し|くりかえし)")
# Who greets and then asks begins anew.
_GREETING = re.compile(r"(?:お(?:つか|疲)れさま(?:です)?|おはよう(?:ございます)?|こん(?:にち|ばん)[はわ])[、。!！\s]+.{8}")
_OWN_QUESTION = 8
"""Characters."""
_OWN_SENTENCE, _ASPECT_ALONE = 8, 18
"""Characters."""
_ASKS = re.compile(r"[?？]|(?:です|ます|でしょう|ません)か(?:[\s。!、]|$)")
_POINTS_BACK = re.compile(
    r"こういう|そういう|それ|その|そこ|そっち|あれ|あの|これ|この|さっき|今の|じゃあ?|では|あと|ほか|他の|別の|やっぱ|同じ"
    r"|\b(?:it|that|this|there|then|also|same|instead)\b|那|这|还有|另外|vậy|đó|này|còn|ess[ea]|isso|também|então",
    re.I,
)
_TAKES_BACK = re.compile(
    r"じゃな|ではな|違|ちが|ちげ|間違|まちが|やっぱ|訂正|(?:の|な)ほう|の方"
    r"|\b(?:not|no|wait|meant|sorry|actually)\b|不是|错|không phải|nhầm|n[aã]o|errado",
    re.I,
)
_WHAT_OF = re.compile(r"(?:じゃあ?|では|んで|で|なら|そしたら)?[、\s]*[^、。\s]{1,8}は[?？。\s]*")
# The same of another kind of waste, in other languages: "and plastic?", 「罐子呢」.
_WHAT_OF_KIND = re.compile(
    r"(?:(?:ok|and|then|so)[, ]+)*(?:(?:what|how) about|and|also)\b.{2,36}|.{2,10}呢[?？。\s]*"
    r"|(?:thế |còn |vậy |the |con )*.{2,30}(?:thì sao|thi sao)[ạ?？.\s]*"
    r"|e (?:o|a|os|as|de|do|da)\b.{2,30}",
    re.I,
)
# "no, I meant the pool", 「我说的是行仁」: the name that follows is the right one.
_MEANS_ABROAD = re.compile(
    r"\b(?:i )?(?:mean|meant)\b|\bnot (?:the )?\w+[,.]? (?:but|the)\b|ý (?:tôi|mình|em) là|không phải\b.{1,20}\bmà"
    r"|y (?:toi|minh) la|我(?:是)?(?:说|指|问)的是|不是.{1,8}[,，]?是|\b(?:quis|quero|queria) dizer\b|\bn[aã]o .{1,16}, (?:é|e) ",
    re.I,
)
_KINDS_ABROAD = re.compile(
    r"\b(?:plastics?|cans|bottles?|pet|glass|paper|cardboard|burnables?|unburnables?|bulky"
    r"|nhựa|nhua|lon|chai|giấy|giay|thủy tinh|pl[aá]sticos?|latas?|garrafas?|vidros?|pape(?:l|is|lão))\b"
    r"|塑料|罐|瓶|纸|不可燃|可燃|大件",
    re.I,
)
_NAMES = re.compile(r"[一-龠々]{2,}|[ァ-ヺー]{3,}")
_OF_REMINDERS = frozenset(
    {
        *("通知", "設定", "時間", "時刻", "前日", "当日", "毎日", "毎週", "曜日", "停止", "再開", "変更"),
        *("解除", "中止", "地区", "何時", "今日", "明日", "翌日", "全部", "両方", "一回", "二回", "一度"),
        *("今度", "登録", "確認", "現在", "大丈夫", "必要", "面倒", "迷惑", "結構", "引越", "旅行"),
        *("アラーム", "リマインド", "リマインダー", "キャンセル", "ストップ", "メッセージ", "午前", "午後"),
    }
)
_OF_WASTE = re.compile(r"ごみ|ゴミ|収集|回収|資源|燃|プラ|缶|びん|ビン|粗大|出[しすせ]|捨て")
_KANA = re.compile("[ぁ-ゖァ-ヺ]")
_PLACES = frozenset({"area", "landmark", "address"})
_AROUND_A_PLACE = re.compile(r"(?:地区|です|だよ|だ|の(?:方|ほう)|町|えっと|あの|[、。！!\s])*")
_NEAR = re.compile(r"近く|ちかく|そば|あたり|辺り|周辺|周り|から近い")
_COMMANDS = frozenset({"stop", "resume", "show", "keep", "go_on"})
_SURE_COMMAND = 0.6
_LEAST_COMMAND = 0.4
_STORY = 6
"""Characters; shorter doubtful messages hold no matter of their own."""
_SUPPORTED = 0.05
_OF_THE_SKILL = 0.3
_SHORT = 40
"""Characters of a message whose likeliest guess is taken for the skill that is talked about."""
_SKILLS = (
    frozenset({"ask_nursery_vacancy", "apply_nursery", "estimate_nursery_points"})
    | {"ask_nursery_result", "change_nursery_application"},
    frozenset({"ask_plow_status", "ask_slippery_road", "report_snow_road", "ask_report_status"}),
)
_LONGEST = 60
"""Characters; a longer message tells its own story."""

# What the answer of a task holds anyway: asked about that, the task answers once more. Whatever
# else is asked about the topic is looked up (`action_follow_up`).
_ANSWERED: dict[str, frozenset[str]] = {
    "ask_waste_day": frozenset(
        {"", "day", "hours", "deadline", "weekend", "condition", "duration"}
    ),
    "ask_waste_sorting": frozenset({""}),
    "set_waste_reminder": frozenset({"", "hours", "day", "deadline", "condition", "online"}),
    "ask_shelter": frozenset({"place"}),
    "set_alert_area": frozenset({"", "hours", "day"}),
    "ask_oncall_clinic": frozenset({"", "hours", "weekend", "phone", "place", "day"}),
    "ask_plow_status": frozenset({"", "day", "hours", "duration"}),
    "ask_slippery_road": frozenset({"", "day", "hours", "place"}),
    "ask_report_status": frozenset({"", "day", "duration"}),
    "ask_alert_status": frozenset({"", "day", "hours", "place"}),
    "ask_river_level": frozenset({"", "day", "hours"}),
    "ask_vaccination_schedule": frozenset({"", "day", "deadline"}),
    "ask_facility": frozenset({"", "hours", "weekend", "phone", "place", "day"}),
}
_OTHER = frozenset({""})


@dataclass(frozen=True)
class Resolved:
    """The parse data to route with, what actions are told, and the topic from now on."""

    parsed: Json
    told: Json
    topic: Topic | None


def resolve(
    relations: Relations, parsed: Json, topic: Topic | None, at: datetime, *, awaited: bool = False
) -> Resolved:
    """Read a message of words together with the topic, if there is one that may still be meant.

    `awaited`: an earlier question still waits for a place.
    """
    text = str(parsed["text"])
    beside = len(text) <= _LONGEST and _LIST_BESIDE.search(text) and not _ASKS.search(text)
    if _LIST.fullmatch(text) or beside:
        return left({**parsed, "intent": {"name": _LIFE_EVENTS, "confidence": 1.0}}, topic, at)
    if topic is None or at - topic.at > _LASTING or len(parsed["text"]) > _LONGEST:
        return left(supported(parsed, topic), topic, at)
    other_kind = _asks_what_of_kind(parsed, topic)
    is_new_place = _is_place(parsed) and (awaited or not _PLACES & _held(topic))
    corrected = _means_another(parsed, topic)
    if not (other_kind or corrected) and (_stands_alone(parsed, topic) or is_new_place):
        return left(parsed, topic, at)
    judged = relations.judge(parsed, topic)
    if corrected:
        judged = replace(judged, relation=CORRECTS, confidence=1.0, aspect="")
    elif other_kind or _asks_what_of(parsed, topic):
        # 「じゃあ明日は」 sounds like a farewell.
        judged = replace(judged, relation=CONTINUES, confidence=1.0)
    if _commands(judged, topic):
        judged = replace(judged, relation=CONTINUES, confidence=judged.aspect_confidence)
    if _is_near_another(parsed, topic):
        return _joined(parsed, topic, replace(judged, relation=CONTINUES, aspect=""), at)
    leaves = judged.relation == LEAVES or judged.confidence < _LEAST
    is_asked_of_it = other_kind or corrected
    if leaves or (not is_asked_of_it and _tells_its_own(parsed, topic, judged)):
        return left(supported(parsed, topic), topic, at)
    if other_kind:
        kept = {k: v for k, v in topic.slots.items() if k not in ("waste_type", "waste_item")}
        topic = replace(topic, slots=kept)
    return _joined(parsed, topic, judged, at)


def _stands_alone(parsed: Json, topic: Topic) -> bool:
    intent, text = parsed["intent"], str(parsed["text"])
    if any(pattern.match(text) for pattern in (_ANOTHER_MATTER, _AGAIN, _GREETING)):
        return True
    if intent["name"] == "ask_waste_sorting" and topic.task == "ask_waste_day":
        # 「布団の捨て方は？」 after a day is a question of its own; 「缶は？」 asks for the day of it.
        sure = intent["confidence"] >= _SURE_SORTING
        return sure and len(text) >= _OWN_QUESTION and "waste_item" in {e["entity"] for e in parsed["entities"]}
    if intent["confidence"] < _SURELY or _asks_what_of(parsed, topic):
        return False
    # 「英語で受けられる？」 asks about the topic; who writes in another language means the language.
    is_foreign = intent["name"] == "change_language" and not _KANA.search(text)
    return is_foreign or intent["name"] in _ITS_OWN


def _is_near_another(parsed: Json, topic: Topic) -> bool:
    """Tell whether a shelter is looked for near another place: 「一箕公民館の近くでいい」."""
    text = str(parsed["text"])
    named = {one["entity"] for one in parsed["entities"]} & {*_PLACES, "facility"}
    near = _NEAR.search(text) is not None and len(text) <= _ASPECT_ALONE
    return topic.task == "ask_shelter" and near and bool(named)


def _asks_what_of(parsed: Json, topic: Topic) -> bool:
    """Tell whether the message asks no more than how it is on another day: 「じゃあ明日は」."""
    if _best(parsed) or "date" not in _held(topic):
        return False
    is_about = _WHAT_OF.fullmatch(str(parsed["text"]).strip()) is not None
    return is_about and any(one["entity"] == "date" for one in parsed["entities"])


def _asks_what_of_kind(parsed: Json, topic: Topic) -> bool:
    """Tell whether no more is asked than when another kind of waste is collected there."""
    text = str(parsed["text"]).strip()
    is_about = topic.task == "ask_waste_day" and "area" in topic.slots
    return is_about and bool(_WHAT_OF_KIND.fullmatch(text) and _KINDS_ABROAD.search(text))


def _means_another(parsed: Json, topic: Topic) -> bool:
    """Tell whether a name in another language's words takes the place of one that the topic holds."""
    text = str(parsed["text"])
    said = said_slots(text, parsed["entities"], topic.task)
    return bool(set(said) & set(topic.slots) and _MEANS_ABROAD.search(text))


def _tells_its_own(parsed: Json, topic: Topic, judged: Judgement) -> bool:
    """Tell whether a sentence has nothing in common with the topic but that it comes after it.

    A bare word or two may mean anything; a sentence goes on with a topic by an aspect, by a name
    that its task can hold, by what the classifier thinks, or by a word that points back.
    """
    text = str(parsed["text"])
    if _best(parsed) == topic.task:
        return topic.task == "ask_facility" and _asks_for_another(parsed, topic)
    if topic.task == "set_waste_reminder" and _names_a_matter(parsed):
        # What is set or stopped must be surely meant.
        return True
    if len(text) <= _OWN_SENTENCE:
        return False
    if topic.task == "ask_waste_day" and _names_other_things(parsed):
        # 「店の前の街灯切れてんだわ 先週から」 names a day, and no waste.
        return True
    takes_back = _TAKES_BACK.search(text) and said_slots(text, parsed["entities"], topic.task)
    if _complains(parsed) and judged.aspect not in _COMMANDS and not takes_back:
        return True
    if _names_another_skills(parsed, topic):
        return True
    corrects = judged.relation == CORRECTS and _TAKES_BACK.search(text)
    said = set(said_slots(text, parsed["entities"], topic.task))
    if len(text) > _ASPECT_ALONE:
        # Any long sentence may name a day.
        said -= {"date", "time"}
    if corrects or topic.task in FROM_FAQ or said:
        return False
    asks_aspect = judged.aspect and judged.aspect_confidence >= _LEAST_ASPECT
    return not (asks_aspect and len(text) <= _ASPECT_ALONE) and _POINTS_BACK.search(text) is None


def _asks_for_another(parsed: Json, topic: Topic) -> bool:
    """Tell whether a long sentence asks for a place anew: it names none, and points nowhere."""
    text = str(parsed["text"])
    said = set(said_slots(text, parsed["entities"], topic.task)) - {"date", "time"}
    return len(text) > _ASPECT_ALONE and not said and _POINTS_BACK.search(text) is None


def _complains(parsed: Json) -> bool:
    ranking = [one for one in parsed["intent_ranking"] if one["name"] != "nlu_fallback"]
    best = ranking[0] if ranking else {"name": "", "confidence": 0}
    return best["name"] == "complain" and best["confidence"] >= _SURE_COMMAND


def _names_a_matter(parsed: Json) -> bool:
    """Tell whether words after a reminder name something that no reminder is about."""
    text = str(parsed["text"])
    for entity in parsed["entities"]:
        if entity["entity"] in ("area", "time", "date", "waste_type"):
            text = text.replace(text[entity["start"] : entity["end"]], "")
    return any(word not in _OF_REMINDERS for word in _NAMES.findall(text))


def _names_other_things(parsed: Json) -> bool:
    """Tell whether words after a day of collection name two things, and no waste or district."""
    text = str(parsed["text"])
    if any(one["entity"].startswith("waste") or one["entity"] == "area" for one in parsed["entities"]):
        return False
    for entity in parsed["entities"]:
        text = text.replace(str(parsed["text"])[entity["start"] : entity["end"]], "")
    named = [word for word in _NAMES.findall(text) if word not in _OF_REMINDERS]
    return len(named) >= 2 and _OF_WASTE.search(text) is None


def _names_another_skills(parsed: Json, topic: Topic) -> bool:
    """Tell whether a skill that the classifier likes finds what it needs, and the topic nothing."""
    best = _best(parsed)
    if topic.task not in FROM_FAQ or best not in TASKS or best in FROM_FAQ:
        return False
    sure = max(one["confidence"] for one in parsed["intent_ranking"] if one["name"] == best)
    found = said_slots(str(parsed["text"]), parsed["entities"], best)
    return sure >= _SURE_COMMAND and bool(set(found) - {"date", "time", "area", "age"})


def _held(topic: Topic) -> frozenset[str]:
    """Return what the topic's task can hold."""
    return frozenset(TASKS.get(topic.task, ()))


def _is_place(parsed: Json) -> bool:
    """Tell whether the message is the name of a place and nothing else."""
    places = [one for one in parsed["entities"] if one["entity"] in _PLACES]
    named = {at for one in places for at in range(one["start"], one["end"])}
    text = "".join(mark for at, mark in enumerate(str(parsed["text"])) if at not in named)
    return bool(places) and _AROUND_A_PLACE.fullmatch(text) is not None


def _commands(judged: Judgement, topic: Topic) -> bool:
    """Tell whether the message surely commands something of the topic, though it sounds like talk.

    「やっぱり再開して」 sounds like leaving, and 「続けてください」 like a yes.
    """
    meant = judged.aspect in _COMMANDS and judged.aspect_confidence >= _SURE_COMMAND
    return meant and _can_do(judged.aspect, topic)


def _can_do(command: str, topic: Topic) -> bool:
    return command in ANY or topic.task in ABOUT[command]


def left(parsed: Json, topic: Topic | None, at: datetime) -> Resolved:
    """Take a message, or a tap, as it is; small talk and doubt leave the topic where it is."""
    intent = parsed["intent"]["name"]
    if intent in TASKS:
        topic = fresh(intent, parsed["text"], parsed["entities"], at)
    elif intent == "nlu_fallback" and _best(parsed) in TASKS and len(parsed["text"]) >= _STORY:
        # What is asked back about is talked about, whatever the resident does next.
        topic = fresh(_best(parsed), parsed["text"], parsed["entities"], at)
    return Resolved(parsed, {}, topic)


def supported(parsed: Json, topic: Topic | None = None) -> Json:
    """Take a guess in place of doubt where the message names two things that its task is about.

    「七日町駅の近くのトイレ」 names a landmark and a facility, whatever else the words look like. So is
    the likeliest guess, where it is of the skill that is talked about.
    """
    if parsed["intent"]["name"] not in ("nlu_fallback", "out_of_scope"):
        return parsed
    guesses = [one for one in parsed["intent_ranking"] if one["name"] != "nlu_fallback"]
    short = len(str(parsed["text"])) <= _SHORT
    if topic is not None and short and guesses and _of_one_skill(guesses[0]["name"], topic.task):
        if guesses[0]["confidence"] >= _OF_THE_SKILL:
            return {**parsed, "intent": {**guesses[0]}}
    for guess in parsed["intent_ranking"]:
        said = said_slots(parsed["text"], parsed["entities"], guess["name"])
        # One name may be both, a district and a landmark in it.
        places = {found[-1][1:] for found in said.values()}
        if len(places) >= 2 and guess["confidence"] >= _SUPPORTED:
            return {**parsed, "intent": {**guess}}
    return parsed


def _of_one_skill(intent: str, task: str) -> bool:
    return any(intent in skill and task in skill for skill in _SKILLS)


def _joined(parsed: Json, topic: Topic, judged: Judgement, at: datetime) -> Resolved:
    corrects = judged.relation == CORRECTS
    aspect = _aspect(parsed, judged, topic)
    task = _task(parsed, topic, aspect, corrects=corrects)
    if aspect == "day":
        # Asked when, the resident means no day told before.
        topic = replace(topic, slots={k: v for k, v in topic.slots.items() if k != "date"})
    whole = merged(topic, parsed["text"], parsed["entities"], task, corrects=corrects)
    intent = _intent(parsed, topic, task, aspect, corrects=corrects)
    told = _told(whole, topic, judged.relation, aspect)
    changed = {"name": intent, "confidence": judged.confidence}
    routed = {**parsed, "intent": changed, "intent_ranking": [changed, *parsed["intent_ranking"]]}
    return Resolved(routed, told, moved(topic, whole, at))


def _aspect(parsed: Json, judged: Judgement, topic: Topic) -> str:
    """Return what is asked about, or "": a command needs to be surer, and names no hour."""
    command = judged.aspect in _COMMANDS
    if command and (HOUR.search(parsed["text"]) or not _can_do(judged.aspect, topic)):
        return ""
    least = _LEAST_COMMAND if command else _LEAST_ASPECT
    return judged.aspect if judged.aspect_confidence >= least else ""


def _told(whole: Merged, topic: Topic, relation: str, aspect: str) -> Json:
    return {
        "relation": relation,
        "task": whole.task,
        "words": whole.words,
        "slots": whole.slots,
        "carried": whole.carried,
        "aspect": aspect,
        "entry": topic.entry,
        "subject": topic.subject,
    }


def _task(parsed: Json, topic: Topic, aspect: str, *, corrects: bool) -> str:
    """Return the task that the message goes on with: the topic's, or its neighbour."""
    found = {entity["entity"] for entity in parsed["entities"]}
    if topic.task == "ask_waste_sorting":
        asks_days = ("date" in found and not corrects) or "area" in found
        asks_days = asks_days and ("waste_item" not in found or ("area" in found and not corrects))
        return "ask_waste_day" if asks_days else topic.task
    if topic.task == "ask_waste_day" and aspect == "bag":
        return "ask_waste_sorting"
    if topic.task == "ask_shelter" and "facility" in found and not _NEAR.search(parsed["text"]):
        return "ask_facility"
    best = _best(parsed)
    # 「戸籍いる？」 asks about the papers of what was told, not for a certificate.
    if best in FROM_FAQ and topic.task in FROM_FAQ and (corrects or not aspect):
        return best if said_slots(parsed["text"], parsed["entities"], best) else topic.task
    return topic.task


def _best(parsed: Json) -> str:
    ranking = [one["name"] for one in parsed["intent_ranking"] if one["name"] != "nlu_fallback"]
    return ranking[0] if ranking and ranking[0] not in SMALL_TALK else ""


def _intent(parsed: Json, topic: Topic, task: str, aspect: str, *, corrects: bool) -> str:
    said = said_slots(parsed["text"], parsed["entities"], task)
    if aspect == "go_on":
        return FOLLOW_UP
    if _is_near_another(parsed, topic):
        return task
    if not aspect and _best(parsed) == task and task not in FROM_FAQ:
        return task
    if task == "ask_waste_sorting" and aspect == "bag":
        return FOLLOW_UP
    if corrects or task != topic.task:
        return task
    if task in FROM_FAQ:
        return FOLLOW_UP
    if said and task not in ("ask_waste_sorting", "ask_shelter"):
        return task if aspect in ("", *_ANSWERED.get(task, ())) or said else FOLLOW_UP
    if aspect in _ANSWERED.get(task, _OTHER):
        return task if task in _ANSWERED or said else FOLLOW_UP
    return FOLLOW_UP
