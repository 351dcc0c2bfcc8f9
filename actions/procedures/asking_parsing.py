"""Whether somebody asks for one matter of a life event, or comes back to a list begun before."""

import re
import unicodedata

from actions.procedures.parsing import LifeEvent, life_event
from kit.text import fold

DIRECTIONS = {
    "転入": LifeEvent.moving_in,
    "転出": LifeEvent.moving_out,
    "転居": LifeEvent.moving_within,
}
"""What buttons of older versions say."""

_SENTENCES = re.compile(r"(?<=[。!?\n])|\s+")
_ASKS = re.compile(
    r"[?？]|(?:です|ます|でしょう|ません|(?<=[のん]))か(?=[\s。!、]|$)|か(?:な|しら)?[。!]*$|(?:の|べか|だべ|んだべ)[。!]*$|たい|教え|いくら|いつまで|何時|なんじ|どこ|どう|もらえ"
    r"|^(?:is|are|can|do|does|what|where|when|how|who)\b"
)
_THINGS = re.compile(
    r"(?<![一-鿿々])[家車犬墓](?=[はがもをの])|[一-鿿々][一-鿿々ぁ-ん]?[一-鿿々]+|[ァ-ヴー]{3,}"
)
# Names of what all is about, and of people: nobody asks for one matter with them.
_NO_MATTER = re.compile(
    r"何[一-鿿]?|手続|届|必要|最初|今後|市役所|役所|引っ?越|転入|転出|転居|場合|全部|書類|予定|期限|窓口|一覧|案内|準備"
    r"|主人|旦那|家族|子供|夫婦|両親|祖父|祖母|義父|義母|兄弟|姉妹|息子|自分|本人|先日|先週|昨日|今日|明日|今朝"
    r"|来月|来週|今月|先月|離婚|結婚|出産|妊娠|退職|災害|火事|地震|台風|介護|会社|仕事|定年|障害|手帳"
    r"|市内|市外|県外|県内|東京|郡山|仙台|福島|会津"
)
# Asks what becomes of somebody who is late.
_LATE = re.compile(r"過ぎ(?:た|て|る)|遅れ|間に合わ|忘れて(?:い)?(?:た|ま)")


