"""The public page when the database is away."""

from datetime import UTC, datetime

import httpx2

from concierge.app import build_web
from kit.db import Database
from kit.errors import UnavailableError
from kit.settings import Settings
from services.disaster import repository
from services.disaster.public import PublicState

NOW = datetime(2026, 7, 28, 9, 0, tzinfo=UTC)


async def test_the_public_page_is_there_while_the_database_is_not(settings: Settings) -> None:
    moment = [NOW]
    app = build_web(settings, lambda: moment[0])
    container = app.state.container
    state = container.get(PublicState)
    database = container.get(Database)
    async with database.transaction() as session:
        await repository.note_heard(session, "jma", NOW)
    assert (await state.current())[1]

    async def away(*_: object) -> None:
        raise UnavailableError

    state.status.situation = away
    moment[0] = NOW.replace(minute=1)
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as http:
        page = await http.get("/disaster/")
    assert page.status_code == 200
    assert "新しい情報を読み込めません。7月28日 18:00の情報を表示しています。" in page.text
    await database.close()
