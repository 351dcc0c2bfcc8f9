"""Places that people ask for and that no city runs."""

import unicodedata

NAMES = {
    "convenience": ("コンビニ", "セブンイレブン", "ファミマ", "convenience store", "便利店"),
    "bank": ("銀行", "atm", "信用金庫", "ゆうちょ"),
    "shop": ("スーパー", "ドラッグストア", "薬局", "ホームセンター", "supermarket", "超市"),
    "petrol": ("ガソリン", "給油"),
    "restaurant": ("ラーメン", "食堂", "レストラン", "カフェ", "居酒屋", "ごはん屋", "restaurant"),
    "hotel": ("ホテル", "旅館", "宿", "hotel"),
    "leisure": ("映画館", "カラオケ", "ゲームセンター", "ボウリング"),
}


def elsewhere(text: str) -> str:
    """Return what kind of place the words ask for, empty for none of these."""
    words = unicodedata.normalize("NFKC", text).casefold()
    return next((kind for kind, names in NAMES.items() if any(n in words for n in names)), "")
