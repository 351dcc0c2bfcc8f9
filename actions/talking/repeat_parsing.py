"""How residents ask for the last answer once more."""

import re

_ONCE_MORE = r"(?:もう(?:一|1|いっ|いち)(?:回|度|かい|ど)|もっかい|再度|リピート)"
_THAT = r"(?:今|いま|さっき|先ほど|さきほど)(?:の|言った)(?:話|説明|答え|内容|やつ|こと)?"
_SAY = r"(?:言って|いって|教えて|おしえて|見せて|みせて|話して|説明して|送って|お願い|おねがい)"
_PLEASE = r"(?:ください|下さい|ほしい|欲しい|もらえますか|くれますか|くれる|します|です|よ|ね)*"
_AGAIN = re.compile(
    rf"(?:.{{0,15}}(?:ので|から|けど|ません|すみません)[、。\s]*)?"
    rf"(?:(?:{_THAT}[をは、\s]*)?{_ONCE_MORE}[、\s]*{_SAY}?|{_THAT}[をは、\s]*{_SAY}?){_PLEASE}"
    r"[。!！?？\s]*"
)


def asks_again(text: str) -> bool:
    """Tell whether the words ask for no more than the last answer once more."""
    return _AGAIN.fullmatch(text.strip()) is not None
