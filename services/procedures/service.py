"""Use cases of the navigator in the talk: begin, answer, correct, come back."""

import secrets
import uuid

from sqlalchemy.ext.asyncio import AsyncSession

from kit.errors import NotFoundError
from services.procedures import contract, repository, wording
from services.procedures.done_parsing import done_in
from services.procedures.filling import believable
from services.procedures.guides import CITIZEN, Guides
from services.procedures.listing import most_pressing
from services.procedures.models import ProcedureGuide
from services.procedures.options_parsing import named_options
from services.procedures.repository import Contents

_FIRST = 3
_MOST_ELSEWHERE = 10


class Guiding:
    """What actions ask for."""

    def __init__(self, guides: Guides) -> None:
        """`guides` keeps them."""
        self._guides = guides

    async def begin(self, new: contract.NewGuide) -> contract.Guide:
        """Begin an event with what was said; what cannot be is left out and asked for."""
        guides = self._guides
        event = guides.event(new.event)
        told = {**named_options(new.words, event, new.answers), **new.answers}
        answers, hints = believable(event, told, guides.today())
        contents = Contents(answers=answers, hints=hints, page_key=secrets.token_urlsafe(24))
        page_index = await guides.index("page", contents.page_key)
        row = ProcedureGuide(
            id=f"prg_{uuid.uuid4().hex}",
            citizen_id=new.citizen_id,
            event=event.key,
            page_index=page_index,
            begun_at=guides.clock(),
            reminds=False,
        )
        async with guides.database.transaction() as session:
            await guides.keep(session, row, contents)
            session.add(row)
            await session.flush()
            for key in done_in(new.words, event):
                await repository.tick(session, row.id, key, CITIZEN, guides.clock())
            return await self._shown(session, row, contents)

    async def latest(self, citizen_id: str, event: str) -> contract.Guide:
        """Return the citizen's latest guide. Raises NotFoundError without any."""
        guides = self._guides
        async with guides.database.transaction() as session:
            rows = await repository.all_of_citizen(session, citizen_id, event)
            known = [row for row in rows if row.event in guides.book.events]
            if not known:
                raise NotFoundError("nothing was begun")
            return await self._shown(session, known[0], await guides.contents(session, known[0]))

    async def answer(self, guide_id: str, more: contract.MoreAnswers) -> contract.Guide:
        """Keep answers or corrections. Raises ImpossibleAnswerError, and then nothing changes."""
        guides = self._guides
        async with guides.database.transaction() as session:
            row = await self._own(session, more.citizen_id, guide_id)
            contents = await guides.contents(session, row)
            event = guides.event(row.event)
            known = {**contents.answers, **more.answers, str(row.open_question): None}
            told = {**named_options(more.words, event, known), **more.answers}
            contents = guides.corrected(row, contents, told)
            await guides.keep(session, row, contents)
            for key in done_in(more.words, event):
                await repository.tick(session, row.id, key, CITIZEN, guides.clock())
            return await self._shown(session, row, contents)

    async def want(self, guide_id: str, wanted: contract.Wanted) -> contract.Guide:
        """Keep whether reminders are wanted, and whether the list helped."""
        async with self._guides.database.transaction() as session:
            row = await self._own(session, wanted.citizen_id, guide_id)
            row.reminds = row.reminds if wanted.reminds is None else wanted.reminds
            row.helpful = row.helpful if wanted.helpful is None else wanted.helpful
            row.seen_at = self._guides.clock()
            return await self._shown(session, row, await self._guides.contents(session, row))

    async def _own(self, session: AsyncSession, citizen_id: str, guide_id: str) -> ProcedureGuide:
        row = await repository.of_citizen(session, citizen_id, guide_id, lock=True)
        if row is None:
            raise NotFoundError("nothing of the kind was begun")
        return row

    async def _shown(
        self, session: AsyncSession, row: ProcedureGuide, contents: Contents
    ) -> contract.Guide:
        guides = self._guides
        opened = await guides.opened(session, row, contents)
        event, today = opened.event, opened.today
        question = guides.question(event, contents)
        rows = opened.left if question is None else guides.likely(opened)
        certain = [one for one in rows if one.certain]
        first = certain if question is None else most_pressing(certain, opened.left)
        return contract.Guide(
            id=row.id,
            event=event.key,
            title=event.title,
            is_careful=event.tone == "careful",
            opening=event.opening,
            known=opened.known,
            noted=wording.noted(event, opened.contents.hints, opened.known),
            question=wording.question(question, contents.hints) if question else None,
            first=tuple(wording.to_do(one, event, guides.book, today) for one in first[:_FIRST]),
            elsewhere=wording.elsewhere(opened.left)[:_MOST_ELSEWHERE],
            left=sum(one.certain for one in opened.left),
            maybe=sum(not one.certain for one in opened.left),
            done=len(opened.rows) - len(opened.left),
            url=guides.url(contents.page_key),
            reminds=row.reminds,
            is_discreet=opened.is_discreet,
            is_demonstration=event.demonstration,
        )
