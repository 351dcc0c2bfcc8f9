"""From the places found in a text to what is meant: corrections, doubts, unknown names."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kit.spelling import Spelled, spell, spelling_key
from services.places import edges
from services.places.parsing import Hit, Reader
from services.places.rules import Found, Kind, Need, Place, Position, districts_of

_SOME_MORE = r"(?:地区|学区|町内|町|のほう|の方|のあたり|さん)?"
_QUESTION = re.compile(
    rf"{_SOME_MORE}(?:じゃ|では?)な(?:い|かった)(?:です|でしょう)?(?:か|の)?(?:[?？]|か)"
)
_DENIED = re.compile(
    rf"{_SOME_MORE}(?:(?:じゃ|では|で|じゃあ|ぢゃ)(?:な[いくかき]|ねえ|ねぇ|ありま|ござい)|(?:は|が|も)?(?:ちが|違|ちげ)"
    r"|(?:は|って)?(?:まちが|間違)|(?:って|と)(?:いい|言い|いっ|言っ|送|書|かい)|→|->|=>|⇒|ではなし)"
)
_RATHER = re.compile(
    r"[、。,.…\s]*(?:あ|え)?[、。]?(?:いや|いえ|訂正|やっぱ|やはり|ごめん|すみません|じゃなくて|もとい|sorry|no,)"
)
_MOVED = re.compile(r"から")
_MOVES = re.compile(r"引[っつ]?越|ひっこ|移|変|かわ|かえ|転居|転入|直|なお|修正|切り?替")
_FORMERLY = re.compile(
    r"(?:前は|前の(?:住所|地区|家)は?|以前は?|もとは|元は|元々|もともと|昔は?|これまでは?|今までは?|旧住所は?|から前は)[、]?$"
)
_NOT_BEFORE = re.compile(
    r"(?:\bnot|\bnot in|不是|không phải(?: là)?|\bnão(?: é)?|\bnao)\s*$", re.IGNORECASE
)
_SOMEBODY = re.compile(
    r"(?:母|父|両親|親(?!切|子|愛|指|族会)|実家|祖母|祖父|とうさん|かあさん|おばあ|おじい|ばあちゃん|じいちゃん|ばあば|じいじ|息子|娘|兄|姉|弟|妹|友達|友人"
    r"|ともだち|会社|職場|勤務先|勤め先|知人|知り合い|彼氏|彼女|義理|おばさん|おじさん|孫|親戚|いとこ|お店|店舗"
    r"|my (?:mother|father|parents|son|daughter|friend|office)|我(?:妈|爸|父母|朋友))"
)
_MYSELF = re.compile(r"(?:私|わたし|うち|自分|俺|僕|我が家|ぼく|おれ)")
_SENTENCE = re.compile(r"[。!?！？\n]")
_UNKNOWN = re.compile(
    r"(?P<name>[一-鿿々](?:[一-鿿々]|が(?=[一-鿿])){0,6}?)"
    r"(?P<kind>(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})丁目|[町村]|(?<!着)(?<!的)[市区郡県])"
)
_PREFIXES = re.compile(
    r"(?:(?:明日|今日|本日|来週|今週|次回?|毎週|現在|今|実家|自宅|住所|私|俺|僕|母|父|家|地区|会津若松市|福島県|昨年|昨日|今度|字|在|住|是|我|回|加上|搬到)の?)+"
)
_NO_NAME = re.compile(
    r"^(?:[何貴同当本他各全毎同隣下上某小大この]|両|同じ|近隣|別|多|数|旧|新|我|自治|行政|選挙|特別|政令|中核|都道府|市|地|学|校|朝|初|十日|夏|蚤|骨董"
    r"|農|山|漁|城下|門前|宿場|温泉|田舎|商店|港|横|裏|無|過疎|限界|少数|田園)$|[的是哪个着]"
)


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
    somebody_else: bool = False
    position: Position | None = None


@dataclass(frozen=True)
class Unknown:
    """A name that looks like a place and is none of the city's. `elsewhere`: where it is known."""

    text: str
    start: int
    end: int
    elsewhere: str = ""
    similar: tuple[str, ...] = ()
    """Towns and districts of the city whose names stand in it; to be offered, never taken."""


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
    unknown = _unknown(reader, spelled, hits, codes)
    return Resolution(
        places=tuple(n for n, no in zip(named, denied, strict=True) if not no),
        corrected_from=tuple(n for n, no in zip(named, denied, strict=True) if no),
        unknown=tuple(unknown),
        whole=_is_whole(spelled, hits, unknown),
    )


