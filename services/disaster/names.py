"""The words of hazards and grades, as the agency calls them; they exist in every language."""

HAZARDS = {
    "rain": "大雨",
    "landslide": "土砂災害",
    "surge": "高潮",
    "flood": "氾濫",
    "wind": "暴風",
    "blizzard": "暴風雪",
    "wave": "波浪",
    "snow": "大雪",
    "thunder": "雷",
    "snowmelt": "融雪",
    "fog": "濃霧",
    "dry": "乾燥",
    "avalanche": "なだれ",
    "cold": "低温",
    "frost": "霜",
    "icing": "着氷",
    "snowaccretion": "着雪",
    "tsunami": "津波",
    "earthquake": "地震",
    "eew": "緊急地震速報",
    "volcano": "火山",
    "tornado": "竜巻",
    "recordrain": "記録的短時間大雨",
    "bandrain": "線状降水帯",
    "attack": "国民保護の情報",
    "other": "その他",
}
TSUNAMI = {"51": "津波警報", "52": "大津波警報", "53": "大津波警報", "62": "津波注意報"}
VOLCANO = {
    "01": "噴火警報",
    "02": "火口周辺警報",
    "51": "爆発",
    "52": "噴火",
    "56": "噴火多発",
    "62": "噴火したもよう",
}
CIVIL = {
    "missile": "ミサイル発射情報",
    "air": "航空攻撃情報",
    "guerrilla": "ゲリラ・特殊部隊攻撃情報",
    "terror": "大規模テロ情報",
}
PLAIN = {
    "eew": "緊急地震速報（警報）",
    "tornado": "竜巻注意情報",
    "recordrain": "記録的短時間大雨情報",
    "bandrain": "線状降水帯に関する情報",
}
ORDERS = ("緊急安全確保", "避難指示", "高齢者等避難", "警戒区域設定")
"""The words of a city's orders, the gravest first."""
