"""What people call days: words that stand for a day, a week, a month or a season.

Japanese words are folded (`kit.text.fold`), in kanji and in kana.
"""

WEEKDAYS = "月火水木金土日"
KANA_WEEKDAYS = ("げつ", "か", "すい", "もく", "きん", "ど", "にち")
RELATIVE = {
    **dict.fromkeys(("しあさって", "明々後日", "明明後日"), 3),
    **dict.fromkeys(("あさって", "明後日"), 2),
    **dict.fromkeys(("明日", "あした", "あしだ", "明朝", "翌日", "あす", "明けの日"), 1),
    **dict.fromkeys(("今日", "本日", "きょう", "今朝", "けさ", "けふ", "今夜", "今晩"), 0),
    **dict.fromkeys(("昨日", "きのう", "昨晩", "ゆうべ"), -1),
    **dict.fromkeys(("一昨日", "おととい", "おとつい"), -2),
}
FOREIGN = {
    **dict.fromkeys(("day after tomorrow", "后天", "ngày kia", "depois de amanhã"), 2),
    **dict.fromkeys(("tomorrow", "ashita", "明天", "ngày mai", "mai", "amanhã", "amanha"), 1),
    **dict.fromkeys(("today", "tonight", "kyou", "今天", "hôm nay", "hom nay", "hoje"), 0),
}
FOREIGN_WEEKDAYS = (
    ("monday", "getsuyoubi", "周一", "星期一", "thứ hai", "segunda"),
    ("tuesday", "kayoubi", "周二", "星期二", "thứ ba", "terça", "terca"),
    ("wednesday", "suiyoubi", "周三", "星期三", "thứ tư", "quarta"),
    ("thursday", "mokuyoubi", "周四", "星期四", "thứ năm", "quinta"),
    ("friday", "kinyoubi", "周五", "星期五", "thứ sáu", "sexta"),
    ("saturday", "doyoubi", "周六", "星期六", "thứ bảy", "sábado", "sabado"),
    ("sunday", "nichiyoubi", "周日", "星期日", "星期天", "chủ nhật", "domingo"),
)
FOREIGN_WEEKDAY = {name: day for day, names in enumerate(FOREIGN_WEEKDAYS) for name in names}
WEEKS = {
    **dict.fromkeys(("再来週", "さ来週", "さらいしゅう", "再らい週"), 2),
    **dict.fromkeys(("来週", "らいしゅう", "翌週"), 1),
    **dict.fromkeys(("今週", "こんしゅう"), 0),
    **dict.fromkeys(("先週", "せんしゅう"), -1),
}
MONTHS = {
    **dict.fromkeys(("再来月", "さ来月", "さらいげつ"), 2),
    **dict.fromkeys(("来月", "らいげつ", "翌月"), 1),
    **dict.fromkeys(("今月", "こんげつ"), 0),
    **dict.fromkeys(("先月", "せんげつ"), -1),
}
YEARS = {"再来年": 2, "来年": 1, "らいねん": 1, "翌年": 1, "今年": 0, "ことし": 0}
ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "r": 2018, "h": 1988, "s": 1925}
# First and last day of every year, month before day; the last may lie in the next year.
SEASONS = {
    **dict.fromkeys(("三が日", "三箇日", "三ケ日", "さんがにち", "お正月", "正月"), (101, 103)),
    **dict.fromkeys(("元日", "元旦", "がんたん", "がんじつ"), (101, 101)),
    **dict.fromkeys(("大晦日", "おおみそか", "大みそか", "大つごもり"), (1231, 1231)),
    **dict.fromkeys(("年末年始", "ねんまつねんし", "年越し", "年の瀬から正月"), (1229, 103)),
    **dict.fromkeys(("年末", "ねんまつ", "年の瀬", "年の暮れ"), (1229, 1231)),
    **dict.fromkeys(("年始", "ねんし", "新年", "年明け", "年が明け"), (101, 103)),
    **dict.fromkeys(("くりすますいぶ", "いぶの日"), (1224, 1224)),
    "くりすます": (1225, 1225),
    **dict.fromkeys(("お盆", "おぼん", "盆休み"), (813, 816)),
    **dict.fromkeys(("ごーるでんうぃーく", "ごーるでんういーく"), (429, 505)),
}
HOLIDAYS = {
    **{name: name for name in ("成人の日", "建国記念の日", "天皇誕生日", "春分の日", "昭和の日")},
    **{name: name for name in ("憲法記念日", "みどりの日", "こどもの日", "海の日", "山の日")},
    **{name: name for name in ("敬老の日", "秋分の日", "文化の日", "勤労感謝の日")},
    "すぽーつの日": "スポーツの日",
    "子供の日": "こどもの日",
    "子どもの日": "こどもの日",
    "緑の日": "みどりの日",
}
DAY_NAMES = {
    **{"ついたち": 1, "ふつか": 2, "みっか": 3, "よっか": 4, "むいか": 6, "ようか": 8},
    **{"ここのか": 9, "とおか": 10, "はつか": 20},
}
