"""From the places found in a text to what is meant: corrections, doubts, unknown names."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kit.spelling import Spelled, spell, spelling_key
from services.places.parsing import Hit, Reader
from services.places.rules import Found, Kind, Need, Place, Position, districts_of
from services.places.unknown import Unknown, uncovered, unknown_names

_SOME_MORE = r"(?:地区|学区|町内|町|のほう|の方|のあたり|さん)?"
_QUESTION = re.compile(
    rf"{_SOME_MORE}(?:じゃ|では?)な(?:い|かった)(?:です|でしょう)?(?:か|の)?(?:[?？]|か)"
)
_DENIED = re.compile(
    rf"{_SOME_MORE}(?:(?:じゃ|では|で|じゃあ|ぢゃ)(?:な[いくかき]|ねえ|ねぇ|ありま|ござい)|(?:は|が|も)?(?:ちが|違|ちげ)"
    r"|(?:は|って)?(?:まちが|間違)|ではなし)"
)
_SAID = re.compile(
    rf"{_SOME_MORE}(?:(?:って|と)(?:いい|言い|いっ(?!しょ)|言っ|送|書|打).{{0,10}}(?:が|けど|けれど|のは|間違)|→|->|=>|⇒)"
)
# 城西は違う日ですか asks something; only beside another place it takes 城西 back.
_WRONG = re.compile(rf"{_SOME_MORE}(?:は|が|も)?(?:ちが|違|ちげ)")
_RATHER = re.compile(
    r"(?:です|でした|だ)?[、。,.…\s]*(?:あ|え)?[、。]?(?:いや|いえ|訂正|やっぱ|やはり|ごめん|すみません|じゃなくて|もとい|sorry|no,)"
)
_MOVED = re.compile(r"から")
_MOVES = re.compile(r"引[っつ]?越|ひっこ|移|変|かわ|かえ|転居|転入|直|なお|修正|切り?替")
# From one place to another, as (before the first, between the two), where somebody moves.
_FROM_TO = (
    ("from", "to"),
    ("de", "para"),
    ("từ", "sang"),
    ("từ", "đến"),
    ("từ", "về"),
    ("从", "搬到"),
    ("从", "到"),
)
_MOVING = re.compile(r"mov|mud|chuyển|搬")
_FORMERLY = re.compile(
    r"(?:前は|前の(?:住所|地区|家)は?|以前は?|もとは|元は|元々|もともと|昔は?|これまでは?|今までは?|旧住所は?|から前は)[、]?$"
)
_NOT_BEFORE = re.compile(
    r"(?:\bnot|\bnot in|不是|không phải(?: là)?|\bnão(?: é)?|\bnao)\s*$", re.IGNORECASE
)
_PEOPLE = (
    r"母|父|両親|親(?!切|子|愛|指|族会)|実家|祖母|祖父|とうさん|かあさん|おばあ|おじい|ばあちゃん|じいちゃん"
    r"|ばあば|じいじ|息子|娘|兄|姉|弟|妹|友達|友人|ともだち|会社|職場|勤務先|勤め先|知人|知り合い|彼氏|彼女"
    r"|義理|おばさん|おじさん|孫|親戚|いとこ|お店|店舗|本社|支社"
)
_SOMEBODY = re.compile(
    rf"(?:{_PEOPLE}|my (?:mother|father|parents|son|daughter|friend|office)|我(?:妈|爸|父母|朋友))"
)
_SOMEBODY_AFTER = re.compile(
    rf"(?:地区|町内)?(?:の|に(?:住む|住んで(?:い)?る|住んでおる|いる|ある|暮らす|おる))(?:うちの)?(?:{_PEOPLE})"
)
_VISIT = re.compile(
    r"(?:で(?:働|仕事|勤|遊|転ん|待ち合わ)|に(?:勤|通|泊|旅行|遊び|出張|出かけ|行き|行く|行っ)"
    r"|へ(?:旅行|遊び|行き|行く|行っ)|まで(?!に|は?ごみ))"
)
_MYSELF = re.compile(r"(?:私|わたし|うち|自分|俺|僕|我が家|ぼく|おれ)")
_SENTENCE = re.compile(r"[。!?！？\n]")


@dataclass(frozen=True)
class Named:
    """A place that the text names. `start` and `end` bound it there, in characters."""

    text: str
    start: int
    end: int
    name: str
    reading: str
    kind: Kind
    districts: tuple[str, ...]
    settled: bool
    """Nothing is left to ask: one district, the resident's own words, no doubt about the name."""
    need: Need = Need.nothing
    exceptions: tuple[str, ...] = ()
    not_home: bool = False
    position: Position | None = None


@dataclass(frozen=True)
class Resolution:
    """What a text says about places.

    `places` are meant, in order; `corrected_from` were taken back. `whole`: the text says where,
    and nothing else.
    """

    places: tuple[Named, ...] = ()
    corrected_from: tuple[Named, ...] = ()
    unknown: tuple[Unknown, ...] = ()
    whole: bool = False

    @property
    def districts(self) -> tuple[str, ...]:
        """Return every district that may be meant."""
        return tuple(dict.fromkeys(d for place in self.places for d in place.districts))

    @property
    def settled(self) -> bool:
        """Tell whether exactly one district is meant beyond doubt, so that it may be kept."""
        sure = all(place.settled for place in self.places)
        return len(self.districts) == 1 and sure and not self.unknown


