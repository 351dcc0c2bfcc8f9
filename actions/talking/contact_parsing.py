"""Whether words about the ways to reach us name a matter besides: 「手帳はFAXで申し込めますか」."""

from actions.topic.sentences import matter_words

_WAYS = frozenset(
    {
        *(
            "電話",
            "番号",
            "電話番号",
            "文字",
            "メール",
            "fax",
            "ファックス",
            "ファクス",
            "line",
            "ライン",
        ),
        *("チャット", "相談", "連絡", "方法", "苦手", "無理", "sns"),
    }
)


def names_more_than_ways(words: str) -> bool:
    """Tell whether folded words name anything but a telephone, a letter, a chat."""
    return any(len(word) > 1 and word not in _WAYS for word in matter_words(words))
