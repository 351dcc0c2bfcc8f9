"""A running house for measurements of disasters: its database, people planted in it, its LINE."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import psycopg

from concierge.local_stack import LocalStack
from kit.http import internal_client

DISTRICTS = ("神指", "町北", "高野", "北会津", "門田（北部）")


class House:
    """A running house, its database, and a way to plant people."""

    def __init__(self, stack: LocalStack) -> None:
        self.stack = stack
        self.settings = stack.plan.settings
        self.line = httpx2.Client(base_url=stack.line, timeout=300, trust_env=False)

    def sql(self, query: str, *values: Any) -> list[Any]:
        """Do one statement in the city's own schema."""
        path = f"-csearch_path={self.settings.home.schema},public"
        with psycopg.connect(self.settings.database_url, options=path) as connection:
            cursor = connection.execute(query, values)
            return cursor.fetchall() if cursor.description else []

    def plant(self, count: int) -> None:
        """Have exactly so many friends, spread over five districts; LINE does not know them."""
        self.sql("DELETE FROM bot_citizen WHERE id LIKE 'ctz_bench%%'")
        self.sql(
            "INSERT INTO bot_citizen (id, channel, line_user_id, is_friend, created_at)"
            " SELECT 'ctz_bench' || n, 'default', 'U' || md5(n::text), true, now()"
            " FROM generate_series(1, %s) AS n",
            count,
        )
        self._choose("ctz_bench%")

    def plant_crowd(self, users: list[str]) -> None:
        """Have these LINE users as the only friends."""
        self.sql("DELETE FROM bot_citizen WHERE id LIKE 'ctz_bench%%'")
        self.sql(
            "INSERT INTO bot_citizen (id, channel, line_user_id, is_friend, created_at)"
            " SELECT 'ctz_bench' || n, 'default', u, true, now()"
            " FROM unnest(%s::text[]) WITH ORDINALITY AS t (u, n)",
            users,
        )
        self._choose("ctz_bench%")

    def _choose(self, like: str) -> None:
        self.sql(
            "INSERT INTO bot_preferences (citizen_id, areas, topics, hazards, language, updated_at)"
            " SELECT id, ARRAY[(%s::text[])[1 + abs(hashtext(id)) %% 5]], '{disaster}', '{}',"
            " 'ja', now() FROM bot_citizen WHERE id LIKE %s",
            list(DISTRICTS),
            like,
        )
        self.sql("ANALYZE bot_citizen")
        self.sql("ANALYZE bot_preferences")

    def fault(self, **fault: Any) -> None:
        self.line.post("/emulator/faults", json=fault).raise_for_status()

    def clear_faults(self) -> None:
        self.line.delete("/emulator/faults").raise_for_status()

    async def announce(self, key: str, text: str) -> None:
        """Announce to everybody in the five districts."""
        new = {
            "key": key,
            "segment": {"areas": list(DISTRICTS)},
            "messages": [{"type": "text", "text": text}],
            "expires_at": (datetime.now(UTC) + timedelta(hours=1)).isoformat(),
            "urgent": True,
        }
        token = self.settings.internal_token.get_secret_value()
        async with internal_client(self.stack.web, token) as http:
            answer = await http.post("/line/announcements", json=new, timeout=120)
            answer.raise_for_status()

    async def until_sent(self, key: str, seconds: float = 600) -> float:
        """Return how many seconds LINE took from the announcement to its last acceptance."""
        query = (
            "SELECT count(*) FILTER (WHERE c.state IN ('pending', 'sending')),"
            " extract(epoch FROM max(c.finished_at) - min(a.created_at))"
            " FROM bot_announcement_chunk c JOIN bot_announcement a ON a.id = c.announcement_id"
            # At night, who sleeps hears of it in the morning.
            " WHERE a.key = %s AND c.quiet_start IS NULL"
        )
        async with asyncio.timeout(seconds):
            while True:
                [(still, took)] = await asyncio.to_thread(self.sql, query, key)
                if not still and took is not None:
                    return float(took)
                await asyncio.sleep(0.25)


async def next_answer(line: httpx2.AsyncClient, user: str, after: int) -> int:
    while True:
        query = {"after": after, "wait": 20}
        page = (await line.get(f"/emulator/users/{user}/messages", params=query)).json()
        after = page["next"]
        if any(message["via"] == "reply" for message in page["messages"]):
            return int(after)
