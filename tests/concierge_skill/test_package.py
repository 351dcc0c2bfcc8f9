"""The package for skills in Python: the city calls what it serves; its emulator says the same."""

import io
import json
import re
import sys
import threading
import types
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import pytest
from fastapi import FastAPI, Request, Response

from kit.clock import system_clock
from kit.settings import ROOT
from services.developers import signing
from services.developers.calling import Call, Caller
from services.developers.rules import Outcome
from tests.emulators.serving import served
from tests.services.developers.test_calling import manifest_of

FOLDER = ROOT / "concierge-skill"
sys.path.insert(0, str(FOLDER / "src"))

import concierge_skill as package  # noqa: E402
from concierge_skill import emulator  # noqa: E402

SECRET = "cwh_of-the-test"


@pytest.fixture
def skill(monkeypatch: pytest.MonkeyPatch) -> package.Skill:
    """The skill of the README, word for word."""
    monkeypatch.setenv("SKILL_SECRET", SECRET)
    [code] = re.findall(r"```python\n(.*?)```", (FOLDER / "README.md").read_text(), re.DOTALL)
    module = types.ModuleType("library_hours")
    exec(compile(code, "README.md", "exec"), module.__dict__)  # noqa: S102
    monkeypatch.setitem(sys.modules, "library_hours", module)
    found: package.Skill = module.skill
    return found


@pytest.fixture
def url(skill: package.Skill) -> Iterator[str]:
    with emulator.server(skill, 0) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/answer"
        server.shutdown()


@pytest.fixture
async def city() -> AsyncIterator[Caller]:
    caller = Caller(system_clock, loopback=True)
    yield caller
    await caller.close()


def asked(**slots: str) -> Call:
    return Call("sub_1", {"language": "ja", **slots}, sandbox=False)


async def test_the_city_takes_what_the_package_answers(url: str, city: Caller) -> None:
    manifest = manifest_of(url, slots=["language", "branch"])
    first = await city.call(manifest, SECRET, asked())
    assert first.outcome is Outcome.ok, first.why
    assert [choice.label for choice in first.messages[0].choices] == ["中央", "北"]
    second = await city.call(manifest, SECRET, asked(branch="北"))
    assert second.messages[0].text.startswith("北は、9時から")


async def test_a_call_of_somebody_else_or_a_second_time_is_refused(
    url: str, city: Caller, skill: package.Skill
) -> None:
    manifest = manifest_of(url)
    tampered = await city.call(manifest, SECRET, Call("sub_1", {}, False, tampered=True))
    assert (tampered.outcome, tampered.status) == (Outcome.bad_status, 401)
    body = b'{"citizen": "c", "slots": {}, "sandbox": false}'
    headers = signing.signed_headers(SECRET, "nonce", body, system_clock())
    lower = {name.lower(): value for name, value in headers.items()}
    assert skill.handle(lower, body)[0] == 200
    assert skill.handle(lower, body)[0] == 401


async def test_a_skill_that_fails_says_so_and_logs_no_word(
    url: str, city: Caller, skill: package.Skill, caplog: pytest.LogCaptureFixture
) -> None:
    @skill.otherwise
    def fail(call: package.Call) -> package.messages.Json:
        raise ValueError(f"だれにも見せたくない {call.slots}")

    done = await city.call(manifest_of(url), SECRET, asked())
    assert (done.outcome, done.status) == (Outcome.bad_status, 500)
    assert "ValueError" in caplog.text
    assert "見せたくない" not in caplog.text


def test_a_talk_in_a_test_goes_by_words_and_buttons(skill: package.Skill) -> None:
    talk = emulator.Talk(skill, slots=["language", "branch"])
    [question] = talk.say("図書館は何時まで")
    assert question["text"] == "どの図書館ですか。"
    assert "中央は、9時から" in talk.tap("中央")[0]["text"]
    with pytest.raises(LookupError):
        talk.tap("南")
    skill.otherwise(lambda _call: [package.text("あ")] * 4)
    with pytest.raises(emulator.SkillFailedError):
        talk.say("図書館")


def test_a_talk_in_the_terminal_shows_buttons_by_number(
    skill: package.Skill, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("図書館\n2\n"))
    assert emulator.main(["talk", "library_hours:skill"]) == 0
    shown = capsys.readouterr().out
    assert "どの図書館ですか。\n  [1] 中央\n  [2] 北\n" in shown
    assert shown.endswith("北は、9時から19時までです。\n")


@pytest.mark.parametrize(
    "made",
    [
        lambda: package.text(" "),
        lambda: package.text("あ" * 1001),
        lambda: package.again("あ" * 21),
        lambda: package.link("開く", "http://example.jp/"),
        lambda: package.cards("要約", []),
        lambda: package.card("あ" * 41),
    ],
)
def test_what_the_city_would_not_take_is_told_where_it_is_made(made: types.FunctionType) -> None:
    with pytest.raises(ValueError, match=r"."):
        made()


@pytest.fixture
def shown() -> Iterator[tuple[str, list[dict[str, str]]]]:
    """A city that shows the district to whom has signed, and what it was asked."""
    app, heard = FastAPI(), []

    @app.post("/citizen-data")
    async def look(request: Request) -> Response:
        body, told = await request.body(), request.headers
        nonce = told[signing.NONCE]
        stamp, given = told[signing.TIMESTAMP], told[signing.SIGNATURE]
        assert signing.is_signed(SECRET, stamp, nonce, body, given, system_clock())
        heard.append({**json.loads(body), "bearer": told["authorization"]})
        if heard[-1]["scope"] != "district":
            return Response(status_code=403)
        answer = json.dumps({"scope": "district", "value": "城西", "sandbox": False}).encode()
        secret = "cwh_forged" if heard[-1]["citizen"] == "sub_forged" else SECRET
        headers = signing.signed_headers(secret, nonce, answer, system_clock())
        return Response(answer, headers=headers)

    with served(lambda _url: app) as url:
        yield f"{url}/citizen-data", heard


async def test_a_skill_looks_at_what_the_call_gives_it_a_right_to(
    url: str, city: Caller, skill: package.Skill, shown: tuple[str, list[dict[str, str]]]
) -> None:
    address, heard = shown
    grant = {"token": "cgt_1", "scopes": ["district"], "url": address, "seconds": 120}

    def tell(call: package.Call) -> package.messages.Json:
        try:
            call.look("age_group")
        except package.NotSharedError:
            return package.text(f"{call.look('district')}のごみの日です。")
        return package.text("見えすぎます。")

    skill.otherwise(tell)
    manifest = manifest_of(url)
    answered = await city.call(manifest, SECRET, replace(asked(), grant=grant))
    assert answered.messages[0].text == "城西のごみの日です。"
    wanted = {"skill": "library-hours", "citizen": "sub_1", "bearer": "Bearer cgt_1"}
    assert heard == [{**wanted, "scope": "age_group"}, {**wanted, "scope": "district"}]
    forged = replace(asked(), citizen="sub_forged", grant=grant)
    assert (await city.call(manifest, SECRET, forged)).outcome is Outcome.bad_status
    assert (await city.call(manifest, SECRET, asked())).outcome is Outcome.bad_status


def test_a_talk_in_a_test_shows_what_the_test_says(skill: package.Skill) -> None:
    skill.otherwise(lambda call: package.text(call.look("district") or "ありません"))
    assert emulator.Talk(skill, shows={"district": "城西"}).say("x")[0]["text"] == "城西"
    with pytest.raises(emulator.SkillFailedError):
        emulator.Talk(skill).say("x")
