"""Trouble on order. `POST /emulator/faults` adds one fault, `DELETE` removes them all.

Every fault has a `kind`, and may have `path` (a glob, default `*`), `method` and `times` (how
often it strikes at most):

* `latency`: wait `milliseconds` before anything else
* `answer`: answer `status` with `body` as `content_type`; nothing was done
* `change`: `set` and `remove` members of a JSON answer (metadata, tokens, UserInfo, keys)
* `callback`: `set` and `remove` parameters of the redirect back to the client
* `id_token`: issue a forged ID token (`forgery`: a name or what `forgery.Forgery` describes)
"""

from fnmatch import fnmatchcase
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from emulators.jose.jws import Json
from emulators.openid.forgery import NamedForgery


class _Fault(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    path: str = "*"
    method: str | None = None
    times: int | None = Field(default=None, ge=1)


class Latency(_Fault):
    """Wait first."""

    kind: Literal["latency"]
    milliseconds: int = Field(ge=0)


class Refusal(_Fault):
    """Answer something else."""

    kind: Literal["answer"]
    status: int = Field(500, ge=200, le=599)
    body: str = ""
    content_type: str = "text/html"


class Change(_Fault):
    """Change a JSON answer."""

    kind: Literal["change"]
    set: Json = {}
    remove: list[str] = []


class Callback(_Fault):
    """Change the parameters that the browser carries back."""

    kind: Literal["callback"]
    set: dict[str, str] = {}
    remove: list[str] = []


class IdToken(_Fault):
    """Issue a forged ID token."""

    kind: Literal["id_token"]
    forgery: NamedForgery


AnyFault = Annotated[Latency | Refusal | Change | Callback | IdToken, Field(discriminator="kind")]
_T = TypeVar("_T", bound=_Fault)


class Faults:
    """All faults in force."""

    def __init__(self) -> None:
        self._faults: list[_Fault] = []

    def add(self, fault: _Fault) -> None:
        """Put one fault in force."""
        self._faults.append(fault)

    def clear(self) -> None:
        """Remove them all."""
        self._faults.clear()

    def take(self, kind: type[_T], method: str, path: str) -> list[_T]:
        """Return the faults of a kind that strike this request, and count the strikes."""
        struck = [f for f in self._faults if isinstance(f, kind) and _matches(f, method, path)]
        for fault in struck:
            if fault.times is not None:
                fault.times -= 1
        self._faults = [fault for fault in self._faults if fault.times != 0]
        return struck

    def as_list(self) -> list[Json]:
        """Return the faults, with the strikes that are left."""
        return [fault.model_dump(exclude_defaults=True) for fault in self._faults]


def _matches(fault: _Fault, method: str, path: str) -> bool:
    return (fault.method or method).upper() == method and fnmatchcase(path, fault.path)
