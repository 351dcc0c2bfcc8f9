"""`/procedures/list`: somebody's list behind the key of its address; ticks, family, counter.

Who has the key has the list. The family's key opens the same page to look and to tick.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlencode

import segno
from fastapi import APIRouter, Query, Request, Response
from markupsafe import Markup
from sqlalchemy.ext.asyncio import AsyncSession

from kit.clock import Clock
from kit.console import page, redirect
from kit.container import part
from kit.errors import GoneError, NotFoundError
from kit.forms import Fields, only, read_fields
from kit.web import make_templates
from kit.wording import SOURCE, load_wording, spoken_in, translated
from messages.languages import Language
from services.procedures import repository, sheet
from services.procedures.contract import spoken_url
from services.procedures.guides import CITIZEN, FAMILY, LIST_PATH, Guides, OpenList
from services.procedures.papers_page import PATH as PAPERS
from services.procedures.wording import page_words

_templates = make_templates(Path(__file__).parent / "templates")

router = APIRouter(prefix=LIST_PATH, include_in_schema=False)

Key = Annotated[str, Query(max_length=100)]
Lang = Annotated[str, Query(max_length=10)]
View = Annotated[str, Query(max_length=10)]
BY_DAY = "day"
"""The view by when things are due; every other is the one by desk."""


@router.get("")
async def show(request: Request, t: Key = "", lang: Lang = "", view: View = "") -> Response:
    """Show a list, by desk or by day."""
    guides = part(request, Guides)
    with spoken_in(_wording(guides, lang)):
        try:
            async with guides.database.transaction() as session:
                opened = await guides.open_page(session, t)
        except GoneError:
            return _gone(guides, lang)
        return _page(request, opened, _Shown(t, lang, view))


@router.post("")
async def change(request: Request) -> Response:
    """Tick, share, show at the counter, remind; the family's key may tick alone."""
    fields = await read_fields(request)
    key, lang, guides = only(fields, "t"), only(fields, "lang"), part(request, Guides)
    at = _Shown(key, lang, only(fields, "view"))
    with spoken_in(_wording(guides, lang)):
        try:
            async with guides.database.transaction() as session:
                opened = await guides.open_page(session, key, lock=True)
                shown = await _change(guides, session, opened, fields)
                again = await guides.opened(
                    session,
                    opened.guide,
                    await guides.contents(session, opened.guide),
                    is_family=opened.is_family,
                )
        except GoneError:
            return _gone(guides, lang)
        if shown:
            return _page(request, again, at, **shown)
        place = only(fields, "procedure")
        return redirect(f"{at.url()}{f'#{place}' if place else ''}")


@router.get("/calendar.ics")
async def calendar(request: Request, t: Key = "", lang: Lang = "") -> Response:
    """Hand out the terms as a calendar."""
    guides = part(request, Guides)
    with spoken_in(_wording(guides, lang)):
        try:
            async with guides.database.transaction() as session:
                opened = await guides.open_page(session, t)
        except GoneError:
            return _gone(guides, lang)
        text = sheet.calendar(opened, guides.book, part(request, Clock)())
    headers = {
        "Content-Disposition": 'attachment; filename="procedures.ics"',
        "Cache-Control": "no-store",
    }
    return Response(text, media_type="text/calendar; charset=utf-8", headers=headers)


@dataclass(frozen=True)
class _Shown:
    """How a list was asked for: its key, the reader's language, and the view."""

    key: str
    lang: str
    view: str

    @property
    def is_by_day(self) -> bool:
        return self.view == BY_DAY

    def url(self, **other: str) -> str:
        """Return the address, with a language or a view of its own."""
        wanted = {"t": self.key, "lang": _lang(self.lang).value, "view": self.view, **other}
        named = {name: value for name, value in wanted.items() if value}
        return f"{LIST_PATH}?{urlencode(named)}"


Shown = Mapping[str, Any]
Doing = Callable[[Guides, AsyncSession, OpenList, str], Awaitable[Shown]]


async def _change(guides: Guides, session: AsyncSession, opened: OpenList, fields: Fields) -> Shown:
    """Do what a form asks for, and return what is shown once because of it."""
    what = only(fields, "do")
    doing = _DOING.get(what)
    if doing is None or (opened.is_family and what not in _FAMILY_MAY):
        raise NotFoundError
    return await doing(guides, session, opened, only(fields, "procedure"))


