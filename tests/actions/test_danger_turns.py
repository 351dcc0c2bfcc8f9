"""How a talk goes on after a danger was told of: over, left, in writing, never twice the same."""

import pytest

from actions.danger.first_aid import FirstAid, Said, first_aid
from actions.danger.help import load_help
from actions.danger.judge import the_judge
from actions.danger.kinds import Kind
from actions.danger.messages import writing_message
from actions.danger.turns_parsing import (
    asks_for_staff,
    cannot_phone,
    folded,
    is_puzzled,
    plans_for_illness,
    wants_an_ear,
    wishes_no_death,
    without_all_clear,
)
from kit.settings import ROOT

HELP = load_help(ROOT / "city" / "aizuwakamatsu")
CLEAR = HELP.over["emergency"]


def played(*texts: str, intent: str = "chitchat", confidence: float = 0.5) -> list[FirstAid | None]:
    """What is said to each message, in order; the last one is understood as `intent`."""
    earlier: list[Said] = []
    aids: list[FirstAid | None] = []
    for text in texts:
        is_last = len(aids) == len(texts) - 1
        said = Said(
            text,
            intent if is_last else "chitchat",
            confidence if is_last else 0.5,
            earlier[::-1],
        )
        aid = first_aid(said, the_judge(), HELP)
        aids.append(aid)
        earlier.append(
            Said(text, said.intent, said.confidence, reply=aid.message.text if aid else "")
        )
    return aids


def answer(*texts: str, intent: str = "chitchat", confidence: float = 0.5) -> str:
    """The first words to the last message, "" where the talk goes its ordinary way."""
    aid = played(*texts, intent=intent, confidence=confidence)[-1]
    return "" if aid is None else aid.message.text.split("\n")[0]


@pytest.mark.parametrize(
    "texts",
    [
        ("母が倒れて意識がない", "救急車に乗りました"),
        ("母が倒れて意識がない", "救急隊が来てくれました"),
        ("息子が熱40度でけいれんしてる", "おさまりました"),
        ("家に知らない男がいる", "隣の人が見たけど誰もいませんでした"),
        ("おじいちゃんが帰ってこない", "さっき帰ってきました"),
        ("おじいちゃんが帰ってこない", "見つかりました"),
        ("庭に熊がいる", "もういなくなりました、家に入った"),
        ("へんなひとがついてくる", "いえについた"),
        ("my dad collapsed", "he is in the ambulance"),
        ("我孩子不见了", "找到了"),
        ("meu filho sumiu", "encontrei ele"),
    ],
)
def test_an_alarm_ends_where_somebody_says_that_it_is_over(texts: tuple[str, str]) -> None:
    assert answer(*texts) == CLEAR


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("母が倒れて意識がない", "救急車が来ない"),
        ("夫に殴られます", "夫が帰ってきた"),
        ("父に殴られる", "お父さんが来た"),
        ("おじいちゃんが帰ってこない", "まだ見つからない"),
    ],
)
def test_what_only_sounds_like_relief_ends_nothing(first: str, second: str) -> None:
    assert answer(first, second) not in ("", CLEAR, HELP.thanked)


def test_after_it_is_over_everyday_questions_are_answered() -> None:
    talk = ("母が倒れて意識がない", "救急車に乗りました", "燃えるごみは明日？")
    assert answer(*talk, intent="ask_waste_day", confidence=0.9) == ""


def test_a_question_beside_the_all_clear_is_answered_too() -> None:
    said = played("母が倒れて意識がない", "救急車に乗りました。保険証はどこで再発行できますか？")[
        -1
    ]
    assert said is not None
    assert said.message.text.startswith(CLEAR)
    assert not said.is_all


@pytest.mark.parametrize(
    ("told", "over"),
    [
        ("my brother fell off the roof", "the ambulance took him to hospital"),
        ("我爷爷晕倒了", "救护车已经接走了"),
        ("con tôi bị co giật", "bé ổn rồi, đang ở bệnh viện"),
        ("minha mãe desmaiou", "a ambulância já levou, ela está bem"),
    ],
)
def test_relief_is_heard_in_other_languages(told: str, over: str) -> None:
    assert answer(told, over) == CLEAR


