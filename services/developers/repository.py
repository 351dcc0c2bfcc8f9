"""All SQL of developers and their skills."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.developers.models import (
    DataSubscription,
    Developer,
    DeveloperCall,
    DeveloperKey,
    DeveloperSkill,
    DeveloperStep,
    SkillPermission,
)
from services.developers.rules import Breaker, SkillState


async def developer(session: AsyncSession, developer_id: str) -> Developer | None:
    """Return a developer, None where there is none."""
    return await session.get(Developer, developer_id)


async def developer_of_secret(session: AsyncSession, secret_hash: str) -> Developer | None:
    """Return the developer whom a secret belongs to."""
    query = select(Developer).where(Developer.secret_hash == secret_hash)
    return (await session.scalars(query)).one_or_none()


async def developers(session: AsyncSession) -> Sequence[Developer]:
    """Return all developers, those who wait first, newest first."""
    waits = Developer.state != "waiting"
    return (
        await session.scalars(select(Developer).order_by(waits, Developer.created_at.desc()))
    ).all()


async def waiting(session: AsyncSession) -> int:
    """Count what staff has to decide: sign-ups, and skills in the sandbox or approved."""
    people = select(func.count()).select_from(Developer).where(Developer.state == "waiting")
    states = (SkillState.sandbox, SkillState.approved)
    skills = select(func.count()).select_from(DeveloperSkill)
    skills = skills.where(DeveloperSkill.state.in_(states))
    return (await session.scalar(people) or 0) + (await session.scalar(skills) or 0)


async def delete_developer(session: AsyncSession, developer_id: str) -> None:
    """Delete a developer with everything but the steps of their skills."""
    own = select(DeveloperSkill.id).where(DeveloperSkill.developer_id == developer_id)
    await session.execute(delete(DeveloperCall).where(DeveloperCall.skill_id.in_(own)))
    await session.execute(delete(SkillPermission).where(SkillPermission.skill_id.in_(own)))
    await session.execute(delete(DeveloperSkill).where(DeveloperSkill.developer_id == developer_id))
    await session.execute(
        delete(DataSubscription).where(DataSubscription.developer_id == developer_id)
    )
    await session.execute(delete(DeveloperKey).where(DeveloperKey.developer_id == developer_id))
    await session.execute(delete(Developer).where(Developer.id == developer_id))


async def keys(session: AsyncSession, developer_id: str) -> Sequence[DeveloperKey]:
    """Return a developer's keys, newest first."""
    query = select(DeveloperKey).where(DeveloperKey.developer_id == developer_id)
    return (await session.scalars(query.order_by(DeveloperKey.id.desc()))).all()


async def key_of_hash(
    session: AsyncSession, key_hash: str
) -> tuple[DeveloperKey, Developer] | None:
    """Return a key that is not revoked, and whose it is."""
    query = (
        select(DeveloperKey, Developer)
        .join(Developer, Developer.id == DeveloperKey.developer_id)
        .where(DeveloperKey.hash == key_hash, DeveloperKey.revoked_at.is_(None))
    )
    row = (await session.execute(query)).one_or_none()
    return None if row is None else (row[0], row[1])


async def revoke(session: AsyncSession, developer_id: str, key_id: int, now: datetime) -> None:
    """Make a key open nothing any more; one that is none of theirs is left alone."""
    await session.execute(
        update(DeveloperKey)
        .where(
            DeveloperKey.id == key_id,
            DeveloperKey.developer_id == developer_id,
            DeveloperKey.revoked_at.is_(None),
        )
        .values(revoked_at=now)
    )


async def skill(
    session: AsyncSession, skill_id: str, *, lock: bool = False
) -> DeveloperSkill | None:
    """Return a skill; with `lock`, nobody else changes it meanwhile."""
    return await session.get(DeveloperSkill, skill_id, with_for_update=lock or None)


async def skills_of(session: AsyncSession, developer_id: str) -> Sequence[DeveloperSkill]:
    """Return a developer's skills by name."""
    query = select(DeveloperSkill).where(DeveloperSkill.developer_id == developer_id)
    return (await session.scalars(query.order_by(DeveloperSkill.id))).all()


async def all_skills(session: AsyncSession) -> Sequence[DeveloperSkill]:
    """Return every skill, the newest change first."""
    return (
        await session.scalars(select(DeveloperSkill).order_by(DeveloperSkill.updated_at.desc()))
    ).all()


async def skills_in(session: AsyncSession, *states: SkillState) -> Sequence[DeveloperSkill]:
    """Return the skills in some states by name."""
    query = select(DeveloperSkill).where(DeveloperSkill.state.in_(states))
    return (await session.scalars(query.order_by(DeveloperSkill.id))).all()


