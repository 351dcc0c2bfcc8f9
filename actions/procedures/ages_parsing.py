"""Ages: in years, in months, by the class of a school."""

import re

from actions.procedures.facts import Age
from actions.procedures.words_parsing import pattern
from kit.text import Folded

_YEARS = pattern(
    r"(?:満|数えで)?(?P<n>\d{1,3})\s*(?:歳|才|さい(?!た))(?:児|半)?|(?:i'm|he's|she's|turning"
    r"|turned|turn|at age|at) (?P<turn>[2-9]\d)\b|(?<=[a-z], )(?P<comma>[1-9]\d?)(?=[,)])"
    r"|(?:(?<=今年)|(?<=今年で)|(?<=もうすぐ)|(?<=来年)|(?<=来年で)|(?<=来月)|(?<=来月で)|(?<=満)"
    r"|(?<=^)|(?<=[。、])|(?<=私は)|(?<=私も))(?P<own>[2-9]\d)(?=です|になり|になる|で[、。す]"
    r"|、(?:無職|会社員|主婦|男|女|1人))|(?P<en>\d{1,3})[- ]years?[- ]old|\b(?:is"
    r"|am) (?P<is>\d{1,3})\b(?! (?:weeks|months|days))|(?<![\d年月])(?P<pair>\d{1,2})(?=(?:と|、"
    r"|・|,|や| and )\d{1,2}\s*(?:歳|才|さい|years? old))|age[ds]? (?P<aged>\d{1,3})"
    r"|(?<=age[ds] \d and )(?P<second>\d{1,2})|(?<=\()(?P<one>\d{1,2})(?=(?:,| and"
    r"|, and) \d{1,2}\))|(?<= and )(?P<other>\d{1,2})(?=\))"
    r"|(?:(?<=[男女子娘母父夫妻人兄弟姉妹孫親])|(?<=son )|(?<=her )|(?<=ter )|(?<=ife )"
    r"|(?<=and ))\((?P<paren>\d{1,3})\)|(?<![\d年月/])(?P<bare>[2-9]\d)(?=(?:になる)?の(?:父|母"
    r"|夫|妻|祖|義|親|息子|娘|男|女|じい|ばあ|おじ|おば|主人)|(?:歳)?で(?:定年|退職|亡くな|他界"
    r"|死|会社|仕事|辞|やめ|引退|独立|開業|起業)|(?:歳)?(?:過ぎ|すぎ|近い|手前)|の(?:婆|爺|年寄"
    r"|老|一人暮|1人暮|ひとり暮|無職|主婦|会社員|自営|独居)|に(?:なる|なり(?:ます|まし)"
    r"|なった)(?!\d))|(?:父|母|夫|妻|私|親|主人|旦那|さん|ちゃん)(?:は|が|も|、)?(?:今年で?|今"
    r"|もう)?(?P<after>[2-9]\d)(?=で|になる|になり|、|。|だ|と|過ぎ|すぎ|$)"
)
_BARE = ("after", "paren", "aged", "turn", "own")
_MONTHS = pattern(
    r"生後(?:まだ|もうすぐ)?\s*(?P<n>\d{1,2})\s*(?:[かヶヵ箇]月|日|週)(?:半|目)?"
    r"|(?P<m>\d{1,2})[かヶヵ箇]月(?=の(?:赤|娘|息子|子|男|女|双子|長|次)|児)"
    r"|(?P<en>\d{1,2})[- ]months?[- ]old"
)
_NEWBORN = pattern(r"新生児|生まれたばかり|産まれたばかり|0歳児?|乳児|newborn")
_SCHOOL = pattern(
    r"(?P<school>小学校?|小|中学校?|中|高校"
    r"|高)\s?(?P<year>[1-6一二三四五六])(?:年生?)?(?![月日時人回番階歳/\d丁])"
    r"|(?<![\d一二三四五六])(?P<alone>[1-6一二三四五六])年生"
)
_FIRST_YEARS = {"小": 6, "中": 12, "高": 15}
_KINDERGARTEN = pattern(r"年長|年中(?!無休|行事)|年少(?!者)")
_KINDERGARTEN_AGES = {"年長": (5, 6), "年中": (4, 5), "年少": (3, 4)}
_DECADES = re.compile(r"(?P<n>[2-9]0)代(?:前半|半ば|後半)?")
_KANJI = "〇一二三四五六"


def ages_told(text: Folded) -> tuple[tuple[int, int, Age], ...]:
    """Return start and end in the folded words with every age, in their order."""
    hits: list[tuple[int, int, int, int]] = []
    words = text.words
    for match in _YEARS.finditer(words):
        name, years = next((name, n) for name, n in match.groupdict().items() if n)
        hits.append(
            (
                *(match.span(name) if name in _BARE else match.span()),
                int(years),
                int(years),
            )
        )
    hits += [
        (match.start(), match.end(), 0, _months(match) // 12) for match in _MONTHS.finditer(words)
    ]
    hits += [(match.start(), match.end(), 0, 0) for match in _NEWBORN.finditer(words)]
    hits += [_school(match) for match in _SCHOOL.finditer(words)]
    for match in _KINDERGARTEN.finditer(words):
        hits.append((match.start(), match.end(), *_KINDERGARTEN_AGES[match[0]]))
    for match in _DECADES.finditer(words):
        hits.append((match.start(), match.end(), int(match["n"]), int(match["n"]) + 9))
    return _apart(text, hits)


def _apart(text: Folded, hits: list[tuple[int, int, int, int]]) -> tuple[tuple[int, int, Age], ...]:
    kept: list[tuple[int, int, Age]] = []
    for start, end, least, most in sorted(hits, key=lambda hit: (hit[0], -hit[1])):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end, Age(text.as_written(start, end), least, most)))
    return tuple(kept)


def _months(match: re.Match[str]) -> int:
    return int(match["n"] or match["m"] or match["en"]) if "月" in match[0] or match["en"] else 0


def _school(match: re.Match[str]) -> tuple[int, int, int, int]:
    sign = match["year"] or match["alone"]
    year = _KANJI.index(sign) if sign in _KANJI else int(sign)
    first = _FIRST_YEARS[(match["school"] or "小")[0]] + year - 1
    return match.start(), match.end(), first, first + 1
