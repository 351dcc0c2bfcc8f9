"""The people a first sentence names: who they are, how old, whom it happens to; the children."""

import re

from actions.procedures.facts import Age, Children, Person, Relation
from actions.procedures.words_parsing import found, is_denied, pattern
from kit.text import Folded

# In-laws are told from the words before: 夫の母.
_THEIRS = r"(?:(?:主人|夫|旦那|妻|嫁|家内)(?:さん)?の)"
_PEOPLE = {
    Relation.mother_in_law: pattern(
        rf"mother-in-law|義理?の?母(?:親|さん)?|姑|しゅうとめ|{_THEIRS}(?:お母さん|母親?|ははおや)"
    ),
    Relation.father_in_law: pattern(
        rf"father-in-law|義理?の?父(?:親|さん)?|舅|{_THEIRS}(?:お父さん|父親?)"
    ),
    Relation.mother: pattern(
        r"お母さん|おかあさん|おかあちゃん|おっかあ|おっかさん|母親|実母|おふくろ|母ちゃん"
        r"|かあちゃん|かあさん|ママ(?!友)|(?<![祖義父叔伯分保字空水丈聖酵])母(?!子|国|体|乳|校|音"
        r"|数|屋|方|の日|親)|\b(?:mother|mom|mum)\b(?!-in)|はは(?=が|は|の|と|も|を|に|、|\s)"
    ),
    Relation.father: pattern(
        r"お父さん|おとうさん|おとうちゃん|おっとう|父親|実父|おやじ|親父|父ちゃん|とうちゃん"
        r"|とうさん|パパ|(?<![祖義叔伯神])父(?!母|子|兄|島|の日|親)|\b(?:father|dad)\b(?!-in)"
        r"|ちち(?=が|は|の|と|も|を|に|、|\s)"
    ),
    Relation.parent: pattern(
        r"ご?両親|父母|\bparents\b|(?<![父母片里養義肉同の一人])(?<!ひとり)親(?!子|戚|族|権|切"
        r"|会社|知|方|友|指|しい|せき|族)"
    ),
    Relation.former_husband: pattern(r"元(?:夫|旦那)|別れた(?:夫|旦那)|前の(?:夫|旦那)"),
    Relation.former_wife: pattern(r"元(?:妻|嫁)|別れた(?:妻|嫁)|前の(?:妻|嫁)"),
    Relation.husband: pattern(
        r"(?<![工大農水丈前])夫(?!婦|妻|人|馬|々)|旦那(?:さん|様)?|(?<!ご)(?:ご)?主人(?!公)|亭主"
        r"|だんなさん|おっと(?=が|は|の|と|も|を|に|、|\s)|\bhusband\b"
    ),
    Relation.wife: pattern(
        r"(?<![夫])妻(?!子)|(?<!花)嫁(?!ぎ|入|に行|に来|いだ)(?:さん)?|奥さん|家内(?!安全)|女房"
        r"|かみさん|つま(?=が|は|の|と|も|を|に|、|\s)|\bwife\b"
    ),
    Relation.spouse: pattern(r"配偶者|連れ合い|つれあい"),
    Relation.partner: pattern(
        r"婚約者|fianc|\bboyfriend\b|\bgirlfriend\b|\bpartner\b|彼氏|彼女|パートナー"
        r"|(?<![ー一-鿿])彼(?=[はがのと])|恋人|かのじょ|かれし|婚約相手|同棲相手"
    ),
    Relation.grandmother: pattern(
        r"祖母|おばあ(?:ちゃん|さん)|(?<!お)ばあ(?:ちゃん|さん)|ばっぱ|ばんちゃ|\bgrand(?:mother"
        r"|ma)\b"
    ),
    Relation.grandfather: pattern(
        r"祖父(?!母)|おじい(?:ちゃん|さん)|(?<!お)じい(?:ちゃん|さん)|じっち|じんちゃ"
        r"|\bgrand(?:father|pa)\b"
    ),
    Relation.brother: pattern(
        r"お兄(?:さん|ちゃん)|兄(?!弟|姉)(?:さん|貴)?|(?<![兄子義師])弟(?!子)(?:さん)?|\bbrother\b"
    ),
    Relation.sister: pattern(
        r"お姉(?:さん|ちゃん)|(?<!兄)姉(?!妹|さん女房)(?:さん)?|(?<![姉])妹(?:さん)?|\bsister\b"
    ),
    Relation.sibling: pattern(r"兄弟|姉妹|きょうだい"),
    Relation.uncle: pattern(r"叔父(?:さん)?|伯父(?:さん)?|おじさん|\buncle\b"),
    Relation.aunt: pattern(r"叔母(?:さん)?|伯母(?:さん)?|おばさん|\baunt\b"),
    Relation.nephew: pattern(r"甥(?:っ子)?"),
    Relation.niece: pattern(r"姪(?:っ子)?"),
    Relation.relative: pattern(r"親戚|親族|身内"),
    Relation.son: pattern(r"息子(?:さん)?|むすこ|[長次三]男(?!坊)|せがれ|男の子|\bson\b"),
    Relation.daughter: pattern(r"娘(?:さん)?(?!婿)|むすめ|[長次三]女|女の子|\bdaughter\b"),
    Relation.child: pattern(
        r"\bbaby\b|赤ちゃん|赤ん坊|あかちゃん|双子|ふたご|[上下]の子|連れ子|真ん中の子|末っ子"
    ),
    Relation.couple: pattern(r"夫婦(?!の日|喧嘩|別姓|関係)|夫妻"),
    Relation.family: pattern(r"\bfamily\b|家族(?!葬|構成|全員の|割|の(?:こと|誰))"),
    Relation.grandchild: pattern(r"(?<!子)孫(?!子)(?:さん)?|\bgrandchild(?:ren)?\b"),
}
_CHILDREN_OF = frozenset({Relation.son, Relation.daughter, Relation.child})
_CONCERNED = pattern(
    r"(?:さん|ちゃん)?(?:\(?\d{1,3}(?:歳|才)?\)?)?(?:が|は|も|を"
    r"|の)?(?:[^。、!?が]{0,12}?[、]?)?(?:亡くな|亡くし|死ん|死に|死去|他界|逝|息を引き"
    r"|なくなりました|倒れ|認知症|要介護|要支援|介護|寝たきり|転んで|骨折|入院|歩け|障害|離婚"
    r"|定年|退職)"
)
_ABOUT = pattern(
    r"(?:の介護|の葬|の死|に先立たれ|の世話|と離婚|と別れ|と結婚|と入籍|passed away|died)"
)


