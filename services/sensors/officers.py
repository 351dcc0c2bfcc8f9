"""What values mean in the words of officers: who reads them does not know the sensor. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from services.sensors.rules import TREND_OVER, Device, Value, matters, trend
from services.sensors.watch import Health

_SWITCHES = {
    ("power", True): "電気は来ています",
    ("power", False): "停電しています",
    ("trap", True): "作動しました（閉じています）",
    ("trap", False): "しかけてあります（動いていません）",
}


def meaning(device: Device, value: float) -> str:
    """What one value says."""
    switch = _SWITCHES.get((device.kind, value > 0))
    if switch is not None:
        return switch
    if device.kind == "beast":
        return f"動物が写った確からしさ {value:.0%}"
    return f"{_number(value)}{device.unit}{_line(device, value)}"


def situation(one: Health) -> str:
    """What the newest value says, and whether it goes up or down."""
    if not one.values:
        return "まだ値が届いていません"
    said = meaning(one.device, one.values[-1].value)
    return f"{said}・{_movement(one.device, one.values)}" if one.device.unit else said


def warnings(one: Health, now: datetime, zone: ZoneInfo) -> list[str]:
    """What somebody has to look after, in whole sentences."""
    found = []
    if one.values and one.is_stale:
        found.append(
            f"{ago(now - one.values[-1].at)}から値が届いていません"
            f"（ふだんは{one.device.interval_minutes}分ごと）。電源と通信を確かめてください。"
        )
    if one.is_stuck:
        value = f"{_number(one.values[-1].value)}{one.device.unit}"
        found.append(f"ずっと同じ値（{value}）です。計器が止まっていないか確かめてください。")
    if one.doubted:
        found.append(
            f"この24時間に、ありえない値が{one.doubted}回届きました。案内や判断には使っていません。"
        )
    if one.gap is not None:
        begin, end = (at.astimezone(zone) for at in (one.gap.begin, one.gap.end))
        found.append(f"{_clock(begin)}から{_clock(end)}まで、値が届きませんでした。")
    return found


def ago(age: timedelta) -> str:
    """How long ago: 25分前, 3時間前, 2日前."""
    minutes = max(0, int(age.total_seconds() // 60))
    if minutes < 60:
        return f"{minutes}分前"
    return f"{minutes // 60}時間前" if minutes < 48 * 60 else f"{minutes // 60 // 24}日前"


def _line(device: Device, value: float) -> str:
    line, reached = matters(device, value)
    if line is None:
        return ""
    if reached:
        return f"・{line.name}（{_number(line.value)}{device.unit}）に達しています"
    left = f"{line.value - value:.2f}{device.unit}"
    return f"・{line.name}（{_number(line.value)}{device.unit}）まで、あと{left}"


def _movement(device: Device, values: Sequence[Value]) -> str:
    way = trend(values)
    recent = [one for one in values if values[-1].at - one.at <= TREND_OVER]
    step = f"{abs(recent[-1].value - recent[0].value):.2f}{device.unit}"
    return {
        "rising": f"この1時間で{step}上がりました",
        "falling": f"この1時間で{step}下がりました",
        "steady": "この1時間はほぼ同じです",
    }.get(way, "上がり下がりはまだわかりません")


def _clock(local: datetime) -> str:
    return f"{local.month}月{local.day}日 {local:%H:%M}"


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