async def keep_breaker(session: AsyncSession, skill_id: str, breaker: Breaker) -> None:
    """Keep how a skill's breaker stands."""
    await session.execute(
        update(DeveloperSkill)
        .where(DeveloperSkill.id == skill_id)
        .values(failures=breaker.failures, open_until=breaker.open_until)
    )


async def steps(session: AsyncSession, skill_id: str) -> Sequence[DeveloperStep]:
    """Return a skill's steps, newest first."""
    query = select(DeveloperStep).where(DeveloperStep.skill_id == skill_id)
    return (await session.scalars(query.order_by(DeveloperStep.id.desc()).limit(50))).all()


async def calls(session: AsyncSession, skill_id: str, limit: int) -> Sequence[DeveloperCall]:
    """Return a skill's calls, newest first."""
    query = select(DeveloperCall).where(DeveloperCall.skill_id == skill_id)
    return (await session.scalars(query.order_by(DeveloperCall.id.desc()).limit(limit))).all()


async def outcomes(session: AsyncSession, skill_id: str | None, since: datetime) -> dict[str, int]:
    """Count the calls of a skill, of all of them without one, by how they ended."""
    query = select(DeveloperCall.outcome, func.count()).where(DeveloperCall.at >= since)
    if skill_id is not None:
        query = query.where(DeveloperCall.skill_id == skill_id)
    rows: list[Any] = list((await session.execute(query.group_by(DeveloperCall.outcome))).all())
    return {str(outcome): int(count) for outcome, count in rows}


async def forget_calls(session: AsyncSession, before: datetime) -> None:
    """Erase old calls."""
    await session.execute(delete(DeveloperCall).where(DeveloperCall.at < before))


async def subscription(session: AsyncSession, subscription_id: str) -> DataSubscription | None:
    """Return a subscription; nobody else changes it meanwhile."""
    return await session.get(DataSubscription, subscription_id, with_for_update=True)


async def subscriptions_of(session: AsyncSession, developer_id: str) -> Sequence[DataSubscription]:
    """Return a developer's subscriptions, oldest first."""
    query = select(DataSubscription).where(DataSubscription.developer_id == developer_id)
    return (await session.scalars(query.order_by(DataSubscription.created_at))).all()


async def watching(session: AsyncSession, now: datetime) -> Sequence[DataSubscription]:
    """Return what is to be looked at: active ones whose developer and key are still good."""
    query = (
        select(DataSubscription)
        .join(Developer, Developer.id == DataSubscription.developer_id)
        .join(DeveloperKey, DeveloperKey.id == DataSubscription.key_id)
        .where(
            DataSubscription.status == "active",
            or_(DataSubscription.expires_at.is_(None), DataSubscription.expires_at > now),
            Developer.state == "approved",
            DeveloperKey.revoked_at.is_(None),
        )
    )
    return (await session.scalars(query.order_by(DataSubscription.id))).all()


async def delete_subscription(session: AsyncSession, subscription_id: str) -> None:
    """Delete a subscription."""
    await session.execute(delete(DataSubscription).where(DataSubscription.id == subscription_id))


async def permission(
    session: AsyncSession, citizen_id: str, skill_id: str
) -> SkillPermission | None:
    """Return what a citizen lets a skill see, None where that is nothing."""
    return await session.get(SkillPermission, (citizen_id, skill_id), populate_existing=True)


async def permissions_of(session: AsyncSession, citizen_id: str) -> Sequence[SkillPermission]:
    """Return everything that a citizen lets skills see, the latest first."""
    query = select(SkillPermission).where(SkillPermission.citizen_id == citizen_id)
    return (await session.scalars(query.order_by(SkillPermission.given_at.desc()))).all()


async def keep_permission(
    session: AsyncSession, citizen_id: str, skill_id: str, scopes: Sequence[str], now: datetime
) -> None:
    """Keep what a citizen lets a skill see from now on, in place of what stood there."""
    new = insert(SkillPermission).values(
        citizen_id=citizen_id, skill_id=skill_id, scopes=list(scopes), given_at=now
    )
    changed = {"scopes": new.excluded.scopes, "given_at": new.excluded.given_at}
    await session.execute(
        new.on_conflict_do_update(index_elements=["citizen_id", "skill_id"], set_=changed)
    )


async def end_permissions(
    session: AsyncSession, citizen_id: str, skill_id: str | None = None
) -> bool:
    """End what a citizen lets one skill see, or every skill; False where there was nothing."""
    gone = delete(SkillPermission).where(SkillPermission.citizen_id == citizen_id)
    if skill_id is not None:
        gone = gone.where(SkillPermission.skill_id == skill_id)
    return bool((await session.scalars(gone.returning(SkillPermission.skill_id))).all())
