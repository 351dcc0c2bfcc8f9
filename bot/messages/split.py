"""Splitting long Japanese text where a reader would pause, never inside a character."""

import re

import regex

from kit.text import utf16_length

# Best places first: an empty line, a line end, the end of a sentence, a comma.
_BREAKS = (r"\n\n", r"\n", r"[。！？!?]", r"[、，,]")


def split_text(text: str, limit: int) -> list[str]:
    """Split `text` into parts of at most `limit` UTF-16 units; their concatenation is `text`."""
    parts = []
    rest = text
    while utf16_length(rest) > limit:
        cut = _best_cut(rest, limit)
        parts.append(rest[:cut])
        rest = rest[cut:]
    return [*parts, rest] if rest else parts


def _best_cut(text: str, limit: int) -> int:
    hard = _longest_prefix(text, limit)
    for pattern in _BREAKS:
        ends = [match.end() for match in re.finditer(pattern, text[:hard])]
        if ends and ends[-1] > hard // 2:
            return ends[-1]
    return hard


def _longest_prefix(text: str, limit: int) -> int:
    """Return the length of the longest prefix of whole graphemes within the limit, at least 1."""
    used = end = 0
    for match in regex.finditer(r"\X", text):
        used += utf16_length(match.group())
        if used > limit:
            break
        end = match.end()
    if end:
        return end
    # One grapheme larger than a whole message: cut between its code points after all.
    return max(1, limit // 2)
