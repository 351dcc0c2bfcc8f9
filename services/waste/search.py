"""Finding kinds of waste and things in what residents write. Pure functions.

Everything is compared after `key`: one width, one case, hiragana for katakana, no marks.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from kit.text import fold
from services.waste.rules import CityData, Target

SURE = 0.85
"""From this score on an entry is taken as meant, when no other comes close."""
FAINT = 0.45
"""Below this score an entry is not worth showing."""
_CLOSE = 0.06
_CLEAR = 4
"""Kana words of fewer letters turn up inside other words."""

MARKS = re.compile(r"[\s!-/:-@\[-`{-~。、・「」『』【】〜～…\-‐―−]+")
_PARENTHESES = re.compile(r"[(（][^)）]*[)）]")
_SMALL_KE = re.compile(r"(?<=[一-鿿])[ゖゕけが](?=[一-鿿])")
_KANA_ONLY = re.compile(r"[ぁ-ゖー]+")
# A short kana word counts only where a particle or an edge shows that it stands alone:
# いす is meant in いすを捨てたい, not in だいすき.
_BEFORE = "のがはをにとやもで"
_AFTER = "のがはをにとやもっなで捨出投処分何地町"
_ASKING = ("いつ", "どう", "どこ", "あり", "ある")

_REQUEST = re.compile(
    r"(?:の)?(?:捨て方|すて方|すてかた|出し方|だし方|だしかた|分別|処分|処理)(?:方法|の仕方)?"
    r"|(?:を|って|は|も|の|が)?(?:どうやって|どうすれば|どうしたら|どうする|どう|どこに|どこへ|いつ)"
    r"|(?:を|は|って)?(?:捨て|すて|出し|だし|投げ|なげ|処分し)(?:たい|れば|たら|る|て|ます|ていい|られ)*"
    r"|(?:は|って|も)?(?:何|なに|なん)(?:の)?(?:ごみ|ゴミ|日|ですか|になり|に分別|に|扱い)*"
    r"|(?:燃える|もえる|燃えない|もえない|不燃|可燃)(?:ごみ|ゴミ)?(?:ですか|なの|かな)?"
    r"|に(?:つい|関し)て|教えて|おしえて|下さい|ください|知りたい|お願い(?:します)?|すみません|あの、"
    r"|(?:ん)?(?:です|ます)(?:か|けど)?|でしょうか|いいの|いい|よい|かな|ごみ|ゴミ|の日|けど"
    r"|分け方|わけかた|わけ方|仕方|しかた|(?:を)?調べ(?:たい|て|る)?|(?:これ|それ|あれ)(?:って|は)?"
    r"|使い終わった|使い終わり?の?|使用済みの?|使いかけの?|使い古し(?:た|の)?|(?:賞味|消費|使用)?期限(?:切れ|の切れた)の?|古(?:い|く?なった)|ふるい"
    r"|(?:こわれ|壊れ|割れ|われ|破れ|やぶれ|折れ|余っ|余り|残っ|汚れ|錆び|切れ|溜まっ|たまっ)(?:た|ちゃった|てる|ている|てしまった|ました)(?:ん)?"
    r"|余りの?|いらなく(?:なった|て)|要らない|いらない|^(?:あと|それと|あの|うちの|家の|自宅の)|だけど|なんだけど|けれど|のやつ"
    r"|[\U0001F300-\U0001FAFF\u2600-\u27BF]|していい|てもいい|って?大丈夫|だいじょうぶ|タダで|ただで|無料で|くれ(?:る|ます)"
)
# What joined a fallen request word to the rest: ごみのやつ leaves no のやつ.
_JOINT = re.compile(r"\0+(?:の|って|とか|について|に関する)*")
_VAGUE = re.compile(r"(?:の|やつ|もの|物|こと|件|話|なんか|何か|なにか|いろいろ|関係|関連|\s)+")
_LAST_PARTICLES = re.compile(r"(?:って|とか|について|[はがをのもにへと])+$")


_WITHIN = 0.92
_OTHER = 0.6
_LATIN = re.compile(r"[^\u3040-\u30ff\u4e00-\u9fff]*[a-zà-ỹ][^\u3040-\u30ff\u4e00-\u9fff]*")
# Kanji that begin a verb or count things make no compound with the noun before them.
_COMPOUND_AFTER = re.compile(
    r"[ァ-ヺー]|(?![捨出投処分燃壊割古要使無余残回引持拾売買洗切折濡汚溶破錆入付取外運頼申有料何等類系方大小中全膨漏熱溢溶開閉空満欠足落塗剥倒止動点飲食着履貰買処扔丢是怎算属放坏旧该可能哪吗什一二三四五六七八九十数])[一-龠]"
)
_COMPOUND_BEFORE = re.compile(r"(?:[ァ-ヺー]|[一-龠])の?$")
_STUFF = frozenset(
    {
        "砂",
        "箱",
        "はこ",
        "ぱっく",
        "けーす",
        "袋",
        "皮",
        "かばー",
        "容器",
        "ふた",
        "蓋",
        "紙",
        "石",
        "油",
        "布",
        "板",
    }
)


def key(text: str) -> str:
    """Fold `text` for comparison; marks and blanks are left out."""
    return _SMALL_KE.sub("が", MARKS.sub("", fold(text)))


@dataclass(frozen=True)
class Match:
    """An entry of the list and how well it fits, from 0 to 1."""

    target: Target
    score: float


def find_categories(city: CityData, text: str) -> tuple[str, ...]:
    """Return the kinds of waste that `text` names by their own or an everyday name."""
    meanings: dict[str, tuple[str, ...]] = {key(name): (name,) for name in city.categories}
    meanings.update({key(word): meant for word, meant in city.category_words.items()})
    found = [name for word in spot(key(text), meanings) for name in meanings[word]]
    return tuple(dict.fromkeys(found))


AND = re.compile(r"[・、,/／＋+&＆\s]+")
"""What stands between the kinds of waste in a label of several."""


def kinds_in(label: str, kinds: Iterable[str]) -> tuple[str, ...]:
    """Return the known kinds in a label: itself, or those of 古紙・燃えるごみ that are known."""
    by_key = {key(name): name for name in kinds}
    parts = [label] if key(label) in by_key else AND.split(label)
    return tuple(by_key[key(part)] for part in parts if key(part) in by_key)


def spot(text: str, words: Iterable[str], alone: int = 2) -> list[str]:
    """Return the words that stand in `text`; a word inside a longer found word is not found.

    Kana words of up to `alone` letters must stand alone.
    """
    taken: list[tuple[int, int]] = []
    found: list[tuple[int, str]] = []
    for word in sorted({word for word in words if word}, key=len, reverse=True):
        start = text.find(word)
        while start >= 0:
            end = start + len(word)
            free = all(end <= a or b <= start for a, b in taken)
            if free and _is_clear(text, start, end, alone):
                taken.append((start, end))
                found.append((start, word))
                break
            start = text.find(word, start + 1)
    return [word for _, word in sorted(found)]


def _is_clear(text: str, start: int, end: int, alone: int) -> bool:
    word = text[start:end]
    if len(word) > 1 and not (len(word) <= alone and _KANA_ONLY.fullmatch(word)):
        return True
    before = start == 0 or text[start - 1] in _BEFORE
    after = end == len(text) or text[end] in _AFTER or text.startswith(_ASKING, end)
    return before and after


class ItemIndex:
    """The city's list of things, ready to be searched. Build one for each imported calendar."""

    def __init__(self, city: CityData) -> None:
        """Index names, the names without their parentheses, readings and everyday words."""
        self._by_name: dict[str, Target] = {target.name: target for target in city.targets}
        self._keys: dict[str, list[Target]] = {}
        self._readings: dict[str, list[Target]] = {}
        for target in city.targets:
            for name in _names_of(target):
                self._add(name, target)
            if len(target.reading) > 1:
                self._readings.setdefault(key(target.reading), []).append(target)
        self._words: set[str] = {fold(word) for word in city.item_words if word}
        self._foreign = {key(word) for word in self._words if _LATIN.fullmatch(word)}
        for word, meant in city.item_words.items():
            for name in meant:
                self._add(key(word), self._by_name[name])

    def _add(self, name: str, target: Target) -> None:
        targets = self._keys.setdefault(name, [])
        if target not in targets:
            targets.append(target)

    @cached_property
    def _grams(self) -> Mapping[str, frozenset[str]]:
        return {name: grams(name) for name in {**self._keys, **self._readings}}

    @cached_property
    def _without_joints(self) -> Mapping[str, tuple[str, ...]]:
        """Names by their letters without の: 猫の砂 is 猫砂."""
        found: dict[str, tuple[str, ...]] = {}
        for name in {**self._keys, **self._readings}:
            if len(_joined(name)) > 1:
                found[_joined(name)] = (*found.get(_joined(name), ()), name)
        return found

    @cached_property
    def _latin(self) -> re.Pattern[str] | None:
        """Names in other scripts than Japanese, which stand between blanks."""
        names = {word for word in self._words if _LATIN.fullmatch(word)}
        if not names:
            return None
        ranked = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
        return re.compile(rf"(?<!\w)(?:{ranked})(?:e?s)?(?!\w)")

    def _latin_names(self, text: str) -> list[str]:
        if self._latin is None:
            return []
        found = (match.group() for match in self._latin.finditer(fold(text)))
        return [key(word if word in self._words else re.sub("e?s$", "", word)) for word in found]

    @cached_property
    def _spotted(self) -> frozenset[str]:
        """Names to be found within sentences; short readings are only good as whole answers."""
        names = {name for name in self._keys if not name.isascii()} - self._foreign
        return frozenset(names | {word for word in self._readings if len(word) >= _CLEAR})

    def exact(self, name: str) -> Target | None:
        """Return the entry of exactly that name."""
        return self._by_name.get(name)

    def search(self, text: str, limit: int = 6) -> list[Match]:
        """Return the entries that fit `text` best. A whole name counts most, then a name within
        the sentence, then a likeness of letters that forgives a typing error.
        """
        asked = subject(text)
        scores: dict[Target, float] = {}
        for whole in dict.fromkeys((asked, key(text))):
            self._raise(scores, whole, 1.0)
            for name in () if scores else self._without_joints.get(_joined(whole), ()):
                self._raise(scores, name, 0.97)
        for name in _heads(asked, spot(asked, self._spotted)) if not scores else ():
            self._raise(scores, name, _fit(text, asked, name))
        for name in self._latin_names(text):
            self._raise(scores, name, 0.92)
        if not scores:
            self._add_similar(scores, asked)
        ranked = sorted(scores.items(), key=lambda pair: -pair[1])
        return [Match(target, round(score, 3)) for target, score in ranked[:limit]]

    def _add_similar(self, scores: dict[Target, float], asked: str) -> None:
        wanted = grams(asked)
        for name, own in self._grams.items():
            likeness = 0.95 * dice(wanted, own)
            within = 0.7 if len(asked) > 1 and asked in name else 0.0
            if max(likeness, within) >= FAINT:
                self._raise(scores, name, max(likeness, within))

    def _raise(self, scores: dict[Target, float], name: str, score: float) -> None:
        for target in (*self._keys.get(name, ()), *self._readings.get(name, ())):
            scores[target] = max(scores.get(target, 0.0), score)


