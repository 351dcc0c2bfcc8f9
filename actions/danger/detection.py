"""Words of danger, and the numbers to call: heard before anything else (`CityAction.run`)."""

import re
import unicodedata
from collections.abc import Sequence

from actions.city import City, Danger
from actions.danger.foreign import foreign_dangers_in
from kit.wording import translated
from messages.neutral import OpenLink, Payload, Text

_PARTNER = r"(?:夫|妻|旦那|だんな|主人|彼氏|彼女|彼|パートナー|嫁|元夫|元カレ)(?:さん)?"
_PARENT = r"(?:お?(?:父|母)(?:さん|ちゃん)?|おとうさん|おかあさん|パパ|ママ|親|(?:継|義)(?:父|母))"
_ME = (
    r"(?:(?:私|わたし|僕|ぼく|俺|おれ|弟|妹|兄|姉)(?:を|のこと(?:を)?|に)"
    r"|毎日|いつも|すぐ|また|よく|何度も)*"
)
_CALL = r"(?:119|110)(?:番)?(?:に|へ)?(?:電話|通報|連絡)?(?:が|も|を|は)?"
# Heard as both 119 and 110: nobody can know which is meant.
_VOICELESS = (
    rf"{_CALL}(?:でき|出来|かけられ|掛けられ|話せ|しゃべれ)(?:な|ま|ず|ん)|声(?:が|を|も)?(?:出せ|だせ)(?:な|ま|ず|ん)"
    r"|声(?:が|も)(?:出|で)(?:な|ま|ず|ん)[^。]{0,12}(?:119|110|通報|助け|たすけ)"
)
# Meetings and papers about a danger, and animals' troubles: nobody here needs the numbers.
_ABOUT = re.compile(
    r"(?:DV|モラハラ|自殺|虐待|詐欺|ストーカー|誘拐|強盗|痴漢)"
    r"(?:の|を|被害|防止|予防|対策|撲滅|根絶|なくす|について|に関する|強化|推進)*"
    r"(?:セミナー|講演|講座|研修|ポスター|条例|イベント|月間|週間|標語|シンポジウム|統計|調査|件数)"
    r"|(?:犬|いぬ|イヌ|猫|ねこ|ネコ|ペット|動物|うさぎ)[^。、子児赤娘息人妻夫母父親]{0,6}(?:虐待|ぎゃくたい)"
    r"|(?:虐待|ぎゃくたい)され(?:て(?:い)?る|てた|た)(?:犬|いぬ|猫|ねこ|ペット|動物)"
)

