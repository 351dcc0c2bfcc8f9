"""What the gate makes of a request's header before it looks at any grant."""

from typing import Annotated

import pytest
from fastapi import Depends, FastAPI

from auth.gate import Gate, demand
from auth.grants import Grant
from auth.manifests import Scope
from auth.tokens import RefusedTokenError
from kit.container import Container
from kit.web import make_app
from tests.kit.test_web import ask

SCOPE = Scope(name="x:read", audience="services/x", desk=None, level="L1", once=False)


class Seen(Gate):
    """A gate that only keeps what it is shown."""

    def __init__(self) -> None:
        self.shown: list[object] = []

    async def open(self, token: object, scope: Scope) -> Grant:
        self.shown.append(token)
        raise RefusedTokenError("none is good")


@pytest.mark.parametrize(
    ("headers", "token"),
    [
        ({}, None),
        ({"authorization": "Bearer abc"}, "abc"),
        ({"authorization": "bearer abc"}, "abc"),
        ({"authorization": "Basic abc"}, None),
        ({"authorization": "Bearer"}, ""),
    ],
)
async def test_only_a_bearer_is_shown_to_the_gate_and_none_is_refused_as_well(
    headers: dict[str, str], token: str | None
) -> None:
    gate = Seen()
    assert (await ask(_app(gate), "/", b"", "GET", **headers))[0] == 401
    assert gate.shown == [token]


def _app(gate: Gate) -> FastAPI:
    app = make_app("gate")
    app.state.container = Container()
    app.state.container.put(Gate, gate)

    @app.get("/")
    async def opened(grant: Annotated[Grant, Depends(demand(SCOPE))]) -> None:
        return None

    return app