@pytest.mark.parametrize(
    ("told", "asked"),
    [
        ("my uncle died last night", "which documents do you need for the cremation?"),
        ("bố tôi qua đời hôm qua", "thủ tục hỏa táng thế nào"),
        ("meu pai morreu ontem", "qual certidão preciso levar?"),
        ("我父亲昨天去世了", "死亡证明在哪里办"),
    ],
)
def test_a_matter_that_is_asked_about_after_a_death_is_answered(told: str, asked: str) -> None:
    assert answer(told, asked) == ""


@pytest.mark.parametrize(
    ("told", "now"),
    [
        ("夫に殴られます", "ドアを蹴ってる"),
        ("my husband beats me", "he is kicking the door now"),
        ("chồng tôi đánh tôi", "anh ta đang đập cửa"),
    ],
)
def test_a_door_that_is_being_broken_needs_the_police_now(told: str, now: str) -> None:
    assert answer(told, now) == HELP.acute.words


def test_the_police_are_left_to_whoever_is_hit() -> None:
    said = "my boyfriend slaps me, please no police"
    assert answer(said) == HELP.unwilling["violence"].words


@pytest.mark.parametrize(
    "text", ["ガスのにおいがする", "煤气泄漏的味道", "I smell gas in the kitchen"]
)
def test_gas_that_is_smelt_is_no_fire_yet(text: str) -> None:
    assert answer(text) == next(one.words for one in HELP.asked["gas"])
    assert answer("ガスが爆発して火が出た") == HELP.help[Kind.fire].words


def test_an_address_is_hidden_without_a_word_of_violence() -> None:
    said = answer("can my ex find out my new address?")
    assert said == HELP.asked["violence"][0].words


def test_thanks_end_an_alarm_without_a_cheerful_line() -> None:
    assert answer("庭に熊がいる", "ありがとう", intent="thank") == HELP.thanked
    assert answer("庭に熊がいる", "ありがとう", "うん") == ""


@pytest.mark.parametrize("text", ["え？", "ん", "は？", "違います", "そうじゃなくて", "what?"])
def test_somebody_whom_the_warning_surprised_is_asked_what_was_meant(text: str) -> None:
    assert answer("庭に熊がいる", text) == HELP.puzzled
    assert answer("庭に熊がいる", text, "部屋がごみでいっぱい") == ""


def test_nothing_is_said_twice_while_a_danger_lasts() -> None:
    talk = ("夫に殴られます", "こどもが見てました", "お金ないです", "起きたかも")
    said = [aid.message.text for aid in played(*talk) if aid]
    assert len(said) == len(set(said)) == len(talk)


def test_a_danger_stays_as_long_as_the_talk_is_about_it() -> None:
    talk = ("夫に殴られます", "こどもが見てました", "お金ないです", "怖い", "夫が起きたかも")
    assert answer(*talk) != ""


def test_a_sure_matter_leaves_a_danger() -> None:
    lost = "マイナンバーカードをなくしました"
    assert answer("庭に熊がいる", lost, intent="ask_mynumber_card", confidence=0.95) == ""
    held = answer(
        "夫に殴られます", "カードも夫が持ってる", intent="ask_mynumber_card", confidence=1
    )
    assert held != ""


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        ("彼氏に殴られた", Kind.partner_violence),
        ("もう死にたい", Kind.suicide),
        ("家が燃えてる", Kind.fire),
    ],
)
@pytest.mark.parametrize("text", ["電話はむり、親がいるから", "電話できない", "電話以外の方法は？"])
def test_who_cannot_telephone_is_told_other_ways(told: str, kind: Kind, text: str) -> None:
    aid = played(told, text, intent="request_human", confidence=0.95)[-1]
    assert aid is not None
    assert aid.message == writing_message(kind, HELP)
    assert aid.is_all


