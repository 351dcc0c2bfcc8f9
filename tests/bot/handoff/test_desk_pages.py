"""The desk's pages over HTTP: what each shows, what each does, and what another desk gets."""

import html
import re

import httpx2
import pytest

from auth.permissions import Role
from bot.console.talk_page import PATH
from tests.bot.handoff.people import TAX, Browser, People

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40


def fence(page: httpx2.Response) -> str:
    found = re.search(r'name="fence" value="(\d+)"', page.text)
    assert found is not None, page.text[:3000]
    return found[1]


async def taken(people: People, user: str, who: Browser) -> tuple[str, str]:
    """Take somebody's conversation; return its address and the fence."""
    grip = await people.grip(user)
    url = f"{PATH}/{grip.handoff_id}"
    answer = await who.post(f"{url}/take", fence=str(grip.fence))
    assert answer.status_code == 303
    await people.world.work()
    return url, fence(await who.get(url))


async def test_a_conversation_from_the_queue_to_its_end(people: People) -> None:
    user = await people.citizen()
    await people.asks(user)
    people.later(minutes=7)
    async with people.browser("sato") as sato:
        waiting = await sato.get(f"{PATH}/")
        assert "7分待ち" in waiting.text
        assert "人と話したい" in waiting.text
        url, seen = await taken(people, user, sato)
        sent = await sato.post(f"{url}/reply", fence=seen, key="k1", text="お待たせしました。")
        assert sent.status_code == 303
        await people.says(user, "<b>住民票</b>")
        page = (await sato.get(url)).text
        assert "お待たせしました。" in page
        assert "&lt;b&gt;住民票&lt;/b&gt;" in page
        assert "sato（市民課）" not in page
        noted = await sato.post(f"{url}/notes", key="n1", note="本人確認は窓口で")
        assert noted.status_code == 303
        assert "本人確認は窓口で" in (await sato.get(url)).text
        ended = await sato.post(f"{url}/close", fence=seen, reason="answered")
        assert ended.headers["location"] == f"{PATH}/?queue=mine"
        assert "回答できた" in (await sato.get(url)).text
        assert "終わった" in (await sato.get(f"{PATH}/?queue=closed")).text
    assert "お待たせしました。" in await people.heard(user)
    rows = await people.world.query("SELECT action FROM bot_handoff_action ORDER BY id")
    assert [row[0] for row in rows] == ["taken", "opened", "replied", "noted", "closed"]


async def test_the_loser_of_a_race_is_told_who_won(people: People) -> None:
    user = await people.citizen()
    await people.asks(user)
    grip = await people.grip(user)
    async with people.browser("sato") as sato, people.browser("suzuki") as suzuki:
        url, _ = await taken(people, user, sato)
        lost = await suzuki.post(f"{url}/take", fence=str(grip.fence))
        assert lost.status_code == 409
        assert "sato 太郎さんが先に対応を始めました。" in lost.text
        reply = await suzuki.post(f"{url}/reply", fence="1", key="k", text="こんにちは")
        assert reply.status_code == 409
        assert "sato 太郎さんが対応しています" in reply.text
        assert "こんにちは</textarea>" in reply.text
    assert "こんにちは" not in await people.heard(user)


async def test_personal_data_goes_out_only_knowingly_and_a_my_number_never(
    people: People,
) -> None:
    user = await people.citizen()
    await people.asks(user)
    async with people.browser("sato") as sato:
        url, seen = await taken(people, user, sato)
        phone = {"fence": seen, "key": "k1", "text": "090-1234-5678 へどうぞ"}
        warned = await sato.post(f"{url}/reply", **phone)
        assert warned.status_code == 422
        assert "電話番号" in warned.text
        assert "090-1234-5678 へどうぞ</textarea>" in warned.text
        assert "090" not in str(await people.heard(user))
        assert (await sato.post(f"{url}/reply", **phone, despite="yes")).status_code == 303
        assert "090-1234-5678 へどうぞ" in await people.heard(user)
        never = {"fence": seen, "key": "k2", "text": "1234 5678 9018", "despite": "yes"}
        assert (await sato.post(f"{url}/reply", **never)).status_code == 422
        unfilled = {"fence": seen, "key": "k3", "text": "〔日付〕に", "despite": "yes"}
        assert (await sato.post(f"{url}/reply", **unfilled)).status_code == 422
        note = await sato.post(f"{url}/notes", key="n", note="番号 1234 5678 9018")
        assert note.status_code == 422
    sql = (
        "SELECT details->'kinds', details->'sent_despite' FROM bot_handoff_action"
        " WHERE action = 'replied'"
    )
    assert await people.world.query(sql) == [(["phone"], True)]


