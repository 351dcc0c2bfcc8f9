"""Which procedures somebody says they have done: 死亡届は出しました. Pure."""

import re
import unicodedata

from services.procedures.events import Event, Procedure

_DONE = re.compile(
    r"(?:は|も|を|なら)?[^。、!?\n]{0,12}?"
    r"(?:(?:出し|だし|やり|済まし|終え|し)(?:まし|てあ|ても|てくれ|ておき)(?!ょ|せん)|出した|だした|済んだ|済んで|済み"
    r"|済ませ|すみまし|終わった|終わって|終わりまし|やった|もらいました|受け取りました|取りました)"
)
_ASIDE = re.compile(r"（[^）]*）")


def done_in(words: str, event: Event) -> tuple[str, ...]:
    """Return the keys of what the words say is done."""
    text = unicodedata.normalize("NFKC", words)
    return tuple(one.key for one in event.procedures if _is_done(one, text))


def _is_done(one: Procedure, text: str) -> bool:
    """Tell whether a name of the procedure is followed by its being done."""
    for name in (*_names(one.title), *one.called):
        at = text.find(name)
        if at >= 0 and _DONE.match(text, at + len(name)):
            return True
    return False


def _names(title: str) -> list[str]:
    """Return what a title's procedure is called: 死亡届と火葬許可の申請 begins with 死亡届."""
    plain = unicodedata.normalize("NFKC", _ASIDE.sub("", title))
    first = re.split(r"[とや・、の]", plain)[0]
    return [name for name in dict.fromkeys((plain, first)) if len(name) >= 3]
