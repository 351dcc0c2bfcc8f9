"""How people talk, written as an FAQ writes it: 払えねえ is 払えない, もらえっか is もらえるか.

Everyday contractions, and the endings of the dialects of Aizu and its neighbours. What could be
the kana of another word (ほけんじょ, けっか, ほいくえんの) stays as it is.
"""

import re

_FAMILY = (
    "父|母|夫|妻|祖父|祖母|家内|主人|旦那|親父|親|兄|姉|弟|妹|息子|娘|じいちゃん|ばあちゃん|"
    "じいさん|ばあさん|とうさん|かあさん"
)
_CAN = "もらえ|取れ|とれ|使え|つかえ|行け|出せ|だせ|くれ|入れ|受けれ|借りれ|でき"
_END = r"(?=[よな]?(?:$|[。、!?\s]))"
_RULES = tuple(
    (re.compile(spoken), written)
    for spoken, written in (
        (r"^(?:んだば|んだら|んで|そんで|じゃあ?|あの[ーう]|えっと[ー]?|ねえねえ)[、\s]*", ""),
        (r"くん(?:ね[えぇー]|ない)", "くれない"),
        (r"なん(?:ない|ね[えぇー]?)(?!ん)", "ならない"),
        # Not of おねえさん, よねえ and かねえ.
        (r"(?<=[わえけせてでねべめれがはもくなやりいらさましこ出来])ね[えぇ](?!さん)", "ない"),
        (rf"(?<=[えれ])っか{_END}", "るか"),
        (rf"({_CAN})ん(?=の(?!で))", r"\1る"),
        (r"払えん(?=$|[。、!?\s])", "払えない"),
        (r"すりゃあ?", "すれば"),
        (r"すんの", "するの"),
        (r"なじょ(?:に|う)?", "どう"),
        (r"どこさ", "どこへ"),
        (r"(?<=[いきしちにみりぎび])て[えぇ]", "たい"),
        (r"[だん]?べか|だ?っぺか?", "か"),
        (r"(?:だ|(?<=[いんるう]))べ(?=$|[。、!?\s])", "か"),
        (r"(?<=[だなるいた])[けげ]ん(?:じょ|ちょ)も?", "けれど"),
        (r"のが(?=$|[。!?])", "のか"),
        (rf"((?:{_FAMILY})[がはも、\s]*)なくな(?=[っり])", r"\1亡くな"),
    )
)


def as_written(text: str) -> str:
    """Return a sentence (NFKC) with spoken forms as they are written."""
    for spoken, written in _RULES:
        text = spoken.sub(written, text)
    return text