# In this order, most pressing first. A false alarm costs a resident one line too much; but words
# that ask about a rule (火事のとき, 虐待とは) are left to the FAQ where they can be told apart.
_DANGERS: tuple[tuple[Danger, re.Pattern[str]], ...] = (
    (
        "fire_or_illness",
        re.compile(
            r"火事(?:だ|です|よ|なんです|発生|[!。]|$)|火事が(?:起き|おき|発生し)て(?:い)?(?:る|ます)"
            r"|(?:家|部屋|建物|隣|山|台所|天ぷら鍋|ストーブ)(?:が|から)"
            r"(?:(?:燃|も)えて(?:い)?(?:る|ます)|火が(?:出|で)|(?:煙|けむり)が)"
            r"|^(?:救急車|きゅうきゅうしゃ)[!。、]*$"
            r"|(?:救急車|きゅうきゅうしゃ|119)(?:を|番を?)?"
            r"(?:呼んで|よんで|お願い|おねがい|たのむ|頼む|きて|来て|回して)"
            r"|意識が(?:ない|ありません|なく|もうろう)|(?:息|呼吸)(?:を|が)?して(?:い)?(?:ない|ません)"
            r"|(?:息|呼吸|心臓)が(?:止ま|とま)"
            r"|(?:人|母|父|妻|夫|祖父|祖母|おじいさん|おばあさん|じいちゃん|ばあちゃん|主人|家族|友達|子ども?)"
            r"(?:さん)?(?:が|は)(?:急に)?(?:倒れ|たおれ|溺れ|おぼれ)"
            r"|血が(?:止ま|とま)ら(?:ない|ん)|生き埋め|閉じ込められて(?:い)?(?:る|ます)|車にはねられ"
            r"|^(?:助|たす)けて[!。、]*$|ガス(?:くさい|臭い|漏れ(?:て|し|だ)|もれ(?:て|し|だ))|水が(?:ひざ|膝|腰|胸)まで"
            r"|^雪に(?:埋ま|うま)(?:って(?:い)?(?:る|ます)|りました|った(?:[!。、]|$))|(?:人|父|母|夫|妻|子ども?|さん|ちゃん|友達)(?:が|は)雪に(?:埋ま|うま)"
            r"|雪に(?:埋ま|うま|埋も|うも)[^。]{0,10}(?:(?:出|で)(?:ら)?れ|動け|うごけ|助け|たすけ)"
            r"|屋根から(?:落ち|おち)(?:た|て|まし)"
            r"|(?:家|うち|部屋|床|玄関|[1一]階)(?:が|に|まで|の中(?:が|に|まで))?(?:も)?"
            r"(?:浸水し(?:て(?:き|い|る|ま)|はじ|始|そう)|水が(?:入って|はいって|来て|きて))"
            r"|(?:逃|に)げら(?:れ)?(?:ない|ません|ん|ね)(?!(?:人|方|かた|者|場合|とき|時))"
            rf"|{_VOICELESS}"
        ),
    ),
    (
        "despair",
        re.compile(
            r"(?<!必)死にたい|しにたい(?=です|よ|な|の|わ|!|。|、|\.|…|$)|死んでしまいたい|死んじゃいたい"
            r"|(?:死|し)にてえ|しにたいよ|もう死ぬ(?=!|。|$)"
            r"|死のうと(?:思|おも|して)|死ぬしかない|自殺|じさつ"
            r"|(?<![がはも])消えたい(?!つ)|(?<![がはも])きえたい(?=です|よ|な|!|。|、|…|$)|いなくなりたい"
            r"|生きて(?:い)?(?:たく|る(?:の|こと)が(?:つら|辛|苦し|嫌|いや)|ても(?:しかた|仕方|しょうが|意味))"
            r"|生きる(?:の|こと)(?:が|に)(?:つら|辛|苦し|疲れ|つかれ|嫌)"
            r"|リストカット|リスカ|首を?(?:吊|つ)(?:り|ろ|る|って)|首吊|飛び降り(?:たい|よう|ます|る)"
            r"|楽になりたい"
        ),
    ),
    (
        "partner",
        re.compile(
            rf"{_PARTNER}(?:から|に|が|の)[^。]{{0,8}}"
            r"(?:暴力|殴|なぐ(?:る|ら)|蹴(?:る|ら)|DV|叩(?:く|か)|脅|首を?(?:絞|締|しめ))"
            rf"|{_PARTNER}(?:が|は|のことが)(?:怖|こわ)くて[^。]{{0,8}}(?:帰|かえ|逃|にげ|眠|寝|出られ|言え)"
            r"|DV|ドメスティック|モラハラ"
        ),
    ),
    (
        "abuse",
        re.compile(
            r"(?:虐待|ぎゃくたい)|ネグレクト|育児放棄"
            r"|(?:子ども?|子供|こども|赤ちゃん|娘|息子)(?:を|に)[^。]{0,6}"
            r"(?:叩いて|たたいて|殴って|なぐって|手を(?:上げて|あげて))(?:しま|い|る)"
            r"|(?:子ども?|子供|こども|赤ちゃん)が[^。]{0,10}(?:泣き叫|叩かれ|たたかれ|殴られ|なぐられ)"
            rf"|{_PARENT}(?:が|は){_ME}(?:叩(?:く|い)|たた(?:く|い)|殴(?:る|っ)|なぐ(?:る|っ)|蹴(?:る|っ)|ぶつ)"
            rf"|{_PARENT}(?:から|に)[^。]{{0,6}}(?:叩か|たたか|殴ら|なぐら|蹴ら|けられ|ぶたれ|暴力|首を?(?:絞|締|しめ))"
            r"|(?:子ども?|子供|こども|赤ちゃん|赤ん坊|娘|息子)を(?:捨て|すて)"
        ),
    ),
    (
        "violence",
        re.compile(
            r"殴られ|なぐられ|蹴られ|けられて(?:い)?(?:る|ます)|首を?(?:絞め?|締め|しめ)られ"
            r"|(?:包丁|ナイフ|刃物|刀)(?:を|で)[^。]{0,6}(?:持っ(?:た|て)[^。]{0,6}(?:人|男|女|いる)|刺|振り回|おど|脅)"
            r"|殺され|ころされ(?:る|そう)|殺すと(?:言|い)|襲われ(?:た|て|そう|る)|おそわれ(?:た|て|そう|る)"
            r"|(?:追いかけ|つけ回|つきまと)(?:られ|わされ|われ)|ストーカー|監禁|誘拐|レイプ|痴漢"
            r"|泥棒が(?:入|いる|いま)|強盗|暴力を(?:受け|ふるわれ|振るわれ)|脅され|おどされ"
            rf"|{_VOICELESS}"
        ),
    ),
    (
        "sick_child",
        re.compile(
            r"(?:子ども?|子供|こども|赤ちゃん|赤ん坊|娘|息子|孫|[0-9]+(?:歳|か月|ヶ月|カ月)(?:児|の子)?)[^。]{0,12}"
            r"(?:高熱|熱が|ねつが|39度|40度|けいれん|痙攣|ひきつけ|ぐったり|吐い|嘔吐|はいた"
            r"|飲み込|のみこ|誤飲|息が苦し|頭を打)"
        ),
    ),
    (
        "fraud",
        re.compile(
            r"詐欺|さぎ(?:電話|メール|かも|に)|(?:だま|騙)され|架空請求|ワンクリック|送りつけ"
            r"|(?:還付金|給付金)[^。]{0,15}(?:電話|ATM|メール|SMS)|(?:ATM|電子マネー)[^。]{0,10}(?:と言|って言|買うよう)"
        ),
    ),
)
_MOST_TOLD = 2


def dangers_in(text: str) -> tuple[Danger, ...]:
    """Return what a message tells of, most pressing first; empty for everyday matters."""
    words = _ABOUT.sub("", re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)))
    foreign = foreign_dangers_in(text)
    return tuple(d for d, pattern in _DANGERS if d in foreign or pattern.search(words))


def crisis_message(dangers: Sequence[Danger], city: City) -> Text:
    """Return the numbers to call, of the most pressing dangers. Say this before any other answer.

    Nothing of what the citizen wrote is kept or logged.
    """
    told = dangers[:_MOST_TOLD]
    calls = {line.phone: line.label for danger in told for line in city.help[danger].lines}
    # Whoever is hurt at home is told of 110 by those words already.
    at_home = {"partner", "abuse"}.intersection(told)
    words = [city.help[danger].words for danger in told if danger != "violence" or not at_home]
    return Text(
        text="\n\n".join(map(translated, words)),
        choices=(
            *(OpenLink(label=label, url=f"tel:{phone}") for phone, label in calls.items()),
            Payload(label="職員に相談", payload="/request_human"),
        ),
    )