def test_nobody_in_danger_is_put_into_a_queue_unasked() -> None:
    frightened = played("夫に殴られた、こわい", intent="request_human", confidence=0.95)[-1]
    asking = played("夫に殴られた、職員と話したい", intent="request_human", confidence=0.95)[-1]
    assert frightened is not None
    assert asking is not None
    assert (frightened.is_all, asking.is_all) == (True, False)


def test_who_does_not_mean_to_die_is_not_answered_as_if() -> None:
    assert wishes_no_death(folded("死にてえわけでねえよ"))
    assert not wishes_no_death(folded("もう死にたい"))
    heard = played("死にたいわけじゃないけど、しんどい")[-1]
    assert heard is not None
    assert "119" not in heard.message.text


def test_who_looks_for_an_ear_gets_listeners() -> None:
    assert answer("話きいてくれるとこありますか") == HELP.listeners.words
    assert answer("流産しました", "話し相手がほしい") == HELP.listeners.words
    assert not wants_an_ear(folded("話は変わりますが住民票は？"))


def test_a_loss_lets_the_matter_follow() -> None:
    cancels = ("流産しました", "両親教室の予約を取り消したい")
    assert answer(*cancels, intent="nlu_fallback") == ""
    told = answer("母が亡くなった", "死亡届は葬儀屋が出しました", intent="ask_faq", confidence=0.9)
    assert "年金" in told


@pytest.mark.parametrize(
    ("text", "is_so"),
    [
        ("子どもが熱を出したとき預かってくれる所ある？", True),
        ("病児保育を使いたい", True),
        ("子どもが熱を出した", False),
    ],
)
def test_care_for_a_sick_child_is_no_alarm(text: str, is_so: bool) -> None:
    assert plans_for_illness(folded(text)) is is_so


@pytest.mark.parametrize(
    ("text", "is_so"),
    [
        ("耳が聞こえません", True),
        ("電話したくない", True),
        ("FAXかメールで", True),
        ("電話番号を教えて", False),
        ("LINEでできますか", False),
    ],
)
def test_who_cannot_telephone_is_understood(text: str, is_so: bool) -> None:
    assert cannot_phone(folded(text)) is is_so


def test_an_insult_is_no_violence() -> None:
    assert the_judge().judge("役立たず。税金泥棒") == ()


def test_words_beside_the_all_clear_stay() -> None:
    assert without_all_clear("住民票はどこ", Kind.fire) == "住民票はどこ"
    assert not is_puzzled("えきの近く")
    assert asks_for_staff("職員さんお願い")


@pytest.mark.parametrize(
    "text",
    [
        "仕事もなくなって家賃も払えない",
        "食べるものもない",
        "借金が300万ある",
        "住むところがないです",
        "Hôm nay em không còn gì để ăn cả",
        "não consigo pagar o aluguel",
    ],
)
def test_who_is_in_need_is_told_who_helps_with_food_and_rent(text: str) -> None:
    assert answer(text) == HELP.hardship.words


@pytest.mark.parametrize(
    "text", ["お金ないけど遊べる所", "お金がかからない公園", "家賃の補助はいつまで"]
)
def test_saving_money_is_no_need(text: str) -> None:
    assert answer(text) == ""


def test_what_was_answered_otherwise_opens_no_danger() -> None:
    form = Said("わだちが深くて車が通れない", "nlu_fallback", 0.5, reply="種類：わだち・圧雪")
    assert first_aid(Said("はい", "affirm", 0.5, [form]), the_judge(), HELP) is None
    warned = Said("庭に熊がいる", "nlu_fallback", 0.5, reply="近づかず\n\n・110 警察")
    assert first_aid(Said("はい", "affirm", 0.5, [warned]), the_judge(), HELP) is not None


@pytest.mark.parametrize(
    ("texts", "kind"),
    [
        (
            (
                "旦那に殴られました。いま子供とトイレにいます",
                "警察は呼びたくない 大げさにしたくない",
            ),
            "violence",
        ),
        (("夫に首を絞められた", "おおごとにはしたくなくて"), "violence"),
        (("子どもが熱40度でぐったりしてる", "救急車呼ぶほどじゃないと思う"), "emergency"),
    ],
)
def test_who_would_not_have_the_police_come_hears_who_else_helps(
    texts: tuple[str, str], kind: str
) -> None:
    assert answer(*texts) == HELP.unwilling[kind].words  # type: ignore[index]


