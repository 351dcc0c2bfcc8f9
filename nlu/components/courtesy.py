"""Greetings and polite phrases around a question: they say nothing about what is asked.

A side feature like `Token.lemma` and the reading: the text stays as it was, the intent classifier
leaves the words out. Where little else remains, the phrase is the message, and is kept.
"""

import re
from collections.abc import Sequence

from rasa.nlu.tokenizers.tokenizer import Token

from components.sudachi_tokenizer import fold

# In folded text. Thanks are no courtesy: they are an intent.
_BEFORE = re.compile(
    r"(?:(?:こんにち[はわ]|こんばん[はわ]|おはよう(?:ございます)?|(?:初|はじ)めまして"
    r"|(?:いつも)?(?:大変)?お世話に(?:なって(?:おり|い)ます|なります)"
    r"|お(?:忙し|いそがし)い(?:ところ|所|中)|夜分(?:に|遅くに)?|突然(?:に|で)?"
    r"|恐れ入りますが?|おそれいりますが?|(?:大変)?申し訳(?:あり|ござい)ませんが?"
    r"|すみませんが?|すいませんが?|失礼(?:いた|致)?します|お(?:尋|たず)ねします)"
    r"[、。,.!?…〜~\s]*)+"
)
_AFTER = re.compile(
    r"[、。,.!\s]*(?:(?:どうぞ|どうか)?(?:よろしく|宜しく)(?:ね|です|どうぞ)?"
    r"(?:お(?:願|ねが)い(?:(?:いた|致)?します|申し上げます|できますか)?)?"
    r"|(?:それでは|では)?失礼(?:いた|致)?します)[、。,.!〜~\s]*$"
)
_LEAST = 4
"""Characters that a question has at least."""


def without_courtesy(tokens: Sequence[Token]) -> list[Token]:
    """Return the tokens of the question, all of them where there is none."""
    words = [fold(token.text) for token in tokens]
    text = "".join(words)
    before, after = _BEFORE.match(text), _AFTER.search(text)
    first = before.end() if before else 0
    last = after.start() if after else len(text)
    if last - first < _LEAST:
        return list(tokens)
    kept, place = [], 0
    for token, word in zip(tokens, words):
        if first <= place < last:
            kept.append(token)
        place += len(word)
    return kept


def question(text: str) -> str:
    """Return a text without its courtesy, as `without_courtesy` does with words."""
    folded = fold(text)
    if len(folded) != len(text):
        return text
    before, after = _BEFORE.match(folded), _AFTER.search(folded)
    first = before.end() if before else 0
    last = after.start() if after else len(text)
    return text[first:last] if last - first >= _LEAST else text