def _named(spelled: Spelled, hit: Hit) -> Named:
    found = [_found(place, hit) for place in hit.places]
    districts = tuple(dict.fromkeys(d for one in found for d in one.districts))
    exceptions = () if hit.chomes or hit.part else _exceptions(hit.places, districts)
    somebody_else = _is_somebody_else(spelled, hit.start)
    start, end = spelled.span(hit.start, hit.end)
    sure_kind = hit.kind is not Kind.landmark
    certain = all(one.exists and not one.need for one in found) and not (
        hit.doubtful or hit.blocked
    )
    question = _QUESTION.match(spelled.text, hit.close) is not None
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
        and not exceptions
        and sure_kind
        and certain
        and not somebody_else
        and not question,
        need=next((one.need for one in found if one.need), Need.nothing)
        if len(hit.places) == 1
        else (Need.resident if len(districts) > 1 else Need.nothing),
        exceptions=exceptions,
        somebody_else=somebody_else,
        position=first.parts.get(hit.part, first.position),
    )


def _found(place: Place, hit: Hit) -> Found:
    return districts_of(place, hit.chomes if place.numbered else (), hit.part)


def _exceptions(places: Sequence[Place], districts: tuple[str, ...]) -> tuple[str, ...]:
    others = dict.fromkeys(d for place in places for d in place.exceptions)
    return tuple(d for d in others if d not in districts)


def _name(hit: Hit) -> str:
    name = hit.places[0].name
    if hit.part:
        return f"{name}字{hit.part}"
    if not (hit.chomes and hit.places[0].numbered):
        return name
    first, last = hit.chomes[0], hit.chomes[-1]
    return f"{name}{first}丁目" if first == last else f"{name}{first}～{last}丁目"


def _is_somebody_else(spelled: Spelled, start: int) -> bool:
    """Tell whether the sentence was about another person's home just before the name."""
    sentence = _SENTENCE.split(spelled.text[:start])[-1]
    last = None
    for last in _SOMEBODY.finditer(sentence):
        pass
    return last is not None and _MYSELF.search(sentence, last.end()) is None


def _is_denied(spelled: Spelled, hits: list[Hit], number: int) -> bool:
    text, hit = spelled.text, hits[number]
    after = number + 1 < len(hits)
    if _QUESTION.match(text, hit.close) and not after:
        return False
    if _DENIED.match(text, hit.close):
        return after or not re.match(r"(?:って|と|は?ちが)", text[hit.close :])
    if _NOT_BEFORE.search(spelled.written[: spelled.starts[hit.start]]):
        return True
    if not after:
        return False
    between = text[hit.close : hits[number + 1].start]
    if _RATHER.match(between) or re.search(r"[、。](?:あ[、。]?)?(?:ちが|違|間違|まちが)", between):
        return True
    rest = text[hits[number + 1].close :]
    if _MOVED.fullmatch(between) and _MOVES.search(rest):
        return True
    return _FORMERLY.search(text[: hit.start]) is not None


def _unknown(
    reader: Reader, spelled: Spelled, hits: list[Hit], codes: list[tuple[int, int]]
) -> list[Unknown]:
    found = [_unknown_at(spelled, start, end) for start, end in codes]
    for hit in hits:
        if hit.kind is Kind.elsewhere:
            found.append(_unknown_at(spelled, hit.start, hit.end, elsewhere=hit.places[0].name))
        elif hit.blocked:
            found.append(_unknown_at(spelled, hit.start, hit.end, similar=(hit.places[0].name,)))
    found += _place_like(reader, spelled, hits)
    return sorted(found, key=lambda unknown: unknown.start)


