"""The cities of the repository, read once by each worker: their files do not change meanwhile."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from kit.settings import ROOT
from services.faq import service as faq
from services.places.service import PlacesService
from services.waste import importer as waste

CITIES = ROOT / "city"


@contextmanager
def read_once() -> Iterator[None]:
    """Let places and calendars be read once; folders elsewhere, which tests write, every time.

    An index over the same entries as the last one is that one.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PlacesService, "of_city", _once(PlacesService.of_city))
        patch.setattr(waste, "read_city", _fresh_report(_once(waste.read_city)))
        patch.setattr(faq, "Ranker", _last_made(faq.Ranker))
        yield


def _once(read: Callable[..., Any]) -> Callable[..., Any]:
    known: dict[tuple[Any, ...], Any] = {}

    def reading(folder: Path, *more: Any) -> Any:
        if not folder.is_relative_to(CITIES):
            return read(folder, *more)
        if (folder, *more) not in known:
            known[folder, *more] = read(folder, *more)
        return known[folder, *more]

    return reading


def _fresh_report(read: Callable[..., Any]) -> Callable[..., Any]:
    """A report is written on by whoever asked for it; what was read is not."""

    def reading(folder: Path, *more: Any) -> Any:
        report, city = read(folder, *more)
        return deepcopy(report), city

    return reading


def _last_made(make: Callable[..., Any]) -> Callable[..., Any]:
    last: list[Any] = [None, None]

    def making(*of: Any) -> Any:
        if last[0] != of:
            last[:] = of, make(*of)
        return last[1]

    return making
