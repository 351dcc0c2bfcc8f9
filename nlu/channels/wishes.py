"""Wishes in one message: where the second begins, and the one that stands beside small talk."""

import re

from channels.request import harmless

# What people write, not what they paste: a long text is one story with one question.
_LONGEST = 200
_SHORTEST_WISH = 4
_JOINT = re.compile(
    r"(?P<end>[?？。!！]|ください|下さい|教えて|たい(?:です)?|ですか|ますか|かな|お願い(?:します)?"
    r"|と、)"
    r"[、。\s]*(?P<joint>(?:あと|それと|それから|ついでに|もう[一ひ]とつ|加えて)[はも、。\s]*)?"
)


def two_wishes(text: str) -> tuple[str, str] | None:
    """Return the two parts of a message that may hold two wishes, None when nothing joins any.

    Whether both are wishes must be judged from their meaning: 「AとBを教えて」 joins with 「と、」,
    but so does 「父が来ると、…」.
    """
    if len(text) > _LONGEST:
        return None
    for match in _JOINT.finditer(text):
        if not (match["joint"] or match["end"].endswith("と、")):
            continue
        first = text[: match.end("end")].removesuffix("と、")
        second = text[match.end() :]
        if min(len(first.strip()), len(second.strip())) >= _SHORTEST_WISH:
            # What follows the joint was not at the beginning when the text was made harmless.
            return first, harmless(second)
    return None


_ENDS = re.compile(r"(?<=[。！!？?\n♪☆])\s*")
_JOINS = re.compile(r"^(?:あと|それと|それから|ところで|ちなみに|で|えっと|あの)[、,。\s]*")


def last_wish(text: str) -> str | None:
    """Return the last sentence of a message of several, None of one; a joining word is left out."""
    sentences = [part for part in _ENDS.split(text.strip()) if part.strip()]
    if len(text) > _LONGEST or len(sentences) < 2:
        return None
    wish = _JOINS.sub("", sentences[-1].strip())
    return harmless(wish) if len(wish) >= _SHORTEST_WISH else None
