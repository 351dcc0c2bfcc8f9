"""Short answers to "which part of the town?" and "which of these districts?". Pure functions."""

import re
from dataclasses import replace

from kit.spelling import spelling_key
from services.places.parsing import Reader
from services.places.resolution import Named, Resolution, resolve
from services.places.rules import Kind, Need, Place

_IN_BRACKETS = re.compile(r"(.+?)[(（](.+?)[)）]")
_SIDES = {
    "北": r"北(?:部|側|の|寄|か|$)|ほくぶ|きた(?:の|がわ|$)|\bnorth",
    "南": r"南(?:部|側|の|寄|か|$)|なんぶ|みなみ(?:の|がわ|$)|\bsouth",
    "東": r"東(?:部|側|の|寄|か|$)|とうぶ|ひがし(?:の|がわ|$)|\beast",
    "西": r"西(?:部|側|の|寄|か|$)|せいぶ|にし(?:の|がわ|$)|\bwest",
}
_LONGEST = 30
"""A longer text is no answer to a choice: 北の is said of many things."""
_NOT = re.compile(r"(?:じゃ|では|で)な[いく]|ちが|違|以外")
_NUMBER_ALONE = re.compile(r"[^0-9一-鿿]*([0-9]{1,2})(?:です|だよ|だ|かな|番)?[。、.!]*$")


def answer(reader: Reader, text: str, about: str = "", among: tuple[str, ...] = ()) -> Resolution:
    """Read an answer to a question about the place `about` or the districts `among`.

    A place that the text names by itself goes before both.
    """
    found = resolve(reader, text, asked=True)
    if found.places or found.corrected_from or found.unknown:
        return _within(found, among)
    if about and (narrowed := _narrowed(reader, text, about)):
        return narrowed
    chosen = chosen_district(text, among)
    return _resolution(reader, text, chosen) if chosen else found


def _within(found: Resolution, among: tuple[str, ...]) -> Resolution:
    """門田 as the answer to 門田（北部） or 門田（南部）? leaves both open; 門田町面川 does not."""
    kept = tuple(d for d in found.districts if d in among)
    if len(found.places) != 1 or not kept or len(kept) == len(found.districts):
        return found
    place = found.places[0]
    settled = len(kept) == 1 and place.kind is not Kind.landmark and not place.not_home
    return replace(found, places=(replace(place, districts=kept, settled=settled),))


def _narrowed(reader: Reader, text: str, about: str) -> Resolution | None:
    """Read 3丁目です, 3 or 村東のほう behind the name of the town that was asked about."""
    number = _NUMBER_ALONE.fullmatch(spelling_key(text))
    rest = f"{number[1]}丁目" if number else text.lstrip()
    whole = resolve(reader, about + rest, asked=True)
    before = resolve(reader, about, asked=True)
    if len(whole.places) != 1 or whole.places[0].end <= len(about):
        return None
    place = whole.places[0]
    if not before.places or set(place.districts) == set(before.districts):
        return None
    moved = replace(place, text=text.strip(), start=0, end=len(text))
    return replace(whole, places=(moved,), whole=True)


def chosen_district(text: str, among: tuple[str, ...]) -> str:
    """Return the one district of `among` that the words choose, empty for none or several."""
    words = spelling_key(text)
    if _NOT.search(words) or len(words) > _LONGEST:
        return ""
    matching = [name for name in among if _is_named(words, text.casefold(), name)]
    return matching[0] if len(matching) == 1 else ""


def _is_named(words: str, written: str, district: str) -> bool:
    if spelling_key(district) in words:
        return True
    match = _IN_BRACKETS.fullmatch(district)
    if match is None:
        return False
    inner = spelling_key(match[2])
    side = _SIDES.get(inner[:1]) if len(inner) == 2 and inner[1] in "部側" else None
    return inner in words or (
        side is not None and re.search(side, words + " " + written) is not None
    )


def _resolution(reader: Reader, text: str, district: str) -> Resolution:
    place: Place = reader.index.by_name[district]
    named = Named(
        text=text,
        start=0,
        end=len(text),
        name=place.name,
        reading=place.reading,
        kind=Kind.district,
        districts=(district,),
        settled=True,
        need=Need.nothing,
        position=place.position,
    )
    return Resolution(places=(named,), whole=True)
