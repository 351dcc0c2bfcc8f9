"""Where a name may begin and end: 田町 is no place in 新田町, はった is none in 紙をはった."""

import re

from kit.spelling import Spelled, is_kanji

# Kanji that may follow or precede a place without making another name of it.
_AFTER_KANJI = re.compile(
    r"地区|地域|方面|周辺|付近|近辺|近く|近所|在住|住|町内|内(?!科|装|視|覧)|側|界隈|全域|一帯|辺り|辺$"
    r"|北部|南部|東部|西部|中部|北側|南側|東側|西側|学区|校区|団地|区域|区(?!役)|的|地|番地|字|大字|小字"
    r"|明日|明後日|今日|本日|明朝|翌日|前日|当日|来週|今週|再来週|毎週|来月|今月|次|今|何|第(?=[0-9一二三四五][月火水木金土日])|毎"
    r"|可燃|不燃|燃|資源|粗大|古紙|缶|瓶|収集|回収|生|危険|有害|空(?=き|い|缶|瓶)|通知|登録|変更|希望|出身|間違|訂正|違"
    r"|民(?:で|だ|の)|居住|転入|転居|引|行|月曜|火曜|水曜|木曜|金曜|土曜|日曜|避難|[〇一二三四五六七八九十]"
    r"|住所|自宅|在|垃圾|扔|区的|和|与|跟|或|是|搬"
)
_BEFORE_KANJI = re.compile(
    r"(?:明日|明後日|今日|本日|来週|今週|毎週|次|今|今度|現在|今回|前日|当日|毎日|昨日|明朝|私|俺|僕|自分|家|自宅"
    r"|実家|住所|新居|地区|地域|区域|場所|母|父|妻|夫|息子|娘|祖母|祖父|兄|姉|弟|妹|会社|職場|字|変|転居先|引越先"
    r"|間違|訂正|町内|住|在|是|我|用|加上|加|给|给|把|到|的|添加|设置|取消|查|问|想知道|从|住|搬到|搬去|番号|希望|収集日|回収日|日程|午前|午後|時|分|曜日|全部|両方)$"
)
_KANA_WORDS = (
    r"ごみ|ぷら|びん|かん|ぺっと|えりあ|です|でーす|でした|だよ|だ|でしょ|ます|なう|だべ"
    r"|っす|じゃ|やで|ちく|めも|かよ"
)
_AFTER_KATAKANA = re.compile(_KANA_WORDS)
_BEFORE_KATAKANA = re.compile(rf"(?:{_KANA_WORDS}|わたし|うち|おれ|ぼく|まち|ばしょ|くらす|いま)$")
# After a name in kana: particles and endings, but not に of 一気に or って of こうやって.
_AFTER_KANA = re.compile(
    r"です|でーす|でした|でしょ|だ|の(?!う)|は(?!い)|も|が|を|と|から|まで|よ|ね|か(?!い)|じゃ|なん|なの|さ$|ちく"
    r"|って(?!る|い|捨|す|出|だ|く|み|や|お)|で(?=[すはもの、。]|ござ|お願)"
    r"|に(?=す|住|変|か|引|ひっ|お|い(?:ま|る)|な(?:お|り)|$|[、。!?])|へ|ら$|けど|やけど|だべ|じゃけ|(?:いっ|に|さん|よん|し|ご|ろく)ちょうめ"
    r"|まち|ちょう|がっく|へん|あたり|ほう|ん(?=で|だ)|や|ゆう|いう|っす|なう|でお|どす|とい"
)
_BEFORE_KANA = re.compile(
    r"[はのがもにでとをやねよ、。,.!?:「(（]$|(?:から|まで|って|です|ます|した|だよ|まち|しみん|けど|ちがう|えっと|ごめん|いや|くて)$"
)
PERSON = re.compile(
    r"(?:さん(?!ちょうめ|かい|じゅう|ぜろ)|様|さま|氏|君|くん|ちゃん|先生|と申|ともうし|といいます|と言います|という者|という名)"
)
SHOP = re.compile(r"店|支店|本店|交番|駐在")
CLAUSE_END = re.compile(r"$|[、。,.!?！？;:()（）「」\n]")
_COPULA = re.compile(
    r"(?:です|でーす|でした|だよん?|だべ|だ|なんですが|なんですけど|でお願い.*|に住|に(?:お)?すんで|在住|ちく|地区)"
)
SUPPORT = re.compile(
    r"地区|地域|在住|に住|にすん|に引|に変|にかえ|に転|方面|のほう|の方|あたり|辺|付近|周辺|の近|近く|学区|校区|字|番地|町内|住み|住まい|民で"
)

