"""Which life event a citizen tells of, in their own words."""

import re
from enum import StrEnum
from itertools import pairwise

from kit.text import fold


class LifeEvent(StrEnum):
    """What happens in a life and brings papers with it."""

    bereavement = "bereavement"
    disaster = "disaster"
    divorce = "divorce"
    birth = "birth"
    marriage = "marriage"
    disability = "disability"
    care = "care"
    retirement = "retirement"
    lost_job = "lost_job"
    business = "business"
    moving_out = "moving_out"
    moving_in = "moving_in"
    moving = "moving"


_ANIMAL = re.compile(
    r"(?:犬|猫|ねこ|いぬ|ペット|鳥|うさぎ|ハムスター|金魚)[^。、]{0,6}(?:死|亡|しん)"
)

# In this order: a widow who moves tells of her bereavement first.
_WORDS: tuple[tuple[LifeEvent, re.Pattern[str]], ...] = (
    (
        LifeEvent.bereavement,
        re.compile(
            r"亡くな|なくなりました|死亡|死ん|死去|死後|死にました|死なれ|しにました|しんだ|他界|逝去"
            r"|息を引き取|先立たれ|おくやみ|お悔やみ|四十九日|未亡人|遺族|葬式|葬儀"
            r"|passed away|\bdied\b|\bdeath\b|\bdead\b|去世|过世|病故|qua đời|đã mất|mất rồi"
            r"|người nhà mất|falec|morreu|\bmorte\b"
        ),
    ),
    (
        LifeEvent.disaster,
        re.compile(
            r"被災|罹災|り災|浸水|水に浸か|水害|すいがい|(?:家|屋根|うち)[がは、].{0,8}(?:壊れ|焼け|抜け|つぶれ|流され)"
            r"|flood|disaster|earthquake|水淹|受灾|地震|ngập|thiên tai|enchente|desastre|terremoto"
        ),
    ),
    (
        LifeEvent.divorce,
        re.compile(
            r"離婚|りこん|離縁|(?:夫|妻|旦那|主人|嫁)(?:さん)?と別れ|別れた(?:夫|妻|旦那)"
            r"|divorc|离婚|離婚|ly hôn"
        ),
    ),
    (
        LifeEvent.birth,
        re.compile(
            r"(?:赤ちゃん|あかちゃん|子ども|子供|こども|孫|双子|人目|長男|長女|次男|次女)"
            r"[がはも、 ]{0,2}(?:生ま|産ま|うま|誕生|でき)|誕生し|出産|妊娠"
            r"|産ん|産み|産まれ|生まれました|had a baby|baby (?:was|is) born"
            r"|pregnan|出生|怀孕|生了|có thai|mang thai|mới sinh|sinh em bé|nasceu|grávida"
        ),
    ),
    (
        LifeEvent.marriage,
        re.compile(
            r"結婚|けっこん|入籍|籍を入れ|婚姻|再婚|嫁に|getting married|marry|marriage|结婚"
            r"|kết hôn|casar|casamento"
        ),
    ),
    (
        LifeEvent.disability,
        re.compile(r"障害|障がい|しょうがい|療育|車いす|車椅子|disab|残疾|khuyết tật|deficiência"),
    ),
    (
        LifeEvent.care,
        re.compile(
            r"介護|かいご|認知症|寝たきり|歩けね|needs? care|nursing care|护理|照护"
            r"|chăm sóc|cuidados"
        ),
    ),
    (
        LifeEvent.retirement,
        re.compile(r"定年|退職後の|retir|退休|nghỉ hưu|aposent"),
    ),
    (
        LifeEvent.lost_job,
        re.compile(
            r"退職|失業|仕事を(?:辞め|やめ|失|なくし)|しごとを やめ|会社を(?:辞め|やめ|クビ)|辞めて"
            r"|リストラ|クビに|倒産|無職|契約を切られ|lost my job|quit my (?:job|company)"
            r"|laid off|失业|辞职|mất việc|nghỉ việc|perdi o emprego|demitid|saí da empresa"
        ),
    ),
    (
        LifeEvent.business,
        re.compile(
            r"起業|開業|創業|(?:お?店|カフェ|商売|会社|事業|美容室|食堂|蕎麦屋|おみせ)を?"
            r"[^。]{0,6}(?:始め|はじめ|開|ひら|つく|作|やる|やりたい)|独立し"
            r"|open a|start a (?:company|business|shop)|开店|开一家|开公司"
            r"|mở (?:quán|công ty|cửa hàng)|abrir (?:um|uma|empresa)"
        ),
    ),
    (
        LifeEvent.moving_out,
        re.compile(
            r"(?:県外|市外|よそ|他県)[へに]?[^。]{0,4}(?:引っ越|越す|出)|転出|出ていく"
            r"|move out|moving out|搬出|搬走|chuyển đi|mudar para outra"
        ),
    ),
    (
        LifeEvent.moving_in,
        re.compile(
            r"転入|(?:引っ越|引越|ひっこし|ひっこ|越)(?:し)?て(?:来|き|くる)|市外から|他(?:の)?市(?:町村)?から"
            r"|よそから|から.{0,4}(?:引っ越|引越|ひっこし|移り住|移住)"
            r"|moved? (?:here|to aizu)|搬过来|搬来|迁入|chuyển đến"
        ),
    ),
    (
        LifeEvent.moving,
        re.compile(
            r"引っ越|引越|ひっこし|ひっこす|越して|転入|転居|転勤|実家に戻|移り住"
            r"|mov(?:ed|ing|e)\b|搬家|搬过来|搬到|迁入|chuyển nhà|chuyển đến|mudei|mudança|mudar"
        ),
    ),
)