def _joined(name: str) -> str:
    return name.replace("の", "")


def _fit(text: str, asked: str, name: str) -> float:
    """Return how surely a name within the words is what they are about.

    便座カバー is no 便座, 猫の砂 is no sand: what follows a name, or stands before the name of a
    mere container or stuff, makes it another thing.
    """
    written = key_in_script(text)
    start = key(text).find(name)
    if start < 0 or len(written) != len(key(text)):
        return _WITHIN
    before, after = written[:start], written[start + len(name) :]
    if _COMPOUND_AFTER.match(after):
        return _OTHER
    if (name in _STUFF or len(name) == 1) and _COMPOUND_BEFORE.search(before):
        return _OTHER
    return _WITHIN


def key_in_script(text: str) -> str:
    """Return `text` without marks and blanks, its scripts as they were written."""
    return MARKS.sub("", unicodedata.normalize("NFKC", text))


def _heads(text: str, names: list[str]) -> list[str]:
    """Leave out what only describes another name: the telephone in スマホの充電器."""
    return [name for name in names if not any(f"{name}の{other}" in text for other in names)]


def is_sure(matches: Sequence[Match]) -> bool:
    """Tell whether the first entry is meant: it fits well, and nothing else fits nearly so."""
    if not matches or matches[0].score < SURE:
        return False
    return len(matches) == 1 or matches[0].score - matches[1].score > _CLOSE