GARBAGE = re.compile(
    r"の?(?:ごみ|燃|もえ|可燃|不燃|資源|収集|回収|ぷら|びん|缶|古紙|粗大|生ごみ|避難)"
)


def stands(spelled: Spelled, start: int, end: int, known_before: bool, known_after: bool) -> bool:
    """Tell whether the letters from `start` up to `end` are a name of their own.

    `known_before` and `known_after` tell that another part of the address is next to them.
    """
    text = spelled.text
    if PERSON.match(text, end) or SHOP.match(text, end):
        return False
    before = known_before or start == 0 or start in spelled.breaks
    after = known_after or end == len(text) or end in spelled.breaks
    return (before or _may_begin(spelled, start)) and (after or _may_end(spelled, start, end))


def _may_begin(spelled: Spelled, start: int) -> bool:
    text, previous = spelled.text, spelled.text[start - 1]
    if is_kanji(previous):
        return _BEFORE_KANJI.search(text[max(0, start - 4) : start]) is not None
    if spelled.is_katakana(start - 1) and not spelled.is_katakana(start):
        return _BEFORE_KATAKANA.search(text[max(0, start - 6) : start]) is not None
    if spelled.is_katakana(start) and not spelled.is_katakana(start - 1):
        return previous != "お"
    if _is_kana(previous) and _is_kana(text[start]):
        return _BEFORE_KANA.search(text[max(0, start - 5) : start]) is not None
    return previous != "お"


def _may_end(spelled: Spelled, start: int, end: int) -> bool:
    text, following = spelled.text, spelled.text[end]
    if is_kanji(following):
        if _is_kana(text[end - 1]):
            return following not in "町村市"
        station = text[end - 1] == "駅" and following == "前"
        return station or _AFTER_KANJI.match(text, end) is not None
    if spelled.is_katakana(end) and not (
        _is_kana(text[end - 1]) and not spelled.is_katakana(end - 1)
    ):
        if _AFTER_KATAKANA.match(text, end):
            return True
        return spelled.is_katakana(end - 1) and _AFTER_KANA.match(text, end) is not None
    if _is_kana(following) and _is_kana(text[end - 1]):
        return _AFTER_KANA.match(text, end) is not None
    return True


def _is_kana(mark: str) -> bool:
    return "ぁ" <= mark <= "ゖ" or mark == "ー"


def is_whole_clause(spelled: Spelled, start: int, end: int) -> bool:
    """Tell whether a name makes up its clause, but for です and the like."""
    text = spelled.text
    begins = start == 0 or start in spelled.breaks or text[start - 1] in "、。,.!?:はも市\n「"
    begins = begins or text.endswith("くて", 0, start)
    copula = _COPULA.match(text, end)
    if copula and not (copula[0] in ("だ",) and not CLAUSE_END.match(text, copula.end())):
        return begins
    return begins and (end in spelled.breaks or CLAUSE_END.match(text, end) is not None)


def is_about_garbage(spelled: Spelled, end: int) -> bool:
    """Tell whether the words after a name ask about collections there."""
    return GARBAGE.match(spelled.text, end) is not None


def is_supported(spelled: Spelled, end: int) -> bool:
    """Tell whether the words after a name say that it is a place."""
    return SUPPORT.match(spelled.text, end) is not None