def people_told(text: Folded, ages: tuple[tuple[int, int, Age], ...]) -> tuple[Person, ...]:
    """Return who was named, once each, in the order of the words."""
    words, people = text.words, dict[Relation, Person]()
    for relation, match in found(words, _PEOPLE):
        if is_denied(words, match.end()):
            continue
        concerned = bool(_CONCERNED.match(words, match.end()) or _ABOUT.match(words, match.end()))
        age = _age_beside(words, match, ages)
        written = text.as_written(match.start(), match.end())
        known = people.get(relation)
        if known is None:
            people[relation] = Person(relation, written, age, concerned)
        elif age or concerned:
            people[relation] = Person(
                relation, known.words, known.age or age, known.concerned or concerned
            )
    return tuple(people.values())


_LINK = pattern(r"(?:になる|の|\s)?$")
_IS = pattern(r"(?:さん|ちゃん)?(?:は|が|も|、|\s|\(|・)?(?:今|現在|今年|もうすぐ|来月)?(?:で)?$")


def _age_beside(
    words: str, match: re.Match[str], ages: tuple[tuple[int, int, Age], ...]
) -> Age | None:
    for start, end, age in ages:
        if end <= match.start() and re.fullmatch(_LINK, words[end : match.start()]):
            return age
        if start >= match.end() and re.fullmatch(_IS, words[match.end() : start]):
            return age
    return None


# --- children -------------------------------------------------------------------------------------