def life_event(text: str) -> LifeEvent | None:
    """Return the event that the words tell of, the gravest first; an animal's death is none."""
    words = f"{text} {fold(text)}".lower()
    for event, pattern in _WORDS:
        if pattern.search(words) and not (event is LifeEvent.bereavement and _ANIMAL.search(words)):
            return event
    return None


MOVES = frozenset({LifeEvent.moving_in, LifeEvent.moving_out, LifeEvent.moving})
_MOVING = "引っ越しの手続きについて教えてください市外市内転入転出"


def names_more_than_moving(words: str, question: str) -> bool:
    """Tell whether both speak of the same matter besides moving itself, such as 水道."""
    common = _pairs(words) & _pairs(question)
    return any(pair not in _pairs(_MOVING) for pair in common)


def _pairs(text: str) -> set[str]:
    """Return the pairs of neighbouring characters that are no hiragana."""
    found = {one + other for one, other in pairwise(text)}
    return {pair for pair in found if not re.search(r"[ぁ-ゖ\s、。？?]", pair)}


TOPICS: dict[LifeEvent, tuple[str, ...]] = {
    LifeEvent.bereavement: (
        "家族が亡くなったときの届け出",
        "死亡届のあと、市役所ではどのような手続きがありますか",
        "年金を受けていた人が亡くなったときの手続き",
        "葬祭費はいくらもらえますか",
        "相続の期限があるもの",
    ),
    LifeEvent.disaster: (
        "災害で家が壊れたときの罹災証明書",
        "被災したときに受けられる支援金",
        "災害で住めなくなった家の応急修理や仮設住宅",
        "災害で出たごみはどう捨てますか",
    ),
    LifeEvent.divorce: (
        "離婚届を出すときに気をつけること",
        "ひとり親家庭への手当や助成",
        "離婚した相手からの養育費や親子の面会",
        "離婚したときの年金分割",
    ),
    LifeEvent.birth: (
        "赤ちゃんが生まれたときの届け出はいつまで",
        "児童手当の申請はいつまで",
        "子どもの医療費の助成",
        "妊娠がわかったら市役所で何をしますか",
        "妊娠・出産のときにもらえる給付金",
    ),
    LifeEvent.marriage: (
        "婚姻届には何が必要ですか",
        "住所や名前が変わったらマイナンバーカードも直すのですか",
        "引っ越しや結婚をしたとき、運転免許証の変更",
        "家族の会社の健康保険の扶養に入る・外れるとき",
    ),
    LifeEvent.disability: (
        "身体障害者手帳を取るには",
        "障がいのある人はどのような割引や助成を受けられますか",
        "病気やけがで障がいが残ったとき、年金は受けられますか",
        "ヘルパーや就労支援など、障がい福祉サービスを使いたい",
    ),
    LifeEvent.care: (
        "介護サービスを使いたいときはどうすればよいですか",
        "高齢の親のことで困ったら、まずどこに相談しますか",
        "介護サービスの利用料は何割ですか",
        "仕事を続けながら親を介護したい 介護休業",
    ),
    LifeEvent.retirement: (
        "退職後は国保と任意継続のどちらがよいですか",
        "会社を辞めたとき・扶養を外れたときの年金",
        "会社を辞めたら住民税はどう払うのですか",
        "老齢基礎年金は何歳から、どのように受け取れますか",
    ),
    LifeEvent.lost_job: (
        "会社を辞めたので国民健康保険に入りたい",
        "会社を辞めたとき・扶養を外れたときの年金",
        "失業したときの手当（雇用保険）",
        "会社を辞めたら住民税はどう払うのですか",
    ),
    LifeEvent.business: (
        "お店や会社を始めたいときの支援",
        "飲食店やキッチンカー、祭りの屋台を出すには許可がいりますか",
        "会社をつくったとき・事務所を置いたときの法人市民税の手続き",
    ),
    LifeEvent.moving_out: (
        "市外へ引っ越すときの手続き",
        "引っ越しと一緒に必要な市役所の手続き",
        "水道を使い始める・やめるときの手続き",
        "転出届を郵便で出す",
    ),
    LifeEvent.moving_in: (
        "市外から引っ越してきたときの手続き",
        "引っ越しと一緒に必要な市役所の手続き",
        "水道を使い始める・やめるときの手続き",
        "市内で引っ越したときの手続き",
    ),
    LifeEvent.moving: (
        "市外から引っ越してきたときの手続き",
        "市外へ引っ越すときの手続き",
        "市内で引っ越したときの手続き",
        "引っ越しと一緒に必要な市役所の手続き",
    ),
}
"""What a city's FAQ is searched for, event by event: most urgent first."""
