"""The language of a turn: the one that was chosen, else the one somebody writes. Pure functions.

Script and words tell. A message that does not (「住民票」 may be Japanese or Chinese, "AED"
anything) is left undecided, because its language also decides about the answers that follow.
"""

import re
import unicodedata

from bot.line.repository import StoredEvent
from bot.turns.input import said_text
from bot.turns.rasa import TurnLanguage
from messages.languages import Language

_KANA = re.compile(r"[ぁ-ゖァ-ヺー]")
_HAN = re.compile(r"[㐀-鿿]")
_LATIN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_ADDRESSES = re.compile(r"\S*(?:://|www\.|@)\S*")

# Vietnamese letters that no other of our languages has.
_VIETNAMESE = re.compile(r"[ăđơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]")
_PORTUGUESE = re.compile(r"[ãõç]|ê(?:s|m)\b|ção|ções")
# Chinese in characters that Japanese has as well; the others are known by their code page.
_CHINESE = re.compile(
    r"^我$|我(?:想|要|的|是|在|有|不|被|家|们|該|可|現|和)|[你您](?:好|們|是|的|有|可)|^救命\W*$|救命啊|不想活|活不下去"
    r"|請問|謝謝|再見|什麼|怎麼|怎样|哪裡|垃圾|可以(?:在|用|去|要|帮|不)|是不是|有没有|多少(?:钱|錢)?$"
    r"|自杀|中文|不知道|听不懂|在哪|想死|着火"
)
# Words that hardly stand in a sentence of another of the languages.


def _split(words: str) -> frozenset[str]:
    return frozenset(words.split())


_WORDS = {
    Language.en: _split(
        "the is are am was what when where which who how why can could do does did i i'm i'd my me"
        " you your we our they it it's this that there a an and or of to in on at for from with"
        " about have has need want would like please help hello hi thanks thank yes not don't can't"
        " tell give find get take go garbage trash rubbish waste shelter evacuation nearest open"
        " english tomorrow today bye good morning evening talk speak someone office hall sorry"
        " know pay tax house city child baby doctor hospital call stop cancel menu much fire kill"
        " myself die hurt hit police ambulance suicide emergency someone scared"
    ),
    Language.vi: _split(
        "toi ban minh khong la gi o dau khi nao lam sao the muon can giup cam on xin chao rac ngay"
        " mai hom nay tieng viet cua cho toi duoc nhu bao gio benh vien con em be tru an tam"
        " giay to xin chào là gì có tôi"
    ),
    Language.pt: _split(
        "o os as um uma de da do das dos em no na nos nas que qual quais quando onde como quem por"
        " para com sem eu meu minha você voce ele ela é e são sao está esta estou tem ter quero"
        " preciso posso pode fazer obrigado obrigada oi olá ola bom boa dia tarde noite lixo coleta"
        " abrigo ajuda socorro não nao sim amanhã amanha hoje prefeitura português portugues"
        " cidade filho filha médico medico hospital mais perto falar me quanto fogo morrer"
    ),
}
# Alone these are a whole message; other lone words may be anything, as "AED" and "OK" are.
_ALONE = {
    Language.en: _split(
        "hello hi help thanks garbage trash rubbish shelter evacuation english menu goodbye bye"
        " please fire ambulance police suicide when where how what"
    ),
    Language.pt: _split("oi olá ola obrigado obrigada lixo ajuda socorro abrigo"),
    Language.vi: _split("chào rác"),
}
_ENOUGH = 2


def language_of(text: str) -> Language | None:
    """Return the language that a message is written in, None when it does not tell."""
    words = _ADDRESSES.sub(" ", unicodedata.normalize("NFC", text)).casefold()
    kana, han = len(_KANA.findall(words)), len(_HAN.findall(words))
    latin = _LATIN.findall(_HAN.sub(" ", _KANA.sub(" ", words)))
    foreign = _latin_language(latin, words)
    # An English sentence may name 市役所 or ゆめぐりカード.
    if foreign is not None and (len(latin) >= kana + han or not kana):
        return foreign
    if kana:
        return Language.easy if _is_easy(words) else Language.ja
    if han and (_CHINESE.search(words) or _has_simplified(words)):
        return Language.zh
    return None


def turn_language(chosen: str | None, text: str | None) -> TurnLanguage | None:
    """Return what to answer in, None where nothing tells it.

    Japanese is what applies without a choice, so that it gives way to what is written.
    """
    if chosen is not None and chosen != Language.ja:
        return TurnLanguage(Language(chosen), is_chosen=True)
    written = language_of(text or "")
    return None if written is None else TurnLanguage(written, is_chosen=False)


def event_language(event: StoredEvent) -> Language:
    """Return the language of what the bot itself says to an event."""
    spoken = turn_language(event.chosen_language, said_text(event.raw))
    return Language.ja if spoken is None else spoken.language


def _latin_language(latin: list[str], words: str) -> Language | None:
    if not latin:
        return None
    if _VIETNAMESE.search(words):
        return Language.vi
    alone = next((lang for lang, known in _ALONE.items() if latin[0] in known), None)
    if len(latin) == 1:
        return alone or (Language.pt if _PORTUGUESE.search(words) else None)
    counts = {lang: sum(word in known for word in latin) for lang, known in _WORDS.items()}
    if _PORTUGUESE.search(words):
        counts[Language.pt] += _ENOUGH
    best = max(counts, key=lambda lang: counts[lang])
    return best if counts[best] >= _ENOUGH else alone


def _has_simplified(words: str) -> bool:
    """Tell whether a character is one of mainland China's and none of Japan's (code page 932)."""
    return any(
        _encodes(han, "gb2312") and not _encodes(han, "cp932") for han in _HAN.findall(words)
    )


def _encodes(character: str, code_page: str) -> bool:
    try:
        character.encode(code_page)
    except UnicodeEncodeError:
        return False
    return True


_PARTICLE = re.compile(r"[はがをにのでもへと]$")
_POLITE = re.compile(r"(?:です|ます|ました|ません|ください|たい|か)[。？?!！]*$")
_MOST_KANJI = 0.25
_SPELT_OUT = 6
"""Words of a sentence that somebody learning wrote with a blank between all of them."""


def _is_easy(words: str) -> bool:
    """Tell whether it is written as やさしい日本語 is: 「ごみの 日は いつ ですか」.

    Blanks alone do not tell, as people also write them between the words of a search.
    """
    parts = words.split()
    letters = len(_KANA.findall(words)) + len(_HAN.findall(words))
    if len(_HAN.findall(words)) > _MOST_KANJI * letters:
        return False
    is_polite = (
        len(parts) > _ENOUGH
        and any(_PARTICLE.search(part) for part in parts[:-1])
        and _POLITE.search(parts[-1]) is not None
    )
    spelt = [part for part in parts if _KANA.search(part)]
    return is_polite or len(spelt) >= _SPELT_OUT
