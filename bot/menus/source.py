"""A city's menu files, `city/<city>/menus/*.toml`, as they are written."""

import tomllib
from pathlib import Path
from typing import Annotated, Self, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from bot.menus.icons import ICONS
from bot.messages.limits import LABEL_GRAPHEMES, MESSAGE_ACTION_TEXT_GRAPHEMES
from kit.errors import ConciergeError
from kit.text import grapheme_length

INDEX = "menus.toml"
CHAT_BAR_GRAPHEMES = 14


class MenuPlanError(ConciergeError):
    """The city's menus cannot be used. Correct the named place and run the command again."""

    status = 400
    code = "menu_plan"


def _label(text: str) -> str:
    if not text.strip() or text != text.strip() or text.count("\n") > 1:
        raise ValueError("give one or two lines of text")
    # The break between two lines is counted too, for it is spoken as a blank.
    if grapheme_length(text) > LABEL_GRAPHEMES:
        raise ValueError(f"more than {LABEL_GRAPHEMES} characters")
    return text


def _chat_bar(text: str) -> str:
    if not 0 < grapheme_length(text) <= CHAT_BAR_GRAPHEMES:
        raise ValueError(f"give 1 to {CHAT_BAR_GRAPHEMES} characters")
    return text


def _said(text: str) -> str:
    if not 0 < grapheme_length(text) <= MESSAGE_ACTION_TEXT_GRAPHEMES:
        raise ValueError(f"give 1 to {MESSAGE_ACTION_TEXT_GRAPHEMES} characters")
    return text


def _icon(name: str) -> str:
    if name not in ICONS:
        raise ValueError(f"unknown icon; choose one of: {', '.join(sorted(ICONS))}")
    return name


Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]{0,7}$")]
Label = Annotated[str, AfterValidator(_label)]
ChatBar = Annotated[str, AfterValidator(_chat_bar)]
Icon = Annotated[str, AfterValidator(_icon)]
Payload = Annotated[str, StringConstraints(pattern=r"^/[a-z_]+(\{.*\})?$", max_length=300)]
_LINK = r"^(https://\S+|tel:[0-9]+(-[0-9]+)*)$"
Link = Annotated[str, StringConstraints(pattern=_LINK, max_length=1000)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class AreaSource(_Part):
    """One field of a menu: what it says and exactly one thing that it does."""

    label: Label
    icon: Icon
    payload: Payload | None = None
    text: Annotated[str, AfterValidator(_said)] | None = None
    link: Link | None = None
    location: bool = False
    """Open LINE's map, to send a place."""
    tab: Name | None = None
    """Show another tab of the same language."""

    @model_validator(mode="after")
    def _one_action(self) -> Self:
        names = ("payload", "text", "link", "location", "tab")
        given = [name for name in names if getattr(self, name)]
        if len(given) != 1:
            raise ValueError(f"give exactly one of {', '.join(names)}")
        return self


Areas = Annotated[tuple[AreaSource, ...], Field(min_length=1, max_length=6)]


class TabSource(_Part):
    """One tab; its `id` becomes part of the alias at LINE."""

    id: Name
    label: Label
    areas: Areas


class DisasterSource(_Part):
    """What is shown instead of every tab while the disaster menus are on."""

    label: Label
    back: Label
    """The tab that leads back to the everyday menu, for those who want it."""
    areas: Areas


class LanguageSource(_Part):
    """The menus of one language, `<language>.toml`."""

    name: Label
    """How the language calls itself."""
    other_languages: Label
    spaced: bool = True
    """Whether words are parted by blanks; the two lines of a label are then spoken with one."""
    chat_bar_text: ChatBar
    tabs: Annotated[tuple[TabSource, ...], Field(min_length=1, max_length=3)]
    disaster: DisasterSource

    @model_validator(mode="after")
    def _tabs_fit_together(self) -> Self:
        ids = [tab.id for tab in self.tabs]
        if len(set(ids)) != len(ids):
            raise ValueError("two tabs have the same id")
        tabs = [area for tab in self.tabs for area in tab.areas]
        for area in (*tabs, *self.disaster.areas):
            if area.tab is not None and area.tab not in ids:
                raise ValueError(f"the area '{area.label}' leads to '{area.tab}', which is no tab")
        return self


class IndexSource(_Part):
    """`menus.toml`: which languages there are. The first tab of the first is everybody's menu."""

    languages: Annotated[tuple[Name, ...], Field(min_length=2, max_length=6)]
    title: Label
    chat_bar_text: ChatBar


def read_menus(folder: Path) -> tuple[IndexSource, dict[str, LanguageSource]]:
    """Read a city's menu files, languages in their order. Raises MenuPlanError."""
    if not folder.is_dir():
        raise MenuPlanError(
            f"There are no menus in {folder}. Is CITY the name of a folder under city/?"
        )
    index = _read(folder / INDEX, IndexSource)
    return index, {n: _read(folder / f"{n}.toml", LanguageSource) for n in index.languages}


T = TypeVar("T", bound=BaseModel)


def _read(path: Path, kind: type[T]) -> T:
    try:
        return kind.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise MenuPlanError(f"{path} is missing.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise MenuPlanError(f"{path} is not a TOML file: {error}") from None
    except ValidationError as error:
        problems = "\n".join(
            f"  {_place(found['loc'])}: {found['msg'].removeprefix('Value error, ')}"
            for found in error.errors()
        )
        raise MenuPlanError(f"{path} cannot be used:\n{problems}") from None


def _place(where: tuple[int | str, ...]) -> str:
    """Return `tabs[0].areas[2].label` for the parts of an address, or `the file`."""
    names = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in where)
    return names.removeprefix(".") or "the file"
