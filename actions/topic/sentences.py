"""Which sentences of an entry answer what is asked about it. Pure; patterns of our own texts."""

import re
import unicodedata
from enum import StrEnum


class Aspect(StrEnum):
    """What residents ask about a matter; `nlu/data/talking/follow_ups.yml` teaches the words."""

    cost = "cost"
    deadline = "deadline"
    papers = "papers"
    proxy = "proxy"
    weekend = "weekend"
    hours = "hours"
    place = "place"
    online = "online"
    phone = "phone"
    duration = "duration"
    language = "language"
    condition = "condition"
    day = "day"
    bag = "bag"


# How an entry speaks of it.
_SPEAKS: dict[Aspect, re.Pattern[str]] = {
    Aspect.cost: re.compile(r"\d円|円を|手数料|無料|料金|費用|負担|有料|助成|税額"),
    Aspect.deadline: re.compile(
        r"以内|までに|期限|締め?切|末日|時効|\d年(?:間|を過ぎ)|遅れ|さかのぼ|\d日まで|日前"
    ),
    Aspect.papers: re.compile(
        r"お持ち|持って|持ち物|必要です|必要な(?:もの|書類)|本人確認|証明書(?:など)?を|用意|添えて|届書"
    ),
    Aspect.proxy: re.compile(
        r"代理|委任|代わりに|同じ世帯の|家族|本人(?:が|に限|以外)|請求できる方|直接お越し"
    ),
    Aspect.weekend: re.compile(r"土曜|日曜|土日|祝日|休日|平日|年中|毎日|コンビニ|休み"),
    Aspect.hours: re.compile(r"\d時|時間|夜間|平日|午前|午後"),
    Aspect.place: re.compile(
        r"窓口|支所|市民センター|課(?:か|に|へ|で|、|の)|コンビニ|会場|医療機関|センター|役所"
    ),
    Aspect.online: re.compile(
        r"オンライン|マイナポータル|インターネット|ネット|電子|ホームページ|コンビニ|郵送|アプリ|e-Tax"
    ),
    Aspect.phone: re.compile(r"電話|\d{2,4}-\d{2,4}-\d{4}|#\d{4}"),
    Aspect.duration: re.compile(
        r"日ほど|日程度|週間|か月(?!以内)|その日の?うち|当日|後日|日数|おおむね|振り込|届くまで|すぐ"
    ),
    Aspect.language: re.compile(r"[英中国ベトナムポルトガル]+語|通訳|外国語|翻訳|やさしい日本語"),
    Aspect.condition: re.compile(
        r"対象|の方(?:が|は|に|で)|歳|世帯|所得|場合|できません|なりません|条件|限"
    ),
    Aspect.day: re.compile(r"収集日|曜日|申し込み|電話"),
    Aspect.bag: re.compile(r"袋|透明|ひも|しば|洗"),
}
_SENTENCES = re.compile(r"(?<=[。！？])(?![）」])|\n+")
# A single sign with the end of a verb or an adjective (頼む, 安い) names no matter.
_VERBS = re.compile(
    r"(?<![一-龠々])[一-龠々](?=[いうえきくけげぐこさしすせそたちっつてばびぶべまみむめらりるれろわん])"
)
_WORDS = re.compile(r"[一-龠々]+|[ァ-ヺー]{2,}|[a-z0-9]{2,}")
# They stand in questions about anything.
_EMPTY = frozenset(
    {
        *(
            "再発行",
            "何",
            "時",
            "今",
            "人",
            "方",
            "事",
            "本人",
            "必要",
            "場合",
            "手続",
            "教",
            "出来",
            "大丈夫",
        ),
        *(
            "行",
            "来",
            "始",
            "使",
            "止",
            "飼",
            "持",
            "出",
            "取",
            "日",
            "分",
            "代",
            "代理",
            "代理人",
            "私",
            "自分",
            "家",
            "前",
        ),
        *("いくら", "料金", "費用", "書類", "時間", "土日", "日曜", "土曜", "祝日", "平日", "場所"),
        *("期限", "電話", "番号", "電話番号", "予約", "申込", "申請", "受付", "窓口", "お金", "金"),
        *("ネット", "オンライン", "スマホ", "英語", "円", "後", "中", "他", "見", "聞", "入"),
    }
)
_ASK_THERE = re.compile(r"ご案内|お?問い合わせ|ご確認|ご相談|お尋ね|お確かめ|ご連絡")
_MOST = 3


def sentences_of(answer: str) -> list[str]:
    """Split an answer into its sentences."""
    parts = (part.strip() for part in _SENTENCES.split(unicodedata.normalize("NFC", answer)))
    return [part for part in parts if part]


def matter_words(said: str) -> list[str]:
    """Return the words of a message that name a matter: runs of kanji, katakana or letters."""
    words = _WORDS.findall(unicodedata.normalize("NFKC", said).lower())
    asking = ("何", "誰")
    named = (word for word in dict.fromkeys(words) if not word.startswith(asking))
    return [word for word in named if word not in _EMPTY]


def matter_names(said: str) -> list[str]:
    """Return those of `matter_words` that are no part of a verb or an adjective."""
    return matter_words(_VERBS.sub(" ", unicodedata.normalize("NFKC", said)))


def about(answer: str, aspect: Aspect | None, words: list[str]) -> list[str]:
    """Return at most three sentences that speak of the aspect or hold the words, in their order.

    Where the words stand in some of them, the others are left out.
    """
    sentences = sentences_of(answer)
    fitting = [one for one in sentences if aspect and _SPEAKS[aspect].search(one)]
    named = [one for one in sentences if any(word in one for word in words)]
    both = [one for one in fitting if one in named]
    return (both or named or ([] if words and not aspect else fitting))[:_MOST]


_TOLD = re.compile(
    r"(?:です|ます|ません|でし(?:た)?|まし(?:た)?|だ|た|てる|でる|ている|ない|んだ|よ|ね|けど|から|ので|中で|とき|って)[。!！、…\s]*$"
)
_LONGEST_TOLD = 30


def is_told(said: str) -> bool:
    """Tell whether words are a short statement: 「きのうバスの中で」."""
    words = unicodedata.normalize("NFKC", said).strip()
    return len(words) <= _LONGEST_TOLD and _TOLD.search(words) is not None


def where_to_ask(answer: str) -> list[str]:
    """Return the sentence that tells whom to ask, where there is one."""
    return [one for one in sentences_of(answer) if _ASK_THERE.search(one)][-1:]


def speaks_of(answer: str, aspect: Aspect) -> bool:
    """Tell whether an answer says anything about the aspect."""
    return _SPEAKS[aspect].search(answer) is not None


_NAME = 3
"""Characters of a word that names a matter by itself: 住民票, 児童手当."""


def goes_on(question: str, other: str, aspect: Aspect) -> bool:
    """Tell whether another question asks about an aspect of the same subject.

    A bare いくら is asked of what was told; the price of another matter is no answer to it.
    """
    shared = {*matter_words(question)} & {*matter_words(other)}
    named = [word for word in matter_words(question) if len(word) >= _NAME and word in other]
    return bool(named) or (bool(shared) and speaks_of(other, aspect))