_CHILD = (
    r"(?:お?子(?:さん|ども|供|様)?(?:たち|達)?|こども(?:たち|達)?|小学生|中学生|高校生|幼稚園児"
    r"|保育園児|園児|未就学児|幼児|乳児|息子(?:たち)?|娘(?:たち)?|男の子|女の子|赤ちゃん|赤ん坊"
    r"|ちび|kids?|child(?:ren)?|sons?|daughters?)"
)
_COUNT = pattern(
    rf"(?:{_CHILD})(?:が|は|も|、|\s|を|と)?(?P<after>\d{{1,2}})(?:人|にん)(?!目|家族|暮)"
    rf"|(?P<before>\d{{1,2}})人の(?:小さな|小さい|幼い)?(?:{_CHILD})"
    rf"|上に(?P<elder>[1-5])人|(?P<of>[2-9])児の(?:母|父|ママ|パパ)|(?P<en>one|two|three|four"
    rf"|\d) (?:small |young |little )?(?:{_CHILD})"
)
_STAGE = pattern(r"学生|校生|園児|幼児|乳児|息子|娘|男の子|女の子|赤|sons?\b|daughters?\b")
_ENGLISH = {"one": 1, "two": 2, "three": 3, "four": 4}
_TWINS = pattern(r"双子|ふたご|twins")
_TRIPLETS = pattern(r"三つ子|みつご")
_NONE = pattern(
    r"お?子(?:さん|ども|供)?(?:は|も|が)?(?:まだ)?(?=いない|いません|おりません|なし|無し"
    r"|いなくて|おらず|いねえ|ない)|子なし|(?:no|don't have(?: any)?) (?:kids|children)|(?:こども"
    r"|子供)(?:は|も)?\s?(?=いない|いません|なし)"
)
_ONE = pattern(
    r"(?:息子|娘|長男|長女|次男|次女|三男|三女|赤ちゃん|あかちゃん|赤ん坊|男の子|女の子|上の子"
    r"|下の子|真ん中の子|末っ子|一番下|1人っ子|一人っ子|ひとりっ子|新生児)(?:さん)?(?!たち|達|婿)"
)
_AT_HOME = pattern(
    r"(?:息子|娘|長男|長女|次男|次女|男の子|女の子|上の子|下の子|赤ちゃん"
    r"|あかちゃん)(?:さん)?(?:を連れ|連れて|がい(?:ます|る|て)|と(?:一緒|私|2人|3人|(?:息子|娘"
    r"|赤ちゃん|あかちゃん)(?:と|を|が))|の(?:保育|学校|転校|転園|入園|入学|小学|幼稚|こども園))"
)
_MANY = pattern(rf"{_CHILD}(?:が|も|連れ|と|の|を|、|づれ)")
_EXPECTED = pattern(
    r"妊娠(?!届)|妊婦|臨月|おなかに|お腹に|予定日|つわり|出産予定|(?:生まれ|産まれ|うまれ)(?:る"
    r"|ます|そう|てくる)|pregnan|expecting|due in|2人目を授|授かり"
)
_NOT_EXPECTED = pattern(r"出産しました|産みました")
_BORN = pattern(
    r"(?:赤ちゃん|あかちゃん|子ども|子供|こども|長男|長女|男の子|女の子|娘|息子)(?:が|は|も"
    r"|、){0,2}(?:[^。、が]{0,8})(?:生まれ|産まれ|うまれ|誕生)(?:し?まし|た|て)|出産しまし"
    r"|(?:赤ちゃん|あかちゃん|子ども|こども|男の子|女の子)を(?:産|うみ|生み|うん)|had a baby"
    r"|gave birth|baby (?:was|is) born"
)
_ORDER = {"二": 2, "三": 3, "四": 4, "五": 5}
_ELDER = pattern(r"上の子|上に|お(?:兄|姉|にい|ねえ)ちゃん|長男と|長女と")
_NEXT = pattern(
    r"(?:(?P<n>[2-6])人目|第(?P<m>[2-6二三四五])子)(?:の子|の赤ちゃん|あかちゃん)?(?:を|が"
    r"|の)?(?P<born>生まれ(?:まし|た)|産まれ(?:まし|た))?"
)


def children_told(text: Folded, ages: tuple[tuple[int, int, Age], ...]) -> Children | None:
    """Return the children at home, as far as they were said."""
    words = text.words
    if _NONE.search(words):
        return Children(0, (), bool(_EXPECTED.search(words)))
    own = tuple(age for start, end, age in ages if _is_a_childs(words, start, end, age))
    count = _counted(words)
    if count is None:
        count = _listed(words, own)
    expected = bool(_EXPECTED.search(words)) and not _NOT_EXPECTED.search(words)
    if count is None and not own and not expected and not _MANY.search(words):
        return None
    return Children(count, own, expected)


def _counted(words: str) -> int | None:
    if counts := [_number(match) for match in _COUNT.finditer(words)]:
        generic = [number for one, number in counts if not _STAGE.search(one)]
        return generic[0] if generic else sum(number for _, number in counts)
    if match := _NEXT.search(words):
        number = int(match["n"] or _ORDER.get(match["m"]) or match["m"])
        return number - (match["born"] is None)
    if _TWINS.search(words):
        return 2
    return 3 if _TRIPLETS.search(words) else None


def _number(match: re.Match[str]) -> tuple[str, int]:
    number = next(filter(None, match.groups()))
    return match[0], _ENGLISH.get(number) or int(number)


def _listed(words: str, ages: tuple[Age, ...]) -> int | None:
    """Count children that are named one by one: 3歳の娘と小1の息子, 上の子 and 下の子."""
    born = 1 if _BORN.search(words) and not any(age.most == 0 for age in ages) else 0
    if ages:
        return len(ages) + (born if _ELDER.search(words) else 0)
    if born:
        return born + (1 if _ELDER.search(words) else 0)
    singles = {match.group() for match in _ONE.finditer(words)}
    return len(singles) if singles and _AT_HOME.search(words) else None


_PET_BEFORE = pattern(
    r"(?:犬|猫|ねこ|いぬ|ペット|インコ|うさぎ|ちゃん犬)(?:は|が|も|、|の|\()?(?:もう|今)?$"
)
_ADULT = 19


def _is_a_childs(words: str, start: int, end: int, age: Age) -> bool:
    if age.least >= _ADULT or _PET_BEFORE.search(words[:start]):
        return False
    return not re.match(
        (r"の?(?:孫|甥|姪|犬|猫|ねこ|いぬ|柴|老犬|で(?:結婚|上京|就職))"), words[end:]
    )
