"""Reading short answers in a report: yes, no, another place, no photo. Pure functions."""

import re
import unicodedata

_YES = re.compile(
    r"(?:はい|ええ|うん|んだ|そう(?:です)?|お願い(?:します)?|おねがい(?:します)?|それで(?:いい|お願い)?.{0,6}|これで.{0,8}"
    r"|ok|オッケー|大丈夫です?|送って(?:ください)?|知らせて(?:ください)?|よろしく.{0,8}|yes|sim|vâng|是|好的?|对)[。!！\s]*"
)
_NO = re.compile(
    r"(?:いいえ|いや|ちが(?:う|います).{0,4}|違(?:う|います).{0,4}|だめ|ダメ|まだ|no|não|không|不是?)[。!！\s]*"
)
_SAME = re.compile(r"同じ|おなじ|それ(?:です|だ)|これ(?:です|だ)|the same|mesm|一样|giống|cùng")
_OTHER = re.compile(r"別|べつ|違|ちが|ない|other|different|outr|另|khác")
_NO_PHOTO = re.compile(
    r"な(?:い|し)|無(?:い|し)|いいえ|いらな|撮れ|とれ(?:ない|ません)|スキップ|省略|あとで|no|sem|không|没有"
)
_COMING = re.compile(r"今から|いまから|これから|撮ってくる|送ります|おくります|待って")
_PUTS_RIGHT = re.compile(
    r"じゃな(?:くて|く)|では?な(?:くて|く)|やっぱり|やはり|間違|まちが|訂正|直し|変えて|変更|でした"
)
_STUCK = re.compile(
    r"車(?:の中|内|に).{0,10}(?:動け|出られ|閉じ込|埋ま)|(?:人|誰か|だれか).{0,6}(?:埋ま|下敷き|倒れて)"
)
_QUESTION = re.compile(r"[?？]|か[。\s]*$|どこ|いつ|どう(?:な|で)|教えて|知りたい|where|when")
_WITHOUT = re.compile(
    r"(?:写真は?)?"
    r"(?:な(?:い|し)|無(?:い|し)|いらな(?:い|く)|要らな(?:い|く)|不要|撮れ(?:ない|ません))"
    r"(?:です|で|から)?(?:いい|よい|大丈夫|お願い(?:します)?|進めて(?:ください)?|けっこう)?"
    r"(?:です)?(?:よ|ね)?|(?:no|without) (?:photo|picture)s?|sem foto|没有照片|không có ảnh"
)
_TOLD_WITHOUT = re.compile(
    r"写真[はもが]?(?:な(?:い|し)|無(?:い|し)|ね[えぇー]|ありません|撮れ(?:ない|ません|な)"
    r"|とれ(?:ない|ません)|いりません)|(?:no|without) (?:a )?(?:photo|picture)"
)
_EDIT = re.compile(
    r"(?:ちょっと)?(?:直(?:す|し(?:たい|て(?:ください)?)|させて)|修正|訂正|変更|変え(?:る|たい|て)|まちが(?:え|っ)た?|間違(?:え|っ)た?)"
    r"(?:する|したい|して(?:ください)?|します|です|ました|てました|んだけど|があります)?"
)
_PARTS = {
    "kind": r"種類|様子",
    "place": r"場所|位置|住所|地図",
    "severity": r"程度|困り具合|ひどさ",
    "photo": r"写真|画像",
}
_OF_PART = (
    r"(?:を|が|の(?:ほう|方)?|だけ)?(?:です|お願いします|直す|直し(?:たい|て)"
    r"|変え(?:る|たい|て)|違(?:う|います|った)|ちが(?:う|います|った))?"
)
_OURS = {"photo": re.compile(r"写真|画像"), "place": re.compile(r"場所|番地|住所")}
_NEEDED = re.compile(
    r"必要|いる|要り|いり|ない(?:と|で)|なくて|なし|まで|だいたい|大体|正確|くわしく|詳しく|わから"
)
_WAY = re.compile(r"(?P<start>.+?)から(?P<end>.+?)(?:まで|へ|に(?!は))|(?P<only>.+?)まで(?!に)")
_TO_BE_DONE = re.compile(
    r"対応|対処|何とか|なんとか|どうにか|直し|まいて|撒いて|溶かし|とかして|見に来て|除雪して|どけて|幸いです"
)
_TO_BE_TOLD = re.compile(r"(?:報告|通報|連絡|知らせ|伝え)(?:を?し)?たい")
_ABOUT_IT = re.compile(r"教えて|知りたい|どこ|いつ|どうな|時間|予定")
_AGAIN = re.compile(r"続き|つづき|続け|途中")


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().strip()


