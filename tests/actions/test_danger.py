"""Words of danger: which are heard, which are not, and which numbers they bring."""

import pytest

from actions.danger.first_aid import Said, first_aid
from actions.danger.help import load_help
from actions.danger.judge import the_judge
from actions.danger.kinds import Kind
from actions.danger.messages import help_message
from actions.danger.vocabulary import kinds_by_words
from kit.settings import ROOT
from messages.neutral import OpenLink, Payload, Text

HELP = load_help(ROOT / "city" / "aizuwakamatsu")
# What the old wide kinds are now.
WIDE = {
    "despair": {Kind.suicide, Kind.self_harm, Kind.overdose},
    "fire_or_illness": {
        *(Kind.fire, Kind.sudden_illness, Kind.accident, Kind.disaster_at_door),
        *(Kind.voiceless, Kind.drowning),
    },
    "partner": {Kind.partner_violence},
    "violence": {Kind.crime, Kind.fraud, Kind.voiceless},
    "abuse": {Kind.child_abuse, Kind.elder_abuse},
    "sick_child": {Kind.sick_child, Kind.poisoning},
    "fraud": {Kind.fraud},
}


def numbers(message: Text) -> list[str]:
    return [choice.url for choice in message.choices if isinstance(choice, OpenLink)]


@pytest.mark.parametrize(
    ("text", "danger"),
    [
        ("死にたい", "despair"),
        ("もうしにたいです", "despair"),
        ("生きているのがつらい", "despair"),
        ("消えたい", "despair"),
        ("きえたいよ…", "despair"),
        ("自 殺 したい", "despair"),
        ("火事だ！", "fire_or_illness"),
        ("台所から火が出てる", "fire_or_illness"),
        ("救急車", "fire_or_illness"),
        ("救急車よんで", "fire_or_illness"),
        ("おじいちゃんが倒れた、意識がない", "fire_or_illness"),
        ("母が急に倒れて息をしていません", "fire_or_illness"),
        ("夫から暴力を受けています", "partner"),
        ("旦那に殴られた", "partner"),
        ("ＤＶの相談がしたい", "partner"),
        ("知らない人に殴られました", "violence"),
        ("包丁を持った男がいる", "violence"),
        ("つきまとわれています", "violence"),
        ("隣の家で子どもが虐待されているかもしれない", "abuse"),
        ("子どもを叩いてしまいます", "abuse"),
        ("赤ちゃんが39度の熱でぐったりしている", "sick_child"),
        ("2歳の子がボタン電池を飲み込んだ", "sick_child"),
        ("詐欺の電話がきた", "fraud"),
        ("還付金があると電話が来た", "fraud"),
        ("119に電話できない、声が出せない", "fire_or_illness"),
        ("声が出なくて110番できません", "fire_or_illness"),
        ("彼に首しめられた", "partner"),
        ("旦那が怖くて家に帰れない", "partner"),
        ("お父さんが叩く", "abuse"),
        ("ママにぶたれた", "abuse"),
        ("赤ちゃんを捨てたい", "abuse"),
        ("車が雪にうまって出られない", "fire_or_illness"),
        ("雪に埋まって動けません", "fire_or_illness"),
        ("家が浸水してきた", "fire_or_illness"),
        ("家の中に水が入ってきた", "fire_or_illness"),
        ("あしがわるくてあるけねえ…逃げらんね", "fire_or_illness"),
        ("自殺対策の講演会に行ったけど、やっぱり死にたい", "despair"),
        ("自殺の計画を立てました", "despair"),
        ("犬も子どもも虐待されてる", "abuse"),
    ],
)
def test_words_of_danger_are_heard(text: str, danger: str) -> None:
    assert WIDE[danger] & kinds_by_words(text)


@pytest.mark.parametrize(
    "text",
    [
        "燃やせるごみの日を教えて",
        "包丁の捨て方",
        "火事のときに逃げる場所はどこですか",
        "火災で家が燃えたあとの罹災証明",
        "街灯が消えたいつ直りますか",
        "引っ越しにたいする補助金はありますか",
        "必死に探したけど見つからない",
        "救急車は有料ですか",
        "救急車の出動件数",
        "犬が死んだときの手続き",
        "殺虫剤の缶は何ごみ？",
        "蜂に刺されたら",
        "子どもの医療費助成",
        "子どもの予防接種はいつ",
        "給付金はいつ振り込まれますか",
        "動物虐待防止のポスター",
        "自転車が倒れている",
        "木が倒れて道をふさいでいます",
        "DV防止セミナー",
        "自殺対策の講演会",
        "虐待防止の研修はいつ",
        "隣の犬が虐待されてる",
        "虐待されている猫を見た",
        "ガス料金",
        "火事の保険",
        "死ぬほど忙しい",
        "雪に埋まった車の撤去費用",
        "ごみ集積所が雪に埋まってる",
        "家が浸水したときの罹災証明",
        "逃げられない人の支援",
        "電話できないのでLINEで相談したい",
        "風邪で声が出ない",
        "父が太鼓を叩く",
        "首を痛めた",
        "屋根から雪が落ちてきそう",
        "",
    ],
)
def test_everyday_words_raise_no_alarm(text: str) -> None:
    assert kinds_by_words(text) == frozenset()


