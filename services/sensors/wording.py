"""What those who farm or hunt are told of a beast near their field, in the language spoken now."""

from datetime import datetime
from zoneinfo import ZoneInfo

from kit.wording import translated
from messages.neutral import Message, OpenLink, Payload, Text
from services.sensors.models import SensorEvent
from services.sensors.rules import Device

TRAP = "trap"


def beast_message(device: Device, event: SensorEvent, metres: float, zone: ZoneInfo) -> Message:
    """Say what was noticed, how far off, and how long the news is worth anything."""
    is_trap = device.kind == TRAP
    lines = [
        translated("【わなが動きました】") if is_trap else translated("【動物に注意】"),
        translated(
            "{place}（{when}）。登録された場所から約{metres}mです。",
            place=device.name,
            when=_when(event.observed_at, zone),
            metres=max(10, int(round(metres, -1))),
        ),
        translated("近づかず、ひとりで見に行かないでください。見かけたら110へ電話してください。"),
        translated("この知らせは{when}までの目安です。", when=_when(event.ends_at, zone)),
    ]
    if device.demonstration:
        lines.append("※デモ用のデータです")
    place = f"{device.latitude},{device.longitude}"
    url = f"https://www.google.com/maps/search/?api=1&query={place}"
    choices = (
        OpenLink(label=translated("地図で見る"), url=url),
        OpenLink(label=translated("110 警察"), url="tel:110"),
        Payload(label=translated("登録した場所"), payload="/set_field"),
    )
    return Text(text="\n".join(lines), choices=choices)


def _when(at: datetime, zone: ZoneInfo) -> str:
    local = at.astimezone(zone)
    return f"{local.month}/{local.day} {local:%H:%M}"
