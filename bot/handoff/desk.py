"""The staff's side of handoffs: one person holds a conversation, whoever else clicks."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from auth.permissions import Permission
from auth.staff import StaffMember, StaffNotAllowedError
from bot.citizens import repository as citizen_rows
from bot.handoff import reading, repository, wording
from bot.handoff.audit import record
from bot.handoff.files import file_calls
from bot.handoff.labels import Labels
from bot.handoff.models import Handoff
from bot.handoff.notes import Note, Notes
from bot.handoff.rules import END_REASONS
from bot.handoff.saying import say, send_later
from bot.handoff.service import Handoffs
from bot.handoff.starting import Start, message_of
from bot.handoff.updates import Updates
from bot.handoff.writing import NEVER, Found, findings
from bot.media.outgoing import Parcel, keep, prepared
from bot.messages.render import Json, render, to_json
from bot.messages.speakers import Speaker, person
from bot.preferences.repository import load_preferences
from bot.sender.repository import NewOutbound
from kit.clock import Clock
from kit.db import Database
from kit.errors import ConflictError, InvalidInputError, NotFoundError
from kit.settings import Settings
from kit.vault import Vault
from kit.wording import load_wording, spoken_in
from messages.neutral import Payload, Text

LONGEST_REPLY = 2000
LONGEST_NOTE = 2000
UNCHECKED = "個人情報がうつっていないことを確かめて、チェックを入れてください。"


class TakenByOtherError(ConflictError):
    """ほかの職員が先に対応を始めました。"""

    code = "taken_by_other"


class NotHeldError(ConflictError):
    """この会話は、いまあなたの担当ではありません。送信していません。"""

    code = "not_held"


class TooManyHeldError(ConflictError):
    """一度に受け持てる数を超えています。ほかの会話を終えるか引きついでから、対応してください。"""

    code = "too_many_held"


class CitizenGoneError(ConflictError):
    """この方はアカウントをブロックしているため、送れません。"""

    code = "citizen_gone"


class FoundInReplyError(ConflictError):
    """個人情報と思われる内容があります。"""

    status = 422
    code = "found_in_reply"

    def __init__(self, found: list[Found]) -> None:
        """`found` is what the text holds."""
        super().__init__()
        self.found = found


@dataclass(frozen=True)
class Grip:
    """By what somebody acts: the conversation, and the fencing token that their page carries."""

    handoff_id: int
    fence: int


@dataclass(frozen=True)
class Written:
    """A text from a form. `key` is the form's own: sent twice it counts once."""

    key: str
    text: str
    despite: bool = False
    """Whether its author saw what was found in it, and sends it all the same."""
    is_machine: bool = False
    """Whether a machine translated it, and its author read that."""


@dataclass(frozen=True)
class NewFile:
    """A file from a form, whose sender says that nothing personal is in it."""

    key: str
    content: bytes
    is_checked: bool


