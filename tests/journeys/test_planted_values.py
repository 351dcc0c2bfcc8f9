"""A marked citizen goes every way through the real stack; afterwards nothing shows who it was.

Not looked at, because a value must be there: what the citizen types into the pages of the
providers (they are not ours), and the answers of the gate's API, which are the record itself.
"""

import csv
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import psycopg
import pytest

from concierge.local_stack import LocalStack
from kit.masking import is_card_number, is_my_number
from kit.settings import ROOT
from services.residents.columns import RESIDENT_COLUMNS
from services.residents.contract import AUDIENCE
from tests.identity.browsing import Browser
from tests.journeys import planting
from tests.journeys.planting import ACCOUNT, CARD, VALUES, Hit, Place
from tests.journeys.test_conversations import Talk, words
from tests.support import Line

NAMES = ("name", "family name", "given name")
REST_OF_THE_RECORD = ("kana", "address", "lot", "birth date")
# Where a value must stand, and why. Every other place has none.
ALLOWED = {
    ("line webhook", "My Number"): "the citizen typed it into LINE, which sends it to us",
    ("line webhook", "payment card"): "likewise",
    ("my-id request", "account"): "the provider's own login form",
    ("address at my-id", "account"): "the provider's own pages, after the login",
    ("header of my-id", "account"): "likewise",
    **{
        (f"page {path}", value): "the citizen's own record, on the page that is there to show it"
        for path, values in {
            "/my/contact": (*NAMES, "phone", "mail"),
            "/my/contact/change": (*NAMES, "phone", "mail"),
            "/identity/account/export": (*NAMES, *REST_OF_THE_RECORD, "phone", "mail"),
        }.items()
        for value in values
    },
}
CONTACT = {"phone": VALUES["phone"], "mail": VALUES["mail"]}
SCOPES = ("people:read", "contact:read", "contact:write", "contact:delete", "export")


@dataclass
class Witness:
    """What went past on the way: addresses, pages, answers."""

    stack: LocalStack
    seen: list[Place] = field(default_factory=list)

    def browser(self) -> Browser:
        """Return a browser whose every address and every page of ours is kept."""
        browser = Browser()
        browser.http.event_hooks = {"request": [self._asked], "response": [self._answered]}
        return browser

    def _asked(self, request: httpx2.Request) -> None:
        sent = f"{request.url} {request.headers.get('referer', '')} {request.headers.get('cookie')}"
        self.seen.append((f"address at {self._whose(request.url)}", sent.encode()))

    def _answered(self, response: httpx2.Response) -> None:
        response.read()
        told = "\n".join(f"{name}: {value}" for name, value in response.headers.items())
        self.seen.append((f"header of {self._whose(response.url)}", told.encode()))
        if str(response.url).startswith(self.stack.web):
            self.keep(f"page {response.url.path}", response)

    def _whose(self, url: httpx2.URL) -> str:
        ports = self.stack.plan.ports
        names = {ports.web: "web", ports.line: "line", ports.my_id: "my-id"}
        return names.get(url.port or 0, "digital-auth")

    def keep(self, place: str, response: httpx2.Response) -> None:
        self.seen.append((place, response.content))

    def places(self) -> Iterator[Place]:
        """Return every place to look at, after the citizen's visit."""
        stack, settings = self.stack, self.stack.plan.settings
        yield from self.seen
        yield from planting.logs(stack)
        yield from planting.postgres(settings.database_url)
        yield from planting.redis_keys(settings.redis_url)
        yield from planting.journal(stack.line, "line")
        yield from planting.journal(stack.my_id, "my-id")
        yield from planting.journal(stack.digital_auth, "digital-auth")
        yield "metrics", httpx2.get(f"{stack.web}/metrics", trust_env=False).content