async def test_canned_replies_and_answers_of_the_faq_are_put_into_the_draft(
    people: People,
) -> None:
    user = await people.citizen()
    await people.asks(user)
    async with people.browser("sato") as sato:
        url, seen = await taken(people, user, sato)
        draft = {"fence": seen, "key": "k1", "text": "はい。"}
        page = await sato.post(f"{url}/draft", **draft, do="canned", canned="visit")
        assert "はい。\nお手数ですが、〔窓口の名前〕" in html.unescape(page.text)
        assert "課税証明書" not in page.text, "another desk's replies are not offered"
        foreign = await sato.post(f"{url}/draft", **draft, do="canned", canned="tax-certificate")
        assert "課税証明書" not in foreign.text
        # No FAQ is loaded: that is said, and nothing is lost.
        none = await sato.post(f"{url}/draft", **draft, do="search", q="住民票")
        assert "はい。</textarea>" in none.text


async def test_a_picture_is_shown_and_anything_else_only_saved(people: People) -> None:
    user = await people.citizen()
    await people.asks(user)
    people.world.send_file(user, "image", PNG)
    people.world.send_file(user, "file", b"<script>", fileName="x.html", fileSize=8)
    await people.world.work()
    async with people.browser("sato") as sato:
        url, _ = await taken(people, user, sato)
        page = (await sato.get(url)).text
        [image] = set(re.findall(r'<img src="([^"]+)"', page))
        shown = await sato.get(image)
        assert (shown.content, shown.headers["content-type"]) == (PNG, "image/png")
        [file] = re.findall(r'<a href="([^"]+)" download', page)
        saved = await sato.get(file)
        assert saved.headers["content-disposition"].startswith("attachment")
        assert saved.headers["content-type"] == "application/octet-stream"
    async with people.browser("tanaka", TAX) as tanaka:
        assert (await tanaka.get(image)).status_code == 404


async def test_line_s_own_kinds_of_messages_are_said_in_words(people: People) -> None:
    user = await people.citizen()
    await people.asks(user)
    line = people.world.line
    line.post(f"users/{user}/messages", type="sticker", packageId="446", stickerId="1988")
    line.post(
        f"users/{user}/messages",
        type="location",
        title="鶴ヶ城",
        address="追手町1-1",
        latitude=37.4877,
        longitude=139.9297,
    )
    gone = line.post(f"users/{user}/messages", type="text", text="まちがい")
    await people.world.work()
    line.post(f"users/{user}/unsend", messageId=gone["messageId"])
    await people.world.work()
    async with people.browser("sato") as sato:
        url, seen = await taken(people, user, sato)
        await sato.post(f"{url}/close", fence=seen, reason="answered")
        await people.heard(user)
        await people.taps(user, f'/handoff{{"do":"rate","id":{url.rsplit("/", 1)[1]},"score":3}}')
        page = (await sato.get(url)).text
    for words in ("スタンプ", "鶴ヶ城", "緯度 37.4877", "送信が取り消されました", "友だちに追加"):
        assert words in page
    assert "まちがい" not in page
    assert "「満足」を押しました" in page
    assert "市民の評価：満足" in page


ROUTES = [
    ("GET", ""),
    ("POST", "/take"),
    ("POST", "/reply"),
    ("POST", "/draft"),
    ("POST", "/notes"),
    ("POST", "/forward"),
    ("POST", "/close"),
    ("POST", "/stay"),
    ("POST", "/typing"),
    ("POST", "/files"),
    ("POST", "/labels"),
    ("GET", "/media/1"),
    ("GET", "/transcript"),
    ("GET", "/transcript.csv"),
]
FIELDS = {
    "fence": "1",
    "key": "k",
    "text": "こんにちは",
    "note": "メモ",
    "desk": TAX,
    "reason": "answered",
    "do": "canned",
    "canned": "hello",
}