def _unknown_at(
    spelled: Spelled, start: int, end: int, elsewhere: str = "", similar: tuple[str, ...] = ()
) -> Unknown:
    first, last = spelled.span(start, end)
    return Unknown(spelled.written[first:last], first, last, elsewhere, similar)


def _place_like(reader: Reader, spelled: Spelled, hits: list[Hit]) -> list[Unknown]:
    """Return 〇〇町 and 〇〇1丁目 outside of every known name."""
    free = list(_uncovered(spelled, hits))
    found = []
    for offset, stretch in free:
        for match in _UNKNOWN.finditer(stretch):
            name = match["name"]
            skipped = _skipped(spelled, offset + match.start(), name)
            start = offset + match.start() + skipped
            own = name[skipped:]
            end = offset + match.end()
            if not own or _NO_NAME.search(own) or _is_ignored(reader, spelled, start, end):
                continue
            if match["kind"] == "町":
                chome = re.compile(r"(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})丁目").match(
                    spelled.text, end
                )
                end = chome.end() if chome else end
            if not _ends_there(spelled, end):
                continue
            similar = tuple(p.name for p in reader.index.like(spelled.text[start:end], len(own)))
            found.append(_unknown_at(spelled, start, end, similar=similar))
    return found


def _skipped(spelled: Spelled, start: int, name: str) -> int:
    """Return how many letters of a run belong to the words before the name."""
    particle = max(
        (i + 1 for i, c in enumerate(name) if c == "が" and spelled.is_written(start + i, "が")),
        default=0,
    )
    prefix = _PREFIXES.match(name, particle)
    return prefix.end() if prefix else particle


def _uncovered(spelled: Spelled, hits: list[Hit]) -> list[tuple[int, str]]:
    stretches, at = [], 0
    for hit in hits:
        stretches.append((at, spelled.text[at : hit.start]))
        at = hit.close
    stretches.append((at, spelled.text[at:]))
    return stretches


def _is_ignored(reader: Reader, spelled: Spelled, start: int, end: int) -> bool:
    for place in range(start, end):
        for stop, names in reader.index.at(spelled.text, place):
            if stop >= end and any(n.place.kind in (Kind.ignored, Kind.city) for n in names):
                return True
    return False


def _ends_there(spelled: Spelled, end: int) -> bool:
    """An unknown 〇〇市 goes on in 市営; then it is no name."""
    return edges.stands(spelled, end, end, known_before=True, known_after=False) if end else True


_FILLER = re.compile(
    r"[\s\W_]|〒|です|でーす|でした|だった|だよん?|だべ|なんですけど|なんですが|ます|住ん?で(?:い|お)?(?:ます|ります|る)?|住所は?|地区|学区|地域|のほう|の方"
    r"|のあたり|あたり|辺り|付近|の近く|近く|在住|えーっと|えっと|あの[ー]*|うち|家|私|わたし|俺|場所|ばしょ|ここ|今|いま|じゃなくて|ではなくて|いや|ちがう|違う|間違えた"
    r"|すみません|ごめん|お願いします|かな|から|まで|の者|に|の|は|が|を|で|と|も|へ|よ|ね|か|さ|だ|あ|え|て|い|る|ん|な|く|i(?:live)?in|ilive|district|area"
)


def _is_whole(spelled: Spelled, hits: list[Hit], unknown: list[Unknown]) -> bool:
    if not hits and not unknown:
        return False
    rest = spelling_key("".join(stretch + " " for _, stretch in _uncovered(spelled, hits)))
    for name in unknown:
        rest = rest.replace(spelling_key(name.text), "", 1)
    return not _FILLER.sub("", rest)