class Citizen:
    """The marked citizen with a phone, a browser and the city's staff out of sight."""

    def __init__(self, stack: LocalStack, witness: Witness) -> None:
        self.stack, self.witness = stack, witness
        self.talk = Talk(Line(stack.line))
        self.browser = witness.browser()
        with psycopg.connect(
            stack.plan.settings.database_url, options="-csearch_path=city_aizuwakamatsu,public"
        ) as database:
            sql = "SELECT id FROM bot_citizen WHERE line_user_id = %s"
            found = database.execute(sql, [self.talk.user]).fetchone()
        self.id = str(found and found[0])
        token = stack.plan.settings.internal_token.get_secret_value()
        internal = {"Authorization": f"Bearer {token}"}
        self.packages = httpx2.Client(
            base_url=stack.web, headers=internal, trust_env=False, timeout=20
        )
        self.api = httpx2.Client(base_url=stack.web, trust_env=False, timeout=20)

    def open(self, payload: str) -> None:
        """Tap something that leads to a page of ours, and go as far as the provider."""
        answer = self.talk.press(payload)
        [url] = [url for url in _links(answer) if "/identity/start" in url]
        self.browser.open(url)
        self.browser.send("/start")
        self.browser.send(userId=self.talk.user, choice="yes")

    def my_id(self) -> None:
        self.browser.send("/login", user_id=ACCOUNT.user_id, password=ACCOUNT.password)
        self.browser.send("/consent")

    def card(self) -> None:
        self.browser.send("/agree")
        self.browser.send("/pin", pin=CARD.pin)
        self.browser.send("/card", card=CARD.user_id)

    def confirm(self) -> str:
        """Agree in LINE's dialog, and return what the talk says then."""
        seen = self.talk.line.from_bot(self.talk.user)
        self.browser.send(userId=self.talk.user, choice="yes")
        return self.hear(len(seen) + 1)

    def hear(self, count: int) -> str:
        seen = self.talk.line.wait_for_bot(self.talk.user, count)
        self.talk.count = len(seen)
        return words([seen[-1]["message"]])

    def standing(self) -> str:
        answer = self.packages.get(f"/identity/internal/standings/{self.id}")
        return str(answer.json()["level"])

    def grant(self, scope: str) -> str:
        asked = {
            "citizen_id": self.id,
            "audience": AUDIENCE,
            "scopes": [f"residents:{scope}"],
            "level": "L3-fresh",
        }
        answer = self.packages.post("/identity/internal/grants", json=asked)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["grant"])

    def ask(self, method: str, path: str, grant: str, body: Any = None) -> httpx2.Response:
        bearer = {"Authorization": f"Bearer {grant}"}
        url = f"/services/residents/{path}"
        answer = self.api.request(method, url, headers=bearer, json=body)
        if answer.status_code >= 400:
            self.witness.keep(f"error {method} {answer.status_code}", answer)
        return answer


def _links(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, member in value.items():
            if name == "uri":
                yield str(member)
            yield from _links(member)
    elif isinstance(value, list):
        for member in value:
            yield from _links(member)


def _control(url: str, path: str, body: Any) -> None:
    httpx2.post(f"{url}/emulator/{path}", json=body, trust_env=False).raise_for_status()


@pytest.fixture(scope="module")
def planted(stack: LocalStack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Witness]:
    """The house after the citizen's visit."""
    witness = Witness(stack)
    _control(stack.my_id, "users", ACCOUNT.model_dump())
    _control(stack.digital_auth, "users", CARD.model_dump(mode="json"))
    _import_register(witness, tmp_path_factory.mktemp("register") / "residents.csv")
    citizen = Citizen(stack, witness)
    for visit in VISITS:
        visit(citizen)
    _wait_for_jobs(stack)
    yield witness
    for url in (stack.my_id, stack.digital_auth):
        _control(url, "reset", {})


def _import_register(witness: Witness, path: Path) -> None:
    row = (
        *(VALUES["number in the register"], "PLANTED-H", CARD.name, VALUES["kana"]),
        *(CARD.birthdate.isoformat(), "男", CARD.address, ""),
    )
    for name, bad in (("good", ()), ("bad", ((*row[:4], "1953-17-10", *row[5:]),))):
        with path.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows([RESIDENT_COLUMNS, row, *bad])
        command = [sys.executable, "-m", "concierge", "residents", "import", str(path)]
        env = {**os.environ, **witness.stack.plan.env, "ENVIRONMENT": "test"}
        done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, check=False)
        witness.seen.append((f"output of the {name} import", done.stdout + done.stderr))
        assert done.returncode == (0 if name == "good" else 1), done.stdout


def _talk(citizen: Citizen) -> None:
    number, card = VALUES["My Number"], VALUES["payment card"]
    grouped = " ".join(number[i : i + 4] for i in (0, 4, 8))
    for text in (
        f"マイナンバーは{number}です",
        f"{grouped}で手続きできますか",
        number.translate({code: code + 0xFEE0 for code in range(0x30, 0x3A)}),
        f"カードは{card}です",
        "明日は何のごみですか",
    ):
        assert citizen.talk.say(text)


def _link(citizen: Citizen) -> None:
    citizen.open("/link_my_id")
    citizen.browser.send("/login", user_id=ACCOUNT.user_id, password="wrong")
    citizen.my_id()
    assert "纐＊＊＊ さま" in citizen.confirm()


def _read_card(citizen: Citizen) -> None:
    browser = citizen.browser
    citizen.open("/verify_mynumber")
    browser.send("/agree")
    browser.send("/pin", pin="9999")
    browser.send("/card", card=CARD.user_id)
    citizen.open("/verify_mynumber")
    citizen.card()
    assert "本人確認ができました" in citizen.confirm()
    assert citizen.standing() == "L3-fresh"
    browser.open(f"{citizen.stack.web}/identity/step-up/card")
    browser.send("/step-up/card")
    citizen.card()
    assert browser.url.endswith("/identity/ended/proven")


