"""`my_timeline`: what a household does at which level (マイ・タイムライン), made by three taps."""

import json
from typing import ClassVar

from actions.base import CityAction, Events, Turn
from kit.wording import translated
from messages.neutral import Message, Payload, Text
from services.disaster.contract import DisasterClient, Goal, Timeline, TimelineOf

_GOALS = {
    Goal.shelter: "避難所へ行く",
    Goal.relatives: "親せきや知人の家",
    Goal.upstairs: "家の2階より上",
}
_SAID = {
    Goal.shelter: "避難所へ行く",
    Goal.relatives: "親せきや知人の家へ行く",
    Goal.upstairs: "家の2階より上で過ごす",
}
_SHELTERS = Payload(label="避難所をさがす", payload="/ask_shelter")
_STATUS = Payload(label="いまの状況", payload="/ask_alert_status")
_CHANGE = "change"


class MyTimeline(CityAction):
    """Serves `my_timeline`: each button carries what was chosen before it."""

    action_name: ClassVar[str] = "action_disaster_timeline"

    async def act(self, turn: Turn) -> Events:
        """Ask the next question; keep the decision once all is chosen."""
        chosen = turn.entity("timeline") or ""
        level, _, goal = chosen.partition(":")
        client = self.context.client(DisasterClient)
        if level in ("3", "4") and goal in list(Goal):
            new = Timeline(leaves_at=int(level), goes_to=Goal(goal))
            await client.timeline(TimelineOf(citizen_id=turn.citizen_id, timeline=new))
            turn.say(kept(new))
            return []
        if level in ("3", "4"):
            turn.say(ask_goal(level))
            return []
        known = (await client.timeline(TimelineOf(citizen_id=turn.citizen_id))).timeline
        turn.say(ask_level() if known is None or chosen == _CHANGE else shown(known))
        return []


def _tap(label: str, timeline: str) -> Payload:
    return Payload(label=label, payload=f"/my_timeline{json.dumps({'timeline': timeline})}")


def ask_level() -> Message:
    """Ask who lives there, which decides when they leave."""
    lines = (
        translated(
            "わたしのタイムラインを作ります。いつ、どこへ避難するかを決めておくと、迷わず動けます。"
        ),
        translated(
            "避難に時間がかかる方（お年寄り、体の不自由な方、小さなお子さんなど）が、家にいますか？"
        ),
    )
    return Text(text="\n".join(lines), choices=(_tap("家にいます", "3"), _tap("家にいません", "4")))


def ask_goal(level: str) -> Message:
    """Ask where they go."""
    lines = (
        translated("どこへ避難しますか？"),
        translated(
            "川やがけの近くの方は、避難所か、安全な地区の親せき・知人の家を選んでください。"
        ),
    )
    taps = (_tap(label, f"{level}:{goal.value}") for goal, label in _GOALS.items())
    return Text(text="\n".join(lines), choices=tuple(taps))


def kept(new: Timeline) -> Message:
    """Say what was kept, and when it is said again."""
    lines = (
        translated("わたしのタイムラインを決めました。"),
        *_plan(new),
        translated("そのレベルの知らせが届いたときに、もう一度お伝えします。"),
    )
    return Text(text="\n".join(lines), choices=(_SHELTERS, _STATUS, _tap("決め直す", _CHANGE)))


def shown(known: Timeline) -> Message:
    """Say what was decided before."""
    lines = (translated("いまのタイムラインです。"), *_plan(known))
    return Text(text="\n".join(lines), choices=(_tap("決め直す", _CHANGE), _SHELTERS, _STATUS))


def _plan(plan: Timeline) -> tuple[str, ...]:
    goes = translated(_SAID[plan.goes_to])
    ready = (translated("レベル3：準備をする"),) if plan.leaves_at > 3 else ()
    return (*ready, translated("レベル{level}：{goes}", level=plan.leaves_at, goes=goes))
