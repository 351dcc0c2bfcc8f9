"""From a sentence to what can be searched: content words, and letters in short runs.

Spellings meet here: width, kana, Sudachi's normalised forms, the city's synonyms, and words
typed by their sound alone (じゅうみんひょう), which are found by the readings of known words.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sudachipy import Dictionary, SplitMode

from kit.text import fold
from services.faq.search.colloquial import as_written

# In a long story the question stands at the end; 400 characters keep a search in milliseconds.
READ_CHARACTERS = 400

_CONTENT = frozenset({"名詞", "動詞", "形容詞", "形状詞", "副詞", "代名詞", "接尾辞", "接頭辞"})
# Verbs and nouns of asking: they tell that a question is asked, never which (folded forms).
_ASKING = frozenset(
    fold(
        "教える 知る 知らせる 聞く 伺う 尋ねる 質問 問い合わせ 願う 御願い お願い 下さる 頂く 貰う "
        "欲しい 為る する 有る ある 居る いる 成る なる 出来る できる 言う 思う 分かる わかる 行く "
        "来る 見る 良い よい 遣る やる 仕舞う 呉れる 事 こと 物 もの 為 ため 時 とき 場合 所 "
        "其れ それ 此れ これ 私 そう 如何 どう 何 です 場 御 お さん 様 的 方 際"
    ).split()
)
_COURTESY = re.compile(
    r"こんにち[はわ]|こんばん[はわ]|おはよう(?:ございます)?|は[じぢ]めまして|初めまして"
    r"|(?:いつも)?お世話に(?:なっております|なります|なってます)"
    r"|(?:お忙しい|ご多忙の?)(?:ところ|中)(?:を)?|(?:大変)?恐れ入りますが?|恐縮ですが"
    r"|夜分(?:遅く)?に|突然(?:の(?:ご)?連絡)?|失礼(?:いた)?します"
    r"|す[みい]ません(?:が|けど)?|ごめんなさい|申し訳(?:ありません|ございません)が?"
    r"|(?:ちょっと|少し)?(?:お?聞き|お尋ね|お?伺い|お?たずね)したいことがあ(?:ります|る|って)(?:が|けど)?"
    r"|(?:ちょっと|ひとつ|少し)?(?:お(?:聞き|尋ね|伺い|たずね)|質問|相談)"
    r"(?:したい(?:の)?です(?:が|けど)|です(?:が|けど)|いたします|します|がある(?:の)?です(?:が|けど))"
    r"|(?:どうぞ|何卒|どうか)?(?:よろしく|宜しく)(?:お願い(?:いた|致)?します|お願い|です)?"
    r"|(?:教えて|おしえて)(?:ください|下さい|いただけ(?:ます|ません)か|ほしい(?:です)?|もらえ(?:ます|ません)か)?"
    r"|(?:早速|さっそく)ですが|(?:質問|相談)させて(?:ください|下さい|いただ(?:きます|けますか))"
    r"|[^、。！？!?\n]{1,12}と(?:申|もう)します(?:が|けど)?|者です(?:が|けど)?"
    r"|に(?:つい|関し)て(?:の(?:こと|質問))?(?=[、。?!\s]|$|教|おしえ|聞|知)"
    r"|お願い(?:いた|致|し)?(?:し)?ます|ありがとう(?:ございます|ございました)?|助かります"
)
_SENTENCES = re.compile(r"(?<=[。！？!?\n])")
# Sentences that end by telling who somebody is: name, home, age, family, work.
_ABOUT_ONESELF = re.compile(
    r"(?:と(?:申|もう)します|と(?:言|い)います|者です"
    r"|(?:住んで|暮らして|働いて|勤めて|子育てをして|在住して)(?:い|お|る|ま)[^。]{0,6}"
    r"|(?:越して|引っ越して|移って|嫁いで)(?:き|来)[^。]{0,8}"
    r"|[0-9一二三四五六七八九十]+(?:歳|才|代)(?:の?[^。、]{0,6})(?:です|になります|になりました)"
    r"|[0-9一二三四五六七八九十]人[^。、]{0,8}(?:います|おります|です)"
    r"|(?:会社員|主婦|主夫|学生|自営業|年金暮らし|一人暮らし|ひとり暮らし|二人暮らし|仕事)(?:です|をして[^。]{0,4})"
    r")[。!！\s]*$"
)
_NOT_LETTERS = re.compile(r"[^0-9a-zぁ-んー一-龯々〆]+")
_HIRAGANA = re.compile(r"[ぁ-んー]+")
_KANJI = re.compile(r"[一-龯々]")
# Two letters mean a word only right behind another one: ぜい in こていしさんぜい.
_SHORTEST_SOUND = 3
_SHORTEST_NEXT_SOUND = 2
_LONGEST_SOUND = 10
# Endings of every sentence that sound like words: 消火 in でしょうか, 指定 in している.
_ENDINGS = frozenset(
    [
        "しょうか",
        "しょう",
        "どうし",
        "してい",
        "ます",
        "しまっ",
        "しまい",
        "いいん",
        "くらい",
        "せたい",
        "しない",
        "いない",
        "きてい",
        "きたい",
        "しよう",
        "よう",
        "にし",
        "たい",
        "なり",
        "から",
        "まで",
        "ない",
        "いう",
        "いた",
        "した",
        "して",
        "です",
        "だい",
        "どうい",
        "こうい",
        "とれ",
    ]
)


Span = tuple[int, int]


@dataclass(frozen=True)
class Word:
    """One word: the form it is indexed under (empty for words that tell nothing), and its sound.

    `sounded`: the sound was looked up, as the word is written with kanji.
    """

    term: str
    sound: str
    sounded: bool
    begin: int
    end: int


@dataclass(frozen=True)
class Analysis:
    """What a sentence is searched by: terms, and runs of one to three letters, with counts."""

    terms: Counter[str]
    runs: Counter[str]


class Analyzer:
    """Reads sentences. Belongs to one thread at a time, as Sudachi's tokenizer does."""

    def __init__(self, synonyms: Mapping[str, str]) -> None:
        """`synonyms` maps a spelling to the word that is read in its place."""
        self._tokenizer = sudachi(SplitMode.A)
        self._synonyms = {_plain(spelling): _plain(word) for spelling, word in synonyms.items()}
        # The words themselves take part, so that マイナ is not found inside マイナンバー.
        known = sorted({*self._synonyms, *self._synonyms.values()}, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, known))) if known else None
        self._sounds: dict[str, set[str]] = {}
        self._terms: set[str] = set()

    def learn(self, sentences: Iterable[str]) -> None:
        """Remember the sounds of these sentences' words, so that kana alone finds them."""
        for sentence in sentences:
            for word in self._words_of(self._read(sentence)):
                self._terms.add(word.term)
                if word.term and word.sounded and _can_be_heard(word.sound):
                    self._sounds.setdefault(word.sound, set()).add(word.term)

    def analyse(self, sentence: str) -> Analysis:
        """Return one sentence's terms and letter runs, without courtesies and asking words."""
        text = self._read(sentence)
        words = list(self._words_of(text))
        folded = fold(text)
        heard = list(self._heard(folded))
        covered = [span for _, span in heard] if len(folded) == len(text) else []
        terms = Counter(
            word.term for word in words if word.term and not self._is_misread(word, covered)
        )
        terms.update({term for found, _ in heard for term in found} - {*terms})
        written = Counter(_runs(_NOT_LETTERS.sub("", fold(text))))
        spoken = Counter(_runs(_NOT_LETTERS.sub("", "".join(word.sound for word in words))))
        return Analysis(terms, written | spoken)

    def wording(self, sentence: str) -> str:
        """Return a sentence for a model of whole sentences: without courtesies and who asks.

        Known words that were typed by their sound are written as the entries write them: models
        know 住民票 far better than じゅうみんひょう.
        """
        text = self._read(without_oneself(sentence) or sentence).strip("、")
        folded = fold(text)
        if len(folded) != len(text):
            return text
        written, place = [], 0
        for terms, (begin, end) in self._heard(folded):
            written += [text[place:begin], min(sorted(terms), key=len)]
            place = end
        return "".join([*written, text[place:]])

    def _read(self, sentence: str) -> str:
        text = _COURTESY.sub("、", as_written(_plain(sentence)[-READ_CHARACTERS:]))
        if self._known is None:
            return text
        return self._known.sub(lambda m: self._synonyms.get(m.group(), m.group()), text)

    def _words_of(self, text: str) -> Iterator[Word]:
        for token in self._tokenizer.tokenize(text):
            surface, term = token.surface(), fold(token.normalized_form())
            tells = (
                token.part_of_speech()[0] in _CONTENT
                and term not in _ASKING
                and _NOT_LETTERS.sub("", term)
            )
            sounded = _KANJI.search(surface) is not None
            # Sudachi reads particles as they are spoken (ワ for は): kana stays as it is written.
            sound = fold(token.reading_form() if sounded else surface)
            yield Word(term if tells else "", sound, sounded, token.begin(), token.end())

    def _is_misread(self, word: Word, covered: Sequence[Span]) -> bool:
        """Tell whether a word without kanji is a piece of one heard whole: 税 of ぜいきん."""
        if word.sounded or word.term in self._terms:
            return False
        return any(begin <= word.begin and word.end <= end for begin, end in covered)

    def _heard(self, text: str) -> Iterator[tuple[set[str], Span]]:
        """Find known words by sound, the longest first, in every run of hiragana."""
        for match in _HIRAGANA.finditer(text):
            run, start, shortest = match.group(), 0, _SHORTEST_SOUND
            while start < len(run):
                sound = self._sound_at(run, start, shortest)
                if sound:
                    place = match.start() + start
                    yield self._sounds[sound], (place, place + len(sound))
                start += len(sound) or 1
                shortest = _SHORTEST_NEXT_SOUND if sound else _SHORTEST_SOUND

    def _sound_at(self, run: str, start: int, shortest: int) -> str:
        """Return the longest known sound at that place, an empty string where there is none."""
        for length in range(min(_LONGEST_SOUND, len(run) - start), shortest - 1, -1):
            if run[start : start + length] in self._sounds:
                return run[start : start + length]
        return ""


@lru_cache(maxsize=1)
def _dictionary() -> Any:
    """Load the dictionary once in a process: it takes longer than thousands of questions."""
    return Dictionary(dict="core")


def without_oneself(text: str) -> str:
    """Return a message without the sentences that only tell who asks; empty if there are none."""
    sentences = [part for part in _SENTENCES.split(_plain(text)[-READ_CHARACTERS:]) if part.strip()]
    rest = [part for part in sentences if not _ABOUT_ONESELF.search(part)]
    return "".join(rest) if len(rest) < len(sentences) else ""


def sudachi(mode: SplitMode | None = None) -> Any:
    """Return a tokenizer of one thread's own."""
    return _dictionary().tokenizer(mode) if mode is not None else _dictionary().tokenizer()


def _can_be_heard(sound: str) -> bool:
    return len(sound) >= _SHORTEST_NEXT_SOUND and sound not in _ENDINGS


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()


def _runs(letters: str) -> Iterator[str]:
    for length in (1, 2, 3):
        for start in range(len(letters) - length + 1):
            yield letters[start : start + length]