_BACK = re.compile(
    r"(?:.{0,12}?(?:手続き?|てつづき)[の ]*(?:案内|一覧)?の?\s?(?:続き|つづき|一覧|りすと)"
    r"|(?:さっきの|前の)?(?:りすと|一覧)を?(?:もう(?:一|1)?(?:回|度))?(?:見せて|みせて|見たい|出して)"
    r"|show (?:me )?(?:the|my) list)(?:から|を|が|は)?"
    r"(?:お願い(?:します)?|教えて|見せて|みせて|見たい|したい|やりたい|下さい|ください|です|けど|ね|よ)*"
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


_TO_DO = re.compile(
    r"手続|届|(?:何|なに)(?:か|を|が|から)[^。]{0,8}(?:出|すれば|したら|する|必要|いる|要る|やれ|やる)|どうす(?:れば|っ)|どうしたら|必要ですか"
)


_ALL = re.compile(
    r"(?:何|なに|なん)か(?:[^。、]{0,8})(?:もらえ|受けられ|使え|ある|あり|でき|しなきゃ|必要)|(?:何|なに)から(?:すれば|始め|やれば|手)"
    r"|(?:何|なに)(?:を)?(?:すれば|したら)(?:いい|よい)|(?:何|なに)(?:したら|すれば)"
)


def asks_for_all(text: str) -> bool:
    """Tell whether somebody asks for all there is, not for one matter: 「なにかもらえますか」."""
    return _ALL.search(fold(text)) is not None


_WIDELY = re.compile(
    r"どう(?:すれば|したら|すっ|すりゃ)|どこ(?:から|さ行けば|に行けば|へ行けば)"
    r"|(?:手続き?|てつづき|段取り|流れ|やること|すること)(?:の)?(?:一覧|全部|すべて|を(?:教|知|一)"
    r"|(?:は|って|が)?(?:何|なに|なん|どん|まだ|わか))"
    r"|\b(?:what (?:do|should|must|can) (?:i|we)|need to do)\b"
    r"|phải làm (?:gì|giấy tờ)|怎么办|o que (?:devo|preciso)"
)


def asks_widely(text: str) -> bool:
    """Tell whether somebody asks how to go about it all: 「どうすれば」, 「手続きの一覧を」."""
    return asks_for_all(text) or _WIDELY.search(fold(text)) is not None


_PIECES = re.compile(r"(?<=[。!！?？\n、,，])|\s+")
_TELLS = re.compile(
    r"(?:た|だ|ます|です|って|て|り|ので|けど|が|から|し|予定|こと|る|[!！])[^ぁ-ゖァ-ヺ一-鿿a-zA-Z]*$"
)
_KANA = re.compile("[ぁ-ゖァ-ヺ]")
_SHORTEST_TOLD = 5


def pieces_told(text: str) -> tuple[str, ...]:
    """Return the parts of a message that tell something, without those that ask or only name."""
    pieces = [one.strip() for one in _PIECES.split(text) if len(one.strip()) >= _SHORTEST_TOLD]
    told = [one for one in pieces if not surely_asks(one)]
    is_abroad = _KANA.search(text) is None
    return tuple(one for one in told if is_abroad or _TELLS.search(one.rstrip("、,。")))


# Nobody is ill of these, though a doctor may be named in passing.
_NO_ILLNESS = frozenset(
    {
        *(LifeEvent.lost_job, LifeEvent.retirement, LifeEvent.marriage, LifeEvent.divorce),
        *(LifeEvent.moving_in, LifeEvent.moving_out, LifeEvent.mynumber_card, LifeEvent.business),
    }
)
_IS_ILL = re.compile(
    r"熱|痛|吐|咳|せき|けが|怪我|具合|救急|当番|休日|夜間|今夜|今日|やって|開いて|あいて|診て|近く|どこ|[科医]"
)


def told_beside_a_doctor(text: str) -> LifeEvent | None:
    """Return the event that is told where a doctor is only named: 保険証がない、来週病院なのに."""
    if _IS_ILL.search(text):
        return None
    told = (life_event(one) for one in pieces_told(text))
    return next((event for event in told if event in _NO_ILLNESS), None)


_WHOLE_SENTENCES = re.compile(r"(?<=[。!?！？\n])")
_SURELY = re.compile(
    r"[?？]|(?:です|ます|でしょう|ません|[のん])か(?=[\s。!、]|$)|いくら|いつまで|何時|どこ|どう(?:す|し|やっ)"
    r"|^(?:(?:and|but|so|also|ok|by the way),? )?(?:is|are|can|does|do (?:i|you|we|they)|what|where"
    r"|when|how|who|will|should|may i)\b|[吗嗎]$"
)


def surely_asks(text: str) -> bool:
    """Tell whether the words are a question and cannot be an answer: 125ccの may be either."""
    return _SURELY.search(fold(text).strip()) is not None


def told_of(text: str) -> str:
    """Return what is told, without the sentences that ask."""
    return "".join(one for one in _WHOLE_SENTENCES.split(text) if not asks(one))


def asks_what_to_do(text: str) -> bool:
    """Tell whether somebody asks what has to be done."""
    return _TO_DO.search(fold(text)) is not None


_WISHES = re.compile(
    r"たい(?:です|の|ん|な|と|けど|$|[。!])|ほしい|欲しい|お願い|おねがい|ください|下さい|して(?:$|[。!])|頼む|呼んで|止めて|出せ|くれ(?:$|[。!])"
    r"|\b(?:please|want|need|would like)\b|请|我要|想|muốn|cần|xin|quero|preciso|por favor"
)


def wishes(text: str) -> bool:
    """Tell whether the words ask for something to be done."""
    return _WISHES.search(fold(text)) is not None


def fears_to_be_late(text: str) -> bool:
    """Tell whether somebody asks what becomes of them after a term."""
    return _LATE.search(fold(text)) is not None


_BACK_BESIDE = re.compile(
    r"(?:さっき|先ほど|さきほど|前|途中)の?(?:手続き?|一覧|りすと)(?:の(?:続き|一覧|りすと|途中))?"
    r"|(?:手続き?|てつづき)の(?:続き|一覧|りすと)[^。]{0,6}(?:お願い|おねがい|見せ|教え|から|戻|くれ|出して)|(?:一覧|りすと)(?:を|に)?(?:もう(?:一|1)?回)?[^。]{0,4}(?:見せ|戻|くれ|出して)"
)
_LONGEST_BACK = 60


def comes_back(text: str) -> bool:
    """Tell whether the words ask to go on with a list that was begun."""
    words = fold(text).strip(" 。!、")
    return _BACK.fullmatch(words) is not None or (
        len(words) <= _LONGEST_BACK and _BACK_BESIDE.search(words) is not None
    )


_LONGEST_PAUSE = 45
_PUTS_OFF = re.compile(
    r"(?:(?:また)?(?:あと|後|のち|あど)(?:で|ほど|にし|から)"
    r"(?:(?:また|ゆっくり)?(?:考え|し|やり|やる|見|み|送|話|連絡|お願い|続き|答え|来)[^。]{0,6})?"
    r"|また(?:今度|こんど|明日|あした|夜に?|後日|来ます)?|明日また|一旦|いったん"
    r"|(?:待って|まって)(?:て|ね|ください|下さい|くれ)*|(?:から|に)の?(?:電話|でんわ|着信)"
    r"|夜にまた[^。]{0,4}|今(?:は|日は|ちょっと)?(?:いい|無理|時間)[^。]{0,8})$"
    r"|\blater\b|be right back|待会儿|等一下|回头再|nghỉ (?:chút|tí)|lát nữa|mais tarde"
)
_RESUMES = re.compile(
    r"続き|つづき|再開|お待たせ|どこまで|^(?:すみません|えっと|あの)?[、。\s]*(?:戻りまし|もどりまし"
    r"|戻った|もどった)|\b(?:i am|i'm|we are) back\b|^back\b|\bcontinue\b|回来了|quay lại|voltei"
)
_LONGEST_RETURN = 40


def puts_off(text: str) -> bool:
    """Tell whether somebody has to leave for now: 会議なのであとで, 学校から電話."""
    words = fold(text).strip(" 。!、…~ー")
    return len(words) <= _LONGEST_PAUSE and not asks(text) and bool(_PUTS_OFF.search(words))


def resumes(text: str) -> bool:
    """Tell whether somebody is back and would go on: 戻りました, 続きをお願い."""
    words = fold(text).strip(" 。!、")
    return len(words) <= _LONGEST_RETURN and _RESUMES.search(words) is not None


_URGENT = re.compile(
    r"最低限|これだけ(?:は|って|やれ|すれ)|(?:一番|いちばん)(?:急|大事)|急ぎ(?:の|だけ)"
    r"|(?:most|really) urgent|just the most important"
)
_FINE = re.compile(r"罰金|ばっきん|過料|罰則|\bfined?\b|penalt|罚款|tiền phạt|multa")


def wants_the_urgent(text: str) -> bool:
    """Tell whether somebody would hear only what cannot wait."""
    return _URGENT.search(fold(text)) is not None


def fears_a_fine(text: str) -> bool:
    """Tell whether somebody asks what being late costs."""
    return _FINE.search(fold(text)) is not None


_PUTS_RIGHT = re.compile(
    r"やっぱ|じゃなく|ではなく|でなく|じゃな[いく]|違|ちが|間違|まちが|訂正|変わ|になった|になりまし"
    r"|に直し|に変更|早め|早まっ|延び|延ば|\bcorrection\b|\bnot \d|\bpushed\b|看错|nhầm|corrig"
)
REPLACED = re.compile(r"じゃなく|ではなく|でなく|\bnot \d")
"""Says what was right before a correction too."""
_DONE = re.compile(
    r"出し(?:た|まし)|だし(?:た|まし)|済|終わ(?:った|りまし)|やりまし|やった|もらいまし"
)


def changes_the_list(text: str) -> bool:
    """Tell whether the words may put a fact of a list right, or say that something is done."""
    return bool(_PUTS_RIGHT.search(fold(text)) or _DONE.search(text))


_BRING = re.compile(
    r"持(?:って|ち物|参)|もって|もちもの|書類|何(?:が|を)?(?:いる|必要)|なにがいる|what.*bring"
)
_WHERE = re.compile(r"どこ|場所|窓口|何階|何時|開いて|あいて|where|hours")
_UNTIL = re.compile(
    r"いつまで|何日まで|期限|締め?切り?|deadline|until when"
    r"|how many days|am i (?:too )?late|by when|期限|几天|bao nhiêu ngày|quantos dias"
)
_LONGEST_ASPECT = 24


_WITHOUT_COMING = re.compile(
    r"郵送|ゆうそう|ねっと|ネット|おんらいん|オンライン|スマホ|すまほ|アプリ|コンビニ|代理|代わり|かわりに|かわって|委任|代筆"
    r"|(?:役所|役場|窓口|市役所)[^。]{0,8}(?:行け|行げ|いけ|遠|行かな)|(?<!取りに)(?:行かなきゃ|行かないと)|行かずに|行かなくて"
    r"|(?:足|腰|体|からだ|具合)[がは]?(?:悪|わる|わり)|寝たきり|入院して|動けな|遠(?:く|方)に(?:住|い)"
    r"|online|by (?:post|mail)|instead of me|on my behalf"
    r"|网上|代办|代替|邮寄|qua mạng|thay tôi|pela internet"
)
_LIST = re.compile(r"りすと|一覧|いちらん|\blist\b|清单|danh sách|lista")
_LONGEST_WITHOUT_COMING = 60


def asks_without_coming(text: str) -> bool:
    """Tell whether somebody asks what can be done by post, online or by another, or cannot come."""
    return len(text) <= _LONGEST_WITHOUT_COMING and _WITHOUT_COMING.search(fold(text)) is not None


def wants_the_list(text: str) -> bool:
    """Tell whether somebody would see the list as it stands."""
    return _LIST.search(fold(text)) is not None


def asks_what_to_bring(text: str) -> bool:
    """Tell whether a short question is about the papers of what was told."""
    return len(text) <= _LONGEST_ASPECT and _BRING.search(fold(text)) is not None


def asks_until_when(text: str) -> bool:
    """Tell whether a short question is about the terms of what was told."""
    return len(text) <= _LONGEST_ASPECT and _UNTIL.search(fold(text)) is not None


def asks_where(text: str) -> bool:
    """Tell whether a short question is about the desks of what was told, or their hours."""
    return len(text) <= _LONGEST_ASPECT and _WHERE.search(fold(text)) is not None
