"""Whether somebody asks for one matter of a life event, or comes back to a list begun before."""

import re

from actions.procedures.parsing import LifeEvent
from kit.text import fold

DIRECTIONS = {
    "転入": LifeEvent.moving_in,
    "転出": LifeEvent.moving_out,
    "転居": LifeEvent.moving_within,
}
"""What buttons of older versions say."""

_SENTENCES = re.compile(r"(?<=[。!?\n])")
_ASKS = re.compile(r"[?？]|(?:か|かな|かしら|の|べか|だべ)[。!]*$|教えて|知りたい|いくら|いつまで")
# Asks for all there is to do, and for nothing in particular.
_FOR_ALL = re.compile(
    r"(?:何|なに|なん|どう|どんな|どういう|どのよう|どの)[^。?]{0,14}"
    r"(?:すれば|したら|する|やる|やれば|手続|こと|必要|いる|いい|よい|んだ|べ|です|ですか|ましょ)"
    r"|(?:手続|届け?出|やること|すること|必要なこと|流れ)[^。?]{0,10}"
    r"(?:教えて|知り|わから|分から|必要|したい|お願い|一覧|全部|ぜんぶ|ありますか|あるか|は|を|が|$)"
    r"|what (?:do|should|must|to)|how (?:do|to)|procedure|办什么|手续|thủ tục"
    r"|o que (?:eu )?(?:devo|preciso)"
)
_BACK = re.compile(
    r"(?:さっき|この前|こないだ|前|先週|昨日|きのう)?(?:の|に)?(?:(?:引っ越し|引越し|相続|おくやみ|転入|転出)の)?"
    r"手続き?(?:の案内|の一覧)?の?(?:続き|つづき|一覧|リスト)(?:から|を|が|は)?"
    r"(?:お願い(?:します)?|教えて(?:ください)?|見せて(?:ください)?|見たい(?:です)?|したい(?:です)?|やりたい(?:です)?|ください)?"
)


def own_question(text: str) -> str:
    """Return the sentence that asks for one matter; "" where all there is to do is asked for."""
    for sentence in reversed(_SENTENCES.split(fold(text))):
        if not sentence.strip():
            continue
        if _ASKS.search(sentence) and not _FOR_ALL.search(sentence):
            return sentence.strip()
    return ""


def comes_back(text: str) -> bool:
    """Tell whether the words ask for no more than to go on with a list that was begun."""
    return _BACK.fullmatch(fold(text).strip(" 。!、")) is not None
