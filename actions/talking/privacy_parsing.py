"""How residents ask who reads what they write here."""

import re

_WHO = (
    r"(?:家の(?:人|者)|うちの人|親|おや|母|父|家族|学校|先生|会社|職場|上司|夫|旦那|妻|嫁|彼氏|彼女|友達|警察|市役所"
    r"|ほかの人|他の人|誰か|だれか|誰|だれ)"
)
_HERE = (
    r"(?:これ|ここ|この(?:トーク|会話|やりとり)|トーク|LINE|ライン|チャット"
    r"|(?:書い|話し|送っ|相談し)た(?:こと|の|内容))"
)
_KNOWN = r"(?:ばれ|バレ|知られ|しられ|伝わ|つたわ|読まれ|見られ|通報され)"
_READS = re.compile(
    rf"{_HERE}[^。]{{0,8}}{_WHO}[^。]{{0,6}}(?:見|み|読|よ|知|伝|ばれ|バレ)"
    rf"|{_WHO}(?:とか|や|に|へ|と|も|か)*{_WHO}?(?:とか|に|へ|も)*{_KNOWN}"
    rf"|{_WHO}(?:とか|に|へ|も)*(?:通知|連絡|お知らせ|電話)[^。]{{0,6}}(?:行(?:き|く|か|っ)|い(?:き|く|か|っ)|来|され)"
    rf"|{_HERE}[^。]{{0,6}}(?:消し|けし|削除し)(?:たら|ても?)[^。]{{0,14}}(?:残|のこ|消え)"
    r"|(?:誰|だれ)が(?:見|読)(?:て|んで)(?:い)?(?:る|ます)"
    r"|(?:マイナンバー|番号|書いたこと|これ)[^。]{0,8}(?:保存|記録|残)(?:し|さ|っ|る|り)"
    r"|who (?:can )?(?:reads?|sees?) (?:this|it|my)|will (?:they|anyone|my \w+) (?:know|find out)"
    r"|谁(?:能|会)?看|会被(?:家人|学校|公司)?知道|ai (?:đọc|xem)|quem (?:l[eê]|v[eê]) (?:isso|isto)"
)
# Elsewhere than in this talk something may be found out.
_ELSEWHERE = re.compile(
    r"税|副業|住所|住民票|病院|受診|引っ?越|転校|保険|カード|戸籍|見た記録|閲覧"
)
_LONGEST = 40


def asks_who_reads(text: str) -> bool:
    """Tell whether a short message asks who learns what is written in this talk."""
    is_short = len(text) <= _LONGEST
    return is_short and bool(_READS.search(text)) and not _ELSEWHERE.search(text)
