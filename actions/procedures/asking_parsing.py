"""Whether somebody asks for one matter of a life event, or comes back to a list begun before."""

import re
import unicodedata

from actions.procedures.parsing import LifeEvent
from kit.text import fold

DIRECTIONS = {
    "転入": LifeEvent.moving_in,
    "転出": LifeEvent.moving_out,
    "転居": LifeEvent.moving_within,
}
"""What buttons of older versions say."""

_SENTENCES = re.compile(r"(?<=[。!?\n])|\s+")
_ASKS = re.compile(
    r"[?？]|か(?:な|しら)?[。!]*$|(?:の|べか|だべ|んだべ)[。!]*$|たい|教え|いくら|いつまで|どこ|どう|もらえ"
    r"|^(?:is|are|can|do|does|what|where|when|how|who)\b"
)
_THINGS = re.compile(r"[一-鿿々][一-鿿々ぁ-ん]?[一-鿿々]+|[ァ-ヴー]{3,}")
# Names of what all is about, and of people: nobody asks for one matter with them.
_NO_MATTER = re.compile(
    r"手続|届|必要|最初|今後|市役所|役所|引っ?越|転入|転出|転居|場合|全部|書類|予定|期限|窓口|一覧|案内|準備"
    r"|主人|旦那|家族|子供|夫婦|両親|祖父|祖母|義父|義母|兄弟|姉妹|息子|自分|本人|先日|先週|昨日|今日|明日|今朝"
    r"|来月|来週|今月|先月|離婚|結婚|出産|妊娠|退職|災害|火事|地震|台風|介護|会社|仕事|定年|障害|手帳"
    r"|市内|市外|県外|県内|東京|郡山|仙台|福島|会津"
)
# Asks what becomes of somebody who is late.
_LATE = re.compile(r"過ぎ(?:た|て|る)|遅れ|間に合わ|忘れて(?:い)?(?:た|ま)")


_BACK = re.compile(
    r"(?:さっき|この前|こないだ|前|先週|昨日|きのう)?(?:の|に)?(?:(?:引っ越し|引越し|相続|おくやみ|転入|転出)の)?"
    r"(?:手続き?|てつづき)[の ]*(?:案内|一覧)?の?\s?"
    r"(?:続き|つづき|一覧|りすと|リスト)(?:から|を|が|は)?"
    r"(?:お願い(?:します)?|教えて(?:ください)?|見せて(?:ください)?|見たい(?:です)?|したい(?:です)?|やりたい(?:です)?|ください)?"
)


def own_matter(text: str) -> tuple[str, ...]:
    """Return the names of the one matter that is asked for; none where all there is to do is.

    葬祭費 in 「妻が亡くなったのですが、葬祭費はいくらもらえますか」.
    """
    found: list[str] = []
    for sentence in _SENTENCES.split(unicodedata.normalize("NFKC", text)):
        if sentence and _ASKS.search(sentence.casefold()):
            found += _THINGS.findall(_NO_MATTER.sub("、", sentence))
    return tuple(dict.fromkeys(found))


def asks(text: str) -> bool:
    """Tell whether the words are a question of their own."""
    return _ASKS.search(fold(text).strip()) is not None


def fears_to_be_late(text: str) -> bool:
    """Tell whether somebody asks what becomes of them after a term."""
    return _LATE.search(fold(text)) is not None


def comes_back(text: str) -> bool:
    """Tell whether the words ask for no more than to go on with a list that was begun."""
    return _BACK.fullmatch(fold(text).strip(" 。!、")) is not None
