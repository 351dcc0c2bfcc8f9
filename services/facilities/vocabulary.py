"""The words that residents use, sorted by what they mean. Words are separated by blanks."""

from messages.hazards import Hazard

AED = "AED"

# Category (its name for residents) → the words that mean it. The most wanted come first.
CATEGORIES = {
    "市役所": "市役所 しやくしょ 役所 市庁舎 庁舎 市の窓口",
    "支所・市民センター": "支所 ししょ 市民センター 出張所",
    "図書館": "図書館 としょかん 図書室 本を借り 本を返 本借り 本返",
    "公民館": "公民館 こうみんかん 貸し部屋 会議室を借り",
    "コミュニティセンター": "コミュニティセンター 交流センター 農村環境改善センター",
    "体育館・運動施設": (
        "体育館 たいいくかん 運動公園 競技場 武道館 グラウンド テニスコート 野球場 スタジアム "
        "卓球 バドミントン 筋トレ トレーニング室 スポーツジム"
    ),
    "公園": "公園 こうえん 緑地 ブランコ すべり台",
    "児童館・子育て": (
        "児童館 児童センター 子育て支援センター 子育て広場 こどもクラブ じどうかん "
        "子どもの遊び場 子供の遊び場 室内遊び場 子どもを遊ばせ 子供を遊ばせ"
    ),
    AED: "AED エーイーディー 除細動",
    "トイレ": "トイレ お手洗い おてあらい 便所 化粧室",
    "駐車場": "駐車場 ちゅうしゃじょう パーキング 車を停め 車を止め 車停め 車とめ",
    "プール": "プール 水泳",
    "保健センター": "保健センター 保健所 ほけんセンター",
    "夜間・休日の診療所": "夜間急病 急病センター 休日診療 夜間診療 急患",
    "斎場": "斎場 火葬場 さいじょう かそうば",
    "ごみ処理施設": "クリーンセンター ごみ処理場 ごみ焼却場 環境センター ごみ処理施設",
    "文化ホール": "文化センター ホール 劇場 市民会館 風雅堂",
    "福祉センター": "福祉センター 老人福祉 地域包括支援センター",
    "観光案内": "観光案内 案内所",
}
# An amenity may be told of in the description of a place; other words there name neighbours.
AMENITIES = ("トイレ",)

HAZARDS = {
    Hazard.flood: (
        "洪水 こうずい 氾濫 はんらん 川があふれ 川が溢れ 川の水 増水 堤防 川がやば 川があぶな "
        "川が危 台風 たいふう 浸水 大水 水害 決壊"
    ),
    Hazard.landslide: (
        "土砂 どしゃ がけ崩れ 崖崩れ がけくずれ 山崩れ 土石流 地すべり 地滑り 裏山 山が崩れ "
        "がけが 崖が 斜面"
    ),
    Hazard.storm_surge: "高潮 たかしお",
    Hazard.earthquake: "地震 じしん 揺れ ゆれた ゆれて ゆれる 震度 余震",
    Hazard.tsunami: "津波 つなみ",
    Hazard.fire: "火事 かじが かじの かじで 火災 延焼 燃え広が 山火事",
    Hazard.inland_flood: (
        "大雨 おおあめ 豪雨 内水 冠水 水びたし 水浸し 側溝があふれ 道路が川 下水があふれ "
        "どしゃ降り 土砂降り 雨がやば 雨がすご"
    ),
    Hazard.volcano: "噴火 ふんか 火山",
}
# Heavy rain, though it holds the word of a landslide.
RAIN_NOT_LANDSLIDE = "どしゃ降り 土砂降り"

# No hazard of the designation table; open sites (parks, schoolyards) are no refuge from it.
SNOW = (
    "大雪 おおゆき 豪雪 雪崩 なだれ 吹雪 ふぶき 積雪 雪で 雪の重み 雪に埋 雪にうま 雪が積 雪がつも "
    "雪がすご 雪がやば 雪がひど 雪が多 雪が降 雪が落ち 屋根の雪 雪害"
)
# What an avalanche comes down is no landslide.
SLOPES = "裏山 斜面 がけが 崖が"

STAY = (
    "生活する避難所 寝泊 泊まれる 泊まる 泊まり 避難生活 しばらく 指定避難所 家に住めない "
    "家に帰れない 家が壊れ 家がつぶれ 何日か 長く避難"
)
WELFARE = "福祉避難所 福祉の避難所"
DANGER = (
    "助けて たすけて 流され 閉じ込め とじこめ 埋ま 動けない 逃げ遅れ 逃げられない 水が入って "
    "家の中に水 床まで水 腰まで 膝まで ひざまで 崩れてき くずれてき 燃えて けが人 ケガ人 "
    "けがをし 怪我 挟まれ 溺れ 閉じこめ 孤立し 死にそう 意識がない 人が倒れ つぶれそう 潰れそう "
    "逃げらん にげらん 逃げれない"
)
