"""The rules of skills from outside: which words reach one, the breaker, the lifecycle."""

from datetime import UTC, datetime, timedelta

import pytest

from kit.errors import IllegalTransitionError
from kit.lifecycle import check_step
from messages.neutral import Card, Cards, Message, OpenLink, Payload, Text
from services.developers.readable import hindrances
from services.developers.rules import (
    BREAKS_AFTER,
    OPEN_FOR,
    SKILL_LIFE,
    Breaker,
    Declared,
    Outcome,
    SkillState,
    match,
    shared_triggers,
)

NOW = datetime(2026, 11, 30, tzinfo=UTC)
BICYCLES = Declared(
    "bicycle-stations", "シェアサイクルの空き", ("シェアサイクルの空き", "自転車の空き状況")
)
CINEMA = Declared("cinema", "映画の上映", ("今日の上映作品",))


@pytest.mark.parametrize(
    ("words", "skill", "exact"),
    [
        ("シェアサイクルの空き", "bicycle-stations", True),
        ("ｼｪｱｻｲｸﾙの空き？", "bicycle-stations", True),
        ("シェアサイクルの空きを教えてください", "bicycle-stations", True),
        ("今日の上映作品は", "cinema", False),
        ("駅前のシェアサイクルの空きはありますか", "bicycle-stations", False),
        ("シェアサイクルの空気", "bicycle-stations", False),
        ("ごみの日", None, False),
        ("空き", None, False),
        ("", None, False),
        ("シェアサイクルの空き" * 20, None, False),
    ],
)
def test_declared_sentences_reach_a_skill_and_others_do_not(
    words: str, skill: str | None, exact: bool
) -> None:
    found = match(words, [CINEMA, BICYCLES])
    assert (found.skill_id if found else None) == skill
    assert bool(found and found.exact) is exact


def test_nothing_reaches_a_skill_where_there_is_none() -> None:
    assert match("シェアサイクルの空き", []) is None


def test_a_sentence_of_another_skill_is_told_with_its_title() -> None:
    taken = shared_triggers(["自転車の空き状況を教えて", "別の言葉です"], [BICYCLES])
    assert taken == [("自転車の空き状況を教えて", "シェアサイクルの空き")]


def test_the_breaker_opens_after_failures_in_a_row_and_closes_with_one_success() -> None:
    breaker = Breaker()
    for _ in range(BREAKS_AFTER - 1):
        breaker = breaker.after(Outcome.timeout, NOW)
    assert not breaker.is_open(NOW)
    breaker = breaker.after(Outcome.bad_answer, NOW)
    assert breaker.is_open(NOW)
    assert breaker.after(Outcome.broken, NOW) == breaker
    later = NOW + OPEN_FOR
    assert not breaker.is_open(later)
    assert breaker.after(Outcome.timeout, later).is_open(later + timedelta(seconds=1))
    assert breaker.after(Outcome.ok, later) == Breaker()


def test_no_way_leads_to_citizens_but_through_check_sandbox_and_approval() -> None:
    def ways_to(state: SkillState) -> set[str]:
        return {before for before, after in SKILL_LIFE.items() if state in after}

    assert ways_to(SkillState.live) == {"approved"}
    assert ways_to(SkillState.approved) == {"sandbox"}
    assert ways_to(SkillState.sandbox) == {"checked"}
    assert ways_to(SkillState.checked) == {"draft"}
    for state in set(SkillState) - {SkillState.disabled}:
        assert check_step(SKILL_LIFE, state, SkillState.disabled) == SkillState.disabled
    with pytest.raises(IllegalTransitionError):
        check_step(SKILL_LIFE, SkillState.disabled, SkillState.live)


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (Text(text="空きは5台です。", choices=(Payload(label="駅前", payload="/a"),)), ""),
        (Text(text="★★★"), "言葉になりません"),
        (Text(text="はい", choices=(Payload(label="こちら", payload="/a"),)), "何が起こるか"),
        (Text(text="はい", choices=(OpenLink(label="Here", url="https://a.example/"),)), "何が"),
        (Text(text="はい", choices=(Payload(label="駅前", payload="/a"),) * 2), "区別できません"),
        (Cards(summary="2か所です。", cards=(Card(title="駅前"),)), "summary"),
        (Cards(summary="駅前：5台", cards=(Card(title="駅前"),)), ""),
    ],
)
def test_what_cannot_be_understood_when_it_is_read_out_is_found(
    message: Message, words: str
) -> None:
    found = hindrances([message, message])
    assert len(found) == bool(words)
    assert words in "".join(found)
