"""`/console/nursery/`: two families among 600 others, from the review to the reasons."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from sqlalchemy import func, select

from auth.permissions import Role
from identity.container import IdentityContainer
from identity.models import Access
from kit.settings import Settings
from services.nursery import allocating, desk_repository
from services.nursery.by_hand import COLUMNS
from services.nursery.demonstration import add_others
from services.nursery.importer import import_nursery
from services.nursery.models import NurseryChild, NurseryClass, NurseryResult, NurseryRound
from services.nursery.trying import LOTTERY
from services.nursery.verifier import verify
from tests.services.nursery.applying import KEIKO, MAI, ROUND, Officer, Parent, Town, open_town
from tests.support import form_token, log_in_staff

OTHERS = 600


@pytest.fixture
async def town(settings: Settings) -> AsyncIterator[Town]:
    async with open_town(settings) as town:
        yield town


@pytest.fixture
async def mai(town: Town) -> Parent:
    mai = await town.parent(MAI)
    await mai.fill_in([["d02", "d13"], ["d02", "d13"]])
    await mai.hand_in()
    return mai


async def runs(town: Town) -> list[Any]:
    async with town.files.database.transaction() as session:
        return list(await desk_repository.allocations(session, ROUND))


async def test_two_families_among_600_are_placed_approved_by_two_told_and_given_reasons(
    town: Town, mai: Parent
) -> None:
    keiko = await town.parent(KEIKO)
    await keiko.fill_in([["d02"], ["d02"]], mode="same_only")
    await keiko.hand_in()
    others = await add_others(town.files, ROUND, OTHERS, seed=3)
    assert others > 0.9 * OTHERS
    first = await town.officer(Role.operator)
    await first.review_all()
    early = await first.does(f"rounds/{ROUND}/freeze")
    assert early.headers["location"].endswith("done=early")
    await town.close_round()
    first = await again(town, first, "test-operator")
    for step, done in (("freeze", "frozen"), ("allocate", "allocating")):
        sent = await first.does(f"rounds/{ROUND}/{step}")
        assert sent.headers["location"].endswith(f"done={done}")
    assert (await first.does(f"rounds/{ROUND}/release")).headers["location"].endswith("done=again")
    await first.does(f"rounds/{ROUND}/allocate")
    await town.work()
    run, other = await runs(town)
    assert (run.state, other.state) == ("verified", "verified")
    assert run.result == other.result
    assert len(run.result["assignment"]) == others + 4
    assert verify(run.document, run.result).claims == []
    assert "NGUYEN" not in str(run.document)

    number = run.id
    await tried_on_a_copy(town, first)
    await compared_with_a_result_by_hand(town, first, number)
    sent = await first.does(f"allocations/{number}/approve")
    assert sent.headers["location"].endswith("done=same")
    second = await town.officer(Role.supervisor)
    tried = (await runs(town))[0]
    assert tried.trial is not None
    sent = await second.does(f"allocations/{tried.id}/approve")
    assert sent.headers["location"].endswith("done=again")
    await mai.log_in("card_at")
    await keiko.log_in("card_at")
    assert "結果が出ると、LINEでお知らせします" in await mai.page()
    sent = await second.does(f"allocations/{number}/approve")
    assert sent.headers["location"].endswith("done=approved")
    assert "内定" not in await mai.page()
    early_letter = await mai.http.get(f"/my/nursery/letter?round={ROUND}")
    assert early_letter.headers["location"] == "/identity/ended/page_refused"
    assert (await second.does(f"rounds/{ROUND}/release")).headers["location"].endswith("released")

    await town.tell()
    assert sorted(one["citizen_id"] for one in town.told if one["citizen_id"][:4] == "ctz_") == (
        sorted([mai.citizen, keiko.citizen])
    )
    for parent, own, foreign in ((mai, "NGUYEN", "渡"), (keiko, "渡", "NGUYEN")):
        page = await parent.page()
        assert own in page
        assert foreign not in page
        assert page.count('class="result"') == 2
        assert "内定しました" in page or "いちばん低い点数は" in page
        letter = await parent.http.get(f"/my/nursery/letter?round={ROUND}")
        assert (letter.headers["content-type"], letter.content[:5]) == ("application/pdf", b"%PDF-")
    said = str(town.told)
    assert not [word for word in ("NGUYEN", "渡辺", "内定", "デモ藤原") if word in said]
    await printed_in_one_go(town, second)
    await carried_into_the_next_round(town, second)


async def printed_in_one_go(town: Town, officer: Officer) -> None:
    """A part of the letters is one PDF; each is a look with its reason, and none without."""
    path, why = f"rounds/{ROUND}/letters", "通知書を送るため"

    async def looks() -> int:
        async with town.part(IdentityContainer).database.statement() as session:
            rows = select(func.count()).where(Access.reason == why)
            return await session.scalar(rows) or 0

    for number, reason, done in ((1, "", "reason"), (0, why, "part"), (2, why, "part")):
        sent = await officer.does(path, number=str(number), reason=reason)
        assert sent.headers["location"].endswith(f"done={done}")
    assert await looks() == 0
    pdf = await officer.does(path, number="1", reason=why)
    assert (pdf.headers["content-type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")
    # The invented families have no letters.
    assert await looks() == 2
    assert pdf.content.count(b"/Type /Page ") >= 2


async def carried_into_the_next_round(town: Town, officer: Officer) -> None:
    """Who has no place applies in the second round without doing anything; once."""
    assert (await officer.does("rounds/2027-04/carry")).headers["location"].endswith("early")
    async with town.files.database.transaction() as session:
        first = await session.get_one(NurseryRound, ROUND)
        told = {"title": "2次", "starts_on": first.starts_on, "opens_at": first.closes_at}
        closes = first.closes_at + timedelta(days=60)
        session.add(NurseryRound(id="2", **told, closes_at=closes, state="collecting"))
        results = (await session.scalars(select(NurseryResult))).all()
        seats = (await session.scalars(select(NurseryClass.seats))).all()
    placed = [row for row in results if row.facility_id is not None]
    assert "前の募集で入れなかった申し込みを引き継ぐ" in await officer.page()
    for done in ("carried", "early"):
        sent = await officer.does("rounds/2/carry")
        assert sent.headers["location"].endswith(f"done={done}")
    async with town.files.database.transaction() as session:
        left = (await session.scalars(select(NurseryClass.seats))).all()
        carried = (await desk_repository.all_children(session, "2")).values()
        points = await desk_repository.all_points(session, "2")
    assert sum(seats) - sum(left) == len(placed)
    assert sum(map(len, carried)) == len(results) - len(placed)
    assert len(points) == len(carried)


async def tried_on_a_copy(town: Town, officer: Officer) -> None:
    """One more class and another rule for equals; neither can be approved."""
    for typed, done in (
        ({"nursery": "d02", "age": "1", "seats": "40"}, "trying"),
        ({"what": "lottery"}, "trying"),
        ({"nursery": "d02", "age": "1", "seats": "0"}, "trial"),
        ({}, "trial"),
    ):
        sent = await officer.does(f"rounds/{ROUND}/trials", **typed)
        assert sent.headers["location"].endswith(f"done={done}")
    sent = await officer.does(f"rounds/{ROUND}/trials", nursery="none", age="1", seats="2")
    assert sent.status_code == 404
    await town.work()
    lottery, more, *own = await runs(town)
    assert (lottery.trial, more.trial) == (LOTTERY, {"nursery": "d02", "age": 1, "seats": 40})
    assert all(one.trial is None for one in own)
    assert more.result["assignment"] != own[0].result["assignment"]
    page = await officer.page()
    assert "試算：デモ藤原こども園の1歳児を40人増やす" in page
    assert "入れる人 +" in page


async def compared_with_a_result_by_hand(town: Town, officer: Officer, number: int) -> None:
    """The same list differs nowhere; with one child left out, that one is named with the reason."""
    run = next(one for one in await runs(town) if one.id == number)
    async with town.files.database.transaction() as session:
        names = await desk_repository.receipts(session, ROUND)
    rows = [
        [receipt, str(which), run.result["assignment"][child] or ""]
        for (receipt, which), child in names.items()
    ]
    assert "すべて同じです" in (await send_list(officer, number, rows)).text
    alone = [row[0] for row in rows]
    left_out = next(row for row in rows if row[2] and alone.count(row[0]) == 1)
    kept = left_out[2]
    left_out[2] = ""
    page = (await send_list(officer, number, rows)).text
    assert "違うお子さん <strong>1人</strong>" in page
    assert f"{left_out[0]} 1人目" in page
    assert "選べたはずの園に入れていません" in page
    left_out[2] = "d99"
    refused = await send_list(officer, number, rows)
    assert (refused.status_code, "この園IDはありません：d99" in refused.text) == (400, True)
    left_out[2] = kept


async def send_list(officer: Officer, number: int, rows: list[list[str]]) -> httpx2.Response:
    text = "\n".join(",".join(row) for row in [list(COLUMNS), *rows])
    token = form_token(await officer.http.get("/console/"))
    return await officer.http.post(
        f"/console/nursery/allocations/{number}/parity",
        data={"form_token": token},
        files={"by_hand": ("result.csv", text.encode(), "text/csv")},
    )


async def again(town: Town, officer: Officer, login: str) -> Officer:
    """Log the same member of staff in once more; days have passed."""
    officer.http = town.browser()
    assert (await log_in_staff(officer.http, login)).status_code == 303
    return officer


async def test_a_result_that_the_verifier_refuses_is_never_shown(
    town: Town, mai: Parent, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer = await town.officer()
    await officer.review_all()
    await town.close_round()
    officer = await again(town, officer, "test-operator")
    await officer.does(f"rounds/{ROUND}/freeze")
    await officer.does(f"rounds/{ROUND}/allocate")

    def wrong(market: Any) -> dict[str, Any]:
        return {"level": "stable", "claims": [], "assignment": dict.fromkeys(market.children)}

    monkeypatch.setattr(allocating, "allocate", wrong)
    await town.work()
    [run] = await runs(town)
    assert (run.state, run.result) == ("failed", None)
    assert "検証を通りませんでした" in await officer.page()
    sent = await officer.does(f"allocations/{run.id}/approve")
    assert not sent.headers["location"].endswith("done=approved")


async def test_the_desk_reviews_without_names_and_opens_them_with_a_reason(
    town: Town, mai: Parent
) -> None:
    officer = await town.officer()
    assert "1件" in await officer.page()
    [one] = re.findall(r"/applications/(nap_[0-9a-f]+)", await officer.page(f"rounds/{ROUND}"))
    assert "NGUYEN" not in await officer.page(f"applications/{one}")
    refused = await officer.does(f"applications/{one}", reason="")
    assert (refused.status_code, "NGUYEN" in refused.text) == (422, False)
    opened = await officer.does(f"applications/{one}", reason="書類との照合のため")
    assert "NGUYEN MINH" in opened.text
    log = (await mai.http.get("/identity/account/access")).text
    assert "書類との照合のため" in log


async def test_a_missing_paper_is_asked_for_with_one_tap_and_read_on_the_page(
    town: Town, mai: Parent
) -> None:
    officer = await town.officer()
    [one] = re.findall(r"/applications/(nap_[0-9a-f]+)", await officer.page(f"rounds/{ROUND}"))
    sheet = await officer.page(f"applications/{one}")
    number = re.findall(rf"{one}/papers/(\d+)", sheet)[0]
    sent = await officer.does(f"applications/{one}/papers/{number}", do="missing")
    assert sent.headers["location"].endswith("done=asked")
    await town.tell("request:1")
    assert "確認のお願い" in town.told[0]["messages"][0]["text"]
    assert "就労証明書" not in str(town.told)
    assert "就労証明書（保護者1）がまだ届いていません" in await mai.page()


async def test_nothing_is_frozen_while_a_row_is_undecided(town: Town, mai: Parent) -> None:
    officer = await town.officer()
    await town.close_round()
    officer = await again(town, officer, "test-operator")
    sent = await officer.does(f"rounds/{ROUND}/freeze")
    assert sent.headers["location"].endswith("done=early")
    assert "確認の終わっていない行" in await officer.page("?done=early")


async def test_rows_and_papers_of_another_application_are_not_found(
    town: Town, mai: Parent
) -> None:
    keiko = await town.parent(KEIKO)
    await keiko.fill_in([["d02"], ["d02"]])
    await keiko.hand_in()
    officer = await town.officer()
    ones = re.findall(r"/applications/(nap_[0-9a-f]+)", await officer.page(f"rounds/{ROUND}"))
    first, second = dict.fromkeys(ones)
    row = re.findall(rf"{first}/points/(\d+)", await officer.page(f"applications/{first}"))[0]
    assert (
        await officer.does(f"applications/{second}/points/{row}", do="confirm")
    ).status_code == 404
    for number in ("0", "x", "9" * 30):
        sent = await officer.does(f"applications/{first}/points/{number}", do="confirm")
        assert sent.status_code == 404
        assert (await officer.does(f"allocations/{number}/approve")).status_code == 404
    for strange in ("nap_0", "x", "../1"):
        assert (
            await officer.http.get(f"/console/nursery/applications/{strange}")
        ).status_code == 404


async def test_seats_that_the_desk_corrects_are_public_at_once_and_outlive_an_older_file(
    town: Town,
) -> None:
    officer = await town.officer()
    for seats, done in (("7", "noted"), ("-1", "number"), ("9999", "number"), ("", "number")):
        sent = await officer.does("seats", facility="d09", age="2", seats=seats)
        assert sent.headers["location"].endswith(f"done={done}")
    folder = town.settings.city_dir / "nursery"
    await import_nursery(town.files.database, folder, town.files.today())
    page = (await officer.http.get("/nursery/?age=2&district=東山")).text
    assert "2歳児 あき7人" in page
    assert (await officer.does("seats", facility="x", age="2", seats="1")).status_code == 404


async def test_two_applications_for_one_child_are_flagged(town: Town, mai: Parent) -> None:
    keiko = await town.parent(KEIKO)
    await keiko.fill_in([["d02"], ["d02"]])
    await keiko.hand_in()
    async with town.files.database.transaction() as session:
        rows = (await session.scalars(select(NurseryChild))).all()
        for row in rows:
            row.person_id = rows[0].person_id
    officer = await town.officer()
    [one, _] = dict.fromkeys(
        re.findall(r"/applications/(nap_[0-9a-f]+)", await officer.page(f"rounds/{ROUND}"))
    )
    assert "ほかに1件あります" in await officer.page(f"applications/{one}")


async def test_another_desk_and_another_role_find_no_such_page(town: Town, mai: Parent) -> None:
    for roles, desk in (((Role.operator,), "税務課"), ((Role.broadcaster,), "こども保育課")):
        stranger = await town.officer(*roles, desk=desk)
        for path in ("", f"rounds/{ROUND}"):
            answer = await stranger.http.get(f"/console/nursery/{path}")
            assert answer.status_code in (403, 404)
