"""A place named after the answer, or after another question: 「城西じゃなくて門田」."""

import re

from actions.base import Events, Turn
from actions.facilities.actions import LONGEST_PLACE, WANTED, Nearest, wanted_from
from actions.talking.corrections import meant
from services.facilities.contract import FacilitiesClient

_FROM_THERE = re.compile(r"から|近く|なら|だと|周辺|の(?:ほう|方)")


class LatePlace(Nearest):
    """Answers what was looked for once more, counted from the place that is named now."""

    async def take(self, turn: Turn) -> Events | None:
        """Answer; None when no place is named, or nothing was looked for in the last minutes."""
        wanted = wanted_from(turn.slot(WANTED), self.context.clock())
        text = meant(turn.text)
        if wanted is None or len(text) > LONGEST_PLACE:
            return None
        reading = await self.context.client(FacilitiesClient).read(text)
        if reading.origin is None or not (reading.only_origin or _FROM_THERE.search(text)):
            return None
        await self._answer(turn, wanted, reading.origin)
        return []
