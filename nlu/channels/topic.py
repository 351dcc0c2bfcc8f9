"""What was last talked about, and how a message that goes on with it is said whole.

Pure: no Rasa. A topic is kept in one slot: `{"task", "slots", "at", "entry", "subject"}`, words.
"""

import re
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

Json = dict[str, Any]
Slots = dict[str, str]

SLOT = "topic"

_PLACE = ("area", "landmark", "address")
# What each task can hold. What is not here, a message may still say in its own words.
TASKS: dict[str, tuple[str, ...]] = {
    "ask_waste_day": ("area", "date", "waste_type", "waste_item"),
    "ask_waste_sorting": ("waste_item", "waste_type", "area"),
    "set_waste_reminder": ("area", "time"),
    "ask_shelter": ("area", "landmark", "hazard"),
    "ask_facility": ("area", "landmark", "facility", "date"),
    "ask_oncall_clinic": ("department", "date", "time", "area"),
    "ask_nursery_vacancy": ("age", "area", "nursery"),
    "apply_nursery": ("age", "nursery"),
    "estimate_nursery_points": (),
    "ask_nursery_result": (),
    "change_nursery_application": ("nursery",),
    "ask_plow_status": ("area", "address", "date"),
    "ask_slippery_road": ("area", "address", "date"),
    "report_snow_road": ("area", "address"),
    "ask_report_status": ("report_number",),
    "ask_alert_status": ("area",),
    "ask_river_level": (),
    "report_safety": (),
    "set_alert_area": ("area", "hazard"),
    "ask_certificate": ("certificate",),
    "ask_moving": ("direction",),
    "ask_mynumber_card": (),
    "ask_faq": (),
    "ask_vaccination_schedule": ("vaccine", "age"),
    "view_vaccination_record": ("vaccine",),
    "view_checkup_record": (),
    "view_growth_chart": (),
    "record_growth": ("height", "weight"),
    "view_medication": (),
    "write_diary": (),
}
# The question after a thing is about its days; a new day asks anew what is collected, a new kind
# when it is: of these groups, the one that is said puts the others aside.
_ASKED = {"ask_waste_day": (("date",), ("waste_type", "waste_item"))}
# A place is one thing, whatever names it.
_TOGETHER = (_PLACE, ("waste_type", "waste_item"))
FROM_FAQ = frozenset({"ask_faq", "ask_certificate", "ask_moving", "ask_mynumber_card"})
"""Tasks that an entry of the FAQ answers."""
FOLLOW_UP = "follow_up"
"""The intent of a message that asks something about the topic which its task does not answer."""

_NEXT_DAY = re.compile(
    r"(?:その|そん|じゃ|じゃあ)?(?:次|つぎ|翌)の?(?:日|ひ)(?!曜)|そのあくる日"
    r"|the (?:next day|day after)(?! tomorrow)|第二天|hôm sau|no dia seguinte"
)
_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
_WRITTEN_DAY = re.compile(r"(\d{1,2})月(\d{1,2})日")


@dataclass(frozen=True)
class Topic:
    """The task answered last and the slots that held, in the resident's words or official names.

    `entry` is the id of the FAQ entry that was told, `subject` what it is about.
    """

    task: str
    at: datetime
    slots: Slots = field(default_factory=dict)
    entry: str = ""
    subject: str = ""

    def value(self) -> Json:
        """Return the value of the slot."""
        return {
            "task": self.task,
            "slots": self.slots,
            "at": self.at.isoformat(),
            "entry": self.entry,
            "subject": self.subject,
        }


@dataclass(frozen=True)
class Merged:
    """A message read together with the topic: the task it ends in, all slots, and words for them.

    `words` say the whole as one message; `carried` are those of `slots` that it did not say itself.
    """

    task: str
    slots: Slots
    words: str
    carried: Slots


def topic_of(value: Any) -> Topic | None:
    """Read the slot; None where there is no topic, or one of another version."""
    try:
        return Topic(
            str(value["task"]),
            datetime.fromisoformat(value["at"]),
            {str(name): str(words) for name, words in value["slots"].items()},
            str(value.get("entry") or ""),
            str(value.get("subject") or ""),
        )
    except (AttributeError, KeyError, TypeError, ValueError):
        return None


def said_slots(text: str, entities: list[Json], task: str) -> dict[str, list[tuple[str, int, int]]]:
    """Return what a message says for the slots of a task: name → (words, start, end), in order."""
    said: dict[str, list[tuple[str, int, int]]] = {}
    for entity in sorted(entities, key=lambda one: one["start"]):
        name = entity["entity"]
        if name in TASKS.get(task, ()):
            place = (_written(name, entity, text), entity["start"], entity["end"])
            said.setdefault(name, []).append(place)
    return said


def _written(name: str, entity: Json, text: str) -> str:
    """Return an entity as words that are read alike another day: a day as month and day."""
    value = str(entity["value"])
    if name == "date":
        day = _DAY.fullmatch(value)
        return f"{int(day[2])}月{int(day[3])}日" if day else text[entity["start"] : entity["end"]]
    if name in ("age", "height", "weight"):
        return text[entity["start"] : entity["end"]]
    return value


