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


_ENDS = re.compile(
    r"(?<=[。！!？?\n♪☆])\s*|(?<=[かねよすいる])[ 　]+(?=(?:ありがと|よろしく|おねがい|お願い|すみません))"
)
_MOST = 3
_JOINS = re.compile(r"^(?:あと|それと|それから|ところで|ちなみに|で|えっと|あの)[、,。\s]*")


def possible_wishes(text: str) -> list[str]:
    """Return the sentences of a message of several, the last first; a joining word is left out.

    Of one sentence none; short ones are left out.
    """
    sentences = [part.strip() for part in _ENDS.split(text.strip()) if part.strip()]
    if len(text) > _LONGEST or len(sentences) < 2:
        return []
    wishes = (_JOINS.sub("", sentence) for sentence in sentences[: -_MOST - 1 : -1])
    return [harmless(wish) for wish in wishes if len(wish) >= _SHORTEST_WISH]