def subject(text: str) -> str:
    """Return what a sentence about throwing away is about, as a key: request words fall away."""
    words = unicodedata.normalize("NFKC", text)
    before = None
    while words != before:
        before = words
        rest = _JOINT.sub(" ", _REQUEST.sub("\0", words)).strip(" 、。!?")
        words = "" if _VAGUE.fullmatch(rest) else _LAST_PARTICLES.sub("", rest)
    return "" if _VAGUE.fullmatch(words) else key(words)


_NOUN = re.compile(r"[一-龠々ァ-ヺーa-zA-Z0-9ぁ-ゖ]*[一-龠々ァ-ヺーa-zA-Z0-9]|[ぁ-ゖー]{2,12}")
_VERB_END = re.compile(r"(?:[たるうくすつぬむぐずよねけどん]|ない|ます|です)$")


def spoken_subject(text: str) -> str:
    """Return the noun that a sentence is about as it was written, to be said back.

    Empty where it stands there in no such form: leftovers of a sentence are not echoed.
    """
    asked = subject(text)
    written = key_in_script(text)
    start = key(text).find(asked)
    if not asked or start < 0 or len(written) != len(key(text)):
        return ""
    if _LATIN.fullmatch(fold(text)) and " " in text.strip():
        return ""
    noun = written[start : start + len(asked)]
    if not _NOUN.fullmatch(noun):
        return ""
    kana = re.fullmatch(r"[ぁ-ゖー]+", noun) is not None
    return "" if kana and len(written) > len(noun) and _VERB_END.search(noun) else noun


def _names_of(target: Target) -> set[str]:
    names = {key(target.name), key(_PARENTHESES.sub("", target.name))}
    names |= {key(part) for part in re.split(r"[・、/／]", _PARENTHESES.sub("", target.name))}
    return {name for name in names if name}


def grams(text: str) -> frozenset[str]:
    """Return the letter pairs of `text`, with its edges."""
    padded = f"^{text}$"
    return frozenset(padded[i : i + 2] for i in range(len(padded) - 1))


def dice(a: frozenset[str], b: frozenset[str]) -> float:
    """Return the Dice likeness of two sets, from 0 to 1."""
    return 2 * len(a & b) / (len(a) + len(b)) if a and b else 0.0
