"""A call of a skill from outside: what leaves the city, and what may come in."""

import time
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from kit.clock import system_clock
from services.developers.addresses import AddressRefusedError, is_allowed, target_of
from services.developers.calling import Call, Caller
from services.developers.rules import CALL_SECONDS, Outcome
from services.developers.signing import is_signed, signed_headers
from services.developers.skill_manifest import SkillManifest
from services.developers.skills import BadManifestError, read_manifest
from tests.services.developers.skill import HOSTILE, Skill, serving


def manifest_of(url: str, **changes: Any) -> SkillManifest:
    told = {
        "id": "bicycle-stations",
        "title": "シェアサイクルの空き",
        "description": "空きを知らせます。",
        "desk": "市民課",
        "url": url,
        "triggers": ["シェアサイクルの空き"],
        "slots": ["language", "station"],
        "languages": ["ja"],
        "contact": "dev@example.jp",
        "retention": "保存しません。",
    }
    return SkillManifest.model_validate({**told, **changes})


@pytest.fixture
def skill() -> Iterator[Skill]:
    with serving() as skill:
        yield skill


@pytest.fixture
async def caller() -> AsyncIterator[Caller]:
    caller = Caller(system_clock, loopback=True)
    yield caller
    await caller.close()


def call(**slots: str) -> Call:
    return Call("sub_1", {"words": "内緒の言葉", "language": "ja", **slots}, sandbox=False)


async def test_an_honest_skill_answers_with_our_messages(skill: Skill, caller: Caller) -> None:
    done = await caller.call(manifest_of(skill.url), skill.secret, call(station="st-1"))
    assert done.outcome is Outcome.ok
    assert [message.type for message in done.messages] == ["text"]


async def test_a_skill_hears_the_slots_that_it_declares_and_nothing_else(
    skill: Skill, caller: Caller
) -> None:
    await caller.call(manifest_of(skill.url), skill.secret, call(station="st-1", other="x"))
    [heard] = skill.heard
    assert heard.content["slots"] == {"language": "ja", "station": "st-1"}
    assert set(heard.content) == {
        "version", "skill", "citizen", "slots", "sandbox", "deadline_ms"
    }  # fmt: skip
    assert "内緒" not in heard.body.decode()
    assert "authorization" not in heard.headers
    assert "x-city" not in heard.headers


@pytest.mark.parametrize("name", HOSTILE)
async def test_whatever_a_hostile_skill_does_the_call_ends_in_time(
    skill: Skill, caller: Caller, name: str
) -> None:
    skill.reply, outcome = HOSTILE[name]
    began = time.monotonic()
    done = await caller.call(manifest_of(skill.url), skill.secret, call())
    assert time.monotonic() - began < CALL_SECONDS + 0.7
    assert (done.outcome, done.messages) == (outcome, ())
    assert "evil" not in done.why
    assert "alert" not in done.why


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("203.0.114.1", True),
        ("2606:4700::1111", True),
        ("10.0.0.1", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("127.0.0.1", False),
        ("0.0.0.0", False),  # noqa: S104
        ("224.0.0.1", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:10.0.0.1", False),
        ("::ffff:127.0.0.1", False),
        ("2002:7f00:1::", False),
        ("64:ff9b::7f00:1", False),
        ("no address", False),
    ],
)
def test_only_public_addresses_are_called(address: str, allowed: bool) -> None:
    assert is_allowed(address, loopback=False) is allowed


def resolving(*answers: str) -> Any:
    async def resolve(_name: str, _port: int) -> Sequence[str]:
        return answers

    return resolve


async def test_one_private_address_among_public_ones_is_enough_to_refuse() -> None:
    resolve = resolving("203.0.114.1", "10.0.0.1")
    with pytest.raises(AddressRefusedError):
        await target_of("https://skill.example/", loopback=False, resolve=resolve)


async def test_the_call_goes_to_the_address_that_was_checked() -> None:
    resolve = resolving("203.0.114.1")
    target = await target_of("https://skill.example/answer?a=1", loopback=False, resolve=resolve)
    assert target.url == "https://203.0.114.1:443/answer?a=1"
    assert (target.host, target.name) == ("skill.example", "skill.example")


async def test_plain_http_is_for_this_machine_alone() -> None:
    with pytest.raises(AddressRefusedError):
        await target_of("http://localhost/", loopback=True, resolve=resolving("203.0.114.1"))


async def test_this_machine_is_not_called_where_the_setting_forbids_it(skill: Skill) -> None:
    caller = Caller(system_clock, loopback=False)
    done = await caller.call(manifest_of(skill.url), skill.secret, call())
    await caller.close()
    assert done.outcome is Outcome.refused_address
    assert skill.heard == []


def test_a_signature_holds_for_one_body_one_nonce_and_a_little_while() -> None:
    now = datetime(2026, 11, 30, tzinfo=UTC)
    headers = signed_headers("secret", "nonce", b"body", now)
    timestamp, _, given = headers.values()
    assert is_signed("secret", timestamp, "nonce", b"body", given, now)
    later = datetime(2026, 11, 30, 0, 6, tzinfo=UTC)
    assert not is_signed("secret", timestamp, "nonce", b"body", given, later)
    assert not is_signed("secret", timestamp, "other", b"body", given, now)
    assert not is_signed("secret", timestamp, "nonce", b"other", given, now)
    assert not is_signed("other", timestamp, "nonce", b"body", given, now)
    assert not is_signed("secret", "soon", "nonce", b"body", given, now)


@pytest.mark.parametrize(
    "changes",
    [
        {"url": "http://skill.example.jp/answer"},
        {"url": "https://user@skill.example.jp/answer"},
        {"url": "file:///etc/passwd"},
        {"url": "http://127.0.0.1.evil.example/answer"},
        {"triggers": []},
        {"triggers": ["は"]},
        {"id": "Bad Id"},
        {"level": "L2"},
        {"languages": []},
        {"webhook": "extra"},
    ],
)
def test_a_bad_manifest_is_refused_without_repeating_it(changes: dict[str, Any]) -> None:
    good = manifest_of("https://skill.example.jp/answer").model_dump()
    with pytest.raises(BadManifestError) as refused:
        read_manifest({**good, **changes})
    assert next(iter(changes)) in refused.value.message
    assert "passwd" not in refused.value.message
