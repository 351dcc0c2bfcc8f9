"""Subscriptions to open data: made with an API key, looked at every minute, told signed."""

import asyncio
import json
import secrets
from collections.abc import Sequence
from typing import Any

from kit.clock import Clock
from kit.db import Database
from kit.errors import (
    ConciergeError,
    ConflictError,
    InvalidInputError,
    NotFoundError,
    UnavailableError,
)
from kit.logging import get_logger
from kit.vault import Vault
from services.developers import repository
from services.developers.accounts import KeyHolder
from services.developers.calling import Called, Caller
from services.developers.models import DataSubscription
from services.developers.rules import Outcome
from services.developers.skills import secret_text
from services.developers.subscription_rules import (
    GIVEN_UP_AFTER,
    MOST_SUBSCRIPTIONS,
    Entity,
    NewSubscription,
    SubscriptionState,
    changed,
    is_due,
    shown,
)
from services.opendata.contract import EntityQuery, OpenDataClient

log = get_logger(__name__)

_AT_ONCE = 10


class Subscriptions:
    """The use cases. Methods raise NotFoundError for what is not one's own."""

    def __init__(
        self, database: Database, clock: Clock, vault: Vault, caller: Caller, data: OpenDataClient
    ) -> None:
        """`caller` reaches the subscribers, `data` has the entities."""
        self._database = database
        self._clock = clock
        self._vault = vault
        self._caller = caller
        self._data = data

    async def add(self, who: KeyHolder, wanted: NewSubscription) -> tuple[DataSubscription, str]:
        """Keep a subscription; return it with the secret that signs its notifications.

        Raises InvalidInputError, ConflictError for too many.
        """
        now = self._clock()
        if wanted.expires is not None and (wanted.expires.tzinfo is None or wanted.expires <= now):
            raise InvalidInputError("expires: a moment to come, with its offset, is needed")
        # A query that cannot be read is refused now, and not every minute from now on.
        await self._found(wanted)
        new = _new(wanted, who, now)
        async with self._database.transaction() as session:
            held = await repository.subscriptions_of(session, who.developer_id)
            if len(held) >= MOST_SUBSCRIPTIONS:
                raise ConflictError(
                    f"At most {MOST_SUBSCRIPTIONS} subscriptions. Delete one first."
                )
            session.add(new)
            secret = await self._vault.secret(session, _secret_name(new.id))
        return new, secret_text(secret)

    async def own(self, who: KeyHolder) -> Sequence[DataSubscription]:
        """Return the subscriptions of whoever holds the key."""
        async with self._database.transaction() as session:
            return await repository.subscriptions_of(session, who.developer_id)

    async def one(self, who: KeyHolder, subscription_id: str) -> DataSubscription:
        """Return one of them."""
        found = [one for one in await self.own(who) if one.id == subscription_id]
        if not found:
            raise NotFoundError
        return found[0]

    async def rest_or_go_on(self, who: KeyHolder, subscription_id: str, status: str) -> None:
        """Put it to rest, or let it go on (after having been given up, too)."""
        await self.one(who, subscription_id)
        async with self._database.transaction() as session:
            held = await repository.subscription(session, subscription_id)
            if held is not None:
                held.status, held.failures = SubscriptionState(status), 0

    async def delete(self, who: KeyHolder, subscription_id: str) -> None:
        """Delete it with all that was known of it."""
        await self.one(who, subscription_id)
        async with self._database.transaction() as session:
            await repository.delete_subscription(session, subscription_id)

    async def look(self) -> None:
        """Tell every subscriber what has changed since they were told last."""
        async with self._database.transaction() as session:
            watching = await repository.watching(session, self._clock())
        places = asyncio.Semaphore(_AT_ONCE)

        async def one(held: DataSubscription) -> None:
            async with places:
                await self._tell(held)

        await asyncio.gather(*(one(held) for held in watching))

    async def _tell(self, held: DataSubscription) -> None:
        wanted, now = NewSubscription.model_validate(held.content), self._clock()
        if not is_due(held.notified_at, wanted.throttling, now):
            return
        try:
            found = await self._found(wanted)
        except (UnavailableError, ConciergeError) as error:
            log.warning("subscription_waits", id=held.id, code=error.code)
            return
        told, known = changed(found, held.seen, wanted.subject.condition.attrs)
        if not told:
            if known != held.seen:
                await self._keep(held.id, None, known)
            return
        called = await self._send(held.id, wanted, told)
        await self._keep(held.id, called, known)

    async def _found(self, wanted: NewSubscription) -> list[Entity]:
        """Return the entities that fit, each once."""
        where = wanted.subject.condition.expression.model_dump()
        found: dict[str, Entity] = {}
        for one in wanted.subject.entities:
            query = EntityQuery(id=one.id or "", type=one.type, **where)
            found |= {entity["id"]: entity for entity in await self._data.entities(query)}
        return list(found.values())

    async def _send(
        self, subscription_id: str, wanted: NewSubscription, told: list[Entity]
    ) -> Called:
        async with self._database.transaction() as session:
            secret = await self._vault.secret(session, _secret_name(subscription_id))
        data = [shown(entity, wanted.notification) for entity in told]
        body = json.dumps({"subscriptionId": subscription_id, "data": data}, ensure_ascii=False)
        headers = {"Ngsiv2-AttrsFormat": wanted.notification.attrsFormat}
        url = wanted.notification.http.url
        return await self._caller.notify(url, secret_text(secret), body.encode(), headers)

    async def _keep(self, subscription_id: str, called: Called | None, known: Any) -> None:
        """Keep how it went; what was not taken is told again with the next look."""
        now = self._clock()
        async with self._database.transaction() as session:
            held = await repository.subscription(session, subscription_id)
            if held is None:
                return
            if called is None:
                held.seen = known
            elif called.outcome is Outcome.ok:
                held.seen, held.failures = known, 0
                held.times_sent += 1
                held.notified_at = held.succeeded_at = now
            else:
                held.notified_at = held.failed_at = now
                held.failures, held.why = held.failures + 1, called.outcome.value
                if held.failures >= GIVEN_UP_AFTER:
                    held.status = SubscriptionState.failed


def _secret_name(subscription_id: str) -> str:
    return f"developers subscription {subscription_id}"


def _new(wanted: NewSubscription, who: KeyHolder, now: Any) -> DataSubscription:
    return DataSubscription(
        id=secrets.token_hex(12),
        developer_id=who.developer_id,
        key_id=who.key_id,
        content=wanted.model_dump(mode="json"),
        status=wanted.status,
        expires_at=wanted.expires,
        created_at=now,
        seen={},
        times_sent=0,
        failures=0,
        notified_at=None,
        succeeded_at=None,
        failed_at=None,
        why="",
    )
