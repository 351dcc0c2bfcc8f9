"""The invented people whom the stand-ins know: demonstration content, nobody real.

The towns exist, the lots do not. Children stand in the register only: they have neither an
account nor a card here. Nobody has a My Number.
"""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Literal

Gender = Literal["male", "female"]

_HOME = "福島県会津若松市"


@dataclass(frozen=True)
class Child:
    """Somebody's child in the register, at the same address."""

    name: str
    kana: str
    birth: date
    gender: Gender


@dataclass(frozen=True)
class Resident:
    """A person with the four basic items of the card: name, address, birth date, gender."""

    resident_id: str
    name: str
    kana: str
    birth: date
    gender: Gender
    address: str
    remark: str
    """Why this person is here; shown to whoever tries the stand-ins."""
    children: tuple[Child, ...] = ()


RESIDENTS = (
    Resident(
        "misaki",
        "佐藤 美咲",
        "サトウ ミサキ",
        date(1988, 4, 12),
        "female",
        f"{_HOME}中央一丁目99番1号",
        "子どもが2人",
        (
            Child("佐藤 蓮", "サトウ レン", date(2019, 6, 3), "male"),
            Child("佐藤 結衣", "サトウ ユイ", date(2024, 9, 18), "female"),
        ),
    ),
    Resident(
        "kenta",
        "鈴木 健太",
        "スズキ ケンタ",
        date(1994, 11, 2),
        "male",
        f"{_HOME}駅前町99番2号",
        "ひとり暮らし",
    ),
    Resident(
        "kiyo",
        "渡部 キヨ",
        "ワタナベ キヨ",
        date(1941, 1, 25),
        "female",
        f"{_HOME}門田町大字飯寺字村西999番地",
        "高齢の方",
    ),
    Resident(
        "kunio",
        "髙橋 邦夫",
        "タカハシ クニオ",
        date(1967, 8, 30),
        "male",
        f"{_HOME}一箕町大字亀賀字藤原999番地の3",
        "名字に「髙」",
    ),
    Resident(
        "keiko",
        "渡邊 惠子",
        "ワタナベ ケイコ",
        date(1979, 12, 8),
        "female",
        f"{_HOME}材木町一丁目99番4号",
        "名前に「邊」「惠」",
    ),
    Resident(
        "mai",
        "NGUYEN THI MAI",
        "グエン ティ マイ",
        date(1998, 2, 14),
        "female",
        f"{_HOME}扇町99番地5",
        "外国籍・ローマ字の名前",
    ),
    Resident(
        "daisuke",
        "伊藤 大輔",
        "イトウ ダイスケ",
        date(1990, 7, 7),
        "male",
        "福島県郡山市朝日一丁目99番6号",
        "市外（郡山市）の方",
    ),
    Resident(
        "osamu",
        "五十嵐 修",
        "イガラシ オサム",
        date(1972, 5, 19),
        "male",
        f"{_HOME}城北町99番7号",
        "カードの電子証明書が失効した方",
    ),
    Resident(
        "aoi",
        "長谷川 葵",
        "ハセガワ アオイ",
        date(2001, 3, 3),
        "female",
        f"{_HOME}湯川町99番8号",
        "カードの電子証明書が期限切れの方",
    ),
)


def register() -> list[dict[str, Any]]:
    """Return what a city's register would say of these people, children included; ISO dates."""
    found = []
    for resident in RESIDENTS:
        entry = asdict(resident)
        for person in (entry, *entry["children"]):
            person["birth"] = person["birth"].isoformat()
        found.append(entry)
    return found
