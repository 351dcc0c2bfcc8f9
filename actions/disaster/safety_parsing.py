"""What somebody says of how they are: safe, in need of help, how many, and of whom. Pure."""

import re
import unicodedata
from dataclasses import dataclass

from services.disaster.contract import SafetyState

# 「けがはありません」 and the like name what is not the case.
_NOT = re.compile(
    r"(?:けが|怪我|被害|問題)(?:人)?(?:は|も)?(?:ありません|ない|なし|無し|ねえ)|(?:助け|救助)は?(?:いら|必要な|不要)"
    r"|not (?:injured|hurt)|no (?:injur|one is hurt)|没有?受伤|không bị thương|não.{0,12}ferid"
)
_HELP = re.compile(
    r"助け|たすけ|救助|救出|sos|閉じ込め|とじこめ|動けな|うごけな|けが|怪我|生き埋め|流され|取り残|孤立|出られな|"
    r"下敷き|help|rescue|trapped|injured|hurt|stuck|救命|求救|被困|受伤|cứu|giúp|mắc kẹt|bị thương"
    r"|socorro|ajuda|pres[oa]\b|ferid"
)
_SAFE = re.compile(
    r"無事|ぶじ|大丈夫|だいじょうぶ|平気|元気|何とも(?:な|ね)|なんとも(?:な|ね)|避難(?:し|でき|完了)|心配(?:いり|いら|な)"
    r"|けが(?:は|も)?(?:あり|な)|安全です|safe|fine|\bok(?:ay)?\b|unharmed|平安|没事|安全"
    r"|an toàn|ổn|không sao"
    r"|bem\b|a salvo|segur"
)
_PEOPLE = re.compile(r"(\d{1,3}|[一二三四五六七八九十]) ?(?:人|名|people|个人|người|pessoas)")
_KANJI = {digit: number for number, digit in enumerate("一二三四五六七八九十", 1)}
_OTHERS = re.compile(
    r"(?:祖母|祖父|おばあ|おじい|母|父|妻|夫|息子|娘|隣|となり|近所|友人|友達|知人)[^。、]{0,12}(?:が|は|を)"
    r"|my (?:mother|father|neighbou?r|friend|wife|husband|son|daughter)"
)
_ALONGSIDE = re.compile(r"(?:母|父|妻|夫|息子|娘|子ども)[^。、]{0,4}(?:も|と)")


@dataclass(frozen=True)
class Heard:
    """What was said; `state` is None where the words do not tell."""

    state: SafetyState | None
    people: int | None = None
    for_other: bool = False


def read_safety(text: str) -> Heard:
    """Read a sentence. Help counts before everything else that is said beside it."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    without = _NOT.sub(" ", folded)
    state = None
    if _HELP.search(without):
        state = SafetyState.needs_help
    elif _SAFE.search(folded):
        state = SafetyState.safe
    found = _PEOPLE.search(folded)
    people = None if found is None else _KANJI.get(found[1]) or int(found[1]) or None
    for_other = bool(_OTHERS.search(folded)) and not _ALONGSIDE.search(folded)
    return Heard(state, people, for_other)
