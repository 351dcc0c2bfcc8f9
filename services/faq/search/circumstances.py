"""Whom an entry is for, and whether it tells of relief.

An entry for foreigners, for who lost a job or whose house was flooded looks like every question
about its matter; it is the answer only where the sentence speaks of that circumstance. And who
cannot pay is helped by what tells of relief, not by how the amount is worked out.
"""

import re
from collections.abc import Sequence

import numpy as np

from services.faq.rules import Entry
from services.faq.search.postings import Scores

# How residents and entries say it. Each is a circumstance of its own: one that a sentence leaves
# out is not there.
_CIRCUMSTANCES = tuple(
    re.compile(words)
    for words in (
        r"外国|がいこく|在留|留学生|ビザ|国籍|通称|帰化|在日",
        r"障[害がい碍]|しょうがい|手帳|目が|耳が|車いす|不自由|療育|発達|難病|透析|手話",
        r"離婚|りこん|別れ|養育費|ひとり親|元夫|元妻|母子|父子|シングル",
        r"事業|会社を|会社の印|店|商売|法人|起業|工場|キッチンカー|企業|業者|屋台",
        r"死|亡く|亡き|なくなりまし|相続|葬|遺|おくやみ|故人|息を引|火葬|墓",
        r"妊[娠婦]|出産|産[前後]|赤ちゃん|出生|[産生]まれ|うまれ|お腹|つわり|里帰り|不妊|にんしん",
        r"後期|高齢|年寄|[ばじ]あちゃん|じいちゃん|(?:65|70|75)[歳才]|老人|祖母|祖父",
        r"介護|かいご|ケアマネ|けあまね|デイサービス|ヘルパー|認知症|寝たきり",
        r"災害|被災|地震|水害|浸水|台風|[罹り]災|避難|断水|洪水|床[上下]|豪雨|火[事災]|噴火",
        r"農|畑|田んぼ|山林|山の",
        r"引っ?越|転入|転出|転居|越して|ひっこし|移住|移[るり]|住所が変|転勤",
        r"海外|国外|外国[へに]",
        r"学生|大学|進学|がくせい|奨学|高校",
        r"辞め|退職|失業|解雇|クビ|くび|リストラ|倒産|つぶれ|無職|仕事.{0,2}な[くい]|就職|やめた",
        r"就職|社保|会社の健康保険に",
        r"事故|けが|ケガ|怪我",
        r"結婚|婚姻|入籍|名字|苗字|旧姓|姓",
        r"子ども|子供|こども|赤ちゃん|子の|小学|中学|保育|幼稚園|学校|学童|園|幼児|児童|息子|娘|孫",
        r"赤ちゃん|乳児|新生児",
        r"車|バイク|原付|軽|ナンバー|免許",
        r"雪|ゆき",
        r"犬|猫|ペット|ねこ|いぬ|動物",
        r"病気|手術|入院|熱|治療|病児|休職",
        r"選挙|投票|せんきょ",
        r"こぼ|漏れ|もれ|流れ|川[がに]|浮い",
        r"単身赴任|一時的",
        r"暴力|DV|ストーカー|殴|逃げ|知られ",
    )
)
_RELIEF = re.compile(
    r"(?:[払納]|支払|はら|おさ)(?:め|い)?(?:え|きれ|られ)?(?:ない|ません|なく|そうに|なさ)"
    r"|(?:払う|納める)のが|減免|減額|軽減|免除|めんじょ|猶予|待って|分割|滞納|たいのう|差し?押"
    r"|困難|安く|軽く|割引|無料に|ただに|まけて|高すぎ"
)
# What stands in no Japanese says nothing about the others.
_LATIN = re.compile(r"[A-Za-z ,?!'’.-]+")


class Circumstances:
    """The circumstances that each entry is for, and which entries tell of relief."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        """Read the entries."""
        self._shares = np.array([_shares(entry) for entry in entries], np.float32)
        told = (" ".join((e.question, *e.variants, *e.keywords)) for e in entries)
        self._relief = np.array([_RELIEF.search(text) is not None for text in told], np.float32)

    def signals(self, text: str) -> dict[str, Scores]:
        """Return `apart` (-1 to 0) and `relief` (0 or 1) of every entry for a sentence.

        `apart`: how many of an entry's wordings, squared, speak of a circumstance that the
        sentence does not speak of; of several circumstances the worst.
        """
        unsaid = np.array([not words.search(text) for words in _CIRCUMSTANCES], np.float32)
        apart: Scores = -(self._shares**2 * unsaid).max(axis=1, initial=0)
        asked = np.float32(_RELIEF.search(text) is not None)
        return {"apart": apart, "relief": self._relief * asked}


def _shares(entry: Entry) -> list[float]:
    said = [text for text in (entry.question, *entry.variants) if not _LATIN.fullmatch(text)]
    count = max(len(said), 1)
    return [sum(bool(words.search(text)) for text in said) / count for words in _CIRCUMSTANCES]
