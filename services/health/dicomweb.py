"""A hospital's image archive, asked by DICOMweb: QIDO-RS for what there is, WADO-RS for pictures.

DICOM PS3.18, sections 10.6 (search) and 10.4 (retrieve, `rendered`); tags are PS3.6's. Only
pictures that the archive renders are shown: no file of DICOM reaches a browser.
"""

import asyncio
import json
import re
from dataclasses import dataclass
from datetime import date
from typing import Any

import httpx2

from kit.errors import NotFoundError, UnavailableError
from kit.http import certificates

UID = re.compile(r"(?=.{1,64}\Z)[0-9]+(\.[0-9]+)*")
MOST_INSTANCES = 500
_LARGEST_ANSWER = 4 * 1024 * 1024
_LARGEST_PICTURE = 20 * 1024 * 1024
_WHOLE_SECONDS = 15.0
_BIRTH_DATE = "00100030"
_SERIES, _INSTANCE, _NUMBER, _SERIES_NUMBER = "0020000E", "00080018", "00200013", "00200011"


@dataclass(frozen=True)
class FoundStudy:
    """What an archive says of a study: whose it is by birth date, and its pictures in order."""

    birthdate: date | None
    instances: tuple[tuple[str, str], ...]
    """UIDs of series and instance."""


class ImageArchive:
    """One archive, or none where `base` is empty."""

    def __init__(self, base: str, user: str, password: str) -> None:
        """`base` is the root of its DICOMweb services, such as https://pacs.example.jp/dicom-web."""
        self._base = base.rstrip("/")
        self._login = httpx2.BasicAuth(user, password) if user else None

    @property
    def is_there(self) -> bool:
        """Whether the city names one."""
        return bool(self._base)

    async def study(self, uid: str) -> FoundStudy:
        """Return what the archive has of a study. Raises NotFoundError, UnavailableError."""
        if not self.is_there or not UID.fullmatch(uid):
            raise NotFoundError
        asked = {"StudyInstanceUID": uid, "includefield": _BIRTH_DATE, "limit": "2"}
        studies = await self._search("studies", asked)
        if len(studies) != 1:
            raise NotFoundError
        wanted = {"limit": str(MOST_INSTANCES), "includefield": f"{_NUMBER},{_SERIES_NUMBER}"}
        rows = await self._search(f"studies/{uid}/instances", wanted)
        rows.sort(key=lambda row: (_number(row, _SERIES_NUMBER), _number(row, _NUMBER)))
        pairs = [(_text(row, _SERIES), _text(row, _INSTANCE)) for row in rows]
        good = [pair for pair in pairs if all(UID.fullmatch(uid) for uid in pair)]
        return FoundStudy(_day(_text(studies[0], _BIRTH_DATE)), tuple(good))

    async def picture(self, study: str, series: str, instance: str) -> bytes:
        """Return one picture as PNG. Raises NotFoundError for what cannot be rendered."""
        path = f"studies/{study}/series/{series}/instances/{instance}/rendered"
        return await self._fetch(path, {}, "image/png", _LARGEST_PICTURE)

    async def _search(self, path: str, query: dict[str, str]) -> list[dict[str, Any]]:
        try:
            body = await self._fetch(path, query, "application/dicom+json", _LARGEST_ANSWER)
        except NotFoundError:
            return []
        try:
            rows = json.loads(body) if body else []
        except (ValueError, RecursionError) as error:
            raise UnavailableError("The archive's answer cannot be read.") from error
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise UnavailableError("The archive's answer cannot be read.")
        return rows

    async def _fetch(self, path: str, query: dict[str, str], kind: str, most: int) -> bytes:
        body, headers = bytearray(), {"Accept": kind}
        try:
            async with (
                asyncio.timeout(_WHOLE_SECONDS),
                self._client() as http,
                http.stream("GET", f"{self._base}/{path}", params=query, headers=headers) as answer,
            ):
                async for chunk in answer.aiter_bytes():
                    body += chunk
                    if len(body) > most:
                        raise UnavailableError("The archive answered too much.")
        except (httpx2.HTTPError, TimeoutError) as error:
            raise UnavailableError("The archive does not answer.") from error
        if answer.status_code in (204, 404):
            raise NotFoundError
        if answer.status_code != 200:
            raise UnavailableError("The archive refuses.", status=answer.status_code)
        return bytes(body)

    def _client(self) -> httpx2.AsyncClient:
        return httpx2.AsyncClient(
            verify=certificates(), timeout=8.0, trust_env=False, auth=self._login
        )


def _text(row: dict[str, Any], tag: str) -> str:
    """Return an attribute's first value of the DICOM JSON model (PS3.18 annex F)."""
    found = row.get(tag)
    values = found.get("Value") if isinstance(found, dict) else None
    return str(values[0]) if isinstance(values, list) and values else ""


def _number(row: dict[str, Any], tag: str) -> int:
    text = _text(row, tag)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == 8 else None
    except ValueError:
        return None
