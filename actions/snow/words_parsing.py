"""Reading short answers in a report: yes, no, another place, no photo. Pure functions."""

import re
import unicodedata

_YES = re.compile(
    r"(?:はい|ええ|うん|そう(?:です)?|お願い(?:します)?|おねがい(?:します)?|それで(?:いい|お願い)?.{0,6}|これで.{0,8}"
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


def goes_on(text: str) -> bool:
    """Tell whether the text wants to go on with what was begun."""
    return _AGAIN.search(text) is not None
