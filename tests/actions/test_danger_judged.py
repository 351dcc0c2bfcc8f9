"""What is judged in the end: words are evidence, and what was learned weighs them."""

import pytest

from actions.danger.judge import Judge, the_judge
from actions.danger.kinds import SORROWS, Kind
from actions.danger.learned import learned


def test_the_meaning_of_sentences_is_there() -> None:
    assert learned().embedder is not None


@pytest.mark.parametrize(
    "text",
    [
        "主人が飲んだビールの缶がたまってる",
        "割れたびんは",
        "隣の家の犬がうるさくて眠れん何とかしろ",
        "死ぬほど暑いんだけど涼めるとこある？",
        "庭の木を切ったので枝を出したい",
        "処方された薬を確認したい",
        "警報は解除されましたか",
        "暗証番号がロックされた",
        "mudar idioma",
    ],
)
def test_everyday_matters_raise_no_alarm(text: str) -> None:
    assert the_judge().judge(text) == ()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("もう死にたい", Kind.suicide),
        ("息子が川に落ちた", Kind.drowning),
        ("睡眠薬100錠飲んだ", Kind.overdose),
        ("流産しました", Kind.miscarriage),
        ("母が亡くなった", Kind.grief),
    ],
)
def test_danger_and_sorrow_are_surely_heard(text: str, kind: Kind) -> None:
    assert kind in the_judge().judge(text)


def test_an_account_that_stopped_with_a_death_is_grief_and_no_crime() -> None:
    assert the_judge().judge("父が亡くなって銀行の口座が凍結されました") == (Kind.grief,)


def test_a_grandfather_who_walks_at_night_is_a_question_of_care() -> None:
    heard = the_judge().judge("おじいさんが最近ぼけてきて夜中に出てってしまうんです")
    assert set(heard) <= {Kind.missing}


def test_lost_work_alone_brings_no_alarm_numbers() -> None:
    assert set(the_judge().judge("会社クビになった")) <= SORROWS


class _Deaf:
    def kinds_in(
        self, text: str, by_words: frozenset[Kind], *, settled: bool = False
    ) -> frozenset[Kind]:
        return frozenset()


def test_words_alone_are_no_verdict_where_something_weighs_them() -> None:
    assert Judge().judge("死にたい") == (Kind.suicide,)
    assert Judge([_Deaf()]).judge("死にたい") == ()


def test_a_question_in_the_same_message_does_not_drown_what_it_tells_of() -> None:
    heard = the_judge().judge("夫に殴られています。住民票の写しはどこで取れますか")
    assert Kind.partner_violence in heard