def _use_records(citizen: Citizen) -> None:
    [me] = citizen.ask("GET", "people", citizen.grant("people:read")).json()["people"]
    assert me["name"] == CARD.name
    contact, export = (f"people/{me['resident_id']}/{what}" for what in ("contact", "export"))
    write = citizen.grant("contact:write")
    assert citizen.ask("PUT", contact, write, CONTACT).status_code == 200
    assert citizen.ask("PUT", contact, write, CONTACT).status_code == 401
    for wrong in (
        {"phone": VALUES["My Number"]},
        {"mail": f"{VALUES['My Number']}@contact.example"},
        {"phone": VALUES["name"], "mail": VALUES["address"]},
        {**CONTACT, VALUES["name"]: VALUES["kana"]},
        [VALUES["mail"]],
    ):
        assert citizen.ask("PUT", contact, citizen.grant("contact:write"), wrong).is_client_error
    assert citizen.ask("GET", contact, citizen.grant("contact:read")).json() == CONTACT
    assert citizen.ask("GET", export, citizen.grant("export")).json()["kana"] == VALUES["kana"]
    for path in (f"people/{VALUES['name']}/contact", f"people/{VALUES['phone']}/export"):
        assert citizen.ask("GET", path, citizen.grant("people:read")).is_client_error
    assert citizen.ask("GET", contact, f"{VALUES['name']}".encode().hex()).status_code == 401


def _open_own_pages(citizen: Citizen) -> None:
    """Every page behind the login; what they may show is the record itself, to its owner."""
    browser, web = citizen.browser, citizen.stack.web
    for path in ("/identity/account", "/identity/account/access", "/identity/account/delete"):
        browser.open(f"{web}{path}")
        assert (browser.page.status_code, browser.page.url.path) == (200, path)
    browser.open(f"{web}/identity/account/export")
    exported = browser.send("/export")
    assert VALUES["phone"] in exported
    browser.open(f"{web}/my/contact")
    assert CARD.name in browser.page.text
    browser.open(f"{web}/my/contact/change?person=1")
    wrong = browser.send("/change", do="save", phone=VALUES["My Number"], mail="no mail")
    assert "まだ保存していません" in wrong
    browser.send("/change", do="save", **CONTACT)
    assert str(browser.page.url).endswith("/my/contact?done=saved")


def _be_refused(citizen: Citizen) -> None:
    """Logins that fail after the provider has told who it was."""
    card = citizen.stack.digital_auth
    told = {"kind": "change", "path": "*/userinfo", "times": 1}
    number = f"{CARD.address} {VALUES['My Number']}"
    broken = {"kind": "answer", "path": "*/userinfo", "status": 500, "body": CARD.name}
    for fault, ending in (
        ({"kind": "id_token", "forgery": "wrong_nonce", "times": 1}, "refused_login"),
        (told | {"set": {"gender": "9"}}, "unreadable_items"),
        (told | {"set": {"address": number}}, "unreadable_items"),
        (told | {"set": {"sub": VALUES["sub at My-ID"]}}, "refused_login"),
        (broken, "unavailable"),
    ):
        citizen.open("/verify_mynumber")
        _control(card, "faults", fault)
        citizen.card()
        assert citizen.browser.url.endswith(f"/identity/ended/{ending}")
        httpx2.delete(f"{card}/emulator/faults", trust_env=False).raise_for_status()
        _settle(citizen)


def _settle(citizen: Citizen) -> None:
    """Wait for what the talk says after a login, so that the next answer is not taken for it."""
    _wait_for_jobs(citizen.stack)
    citizen.talk.count = len(citizen.talk.line.from_bot(citizen.talk.user))