async def test_another_desk_gets_nothing_by_any_route(people: People) -> None:
    user = await people.citizen()
    await people.asks(user)
    async with (
        people.browser("sato") as sato,
        people.browser("tanaka", TAX) as tanaka,
        people.browser("kanri", TAX, role=Role.administrator) as kanri,
    ):
        url, _ = await taken(people, user, sato)
        for method, tail in ROUTES:
            for who, status in ((tanaka, 404), (kanri, 403)):
                answer = await who.http.request(
                    method, url + tail, data={"form_token": who.token, **FIELDS}
                )
                assert answer.status_code == status, (method, tail)
                assert "人と話したい" not in answer.text
        for queue in ("waiting", "mine", "watched", "closed"):
            page = (await tanaka.get(f"{PATH}/?queue={queue}")).text
            assert "人と話したい" not in page
            assert f'href="{url}"' not in page
        assert (await kanri.get(f"{PATH}/")).status_code == 403
        assert "職員への相談" not in (await kanri.get("/console/")).text
        assert "市民課" not in (await tanaka.get("/console/figures/figures.csv")).text
    assert await people.state(user) == "held"
    assert await people.world.one("SELECT count(*) FROM bot_handoff_note") == 0


async def test_every_change_needs_the_session_s_form_token(people: People) -> None:
    user = await people.citizen()
    await people.asks(user)
    async with people.browser("sato") as sato:
        url, _ = await taken(people, user, sato)
        for method, tail in ROUTES:
            if method == "POST":
                answer = await sato.http.post(url + tail, data={**FIELDS, "form_token": "x"})
                assert answer.status_code == 403, tail
    assert await people.state(user) == "held"


async def test_after_a_talk_with_one_desk_another_does_not_read_it(people: People) -> None:
    user = await people.citizen()
    await people.asks(user, TAX)
    async with people.browser("tanaka", TAX) as tanaka, people.browser("sato") as sato:
        url, seen = await taken(people, user, tanaka)
        await people.says(user, "滞納のことで")
        await tanaka.post(f"{url}/close", fence=seen, reason="answered")
        await people.world.work()
        people.later(minutes=5)
        await people.asks(user)
        second, _ = await taken(people, user, sato)
        page = (await sato.get(second)).text
        assert "滞納のことで" not in page
        assert "ほかの課との会話は表示していません" in page
        assert "滞納のことで" in (await tanaka.get(url)).text


@pytest.mark.parametrize("path", ["x", "0", "99999999999999999999", "1;drop", "-1"])
async def test_a_guessed_number_is_a_page_that_is_not_there(people: People, path: str) -> None:
    async with people.browser("sato") as sato:
        assert (await sato.get(f"{PATH}/{path}")).status_code == 404


async def test_forwarding_and_taking_over_stand_in_the_record(people: People) -> None:
    user = await people.citizen()
    await people.asks(user)
    async with (
        people.browser("sato") as sato,
        people.browser("tanaka", TAX) as tanaka,
        people.browser("chief", TAX, role=Role.supervisor) as chief,
    ):
        url, seen = await taken(people, user, sato)
        same = await sato.post(f"{url}/forward", fence=seen, key="f1", desk="市民課")
        assert same.status_code == 400
        gone = await sato.post(f"{url}/forward", fence=seen, key="f1", desk=TAX, note="課税の件")
        assert gone.status_code == 303
        assert (await sato.get(url)).status_code == 404
        url, _ = await taken(people, user, tanaka)
        assert "課税の件" in (await tanaka.get(url)).text
        assert "tanaka 太郎さんから引き取る" in (await chief.get(url)).text
        await taken(people, user, chief)
        page = (await chief.get(url)).text
        assert "引き取った" in page
        assert "市民課→税務課" in page