@pytest.mark.parametrize(
    ("danger", "texts"),
    [
        ("fire_or_illness", ["My house is on fire", "please call an ambulance", "Help me!"]),
        ("fire_or_illness", ["房子着火了", "我爸爸晕倒了", "救命"]),
        ("fire_or_illness", ["Nhà tôi đang cháy", "mẹ tôi bất tỉnh", "Cứu tôi với"]),
        ("fire_or_illness", ["minha casa está pegando fogo", "meu pai desmaiou", "Socorro!"]),
        ("despair", ["I want to die", "I don’t want to live anymore", "我想死", "不想活了"]),
        ("despair", ["Tôi muốn chết", "toi muon chet", "tôi muốn tự tử"]),
        ("despair", ["quero morrer", "nao quero mais viver", "vou me matar"]),
        ("partner", ["my husband hits me", "老公打我", "chồng tôi đánh tôi", "meu marido me bate"]),
        ("abuse", ["the child next door is being beaten", "I hit my child", "邻居虐待孩子"]),
        ("abuse", ["tôi hay đánh con", "meu pai me bate", "bato no meu filho"]),
        ("violence", ["a man with a knife", "someone is following me", "有人跟踪我"]),
        ("violence", ["tôi bị cướp", "fui assaltada", "um homem com uma faca"]),
        ("sick_child", ["my baby has a high fever", "宝宝发烧39度", "con tôi bị sốt cao"]),
        ("sick_child", ["meu bebê está com febre"]),
        ("fraud", ["I think it's a scam", "接到诈骗电话", "tôi bị lừa đảo", "caí num golpe"]),
    ],
)
def test_words_of_danger_are_heard_in_other_languages(danger: str, texts: list[str]) -> None:
    assert [text for text in texts if not WIDE[danger] & kinds_by_words(text)] == []


@pytest.mark.parametrize(
    "text",
    [
        *("When is burnable garbage?", "fire insurance", "How much is an ambulance fee"),
        *("where is the police station", "suicide prevention seminar", "animal abuse"),
        *("vaccination for my 1 year old child", "how do I throw away a knife"),
        *("my husband's residence certificate", "My wife lost her card, what can I do"),
        *("rác cháy được thu ngày nào?", "xe buýt đang chạy", "con dao cũ vứt thế nào"),
        *("từ từ thôi", "tôi đánh mất thẻ", "vợ tôi mới đến"),
        *("lixo inflamável", "faca velha como jogar fora", "Quero marcar vacina para meu filho"),
        *("ex-marido certidão", "可燃垃圾什么时候", "我丈夫打电话", "孩子打疫苗"),
        *("着火剤の捨て方", "救命講習", "救命講習はいつ"),
    ],
)
def test_everyday_words_of_other_languages_raise_no_alarm(text: str) -> None:
    assert kinds_by_words(text) == frozenset()


def test_the_most_pressing_danger_is_named_first() -> None:
    said = help_message(the_judge().judge("夫に殴られて死にたい"), HELP)
    assert numbers(said)[:1] == ["tel:0120-279-226"]
    assert "tel:110" in numbers(said)


def test_somebody_who_cannot_speak_gets_both_numbers() -> None:
    said = help_message(the_judge().judge("119に電話できない、声が出せない"), HELP)
    assert {"tel:119", "tel:110"} <= set(numbers(said))


def aid_for(*texts: str, intent: str = "chitchat", confidence: float = 1.0) -> str:
    """What is said to the last of these messages."""
    *earlier, now = texts
    before = [Said(text, "chitchat", 1.0) for text in reversed(earlier)]
    aid = first_aid(Said(now, intent, confidence, before), the_judge(), HELP)
    return "" if aid is None else aid.message.text


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        (["睡眠薬100錠飲んだ", "ごめんなさい"], "119"),
        (["息子が川に落ちた", "隣の家です"], "119"),
        (["消えてしまいたい", "電話はこわい　文字で相談できるとこある？"], "talkme.jp"),
        (["母が亡くなった", "ありがとう"], "死亡届"),
        (["my husband hits me", "he is coming home soon"], "110"),
    ],
)
def test_the_turns_that_follow_stay_careful(texts: list[str], words: str) -> None:
    assert words in aid_for(*texts)


def test_despair_that_is_told_again_is_heard_again_whatever_it_is_taken_for() -> None:
    first = aid_for("もう死にたい")
    assert aid_for("もう死にたい", "近くの避難所", "もう死にたい", intent="cancel") == first
    assert aid_for("もう死にたい", "もう死にたい", intent="cancel") != ""


def test_who_has_lost_somebody_and_asks_on_is_answered() -> None:
    assert aid_for("母が亡くなった", "葬祭費というのがあると聞きました", intent="ask_faq") == ""
    assert aid_for("母が亡くなった", "ありがとう", intent="thank") != ""


@pytest.mark.parametrize("intent", ["request_human", "change_language"])
def test_a_person_or_another_language_is_given_also_after_danger(intent: str) -> None:
    assert aid_for("家が燃えてる", "Do you speak English?", intent=intent) == ""


def test_somebody_who_asks_about_something_else_by_now_is_answered() -> None:
    assert aid_for("消えたい", "図書館は何時まで", intent="ask_facility", confidence=0.95) == ""


def test_a_danger_of_long_ago_is_not_in_the_room() -> None:
    assert aid_for("消えたい", "暑いね", "寒いね", "いい天気", "ありがとう") == ""


def test_condolence_comes_before_papers() -> None:
    said = help_message(the_judge().judge("昨日主人が亡くなりました"), HELP)
    assert said.text.startswith("心よりお悔やみ申し上げます")
    assert any("okuyami-001" in getattr(choice, "payload", "") for choice in said.choices)


@pytest.mark.parametrize("kind", [*Kind])
def test_a_person_is_one_tap_away_in_every_danger(kind: Kind) -> None:
    said = help_message([kind], HELP)
    assert said.choices[-1] == Payload(label="職員に相談", payload="/request_human")
    assert numbers(said)