def resolve(reader: Reader, text: str, *, asked: bool = False) -> Resolution:
    """Read a text. `asked`: the resident was just asked where they live."""
    spelled = spell(text)
    hits, codes = reader.read(spelled, asked=asked)
    own = [hit for hit in hits if hit.kind is not Kind.elsewhere]
    denied = [_is_denied(spelled, own, number) for number in range(len(own))]
    named = [_named(spelled, hit) for hit in own]
    unknown = unknown_names(reader, spelled, hits, codes)
    return Resolution(
        places=tuple(n for n, no in zip(named, denied, strict=True) if not no),
        corrected_from=tuple(n for n, no in zip(named, denied, strict=True) if no),
        unknown=tuple(unknown),
        whole=_is_whole(spelled, hits, unknown),
    )


def _named(spelled: Spelled, hit: Hit) -> Named:
    found = [districts_of(p, hit.chomes if p.numbered else (), hit.part) for p in hit.places]
    districts = tuple(dict.fromkeys(d for one in found for d in one.districts))
    exceptions = () if hit.chomes or hit.part else _exceptions(hit.places, districts)
    not_home = _is_not_home(spelled, hit)
    start, end = spelled.span(hit.start, hit.end)
    first = hit.places[0]
    return Named(
        text=spelled.written[start:end],
        start=start,
        end=end,
        name=_name(hit),
        reading=first.reading,
        kind=hit.kind,
        districts=districts,
        settled=len(districts) == 1
        and not (not_home or (exceptions and hit.kind is not Kind.district))
        and _is_certain(spelled, hit, found),
        need=_need(found, districts),
        exceptions=exceptions,
        not_home=not_home,
        position=first.parts[hit.part].position if hit.part in first.parts else first.position,
    )


def _is_certain(spelled: Spelled, hit: Hit, found: list[Found]) -> bool:
    """Being near a landmark does not tell in which district somebody lives."""
    if hit.kind is Kind.landmark or hit.doubtful or hit.blocked:
        return False
    if any(one.need or not one.exists for one in found):
        return False
    return _QUESTION.match(spelled.text, hit.close) is None


def _need(found: list[Found], districts: tuple[str, ...]) -> Need:
    if len(found) == 1:
        return found[0].need
    return Need.resident if len(districts) > 1 else Need.nothing


def _exceptions(places: Sequence[Place], districts: tuple[str, ...]) -> tuple[str, ...]:
    others = dict.fromkeys(d for place in places for d in place.exceptions)
    return tuple(d for d in others if d not in districts)


def _name(hit: Hit) -> str:
    name = hit.places[0].name
    if hit.part:
        return f"{name}字{hit.places[0].parts[hit.part].name}"
    if not (hit.chomes and hit.places[0].numbered):
        return name
    first, last = hit.chomes[0], hit.chomes[-1]
    return f"{name}{first}丁目" if first == last else f"{name}{first}～{last}丁目"


def _is_not_home(spelled: Spelled, hit: Hit) -> bool:
    """Tell whether the sentence is about another person's home, or about a visit."""
    text = spelled.text
    if _SOMEBODY_AFTER.match(text, hit.close) or _VISIT.match(text, hit.close):
        return True
    sentence = _SENTENCE.split(text[: hit.start])[-1]
    others = list(_SOMEBODY.finditer(sentence))
    return bool(others) and _MYSELF.search(sentence, others[-1].end()) is None


def _is_denied(spelled: Spelled, hits: list[Hit], number: int) -> bool:
    text, hit = spelled.text, hits[number]
    after = number + 1 < len(hits)
    if _QUESTION.match(text, hit.close) and not after:
        return False
    if _DENIED.match(text, hit.close):
        return after or _WRONG.match(text, hit.close) is None
    if _NOT_BEFORE.search(spelled.written[: spelled.starts[hit.start]]):
        return True
    if not after:
        return False
    between = text[hit.close : hits[number + 1].start]
    if _SAID.match(between):
        return True
    if _RATHER.match(between) or re.search(r"[、。](?:あ[、。]?)?(?:ちが|違|間違|まちが)", between):
        return True
    rest = text[hits[number + 1].close :]
    if _MOVED.fullmatch(between) and _MOVES.search(rest):
        return True
    if _MOVING.search(text) and any(
        text[: hit.start].endswith(before) and between == after for before, after in _FROM_TO
    ):
        return True
    return _FORMERLY.search(text[: hit.start]) is not None


_FILLER = re.compile(
    r"[\s\W_]|〒|です|でーす|でした|だった|だよん?|だべ|なんですけど|なんですが|ます|住ん?で(?:い|お)?(?:ます|ります|る)?|住所は?|地区|学区|地域|のほう|の方"
    r"|のあたり|あたり|辺り|付近|の近く|近く|在住|えーっと|えっと|あの[ー]*|うち|家|私|わたし|俺|場所|ばしょ|ここ|今|いま|じゃなくて|ではなくて|いや|ちがう|違う|間違えた"
    r"|すみません|ごめん|お願いします|かな|から|まで|の者|に|の|は|が|を|で|と|も|へ|よ|ね|か|さ|だ|あ|え|て|い|る|ん|な|く|i(?:live)?in|ilive|district|area"
)


def _is_whole(spelled: Spelled, hits: list[Hit], unknown: list[Unknown]) -> bool:
    if not hits and not unknown:
        return False
    rest = spelling_key("".join(stretch + " " for _, stretch in uncovered(spelled, hits)))
    for name in unknown:
        rest = rest.replace(spelling_key(name.text), "", 1)
    return not _FILLER.sub("", rest)
