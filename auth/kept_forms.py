"""Forms that came too late: kept for half an hour, so that nobody types anything twice.

A browser holds a random token, Redis the sealed form under its digest. Only a form that a page of
ours sent is kept (the browser says so itself): what another site sends shall not wait here for
somebody to log in. Nothing with a password is kept.
"""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from fastapi import Request, Response

from auth.store import Store
from kit.console import FormKeeper
from kit.errors import ConciergeError
from kit.forms import read_fields
from kit.settings import Settings

LIFE = timedelta(minutes=30)
_TOKEN = "form_token"  # noqa: S105  the name of a field
_SECRET = frozenset({"password", "again", "current", "code", "secret"})


@dataclass(frozen=True)
class KeptForm:
    """Where a form was to go, and what it held."""

    path: str
    fields: Mapping[str, Sequence[str]]

    @property
    def typed(self) -> list[str]:
        """Return what somebody seems to have typed, to be recognised by."""
        every = [value for values in self.fields.values() for value in values]
        return [value for value in every if not value.isascii() or " " in value.strip()]


class KeptForms(FormKeeper):
    """Keeps forms and gives them back. Without Redis nothing is kept, and nobody told so."""

    def __init__(self, store: Store, settings: Settings) -> None:
        """The store is for this purpose alone."""
        self._store = store
        self._secure = settings.public_base_url.startswith("https://")
        self._cookie = "__Host-kept" if self._secure else "kept"

    async def keep(self, request: Request, response: Response, owner: str = "") -> bool:
        """Keep the form of a request, and give the browser the way to it.

        `owner` is who alone gets it back, where that is known. False for what is not kept.
        """
        try:
            fields = dict(await read_fields(request))
            fields.pop(_TOKEN, None)
            if _SECRET.intersection(fields):
                return False
            token = secrets.token_urlsafe(32)
            value = {"path": request.url.path, "fields": fields, "owner": owner}
            await self._store.put(_digest(token), value, LIFE)
        except ConciergeError:
            return False
        response.set_cookie(
            self._cookie,
            token,
            max_age=int(LIFE.total_seconds()),
            path="/",
            httponly=True,
            samesite="lax",
            secure=self._secure,
        )
        return True

    async def find(self, request: Request, owner: str = "") -> KeptForm | None:
        """Return what is kept for a browser and this owner."""
        token = request.cookies.get(self._cookie, "")
        value = await self._store.get(_digest(token)) if token else None
        if value is None or value["owner"] != owner:
            return None
        return KeptForm(value["path"], value["fields"])

    async def drop(self, request: Request, response: Response) -> None:
        """Forget what is kept for a browser."""
        await self._store.drop(_digest(request.cookies.get(self._cookie, "")))
        response.delete_cookie(self._cookie, path="/", secure=self._secure, httponly=True)

    async def close(self) -> None:
        """Close every connection."""
        await self._store.close()


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
