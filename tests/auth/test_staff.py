"""What the console's guard asks identity, and what it makes of the answer."""

import httpx2
import pytest

from auth.permissions import Permission
from auth.staff import (
    StaffAccess,
    StaffClient,
    StaffLoginNeededError,
    StaffMember,
    StaffNotAllowedError,
)

MEMBER = StaffMember(id="stf_1", name="花子", desks=(), permissions=frozenset(), form_token="x")
LOOK = StaffAccess(
    **{"cookie": "x", "citizen_id": "ctz_1", "permission": Permission.residents_read},
    **{"desk": "市民課", "action": "record_read", "reason": "窓口での依頼"},
)


def client(answer: object, asked: list[str]) -> StaffClient:
    def told(request: httpx2.Request) -> httpx2.Response:
        asked.append(request.url.path)
        return httpx2.Response(200, json=answer)

    transport = httpx2.MockTransport(told)
    return StaffClient(httpx2.AsyncClient(transport=transport, base_url="http://identity"))


@pytest.mark.parametrize("cookie", [None, "", "x" * 201])
async def test_what_can_be_no_cookie_of_ours_is_asked_of_nobody(cookie: str | None) -> None:
    asked: list[str] = []
    with pytest.raises(StaffLoginNeededError):
        await client(MEMBER.model_dump(mode="json"), asked).member(cookie)
    assert asked == []


async def test_nobody_is_nobody_and_not_allowed_is_not_allowed() -> None:
    with pytest.raises(StaffLoginNeededError):
        await client(None, []).member("x")
    with pytest.raises(StaffLoginNeededError):
        await client(None, []).look(LOOK)
    told = {"allowed": False, "member": MEMBER.model_dump(mode="json")}
    with pytest.raises(StaffNotAllowedError):
        await client(told, []).look(LOOK)


async def test_names_are_asked_for_once_each() -> None:
    asked: list[str] = []
    found = await client({"stf_1": "花子"}, asked).names(["stf_1", "stf_2", "stf_1"])
    assert found == {"stf_1": "花子"}
    assert asked == ["/identity/internal/staff/names"]