def fresh(task: str, text: str, entities: list[Json], at: datetime) -> Topic:
    """Return the topic that a message opens by itself."""
    said = said_slots(text, entities, task)
    return Topic(task, at, {name: found[-1][0] for name, found in said.items()}, subject=text[:200])


def merged(topic: Topic, text: str, entities: list[Json], task: str, *, corrects: bool) -> Merged:
    """Join a message to its topic. `task` is what it goes on with, mostly the topic's own."""
    said = said_slots(text, entities, task)
    new: Slots = {}
    for name, found in said.items():
        wrong = [one for one in found if corrects and one[0] == topic.slots.get(name)]
        right = [one for one in found if one not in wrong]
        # 「AじゃなくてB」 with an A that was never told: what stands last is meant.
        new |= {name: (right or found)[-1][0]}
        text = _without(text, [one for one in found if one[0] != new[name]]) if corrects else text
    if "date" in TASKS.get(task, ()) and (day := _next_day(text, topic)):
        new["date"] = day
        text = _NEXT_DAY.sub("", text, count=1)
    carried = _carried(topic.slots, new, task, text, corrects=corrects)
    slots = {**carried, **new}
    return Merged(task, slots, _sentence(carried, new, text), carried)


def _carried(old: Slots, new: Slots, task: str, text: str, *, corrects: bool) -> Slots:
    kept = {name: words for name, words in old.items() if name in TASKS.get(task, ())}
    for names in _TOGETHER:
        if any(name in new for name in names):
            kept = {name: words for name, words in kept.items() if name not in names}
    groups = _ASKED.get(task, ())
    named = [group for group in groups if any(name in new for name in group)]
    if named and not corrects:
        aside = {name for group in groups if group not in named for name in group}
        kept = {name: words for name, words in kept.items() if name not in aside}
    if HOUR.search(text):
        # A bare hour is no entity: it may be morning or evening. The skill reads it.
        kept.pop("time", None)
    if _names_unknown_town(text):
        kept = {name: words for name, words in kept.items() if name not in _PLACE}
    return {name: words for name, words in kept.items() if name not in new}


HOUR = re.compile(r"\d{1,2}(?:時|:\d\d)|[一二三四五六七八九十]時|\d ?[ap]m|\d点", re.I)

# Towns are many and stand in no dictionary of the model: the places service reads them.
_TOWN = re.compile(
    r"[一-龠々ヶケァ-ヺ]{1,8}(?:町|丁目|新田|番地|団地)|〒?\d{3}-?\d{4}"
    r"|[一-龠々]{2,4}(?:(?<![地学])区|県|都)(?![域分切画民])|(?<!会津若松)[一-龠々]{2,4}市(?![役内民外立営の])"
)


def _names_unknown_town(text: str) -> bool:
    return _TOWN.search(text) is not None


def _without(text: str, found: list[tuple[str, int, int]]) -> str:
    """Blank out what was taken back; positions of the others stay."""
    for _, start, end in found:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


_TAKEN_BACK = re.compile(
    r"^[\s、。]*(?:の?(?:じゃ|では)な(?:くて|く|い)(?:の?です)?|の?(?:間違い|まちがい)で?)[、。\s]*"
)


def _sentence(carried: Slots, new: Slots, text: str) -> str:
    text = _TAKEN_BACK.sub("", text).strip()
    # A day that was worked out from the topic stands nowhere in the message.
    worked_out = [words for name, words in new.items() if name == "date" and words not in text]
    if not any(_DAY_SAID.search(text) for _ in worked_out):
        text = " ".join([*worked_out, text])
    order = ("area", "landmark", "address", "date", "facility", "hazard")
    names = sorted(carried, key=lambda name: order.index(name) if name in order else len(order))
    return " ".join([*(carried[name] for name in names), text]).strip()


_DAY_SAID = re.compile(
    r"[日月火水木金土]曜|今日|明日|明後日|あした|あさって|きょう|来週|今週|再来週|\d+[日/]|末|正月"
    r"|元日|大晦日|しあさって|週|today|tomorrow|day|天|星期|mai|feira",
    re.I,
)


def _next_day(text: str, topic: Topic) -> str | None:
    """Return the day after the topic's, where the message asks about that."""
    day = _WRITTEN_DAY.fullmatch(topic.slots.get("date", ""))
    if day is None or not _NEXT_DAY.search(text):
        return None
    try:
        # The year counts only around 29 February.
        after = date(topic.at.year, int(day[1]), int(day[2])) + timedelta(days=1)
    except ValueError:
        return None
    return f"{after.month}月{after.day}日"


def moved(topic: Topic, result: Merged, at: datetime) -> Topic:
    """Return the topic after a message that went on with it."""
    if result.task == topic.task or result.task == FOLLOW_UP:
        return replace(topic, slots={**topic.slots, **result.slots}, at=at)
    return Topic(result.task, at, result.slots, subject=topic.subject)