def _ask_strangely(citizen: Citizen) -> None:
    """Requests that bring a value along: no answer and no log repeats it."""
    name, mail, number = VALUES["name"], VALUES["mail"], VALUES["My Number"]
    # After a crash the server hangs up, so these have connections of their own.
    packages, api = (
        httpx2.Client(base_url=http.base_url, headers=http.headers, trust_env=False, timeout=20)
        for http in (citizen.packages, citizen.api)
    )
    who = {"citizen_id": citizen.id, "name": name, "address": VALUES["address"], "sex": "male"}
    asked: list[Callable[[], httpx2.Response]] = [
        lambda: api.get(f"/nowhere/{name}", params={"mail": mail}),
        lambda: api.get(f"/identity/ended/{name}"),
        lambda: api.get("/identity/start", params={"t": name}),
        lambda: api.post("/identity/start", data={"t": mail, "provider": name}),
        lambda: api.post(f"/identity/step-up/{name}", data={"form_token": number}),
        lambda: api.get(
            "/identity/card/callback",
            params={"error": "server_error", "error_description": name, "state": mail},
        ),
        lambda: api.post("/line/webhook", content=f'{{"name": "{name}"'.encode()),
        lambda: api.post("/console/login", data={"login": mail, "password": number}),
        lambda: packages.post("/services/residents/identifications", json=who),
        lambda: packages.post(
            "/services/residents/identifications", json={**who, "birthdate": "1953-10-07T"}
        ),
        lambda: packages.post("/services/residents/identifications", content=name.encode()),
        lambda: packages.get(f"/services/residents/citizens/{name}/authority", params={"on": mail}),
        lambda: packages.post(
            "/identity/internal/tickets", json={"citizen_id": name, "level": mail}
        ),
        lambda: packages.post("/identity/internal/account-links", json={"nonce": name}),
        lambda: packages.get(f"/identity/internal/standings/{name}%00"),
    ]
    for ask in asked:
        answer = ask()
        citizen.witness.keep(f"error {answer.request.method} {answer.status_code}", answer)
    packages.close()
    api.close()


def _unlink(citizen: Citizen) -> None:
    assert "連携を外しました" in words(
        citizen.talk.press('/unlink_account{"unlink_what": "links"}')
    )
    assert citizen.standing() == "L0"
    citizen.browser.open(f"{citizen.stack.web}/identity/step-up/card")
    # My-ID still knows the browser and would not ask for the password again.
    citizen.browser = citizen.witness.browser()
    citizen.open("/link_my_id")
    citizen.my_id()
    assert "纐＊＊＊ さま" in citizen.confirm()


VISITS = (
    *(_talk, _link, _read_card, _use_records, _open_own_pages),
    *(_be_refused, _ask_strangely, _unlink),
)


def _wait_for_jobs(stack: LocalStack) -> None:
    query = "SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing' OR "
    query += "(status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= now()))"
    deadline = time.monotonic() + 60
    with psycopg.connect(
        stack.plan.settings.database_url,
        options="-csearch_path=city_aizuwakamatsu,public",
        autocommit=True,
    ) as database:
        while database.execute(query).fetchone() != (0,):
            assert time.monotonic() < deadline, "jobs are still waiting"
            time.sleep(0.1)


def test_the_marked_numbers_are_what_they_pretend_to_be() -> None:
    assert is_my_number(VALUES["My Number"])
    assert is_card_number(VALUES["payment card"])


def test_no_marked_value_is_found_where_it_need_not_be(planted: Witness) -> None:
    hits = planting.search(planted.places())
    assert not {hit for hit in hits if (hit.place, hit.value) not in ALLOWED}
    assert ALLOWED.keys() == {(hit.place, hit.value) for hit in hits}, "an exception is not needed"


@pytest.mark.parametrize("value", [name for name in VALUES if name != "PIN"])
def test_a_value_is_found_in_each_form(value: str) -> None:
    for raw, form in planting.NEEDLES[value].items():
        found = planting.search(iter([("here", b"before " + raw + b" after")]))
        assert Hit("here", value, form) in found


def test_a_pin_is_found_on_its_own_only() -> None:
    for text, is_there in (("pin=0739&", True), ('"0739"', True), ("10739", False)):
        assert bool(planting.search(iter([("here", text.encode())]))) == is_there


def test_a_leak_into_any_store_turns_the_scan_red(planted: Witness) -> None:
    settings, data = planted.stack.plan.settings, planted.stack.plan.data_dir
    log = data / "log" / "planted.log"
    log.write_text("name=%E7%BA%90%E7%BA%88\n", encoding="ascii")
    with psycopg.connect(
        settings.database_url, options="-csearch_path=city_aizuwakamatsu,public", autocommit=True
    ) as database:
        database.execute("CREATE TABLE rasa.planted (t text, b bytea)")
        leak = [repr({"phone": VALUES["phone"]}), VALUES["address"].encode()]
        database.execute("INSERT INTO rasa.planted VALUES (%s, %s)", leak)
        with planting.redis_at(settings.redis_url, 3) as store:
            store.hset("planted", "sub", VALUES["sub of the card"])
            hits = planting.search(planted.places())
            store.delete("planted")
        database.execute("DROP TABLE rasa.planted")
    log.unlink()
    found = {(hit.place, hit.value) for hit in hits} - ALLOWED.keys()
    assert found == {
        ("log planted", "family name"),
        ("postgres rasa.planted", "phone"),
        ("postgres rasa.planted", "address"),
        ("postgres rasa.planted", "lot"),
        ("redis planted", "sub of the card"),
    }
