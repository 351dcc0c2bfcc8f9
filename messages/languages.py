"""The languages that a citizen may choose."""

from enum import StrEnum


class Language(StrEnum):
    """A language that a citizen may choose; `easy` is やさしい日本語."""

    ja = "ja"
    easy = "easy"
    en = "en"
    zh = "zh"
    vi = "vi"
    pt = "pt"

    @property
    def label(self) -> str:
        """The language's own name."""
        return _LANGUAGE_LABELS[self]


_LANGUAGE_LABELS = {
    Language.ja: "日本語",
    Language.easy: "やさしい日本語",
    Language.en: "English",
    Language.zh: "中文",
    Language.vi: "Tiếng Việt",
    Language.pt: "Português",
}
