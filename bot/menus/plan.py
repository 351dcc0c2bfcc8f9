"""What the menus of a city are: every field's place, words, icon and action.

Each everyday menu has a disaster menu of its own, so that the way back finds the same tab again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

from bot.menus.lettering import Lettering, LetteringError, fit
from bot.menus.source import (
    INDEX,
    AreaSource,
    IndexSource,
    LanguageSource,
    MenuPlanError,
    read_menus,
)

WIDTH, HEIGHT = 2500, 1686
STRIP = 320
PREFIX = "concierge-"
DISASTER = "_d"
CHOOSER = f"{PREFIX}languages"
# LINE's own address for "send a place" (LINE Developers, "Use LINE URL scheme").
SEND_PLACE = "https://line.me/R/nv/location/"

# Pixels. A phone shows the menu about 390 points wide: 84 pixels are 13 points.
_CELL_LETTERS = (136, 84)
_TAB_LETTERS = (98, 76)
_MARGIN = 36

Json = dict[str, Any]
Role = Literal["cell", "tab", "here"]
Tone = Literal["blue", "green", "violet", "grey", "disaster"]
_TONES: tuple[Tone, ...] = ("blue", "green", "violet")


@dataclass(frozen=True)
class Bounds:
    """A rectangle, in pixels from the top left corner of the menu."""

    x: int
    y: int
    width: int
    height: int

    def as_dict(self) -> Json:
        """Return LINE's `bounds`."""
        return {"x": self.x, "y": self.y, "width": self.width, "height": self.height}


@dataclass(frozen=True)
class Field:
    """One field. `here` is the tab that is open: it is drawn, and tapping it does nothing."""

    role: Role
    lettering: Lettering
    icon: str | None
    bounds: Bounds
    action: Json | None


@dataclass(frozen=True)
class Menu:
    """One menu. `key` is its alias at LINE."""

    key: str
    title: str
    tone: Tone
    chat_bar_text: str
    fields: tuple[Field, ...]

    def body(self, name: str) -> Json:
        """Return LINE's rich menu object (`POST /v2/bot/richmenu`)."""
        areas = [
            {"bounds": field.bounds.as_dict(), "action": field.action}
            for field in self.fields
            if field.action is not None
        ]
        return {
            "size": {"width": WIDTH, "height": HEIGHT},
            "selected": True,
            "name": name,
            "chatBarText": self.chat_bar_text,
            "areas": areas,
        }


def partner(key: str) -> str:
    """Return the disaster menu's key for an everyday one, and the other way round."""
    return key.removesuffix(DISASTER) if is_disaster(key) else key + DISASTER


def is_disaster(key: str) -> bool:
    """Tell whether the key is of a disaster menu."""
    return key.endswith(DISASTER)


def plan_menus(folder: Path) -> tuple[Menu, ...]:
    """Plan every menu of a city; the first is everybody's. Raises MenuPlanError."""
    index, languages = read_menus(folder)
    menus: list[Menu] = []
    for code, source in languages.items():
        with_place = _Naming(folder / f"{code}.toml")
        menus += [with_place(_everyday, code, source, number) for number in range(len(source.tabs))]
        menus += [with_place(_disaster, code, source, number) for number in range(len(source.tabs))]
    with_place = _Naming(folder / INDEX)
    menus += [with_place(_chooser, index, languages, suffix) for suffix in ("", DISASTER)]
    return tuple(menus)