def agrees(text: str) -> bool:
    """Tell whether the whole text says yes."""
    return _YES.fullmatch(_plain(text)) is not None


def refuses(text: str) -> bool:
    """Tell whether the whole text says no."""
    return _NO.fullmatch(_plain(text)) is not None


def same_place(text: str) -> bool | None:
    """Tell whether the text says "the same" (True), "another" (False) or neither."""
    words = _plain(text)
    if _OTHER.search(words) or refuses(words):
        return False
    return True if _SAME.search(words) or agrees(words) else None


def no_photo(text: str) -> bool:
    """Tell whether the text says that there is no photo."""
    return _NO_PHOTO.search(_plain(text)) is not None and not photo_comes(text)


def without_photo(text: str) -> bool:
    """Tell whether the whole text says that there will be no photo."""
    return _WITHOUT.fullmatch(_bare(text)) is not None


def told_without_photo(text: str) -> bool:
    """Tell whether a longer text says along the way that there is no photo."""
    return _TOLD_WITHOUT.search(_plain(text)) is not None


def wants_to_edit(text: str) -> bool:
    """Tell whether the whole text wants something put right, without saying what."""
    return _EDIT.fullmatch(_bare(text)) is not None


def part_named(text: str) -> str:
    """Return which part of a report the whole text names, empty for any other text."""
    words = _bare(text)
    found = (
        part for part, names in _PARTS.items() if re.fullmatch(f"(?:{names}){_OF_PART}", words)
    )
    return next(found, "")


def asks_about(text: str) -> str:
    """Return whether the text asks if a photo, or an exact place, is needed; empty otherwise."""
    words = _plain(text)
    if not (_NEEDED.search(words) and asks(words)):
        return ""
    return next((part for part, named in _OURS.items() if named.search(words)), "")


def _bare(text: str) -> str:
    return _plain(text).rstrip("。!?、 ").removeprefix("じゃあ").removeprefix("では").lstrip("、 ")


def way_of(text: str) -> tuple[str, str] | None:
    """Return the words for where a way begins (empty: not said) and ends, None without a way."""
    found = _WAY.search(text)
    if found is None:
        return None
    return found["start"] or "", found["end"] or found["only"]


def photo_comes(text: str) -> bool:
    """Tell whether the text says that a photo will come."""
    return _COMING.search(_plain(text)) is not None


def puts_right(text: str) -> bool:
    """Tell whether the text puts something right that was said before."""
    return _PUTS_RIGHT.search(text) is not None


def somebody_is_stuck(text: str) -> bool:
    """Tell whether somebody may sit in a car in the snow, or lie under it."""
    return _STUCK.search(_plain(text)) is not None


def asks(text: str) -> bool:
    """Tell whether the text asks something itself."""
    return _QUESTION.search(text) is not None


_DAMAGES = re.compile(r"弁償|賠償|補償|べんしょう|修理代|修理費|払ってくれ|払ってもら")


def asks_damages(text: str) -> bool:
    """Tell whether somebody wants to be paid for what the road did to them."""
    return _DAMAGES.search(text) is not None


def wants_it_done(text: str) -> bool:
    """Tell whether the text wants somebody to act, rather than to know."""
    words = _plain(text)
    return _TO_BE_DONE.search(words) is not None and _ABOUT_IT.search(words) is None


def wants_to_tell(text: str) -> bool:
    """Tell whether the text says that somebody has something to report."""
    return _TO_BE_TOLD.search(_plain(text)) is not None


def goes_on(text: str) -> bool:
    """Tell whether the text wants to go on with what was begun."""
    return _AGAIN.search(text) is not None
