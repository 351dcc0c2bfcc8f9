"""`ask_river_level`: the newest level with its time, its trend and the line that matters."""

from collections.abc import Sequence
from typing import ClassVar
from zoneinfo import ZoneInfo

from rasa_sdk import Action

from actions.base import ActionContext, CityAction, Events, Turn
from actions.talking.actions import HUMAN
from kit.wording import translated
from messages.neutral import Message, OpenLink, Payload, Text
from services.sensors.contract import RiverLevel, SensorsClient

_RIVERS = OpenLink(label="国の「川の防災情報」", url="https://www.river.go.jp/")
_STATUS = Payload(label="いまの状況", payload="/ask_alert_status")
_SHELTERS = Payload(label="避難所をさがす", payload='/ask_shelter{"hazard": "flood"}')
_STAY_AWAY = "川の様子を見に行くのは、とても危険です。おやめください。"
_TRENDS = {
    "rising": "上がっています",
    "falling": "下がっています",
    "steady": "ほぼ変わりません",
}
_DEMONSTRATION = "※デモ用のデータです"


class AskRiverLevel(CityAction):
    """Serves `ask_river_level`: the river that is named, else every station."""

    action_name: ClassVar[str] = "action_sensors_river"

    async def act(self, turn: Turn) -> Events:
        """Say what was measured and when; say so when nothing is known."""
        levels = (await self.context.client(SensorsClient).rivers()).levels
        named = [level for level in levels if any(name in turn.text for name in level.aliases)]
        turn.say(river_message(named or levels, self.context.settings.timezone))
        return []


def river_message(levels: Sequence[RiverLevel], zone: ZoneInfo) -> Message:
    """Word the levels; old values are said to be old."""
    lines = [_line(level, zone) for level in levels]
    if not lines:
        lines = [translated("このトークでお答えできる水位は、まだありません。")]
    mark = [_DEMONSTRATION] if any(level.demonstration for level in levels) else []
    return Text(
        text="\n".join([*lines, translated(_STAY_AWAY), *mark]),
        choices=(_RIVERS, _STATUS, _SHELTERS, HUMAN),
    )


def _line(level: RiverLevel, zone: ZoneInfo) -> str:
    if level.value is None or level.observed_at is None:
        return translated("{river}：いま水位を受け取れていません。", river=level.name)
    local = level.observed_at.astimezone(zone)
    when = f"{local.month}/{local.day} {local:%H:%M}"
    height = f"{level.value:.2f}{level.unit}"
    parts = [translated("{river}：{height}（{when}）", river=level.name, height=height, when=when)]
    if level.stale:
        return parts[0] + "\n" + translated("このあとの水位が届いていません。")
    if level.trend:
        parts.append(translated(_TRENDS[level.trend]))
    if level.line and level.line_value is not None:
        said = "{line}（{height}）を超えています" if level.reached else "{line}は{height}です"
        height = f"{level.line_value:.2f}{level.unit}"
        parts.append(translated(said, line=translated(level.line), height=height))
    return "\n　".join(parts)


def actions(context: ActionContext) -> list[Action]:
    """Return the actions of this skill."""
    return [AskRiverLevel(context)]