async def _tick(guides: Guides, session: AsyncSession, opened: OpenList, key: str) -> Shown:
    _listed(opened, key)
    who = FAMILY if opened.is_family else CITIZEN
    await repository.tick(session, opened.guide.id, key, who, guides.clock())
    return {}


async def _untick(_guides: Guides, session: AsyncSession, opened: OpenList, key: str) -> Shown:
    _listed(opened, key)
    await repository.untick(session, opened.guide.id, key)
    return {}


async def _share(guides: Guides, session: AsyncSession, opened: OpenList, _key: str) -> Shown:
    await guides.share(session, opened)
    return {}


async def _unshare(guides: Guides, session: AsyncSession, opened: OpenList, _key: str) -> Shown:
    await guides.unshare(session, opened)
    return {}


async def _remind(_guides: Guides, _session: AsyncSession, opened: OpenList, _key: str) -> Shown:
    opened.guide.reminds = True
    return {}


async def _unremind(_guides: Guides, _session: AsyncSession, opened: OpenList, _key: str) -> Shown:
    opened.guide.reminds = False
    return {}


async def _counter(guides: Guides, _session: AsyncSession, opened: OpenList, _key: str) -> Shown:
    code = await guides.give_code(opened.guide)
    ends_at = opened.guide.counter_ends_at
    zone = guides.settings.timezone
    until = ends_at.astimezone(zone).strftime("%H:%M") if ends_at else ""
    # A code in an address would stand in logs: it is typed, or read from the picture.
    picture = segno.make_qr(code, error="m").svg_inline(omitsize=True, light="#fff", title=code)
    return {
        "code": f"{code[:4]} {code[4:]}",
        "picture": Markup(picture),  # noqa: S704  drawn by the library from our own code
        "until": translated("このコードは{time}まで使えます。", time=until),
    }


_DOING: Mapping[str, Doing] = {
    "tick": _tick,
    "untick": _untick,
    "share": _share,
    "unshare": _unshare,
    "remind": _remind,
    "unremind": _unremind,
    "counter": _counter,
}
_FAMILY_MAY = frozenset({"tick", "untick"})


def _listed(opened: OpenList, key: str) -> None:
    if key not in {row.procedure.key for row in opened.rows}:
        raise NotFoundError


def _page(request: Request, opened: OpenList, at: _Shown, **shown: Any) -> Response:
    guides = part(request, Guides)
    family_key = opened.contents.family_key
    may_share = not (opened.is_family or opened.is_discreet)
    values = {
        **_around(guides, at.lang),
        "opened": opened,
        "stops": () if at.is_by_day else sheet.stops(opened, guides.book),
        "stretches": sheet.stretches(opened, guides.book) if at.is_by_day else (),
        "maybe": sheet.stops(opened, guides.book, certain=False),
        "bring_all": sheet.bring_all(opened, guides.book),
        "fields": {"t": at.key, "lang": _lang(at.lang), "view": BY_DAY if at.is_by_day else ""},
        "views": (
            ("by_desk", at.url(view=""), not at.is_by_day),
            ("by_day", at.url(view=BY_DAY), at.is_by_day),
        ),
        "languages": [(one, at.url(lang=one.value)) for one in Language],
        "calendar": f"{LIST_PATH}/calendar.ics?{urlencode({'t': at.key, 'lang': _lang(at.lang)})}",
        "papers": PAPERS if opened.event.form and not opened.is_family else "",
        "family_url": spoken_url(guides.url(family_key)) if family_key and may_share else "",
        "code": "",
        **shown,
    }
    return page(_templates, "procedures/list.html", 200, **values)


def _gone(guides: Guides, lang: str) -> Response:
    return page(_templates, "procedures/gone.html", 410, **_around(guides, lang))


def _around(guides: Guides, lang: str) -> dict[str, Any]:
    return {
        "words": page_words(),
        "lang": _lang(lang),
        "html_lang": "ja" if _lang(lang) is Language.easy else _lang(lang),
        "is_foreign": _lang(lang) != SOURCE,
        "city": guides.city_name,
        "path": LIST_PATH,
    }


def _lang(lang: str) -> Language:
    return Language(lang) if lang in set(Language) else Language.ja


def _wording(guides: Guides, lang: str) -> Any:
    return load_wording(_lang(lang), guides.settings.city_wording)
