"""Waste that no household puts out: a business's, a dead animal, and people, who are no waste."""

import re
import unicodedata
from enum import StrEnum, auto


class NotHousehold(StrEnum):
    """Why the household rules do not answer."""

    person = auto()
    animal = auto()
    business = auto()


_WASTE = r"(?:ごみ|ゴミ|廃棄物)"
_THROW = (
    r"(?:捨て|すて|処分|分別|(?:燃|も)(?:え|や)|不燃|可燃|粗大"
    rf"|{_WASTE}(?:に|で|と|$)|(?:何|なに|なん)(?:の)?{_WASTE})"
)
_PERSON = (
    r"(?:人間|死人|(?<![一-龠])人|死体|遺体|(?:旦那|だんな|夫|妻|嫁|主人|彼氏|彼女|父|母|親|祖父|祖母"
    r"|子ども?|子供|こども|赤ちゃん|赤ん坊|上司|友達|弟|妹|兄|姉|息子|娘"
    r"|じいちゃん|ばあちゃん|おじいさん|おばあさん)(?:さん)?)"
)
_PEOPLE = re.compile(
    rf"^(?:人間|死体|遺体)$|{_PERSON}(?:を|って|の(?:死体|遺体)(?:を|は|の)?)(?:どう(?:やって)?)?{_THROW}"
    rf"|{_PERSON}(?:は|も)(?:何|なに|なん|燃え|燃や|もえ|もや|粗大)[^。]{{0,3}}{_WASTE}"
    r"|(?:人間|死体|遺体|死人)の(?:捨て|すて|処分|分別)"
)
_CREATURE = (
    r"(?:犬|いぬ|イヌ|猫|ねこ|ネコ|うさぎ|ウサギ|ハムスター|小鳥|インコ|動物|わんこ|にゃんこ)"
)
_DEAD = r"(?:死ん|しん[だで]|亡くな|なくなっ|遺体|死体|死骸|亡骸|なきがら)"
_ANIMALS = re.compile(
    # ペット alone may be short for ペットボトル.
    rf"(?:{_CREATURE}|ペット)(?:ちゃん)?[^。、]{{0,5}}{_DEAD}|{_DEAD}[^。、]{{0,2}}(?:{_CREATURE}|ペット)"
    rf"|{_CREATURE}を{_THROW}"
)
_BELONGINGS = re.compile(
    r"小屋|ケージ|首輪|リード|えさ|エサ|餌|砂|シート|おもちゃ|服|ベッド|かご|水槽|用品|トイレ|ふん|フン"
)
_BUSINESS = (
    r"(?<!販売)(?:店|会社|職場|事務所|オフィス|工場|飲食店|レストラン|食堂|旅館|ホテル|民宿|病院|医院"
    r"|美容室|居酒屋|農家|仕事|業務|工事現場)"
)
_BUSINESSES = re.compile(
    rf"事業(?:系|所|用|者)?の?{_WASTE}|事業(?:系|用|所(?:から|で))(?!届)|産業廃棄物|産廃|業務用の"
    rf"|{_BUSINESS}(?:の(?!前|横|隣|近く|となり|そば)[^。、はも]{{0,4}}{_WASTE}(?!箱)"
    rf"|(?:で|から|が)[^。、]{{0,3}}(?:出た|でた|出る|でる|出す)[^。、]{{0,6}}{_WASTE}"
    rf"|を?(?:やって|経営し|営んで)[^。]{{0,12}}{_WASTE})"
)


_BUSINESSES_ABROAD = re.compile(
    r"(?:开|经营)[^。]{0,3}(?:饭|餐|店|馆)|(?:店里|餐馆|饭店|饭馆|餐厅|公司|工厂)[^。]{0,3}(?:垃圾|厨余|废|油)"
    r"|\b(?:my|our) (?:restaurant|shop|store|cafe|bar|business|company|factory)\b"
    r"|\b(?:restaurant|shop|business|commercial) (?:waste|garbage|trash|rubbish)\b"
    r"|rác (?:của )?(?:quán|nhà hàng|cửa hàng|công ty)|(?:mở|có) (?:quán|nhà hàng|cửa hàng)"
    r"|lixo (?:do|da) (?:(?:meu|minha) )?(?:restaurante|loja|empresa|bar)",
    re.I,
)


def not_household(text: str) -> NotHousehold | None:
    """Return why a sentence about waste is not about a household's things, None where it is."""
    words = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).strip("。!?")
    if _ANIMALS.search(words) and not _BELONGINGS.search(words):
        return NotHousehold.animal
    if _PEOPLE.search(words):
        return NotHousehold.person
    is_business = _BUSINESSES.search(words) or _BUSINESSES_ABROAD.search(text)
    return NotHousehold.business if is_business else None