class _Naming:
    """Calls a function; words that cannot be drawn are reported with the file they stand in."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __call__(self, make: Any, *arguments: Any) -> Menu:
        try:
            menu: Menu = make(*arguments)
        except LetteringError as error:
            raise MenuPlanError(f"{self._path} cannot be used: {error.message}") from None
        return menu


def _everyday(code: str, source: LanguageSource, number: int) -> Menu:
    here = source.tabs[number]
    tabs = [(tab.label, None if tab is here else _key(code, tab.id)) for tab in source.tabs]
    return Menu(
        key=_key(code, here.id),
        title=f"{_spoken(source.name, source)} {_spoken(here.label, source)}",
        tone=_TONES[number],
        chat_bar_text=source.chat_bar_text,
        fields=(
            *_strip([*tabs, (source.other_languages, CHOOSER)], source),
            *_cells(here.areas, code, source),
        ),
    )


def _disaster(code: str, source: LanguageSource, number: int) -> Menu:
    everyday = _key(code, source.tabs[number].id)
    part = source.disaster
    tabs = [(part.label, None), (part.back, everyday), (source.other_languages, CHOOSER + DISASTER)]
    return Menu(
        key=everyday + DISASTER,
        title=f"{_spoken(source.name, source)} {_spoken(part.label, source)}",
        tone="disaster",
        chat_bar_text=source.chat_bar_text,
        fields=(*_strip(tabs, source), *_cells(part.areas, code, source)),
    )


def _chooser(index: IndexSource, languages: dict[str, LanguageSource], suffix: str) -> Menu:
    targets = {code: _key(code, source.tabs[0].id) + suffix for code, source in languages.items()}
    places = _grid(len(languages), 0)
    fields = [
        Field(
            "cell",
            fit(source.name, bounds.width - 2 * _MARGIN, *_CELL_LETTERS),
            "globe",
            bounds,
            _switch(_spoken(source.name, source), targets[code], _choose(code)),
        )
        for (code, source), bounds in zip(languages.items(), places, strict=True)
    ]
    tone: Tone = "disaster" if suffix else "grey"
    return Menu(CHOOSER + suffix, index.title, tone, index.chat_bar_text, tuple(fields))


def _key(code: str, tab: str) -> str:
    return f"{PREFIX}{code}-{tab}"


def _strip(tabs: Sequence[tuple[str, str | None]], source: LanguageSource) -> list[Field]:
    """Return the row of tabs; the one without a target is open."""
    return [
        Field(
            "here" if target is None else "tab",
            fit(label, bounds.width - 2 * _MARGIN, *_TAB_LETTERS),
            None,
            bounds,
            None if target is None else _switch(_spoken(label, source), target),
        )
        for (label, target), bounds in zip(tabs, _row(len(tabs), 0, STRIP), strict=True)
    ]


def _cells(areas: Sequence[AreaSource], code: str, source: LanguageSource) -> list[Field]:
    return [
        Field(
            "cell",
            fit(area.label, bounds.width - 2 * _MARGIN, *_CELL_LETTERS),
            area.icon,
            bounds,
            _action(area, _spoken(area.label, source), code),
        )
        for area, bounds in zip(areas, _grid(len(areas), STRIP), strict=True)
    ]


def _grid(count: int, top: int) -> list[Bounds]:
    """Share the space below `top` among up to six fields, in two rows from four on."""
    if count < 4:
        return _row(count, top, HEIGHT - top)
    half = (HEIGHT - top) // 2
    upper = (count + 1) // 2
    return [*_row(upper, top, half), *_row(count - upper, top + half, HEIGHT - top - half)]


def _row(count: int, top: int, height: int) -> list[Bounds]:
    edges = [WIDTH * n // count for n in range(count + 1)]
    return [Bounds(left, top, right - left, height) for left, right in pairwise(edges)]


def _action(area: AreaSource, spoken: str, code: str) -> Json:
    """Return the LINE action; its label is what a screen reader says."""
    if area.payload is not None:
        data = {"data": area.payload, "displayText": spoken}
        return {"type": "postback", "label": spoken, **data}
    if area.text is not None:
        return {"type": "message", "label": spoken, "text": area.text}
    if area.tab is not None:
        return _switch(spoken, _key(code, area.tab))
    link = SEND_PLACE if area.location else area.link
    return {"type": "uri", "label": spoken, "uri": link}


def _switch(spoken: str, key: str, data: str | None = None) -> Json:
    """Return the action of a tab; `data` is what the tap means to us, if anything."""
    return {"type": "richmenuswitch", "label": spoken, "richMenuAliasId": key, "data": data or key}


def _choose(code: str) -> str:
    """Return what makes the language of the menu the language of the answers as well."""
    return f'/change_language{{"language": "{code}"}}'


def _spoken(label: str, source: LanguageSource) -> str:
    return label.replace("\n", " " if source.spaced else "")
