"""What is said before any action acts: help in danger, and a careful tone afterwards."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from actions.danger.help import DangerHelp
from actions.danger.judge import Judge
from actions.danger.kinds import DESPAIR, SORROWS, Kind
from actions.danger.messages import help_message, later_message, writing_message
from messages.neutral import Text

# These name no matter of their own.
_NO_MATTER = frozenset(
    {
        *("greet", "thank", "goodbye", "affirm", "deny", "help", "chitchat", "complain"),
        *("nlu_fallback", "out_of_scope"),
    }
)
_PERSON_OR_LEAVE = frozenset({"request_human", "cancel", "start_over", "change_language"})
_PERSON_OR_LANGUAGE = frozenset({"request_human", "change_language"})
_PLACES = frozenset({"ask_shelter", "ask_facility", "share_location"})
_FAQ = frozenset({"ask_faq", "ask_certificate", "ask_moving", "nlu_fallback", "out_of_scope"})
_REMEMBERED = 3
"""Messages of the citizen for which a danger is still in the room."""
_SURE = 0.7
_SURELY = 0.9

_WRITING = re.compile(
    r"電話[はがもじでっての]*[^。]{0,8}(?:こわ|怖|恐|苦手|無理|むり|嫌"
    r"|いや|できな|出来な|しにく|したくな|つら|しゃべ|話せ)"
    r"|(?:文字|もじ|チャット|ちゃっと|ライン|line|sns|メール|めーる)"
    r"[^。]{0,8}(?:相談|話|聞|できる|ない|ある|がいい)"
    r"|\b(?:chat|text|message|write)\b[^.]{0,20}(?:instead|someone|with|to|\?)"
    r"|(?:can.?t|afraid|scared|hate)[^.]{0,10}(?:call|phone)"
    r"|(?:不想|不敢|怕|害怕)打?电话|(?:文字|聊天|微信)(?:咨询|聊)"
    r"|nhắn tin|không (?:dám|muốn) gọi|sợ gọi"
    r"|por (?:mensagem|escrito|chat)|nao (?:quero|consigo) ligar|não (?:quero|consigo) ligar"
)
_ASKS_A_PLACE = re.compile(
    r"aed|避難|にげる|逃げる(?:所|場所)|病院|びょういん"
    r"|shelter|evacuat|hospital|避难|医院|sơ tán|bệnh viện|abrigo"
)
_ASKS = re.compile(
    r"[?？]|かな|凍結|口座|相続|名義|いいの|もらえる|聞きました|聞いた|教え|おしえ|ですか|ますか|手続|届|てつづ|どう(?:す|し|や)|どこ|いつ|いくら|何を|なにを|なにから|何から"
    r"|必要"
    r"|知りたい|\b(?:how|where|when|what|need|procedure)\b"
    r"|怎么|哪|什么|手续|thủ tục|ở đâu|làm sao|como|onde|quando|preciso"
)
_ASKS_A_THING = re.compile(
    r"何ごみ|なにごみ|ごみ|ゴミ|捨て|すて|図書館|何時|開い|証明|住民票|収集|予約|申請|garbage|trash|library|垃圾|rác|lixo"
)


@dataclass(frozen=True)
class FirstAid:
    """What is said first, and whether it is the whole answer."""

    message: Text
    is_all: bool
    is_danger: bool = False
    """Whether the latest message itself tells of danger, not of sorrow alone."""


@dataclass(frozen=True)
class Said:
    """The latest message as it was understood, and what the citizen wrote before it."""

    text: str
    intent: str
    confidence: float
    earlier: Sequence[str]
    """Newest first; taps are left out."""
    answers: bool = False
    """Whether a question of ours is open."""

    @property
    def settled(self) -> bool:
        """Whether the message answers our question, or a skill surely takes it."""
        is_skill = self.intent not in _NO_MATTER | _PERSON_OR_LEAVE
        return self.answers or (is_skill and self.confidence >= _SURELY)


def first_aid(said: Said, judge: Judge, help: DangerHelp) -> FirstAid | None:
    """Return what has to be said before anything else, None in everyday talk."""
    if said.intent == "share_location" or not said.text.strip():
        return None
    kinds = judge.judge(said.text, settled=said.settled)
    is_danger = bool(set(kinds) - SORROWS)
    before = _still_in_the_room(said, judge)
    folded = unicodedata.normalize("NFKC", said.text).casefold()
    if before is Kind.disaster_at_door and kinds == (Kind.missing,):
        # 「おばあちゃんが歩けない」 while the water comes: nobody is lost.
        kinds = ()
    if (before or kinds) and _WRITING.search(folded) and not (set(kinds) - SORROWS - DESPAIR):
        return FirstAid(writing_message(help), is_all=True, is_danger=is_danger)
    if kinds and _is_sharper(kinds, before, said, judge):
        return FirstAid(help_message(kinds, help), _is_all(kinds, said, folded), is_danger)
    if before is None or said.intent in _PERSON_OR_LANGUAGE or _is_new_matter(said, folded):
        return None
    leaves = said.intent in _PERSON_OR_LEAVE and said.confidence >= _SURELY
    if not kinds and (leaves or _asks_on(before, said)):
        return None
    message = later_message(kinds[0] if kinds else before, help)
    return FirstAid(message, is_all=not _may_go_on(before, said, folded))


def _is_sharper(kinds: Sequence[Kind], before: Kind | None, said: Said, judge: Judge) -> bool:
    """Tell whether the message tells of something that was not answered a moment ago."""
    return before is None or kinds[0] is not before or kinds[0] not in judge.judge(said.earlier[0])


def _still_in_the_room(said: Said, judge: Judge) -> Kind | None:
    """Return what was told of in the last messages."""
    for text in said.earlier[:_REMEMBERED]:
        if kinds := judge.judge(text, settled=said.settled):
            return kinds[0]
    return None


def _is_all(kinds: Sequence[Kind], said: Said, folded: str) -> bool:
    """Tell whether the help is the whole answer."""
    if said.intent in _PERSON_OR_LEAVE:
        return False
    if kinds[0] in SORROWS:
        return not (_ASKS.search(folded) and said.intent not in _NO_MATTER)
    if DESPAIR.intersection(kinds):
        return True
    if kinds[0] is Kind.disaster_at_door and said.intent == "ask_shelter":
        return False
    # Whom to call comes first; then who is on duty, which is what they asked.
    if kinds[0] is Kind.sick_child and said.intent == "ask_oncall_clinic":
        return False
    return not _is_new_matter(said, folded)


def _asks_on(before: Kind, said: Said) -> bool:
    """Tell whether somebody in sorrow goes on with a matter of the city's, or answers in one."""
    return before in SORROWS and (said.answers or said.intent not in _NO_MATTER)


def _may_go_on(before: Kind, said: Said, folded: str) -> bool:
    return before in SORROWS and said.intent in _FAQ and _ASKS.search(folded) is not None


def _is_new_matter(said: Said, folded: str) -> bool:
    """Tell whether somebody surely asks about something else by now."""
    if said.intent in _NO_MATTER or said.confidence < _SURE:
        return False
    return _ASKS_A_THING.search(folded) is not None or (
        said.intent in _PLACES and _ASKS_A_PLACE.search(folded) is not None
    )
