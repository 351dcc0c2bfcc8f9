"""Every change of an account: who did what to whom, when and why. Only added to.

Each action is declared with the exact keys of its details, so that none is recorded half.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from identity.staff.models import Change
from identity.staff.problems import FormProblemError
from kit.masking import mask_numbers

COMMAND_LINE = "command line"

ACTIONS: dict[str, frozenset[str]] = {
    "account_added": frozenset({"login", "roles", "desks", "demonstration"}),
    "account_changed": frozenset({"name", "roles_before", "roles", "desks_before", "desks"}),
    "account_disabled": frozenset(),
    "account_enabled": frozenset(),
    "factors_reset": frozenset(),
    "single_sign_on_linked": frozenset({"provider"}),
    "single_sign_on_unlinked": frozenset({"provider"}),
    "rights_requested": frozenset({"what", "roles"}),
    "rights_approved": frozenset({"what", "roles", "asked_by"}),
    "rights_refused": frozenset({"what", "roles", "asked_by"}),
    "password_changed": frozenset(),
    "factor_enrolled": frozenset(),
    "recovery_codes_made": frozenset(),
    "recovery_code_used": frozenset(),
}

WORDS = {
    "account_added": "アカウントの追加",
    "account_changed": "氏名・役割・課の変更",
    "account_disabled": "利用停止",
    "account_enabled": "利用の再開",
    "factors_reset": "パスワードと認証アプリの初期化",
    "single_sign_on_linked": "シングルサインオンの登録",
    "single_sign_on_unlinked": "シングルサインオンの解除",
    "rights_requested": "承認の依頼",
    "rights_approved": "依頼の承認",
    "rights_refused": "依頼の却下",
    "password_changed": "パスワードの変更（本人）",
    "factor_enrolled": "認証アプリの登録（本人）",
    "recovery_codes_made": "予備コードの作り直し（本人）",
    "recovery_code_used": "予備コードでのログイン（本人）",
}

# What people do to their own account explains itself; whatever is done to others needs a reason.
OWN = frozenset(
    {"password_changed", "factor_enrolled", "recovery_codes_made", "recovery_code_used"}
)
LONGEST_REASON = 200


class ReasonMissingError(FormProblemError):
    """変更の理由を、200文字以内で書いてください。"""

    code = "reason_missing"


def record(
    session: AsyncSession,
    action: str,
    *,
    actor: str,
    staff_id: str,
    reason: str,
    now: datetime,
    **details: object,
) -> None:
    """Add a change to the record, in the transaction of what was done.

    A My Number in the reason is masked: what stands here stays. Raises TypeError for an undeclared
    action or other details than declared, ReasonMissingError.
    """
    if ACTIONS.get(action) != details.keys():
        raise TypeError(f"{action} is not declared with {sorted(details)}")
    reason = mask_numbers(reason.strip())[0]
    if len(reason) > LONGEST_REASON or not (reason or action in OWN):
        raise ReasonMissingError
    session.add(
        Change(
            at=now, actor=actor, action=action, staff_id=staff_id, reason=reason, details=details
        )
    )


async def newest(
    session: AsyncSession, staff_id: str | None = None, limit: int = 100
) -> Sequence[Change]:
    """Return the newest changes, of one account or of all."""
    query = select(Change).order_by(Change.id.desc()).limit(limit)
    if staff_id is not None:
        query = query.where(Change.staff_id == staff_id)
    return (await session.scalars(query)).all()
