"""`/my/nursery/`: saved at every step, handed in once, until the deadline, by a guardian."""

from collections.abc import AsyncIterator
from datetime import date, timedelta

import pytest

from kit.errors import NotFoundError
from kit.settings import Settings
from services.nursery.applications import Applications
from services.nursery.contract import DraftChild, DraftPart
from tests.services.nursery.applying import KENTA, MAI, Parent, Town, open_town

WISHES = [["d02", "d13"], ["d02", "d13"]]
PAPERS = {"paper.employment:0": "window", "paper.employment:1": "window"}


@pytest.fixture
async def town(settings: Settings) -> AsyncIterator[Town]:
    async with open_town(settings) as town:
        yield town


@pytest.fixture
async def mai(town: Town) -> Parent:
    return await town.parent(MAI)


async def test_children_come_from_the_register_with_the_class_of_each(mai: Parent) -> None:
    page = await mai.page("children")
    assert "NGUYEN ANさん（2023年7月20日生まれ・3歳児クラス）" in page
    assert "NGUYEN MINHさん（2026年2月8日生まれ・1歳児クラス）" in page


async def test_what_was_filled_in_is_there_on_another_device(town: Town, mai: Parent) -> None:
    await mai.send("children", child=await mai.children())
    await mai.post("parents", {"p0.reason": "work"})
    other = Parent(town)
    other.citizen = mai.citizen
    await other.log_in("card_at")
    assert "入力の途中です" in await other.page()
    assert (await other.page("children")).count(" checked") == 2
    page = await other.page("parents")
    assert '<option value="work" selected>' in page
    assert 'name="p0.hours_per_month"' in page


async def test_more_is_asked_only_when_it_can_change_the_points(mai: Parent) -> None:
    answer = await mai.post("parents", {"p0.reason": "work", "p1.reason": "search"})
    assert answer.headers["location"] == "/my/nursery/parents?more=true"
    page = await mai.page("parents?more=true")
    assert 'name="p0.hours_per_month"' in page
    assert 'name="p1.hours_per_month"' not in page
    answer = await mai.post(
        "parents", {"p0.reason": "work", "p0.hours_per_month": "168", "p1.reason": "search"}
    )
    assert answer.headers["location"] == "/my/nursery/household"


async def test_an_application_is_handed_in_once_however_often_it_is_tapped(mai: Parent) -> None:
    await mai.fill_in(WISHES)
    form = await mai.preview()
    for _ in range(2):
        sent = await mai.post("confirm", form)
        assert sent.headers["location"] == "/my/nursery/?done=submitted"
    page = await mai.page("?done=submitted")
    assert "申し込みを受け付けました。" in page
    assert page.count("受付番号") == 1
    assert (await mai.receipt()).startswith("202704-")
    assert (await mai.looks()).count("nursery:application:submit") == 2


async def test_the_last_second_counts_and_the_deadline_itself_is_too_late(
    town: Town, mai: Parent
) -> None:
    await mai.fill_in(WISHES)
    form = await mai.preview()
    await town.close_round()
    deadline = town.clock.now
    town.clock.now = deadline - timedelta(seconds=1)
    await mai.log_in("card_at")
    assert (await mai.post("confirm", form)).headers["location"].endswith("done=submitted")
    receipt = await mai.receipt()
    await mai.post("papers", {**PAPERS, "note": "あとから"})
    form = await mai.preview()
    town.clock.now = deadline
    await mai.log_in("card_at")
    for path, fields in (
        ("confirm", form),
        ("papers", {"note": "もっとあとから"}),
        ("withdraw", {}),
    ):
        assert (await mai.post(path, fields)).headers["location"] == "/my/nursery/?done=late"
    assert await mai.receipt() == receipt
    assert "そのまま有効です" in await mai.page("?done=late")


async def test_a_change_counts_when_it_is_handed_in_and_not_before(mai: Parent) -> None:
    await mai.fill_in(WISHES)
    await mai.hand_in()
    receipt = await mai.receipt()
    await mai.post("wishes", {"w0.0": "d13", "w1.0": "d13", "do": "next"})
    assert "申し込み直すまでは、前の内容が有効です" in await mai.page()
    await mai.hand_in()
    assert "前の内容が有効です" not in await mai.page()
    assert await mai.receipt() == receipt