def test_a_line_that_is_asked_about_is_told_with_its_hours() -> None:
    [_, aid] = played("子どもが熱40度でぐったりしてる", "#8000って何時まで？")
    assert aid is not None
    assert HELP.lines["8000"].hours in aid.message.text
    assert answer("よりそいホットラインはお金かかりますか") == HELP.line_asked
    assert answer("こども救急の話を聞いた") == ""


@pytest.mark.parametrize(
    "texts",
    [
        ("台所から煙でてるどうすんべ", "鍋こがしただけだった 火は消えだ"),
        (
            "1歳の子が熱でぐったりして水分とれない",
            "いま電話つながりました、様子見でいいそうです。ほっとしました",
        ),
    ],
)
def test_relief_told_in_passing_is_heard(texts: tuple[str, str]) -> None:
    assert answer(*texts) in HELP.over.values()


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("住民票移したらばれますよね？", "支援措置"),
        ("保険証も夫の会社のだから病院行くとわかっちゃう？", "扶養"),
        ("携帯の履歴見られるかも", "発信履歴"),
        ("お金ないです", "無料"),
        ("離婚ってどうすればいいの", "調停"),
    ],
)
def test_who_flees_hears_of_what_they_ask(asked: str, told: str) -> None:
    assert told in answer("いま夫に殴られて逃げてきて友達の家にいます", asked)


def test_the_list_that_was_begun_is_shown_after_a_danger() -> None:
    texts = ("いま夫に殴られて逃げてきて友達の家にいます", "手続きの続き")
    assert answer(*texts, intent="ask_procedure", confidence=1.0) == ""


def test_need_that_goes_on_is_answered_with_what_of_it_is_named() -> None:
    texts = ("家賃が払えません", "食べるものもない", "借金が300万ある")
    aids = played(*texts)
    assert [aid is not None for aid in aids] == [True, True, True]
    said = [aid.message.text for aid in aids if aid is not None]
    assert said[0].startswith(HELP.hardship.words[:10])
    assert "フードバンク" in said[1]
    assert "法テラス" in said[2]


def test_spaces_between_easy_words_hide_no_need() -> None:
    assert answer("おかねが ありません。こまっています") == HELP.hardship.words


def test_somebody_who_loses_their_way_and_is_gone_is_missing() -> None:
    assert answer("認知症の父が夜中に出ていく", "今いないんです") == HELP.help[Kind.missing].words
    assert answer("犬を飼っています", "今いないんです") == ""


def test_an_account_of_the_dead_is_asked_about_beside_the_condolence() -> None:
    aid = played("父が亡くなって銀行の口座が凍結されました")[-1]
    assert aid is not None
    assert not aid.is_all


@pytest.mark.parametrize(
    "text",
    [
        "社長が呼んでるからまたあとで",
        "看護師さんが来たので待ってください",
        "となりの婆さまが呼んでっから あどでな",
        "父の工場を今年で閉めることにしました",
        "宝宝醒了",
        "bé nhà em khóc, lát em hỏi",
    ],
)
def test_who_is_called_away_or_gives_up_a_shop_is_in_no_danger(text: str) -> None:
    assert answer(text) == ""


@pytest.mark.parametrize(
    "text",
    ["もう死にたい、また後で", "息子が倒れた あとで連絡する", "店を閉めた。もう死ぬしかない"],
)
def test_a_danger_is_heard_from_whoever_has_to_go_too(text: str) -> None:
    assert answer(text) != ""


def test_a_picture_offered_in_a_danger_asks_for_no_entry() -> None:
    aid = played("裏山に熊がいる", "動画撮ったから送りましょうか", intent="ask_faq")[-1]
    assert aid is not None
    assert aid.is_all


def test_who_asks_whether_a_machine_answers_is_answered_in_a_danger_too() -> None:
    assert answer("裏山に熊がいる", "あんた人間かい、機械かい", intent="ask_faq") == ""
