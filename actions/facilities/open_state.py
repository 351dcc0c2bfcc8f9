"""Whether a refuge is open now, said on its card as soon as the city has said so."""

from collections.abc import Iterable

from actions.base import ActionContext
from kit.errors import ConciergeError
from kit.wording import translated
from services.disaster.contract import DisasterClient, ShelterState
from services.facilities.contract import Place

_STATES = {
    "open": "いま開いています（{when}）",
    "full": "いまいっぱいです（{when}）",
    "closed": "いまは閉じています（{when}）",
}


async def with_open_state(context: ActionContext, places: Iterable[Place]) -> tuple[Place, ...]:
    """Return places with what was said of them; without news they stay as they are."""
    try:
        found = (await context.client(DisasterClient).shelters()).shelters
    except ConciergeError:
        return tuple(places)
    by_name = {shelter.name: shelter for shelter in found}
    return tuple(_told(context, place, by_name.get(place.name)) for place in places)


def _told(context: ActionContext, place: Place, shelter: ShelterState | None) -> Place:
    if shelter is None or shelter.state not in _STATES:
        return place
    local = shelter.updated_at.astimezone(context.settings.timezone)
    when = f"{local.month}/{local.day} {local:%H:%M}"
    line = translated(_STATES[shelter.state], when=when)
    note = "\n".join(part for part in (line, place.note) if part)
    return place.model_copy(update={"note": note})
