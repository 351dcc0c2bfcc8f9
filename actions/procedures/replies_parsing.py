"""What a resident answers to one question: yes or no, a number, a date, one or several labels."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from actions.procedures.ages_parsing import ages_told
from actions.procedures.dates_parsing import dates_told
from actions.procedures.facts import Dated
from actions.procedures.words_parsing import folded, is_denied, is_taken_back, pattern
from kit.days import read_days
from kit.text import fold


class Asked(StrEnum):
    """What kind of answer a question asks for."""

    yes_no = "yes_no"
    choice = "choice"
    several = "several"
    number = "number"
    day = "day"
    past_day = "past_day"
    """A day that lies behind: when somebody died."""


@dataclass(frozen=True)
class Answer:
    """What was answered: the value of the kind that was asked, or that it is not known.

    Where all is None and `unknown` is false, the words are no answer to the question. `labels` of
    `several` is empty where none of the options holds (どれもない).
    """

    yes: bool | None = None
    labels: tuple[str, ...] | None = None
    number: int | None = None
    day: Dated | None = None
    missing: str = ""
    """A day that was named and does not exist (2月30日)."""
    unknown: bool = False


_UNKNOWN = pattern(
    r"わか(?:ら(?:な|ん|ね|ず)|り(?:ません|かね)|んな|んね)|わが(?:ん|ら)ね|分か?(?:ら|り)(?:な"
    r"|ません|ん|ね)|知ら(?:な|ん|ね)|知りません|不明|未定|(?:決|き)まってい?(?:な|ません)"
    r"|覚えてい?(?:な|ません)|忘れ(?:た|まし|ちゃ)"
    r"|はっきりし(?:な|ません)|かも|かどうか|どうだった[かっ]|どうかな|(?:確認|調べ|確かめ"
    r"|聞い)(?:し|て)?(?:ない?と|てみ)|^(?:さあ|さぁ|どうだろう?|うーん|んー)$|don'?t know"
    r"|do not know|not sure|no idea|\bidk\b"
)
_NO = pattern(
    r"(?:いいえ|いえ(?!る)|いや(?!だ)|ううん|うんにゃ|いんや|んでね|のー|no\b|nope|nah|違(?:う"
    r"|い)|ちが(?:う|い)|そうじゃ(?:ない|ねえ|ありません)|そうではありません"
    r"|ない(?!と)|無い|なし|無し|ありません|ありませんでした|なかった|いません|いない|おりません"
    r"|おらん|いねえ|いね(?:ぇ|$|[、。])|ねえ|ねぇ|ねえな|ね(?:$|[、。よな])|まだ(?:です|だ|$"
    r"|[、。])|してい?(?:ません|ない)|し(?:ません|ない)|持ってい?(?:ません|ない)"
    r"|入ってい?(?:ません|ない)|受けてい?(?:ません|ない)|もらってい?(?:ません|ない)"
    r"|飼ってい?(?:ません|ない)|要りません|いりません|いらない|必要ない|大丈夫です|結構です|0人?$"
    r"|ゼロ|×|✕|ばつ|no thanks)"
)
_YES = pattern(
    r"(?:はい|はーい|ええ(?!と)|えぇ|うん(?!にゃ)|うむ|んだ|ん(?:$|[、。])|そう(?:です|だ|$"
    r"|[、。])|そうなん|その通り|もちろん|おっけー|ok\b|okay|yes\b|yeah|yep|yup|sim\b|あります"
    r"|ある(?:$|[、。よ])|あった|ありました|います|いる(?:$|[、。よ])|おります|してい?(?:ます|る)"
    r"|しました|した(?:$|[、。])|します|する(?:$|[、。])|もってい?(?:ます|る)|持ってい?(?:ます"
    r"|る)|入ってい?(?:ます|る)|受けてい?(?:ます|る)|もらってい?(?:ます|る)|飼ってい?(?:ます|る)"
    r"|お願いします|お願い(?:$|[、。])|○|◯|まる$|です$|だよ$|だ$)"
)
_NONE_OF = pattern(
    r"(?:特に|とくに)(?:[^。]{0,8})ない|どちらでも(?:ございません|ありません|ない)"
    r"|(?:どれも|いずれも|全部|何も|なにも|ひとつも|1つも|特に|とくに"
    r"|どれにも)(?:[^、。]{0,6})(?:な(?:い|し)|ありません|いません|ちが|違|当てはまら"
    r"|該当し(?:ない|ません)|持ってい?(?:ない|ません)|ね)|該当なし|当てはまりません|ひとつもない"
    r"|^(?:なし|ないです|ありません|ない|いません|none|no|没有|(?:dạ )?không(?: có)?(?: ạ)?|não)$"
)
_ALL_OF = pattern(
    r"^(?:全部|ぜんぶ|すべて|全て|両方|りょうほう|どっちも|どちらも|みんな|all|both)(?:です"
    r"|あります|ある|いる|います|持って.*|とも.*|だ)?$"
)
_ENDS = re.compile(r"[、。…!！?？\s]+")
_NUMBER = re.compile(r"(?<![\d.])(\d{1,4})(?![\d.])")
_KANA_NUMBERS = {
    **{
        "ゼロ": 0,
        "れい": 0,
        "ひとつ": 1,
        "ひとり": 1,
        "ふたつ": 2,
        "ふたり": 2,
        "みっつ": 3,
        "さんにん": 3,
    },
    **{"よっつ": 4, "よにん": 4, "いつつ": 5, "ごにん": 5, "むっつ": 6, "ななつ": 7, "やっつ": 8},
}
_NO_ONE = pattern(
    r"(?:誰も|だれも|1人も|ひとりも|1匹も|1台も)?(?:いません|いない|おりません|なし|ない(?:です)?"
    r"|ありません|いねえ|ゼロ|0)"
)
_KANJI = "〇一二三四五六七八九十"


def answered(asked: Asked, options: Sequence[str], text: str, today: date) -> Answer:
    """Return what `text` answers; `options` are the labels of a choice, as they were shown."""
    words = fold(text).strip(" 。、!?…\n")
    if not words:
        return Answer()
    if _UNKNOWN.search(words):
        return Answer(unknown=True)
    if text.rstrip().endswith(("?", "？")):
        return Answer()
    match asked:
        case Asked.choice | Asked.several:
            return _labels(options, words, several=asked is Asked.several)
        case Asked.number:
            return _number(text, words)
        case Asked.day | Asked.past_day:
            return _day(text, today, past=asked is Asked.past_day)
        case _:
            return _yes_no(words)


def _yes_no(words: str) -> Answer:
    first = _ENDS.split(words)[0]
    for part in (first, words):
        if _NO.match(part):
            return Answer(yes=False)
        if _YES.match(part):
            return Answer(yes=True)
    return _yes_no_at_the_end(words)


def _yes_no_at_the_end(words: str) -> Answer:
    """Read 「車は持っていません」 and 「犬が1匹います」: the verb says it."""
    last = [part for part in _ENDS.split(words) if part][-1]
    if _ENDS_NO.search(last):
        return Answer(yes=False)
    return Answer(yes=True) if _ENDS_YES.search(last) else Answer()


_ENDS_NO = pattern(
    r"(?:ません|(?<!しか)ない|なし|ねえ|ねぇ|ませんでした|なかった)(?:です|でした|よ|な|ね|けど"
    r"|んです|のです|と思います)*$"
)
_ENDS_YES = pattern(
    r"(?:ます|ました|ある|いる|おる|した|です|だった|だ)(?:よ|な|ね|けど|んです|のです"
    r"|と思います)*$"
)


def _labels(options: Sequence[str], words: str, *, several: bool) -> Answer:
    if several and _NONE_OF.search(words):
        return Answer(labels=())
    if several and _ALL_OF.search(words):
        return Answer(labels=tuple(o for o in options if not _NONE_OF.search(_key(o))))
    named = _named(options, words)
    if not named:
        named = _numbered(options, words) or _begun(options, words)
    if several:
        return Answer(labels=named) if named else Answer()
    # A choice that was put right is the last: 国保、いや社保.
    if len(named) > 1 and not re.search(r"いや|じゃなくて|ではなく|違|ちが|やっぱ", words):
        return Answer()
    return Answer(labels=(_last_named(named, words),)) if named else Answer()


def _named(options: Sequence[str], words: str) -> tuple[str, ...]:
    """Return the options that are said; of two that overlap, the longer one."""
    keys = {option: _key(option) for option in options}
    exact = tuple(option for option, key in keys.items() if _key(words) == key)
    if exact:
        return exact
    hits = []
    for option, key in keys.items():
        for alias in {key, *_aliases(key)}:
            start = words.find(alias)
            if (
                start >= 0
                and not is_denied(words, start + len(alias))
                and not is_taken_back(words, start + len(alias))
                and not _NOT_DONE.match(words, start + len(alias))
            ):
                hits.append((start, start + len(alias), option))
    kept = [
        hit
        for hit in hits
        if not any(
            other[2] != hit[2]
            and other[0] <= hit[0]
            and hit[1] <= other[1]
            and other[1] - other[0] > hit[1] - hit[0]
            for other in hits
        )
    ]
    said = {option for _, _, option in kept}
    return tuple(option for option in options if option in said)


def _key(option: str) -> str:
    return re.sub(
        r"[\s()（）「」・。、!?]|です$|だ$|でお願いします$|のほう$|かな$", "", fold(option)
    )


# A label may be said in another word.
_ALIASES = {
    "国民健康保険": ("国保", "こくほ"),
    "会社の健康保険": ("社保", "社会保険", "健保", "けんぽ", "会社の保険"),
    "社会保険": ("社保", "健保", "けんぽ", "会社の保険"),
    "後期高齢者医療": ("後期高齢", "後期"),
    "自動車": ("車", "くるま"),
    "車": ("くるま", "自動車"),
    "原付": ("げんつき", "すくーたー"),
    "犬": ("いぬ", "わんちゃん", "わんこ"),
    "猫": ("ねこ", "にゃんこ"),
    "夫": ("旦那", "主人", "おっと"),
    "妻": ("嫁", "奥さん", "家内", "つま"),
    "父": ("お父さん", "父親", "おやじ", "親父"),
    "母": ("お母さん", "母親", "おふくろ"),
    "持ち家": ("持家", "自分の家", "まいほーむ", "戸建"),
    "賃貸": ("あぱーと", "借家", "まんしょん", "借り"),
    "会社員": ("勤め", "正社員", "さらりーまん"),
    "自営業": ("自営", "農家", "ふりーらんす", "個人事業"),
    "無職": ("働いてい", "仕事はし", "主婦"),
    "子ども": ("子供", "こども"),
}


def _aliases(key: str) -> tuple[str, ...]:
    whole = _ALIASES.get(key, ())
    _, of, last = key.rpartition("の")
    return (*whole, *_stem(key), *((last,) if of and len(last) > 1 else ()))


_NOT_DONE = re.compile(r"し?(?:[てで]い?)?(?:ない|ません|なかった|ね[えぇ])")
_ENDING = re.compile(r"(?:している|ている|でいる|した|った|んだ|いた|た|する)$")
_TELLING = re.compile(r"[一-鿿]{2}|.{4}")


def _stem(key: str) -> tuple[str, ...]:
    """Return what stays of a label in every form of its verb: 入院 of 入院している."""
    stem = _ENDING.sub("", key)
    return (stem,) if stem != key and _TELLING.search(stem) else ()


def _begun(options: Sequence[str], words: str) -> tuple[str, ...]:
    """Return the one option that the words are a part of: 会社の."""
    part = _key(words)
    found = tuple(option for option in options if len(part) > 1 and part in _key(option))
    return found if len(found) == 1 else ()


_ORDINAL = re.compile(
    r"^(?:no\.?|第)?\s*(?P<n>\d|[一二三四五六七八九①②③④⑤⑥⑦⑧⑨])\s*(?:番目?|つ目|ばん)?(?:です|で"
    r"|のやつ|がいい.*|お願いします)?$"
)
_PLACES = {
    "最初": 0,
    "はじめ": 0,
    "上": 0,
    "一番上": 0,
    "前者": 0,
    "最後": -1,
    "一番下": -1,
    "下": -1,
    "後者": -1,
}


def _numbered(options: Sequence[str], words: str) -> tuple[str, ...]:
    """Read 2番 and 上のほう."""
    if match := _ORDINAL.match(words):
        sign = match["n"]
        number = int(sign) if sign.isdigit() else _KANJI.find(sign)
        return (options[number - 1],) if 1 <= number <= len(options) else ()
    where = re.sub(r"(?:の)?(?:ほう|方|やつ)?(?:です|で|だ|がいい)?$", "", words)
    return (options[_PLACES[where]],) if where in _PLACES and options else ()


def _last_named(named: tuple[str, ...], words: str) -> str:
    return max(
        named,
        key=lambda option: max(words.rfind(a) for a in (_key(option), *_aliases(_key(option)))),
    )


def _number(text: str, words: str) -> Answer:
    folded_words = folded(text).words
    ages = ages_told(folded(text))
    if len(ages) == 1 and ages[0][2].least == ages[0][2].most:
        return Answer(number=ages[0][2].least)
    # Of a correction, the last: 2人、いや3人.
    numbers = [int(number) for number in _NUMBER.findall(folded_words)]
    numbers += [
        value for kana, value in _KANA_NUMBERS.items() if pattern(kana).search(folded_words)
    ]
    if len(set(numbers)) > 1 and re.search(r"いや|じゃなく|ではなく|やっぱ", words):
        numbers = numbers[-1:]
    if len(set(numbers)) == 1:
        return Answer(number=numbers[0])
    if not numbers and re.fullmatch(f"[{_KANJI}]", words):
        return Answer(number=_KANJI.index(words))
    return Answer(number=0) if not numbers and _NO_ONE.match(words) else Answer()


_SAME_MONTH = re.compile(
    r"(?P<month>\d{1,2}月)\d{1,2}日?(?:[、,\s]*(?:いや|じゃなくて?|ではなく"
    r"|やっぱり?)[、,\s]*)+(?=\d{1,2}日)"
)


def _day(text: str, today: date, *, past: bool) -> Answer:
    words = folded(text).replaced(_SAME_MONTH, lambda match: match["month"])
    days = dates_told(words, today, past=past)
    exact = tuple(day for day in days if day.first == day.last)
    if len(days) > 1 and re.search(r"いや|じゃなく|ではなく|でなく|やっぱ", text):
        days = exact[-1:] or days[-1:]
    elif len(exact) == 1:
        # 12 Jan, sometime in January
        days = exact
    if len(days) == 1:
        return Answer(day=days[0])
    missing = read_days(text, today).missing
    return Answer(missing=missing[0]) if missing and not days else Answer()