class StaffDesk:
    """Everything that staff do to a conversation; each thing is recorded with it."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        settings: Settings,
        speaker: Speaker,
        handoffs: Handoffs,
        updates: Updates,
        vault: Vault,
    ) -> None:
        """All parts are made once per process."""
        self._database = database
        self._clock = clock
        self._settings = settings
        self._speaker = speaker
        self._handoffs = handoffs
        self._updates = updates
        self._vault = vault
        self._notes = Notes(clock, vault)

    async def take(self, member: StaffMember, grip: Grip) -> None:
        """Hold a conversation that waits; supervisors may take a colleague's over.

        Raises NotFoundError, TakenByOtherError, TooManyHeldError.
        """
        async with self._database.transaction() as session:
            found = await self._find(session, member, grip.handoff_id)
            if found.state == "held" and found.holder_id == member.id:
                return
            if await repository.held_by(session, member.id) >= self._handoffs.plan.most_held:
                raise TooManyHeldError
            self._check_free(member, found, grip)
            now = self._clock()
            before, holder = found.state, found.holder_id
            changed = await repository.change(
                session,
                found,
                "held",
                holder_id=member.id,
                holder_name=member.name,
                lease_until=now + self._lease,
            )
            if changed is None:
                raise TakenByOtherError
            await self._begin(session, member, changed, before, holder, now)
        await self._updates.publish(changed.id, changed.desk, moved=True)

    async def _begin(
        self,
        session: AsyncSession,
        member: StaffMember,
        taken: Handoff,
        before: str,
        holder: str | None,
        now: datetime,
    ) -> None:
        if before == "held":
            await repository.end_stretch(session, taken.id, now, "forwarded")
            details = {"fence": taken.fence, "from_id": holder}
            record(session, "taken_over", taken.id, member, now, **details)
        else:
            record(session, "taken", taken.id, member, now, fence=taken.fence)
            key = f"handoff:{taken.id}:taken:{taken.fence}"
            await self._say(session, taken, key, Text(text=wording.TAKEN))
        await repository.begin_stretch(session, taken, now)

    def _check_free(self, member: StaffMember, found: Handoff, grip: Grip) -> None:
        if found.state == "held":
            may_take_over = member.may(Permission.conversations_assign)
            if may_take_over and found.fence == grip.fence:
                return
            raise TakenByOtherError(f"{found.holder_name}さんが先に対応を始めました。")
        if found.state != "queued":
            raise TakenByOtherError("この会話は、もう順番待ちではありません。")

    async def reply(self, member: StaffMember, grip: Grip, new: Written) -> None:
        """Send what a person writes, once for a form.

        Raises NotFoundError, NotHeldError, CitizenGoneError, FoundInReplyError, InvalidInputError.
        """
        text = new.text.strip()
        if not text or len(text) > LONGEST_REPLY:
            raise InvalidInputError(f"返信を、{LONGEST_REPLY}文字以内で入力してください。")
        found = findings(text, self._own_numbers())
        if NEVER.intersection(found) or (found and not new.despite):
            raise FoundInReplyError(found)
        async with self._database.transaction() as session:
            held = await self._held(session, member, grip)
            speaker = person(self._settings, member.name, held.desk)
            calls = render([Text(text=text)], speaker)
            await self._send(session, member, held, new.key, calls)
            details: dict[str, Any] = {"outbound_key": new.key, "kinds": [*map(str, found)]}
            record(
                *(session, "replied", held.id, member, self._clock()),
                **details,
                sent_despite=bool(found),
                machine=new.is_machine,
            )
        await self._updates.publish(held.id, held.desk)

    async def send_file(self, member: StaffMember, grip: Grip, new: NewFile) -> None:
        """Send a picture or a document, once for a form.

        Raises as `reply`, and PayloadTooLargeError.
        """
        if not new.is_checked:
            raise InvalidInputError(UNCHECKED)
        file = await asyncio.to_thread(prepared, new.content)
        async with self._database.transaction() as session:
            held = await self._held(session, member, grip)
            now = self._clock()
            until = now + timedelta(days=self._settings.media_retention_days)
            parcel = Parcel(f"{held.id}:{new.key}", held.citizen_id, file, now, until)
            path = await keep(session, self._vault, parcel)
            if path is None:
                return
            speaker = person(self._settings, member.name, held.desk)
            calls = await file_calls(session, self._settings, parcel, path, speaker)
            await self._send(session, member, held, new.key, calls)
            details = {"outbound_key": new.key, "content_type": file.content_type}
            record(session, "file_sent", held.id, member, now, **details)
        await self._updates.publish(held.id, held.desk)

    async def citizen_of(self, member: StaffMember, grip: Grip) -> str:
        """Return whose conversation this page holds. Raises NotFoundError and NotHeldError."""
        async with self._database.transaction() as session:
            return (await self._held(session, member, grip)).citizen_id

    async def start(self, member: StaffMember, grip: Grip, key: str, what: Start, url: str) -> None:
        """Send the button that starts something, in the citizen's language.

        Raises NotFoundError, NotHeldError, CitizenGoneError.
        """
        async with self._database.transaction() as session:
            held = await self._held(session, member, grip)
            language = (await load_preferences(session, held.citizen_id)).language
            with spoken_in(load_wording(language)):
                calls = render(
                    [message_of(what, url)], person(self._settings, member.name, held.desk)
                )
            await self._send(session, member, held, key, calls)
            details = {"outbound_key": key, "what": what.name, "title": what.title}
            record(session, "started", held.id, member, self._clock(), **details)
        await self._updates.publish(held.id, held.desk)

    async def _send(
        self,
        session: AsyncSession,
        member: StaffMember,
        held: Handoff,
        key: str,
        calls: Sequence[Sequence[Json]],
    ) -> None:
        citizen = await citizen_rows.load_citizen(session, held.citizen_id)
        if citizen is None or not citizen.is_friend:
            raise CitizenGoneError
        now = self._clock()
        token = await reading.unused_token(session, held.citizen_id)
        for number, call in enumerate(calls):
            new = NewOutbound(
                key=f"handoff:{held.id}:{key}:{number}",
                citizen_id=held.citizen_id,
                messages_json=to_json(call),
                reply_token=token[0] if token and number == 0 else None,
                reply_token_received_at=token[1] if token and number == 0 else None,
                staff_name=member.name,
            )
            await send_later(session, self._clock, citizen, new)
        values: dict[str, Any] = {"lease_until": now + self._lease}
        if held.first_reply_at is None:
            values["first_reply_at"] = now
        await repository.set_values(session, held.id, held.fence, **values)

    async def note(
        self, member: StaffMember, handoff_id: int, new: Written, mentioned_id: str = ""
    ) -> None:
        """Note something for colleagues, once for a form; one of them may be called for.

        Raises NotFoundError, FoundInReplyError, InvalidInputError.
        """
        text = new.text.strip()
        if not text or len(text) > LONGEST_NOTE:
            raise InvalidInputError(f"メモを、{LONGEST_NOTE}文字以内で入力してください。")
        if Found.my_number in findings(text):
            raise FoundInReplyError([Found.my_number])
        async with self._database.transaction() as session:
            found = await self._find(session, member, handoff_id)
            mentioned = await self._notes.colleague(session, member, found.desk, mentioned_id)
            await self._notes.add(session, member, found, Note(new.key, text, mentioned))
        await self._updates.publish(found.id, found.desk, moved=mentioned is not None)

    async def forward(self, member: StaffMember, grip: Grip, desk: str, note: Written) -> None:
        """Give a held conversation to another desk's queue, at its old place.

        Raises NotFoundError, NotHeldError, InvalidInputError.
        """
        if self._handoffs.plan.desk(desk) is None:
            raise InvalidInputError("引きつぐ課を選んでください。")
        if Found.my_number in findings(note.text):
            raise FoundInReplyError([Found.my_number])
        async with self._database.transaction() as session:
            held = await self._held(session, member, grip)
            before, now = held.desk, self._clock()
            if before == desk:
                raise InvalidInputError("いまと別の課を選んでください。")
            if note.text.strip():
                noted = Note(note.key, note.text.strip()[:LONGEST_NOTE])
                await self._notes.add(session, member, held, noted)
            free = {"holder_id": None, "holder_name": None, "lease_until": None}
            changed = await repository.change(session, held, "queued", desk=desk, **free)
            if changed is None:
                raise NotHeldError
            await repository.end_stretch(session, held.id, now, "forwarded")
            details = {"from_desk": before, "to_desk": desk}
            record(session, "forwarded", held.id, member, now, **details)
            key = f"handoff:{held.id}:forwarded:{changed.fence}"
            await self._say(session, changed, key, Text(text=wording.FORWARDED))
        await self._updates.publish(held.id, before, desk, moved=True)

    async def close(
        self, member: StaffMember, grip: Grip, reason: str, then: Payload | None = None
    ) -> None:
        """End a talk: the bot answers again, asks once how it was, and offers to begin `then`.

        Raises NotFoundError, NotHeldError, InvalidInputError.
        """
        if reason not in END_REASONS:
            raise InvalidInputError("終わりかたを選んでください。")
        async with self._database.transaction() as session:
            held = await self._held(session, member, grip)
            now = self._clock()
            ended = {"ended_at": now, "end_reason": reason, "lease_until": None}
            changed = await repository.change(session, held, "wrap_up", **ended)
            if changed is None:
                raise NotHeldError
            await repository.end_stretch(session, held.id, now, "closed")
            details = {"reason": reason, "then": then.payload if then else ""}
            record(session, "closed", held.id, member, now, **details)
            said = wording.over(held.id, then)
            await self._say(session, changed, f"handoff:{held.id}:over", said)
        await self._updates.publish(held.id, held.desk, moved=True)

    async def label(self, member: StaffMember, handoff_id: int, labels: Labels) -> None:
        """Keep what staff learn from a conversation. Raises NotFoundError."""
        async with self._database.transaction() as session:
            found = await self._find(session, member, handoff_id)
            values = {name: value or None for name, value in vars(labels).items()}
            await repository.set_values(session, found.id, found.fence, **values)
            record(session, "labelled", found.id, member, self._clock(), **vars(labels))

    async def renew(self, member: StaffMember, grip: Grip) -> bool:
        """Give a sign of life; False when the conversation is somebody else's by now."""
        async with self._database.transaction() as session:
            try:
                held = await self._held(session, member, grip)
            except NotHeldError:
                return False
            until = self._clock() + self._lease
            return await repository.set_values(session, held.id, held.fence, lease_until=until)

    async def _find(self, session: AsyncSession, member: StaffMember, handoff_id: int) -> Handoff:
        if not member.may(Permission.conversations_answer):
            raise StaffNotAllowedError
        found = await repository.load_handoff(session, handoff_id, member.desks, lock=True)
        if found is None:
            raise NotFoundError
        return found

    async def _held(self, session: AsyncSession, member: StaffMember, grip: Grip) -> Handoff:
        """Return a conversation that this page still holds; its lease has not run out."""
        found = await self._find(session, member, grip.handoff_id)
        until = found.lease_until
        mine = found.state == "held" and found.holder_id == member.id and found.fence == grip.fence
        if mine and until is not None and until > self._clock():
            return found
        if found.state == "held" and found.holder_id != member.id:
            raise NotHeldError(f"いまは{found.holder_name}さんが対応しています。送信していません。")
        raise NotHeldError

    async def _say(self, session: AsyncSession, found: Handoff, key: str, message: Text) -> None:
        await say(session, self._clock, self._speaker, found.citizen_id, key, [message])

    @property
    def _lease(self) -> timedelta:
        return timedelta(seconds=self._handoffs.plan.lease_seconds)

    def _own_numbers(self) -> list[str]:
        return [desk.phone for desk in self._handoffs.plan.desks if desk.phone]