async def test_a_preview_that_is_not_the_newest_is_shown_again(mai: Parent) -> None:
    await mai.fill_in(WISHES)
    form = await mai.preview()
    await mai.post("papers", {"paper.employment:0": "post", "paper.employment:1": "post"})
    sent = await mai.post("confirm", form)
    assert sent.headers["location"] == "/my/nursery/confirm?done=changed"
    assert "受付番号" not in await mai.page()


async def test_a_withdrawn_application_can_be_handed_in_again(mai: Parent) -> None:
    await mai.fill_in(WISHES)
    await mai.hand_in()
    for _ in range(2):
        assert (await mai.send("withdraw")).headers["location"].endswith("done=withdrawn")
    assert "取り下げました。" in await mai.page()
    assert (await mai.hand_in()).headers["location"].endswith("done=submitted")
    assert (await mai.receipt()).startswith("202704-")


@pytest.mark.parametrize(
    ("step", "fields", "words"),
    [
        ("papers", {"paper.employment:0": "window"}, "就労証明書（保護者2）の出し方"),
        ("parents", {"p0.reason": "work"}, "保育が必要な理由を選んでください"),
        ("wishes", {"w0.0": "d02", "do": "next"}, "NGUYEN MINHさんの希望する園を選んで"),
        ("wishes", {"w0.0": "d05", "w1.0": "d02"}, "デモたんぽぽルームには3歳児クラスがありません"),
    ],
)
async def test_what_is_missing_is_named_and_nothing_is_handed_in(
    mai: Parent, step: str, fields: dict[str, str], words: str
) -> None:
    await mai.fill_in(WISHES)
    form = await mai.preview()
    await mai.post(step, fields)
    page = await mai.page("confirm")
    assert words in page
    assert "この内容で申し込む" not in page
    for version in range(int(form["version"]), int(form["version"]) + 3):
        sent = await mai.post("confirm", form | {"version": str(version)})
        assert "submitted" not in sent.headers["location"]
    assert "受付番号" not in await mai.page()


async def test_who_is_not_the_guardian_cannot_apply_for_a_child(town: Town, mai: Parent) -> None:
    theirs = await mai.children()
    kenta = await town.parent(KENTA)
    assert "見つかりません" in await kenta.page("children")
    await kenta.send("children", child=theirs)
    assert "NGUYEN" not in await kenta.page("confirm")
    assert "お子さんを選んで" in await kenta.page("confirm")
    child = DraftChild(person_id=theirs[0], name="x", birthdate=date(2024, 1, 1))
    asked = DraftPart(round_id="2027-04", children=(child,))
    with pytest.raises(NotFoundError):
        await town.part(Applications).save(kenta.citizen, asked)


async def test_nobody_sees_or_hands_in_an_application_of_somebody_else(
    town: Town, mai: Parent
) -> None:
    await mai.fill_in(WISHES)
    form = await mai.preview()
    kenta = await town.parent(KENTA)
    for round_id in (form["round"], "2099-01", "", "x" * 3000):
        sent = await kenta.post("confirm", form | {"round": round_id})
        assert "submitted" not in sent.headers["location"]
    assert "受付番号" not in await mai.page()
    assert "NGUYEN" not in await kenta.page()


async def test_below_the_card_every_page_leads_to_the_card(mai: Parent) -> None:
    await mai.log_in("my_id_at")
    for path in ("", "children", "parents", "wishes", "confirm", "withdraw"):
        answer = await mai.http.get(f"/my/nursery/{path}")
        assert answer.headers["location"].startswith("/identity/step-up/card")


async def test_a_form_of_another_page_changes_nothing(mai: Parent) -> None:
    await mai.fill_in(WISHES)
    form = await mai.preview()
    sent = await mai.http.post("/my/nursery/confirm", data=form | {"form_token": "stolen"})
    assert sent.headers["location"] == "/identity/ended/form_refused"
    assert "受付番号" not in await mai.page()


async def test_a_my_number_in_a_note_is_not_kept(mai: Parent) -> None:
    await mai.fill_in(WISHES)
    answer = await mai.post("papers", {"note": "番号は1234 5678 9018です"})
    assert answer.status_code == 422
    assert "マイナンバーは、ここではお預かりしません" in answer.text
    assert "9018" not in await mai.page("papers")
