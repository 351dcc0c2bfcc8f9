"""Accounts that everybody can try: each role, three operators on two desks, a known password.

They need no second factor, and production refuses them.
"""

from auth.permissions import Role
from identity.staff.accounts import Accounts, NewAccount, Warrant
from identity.staff.changes import COMMAND_LINE

PASSWORD = "demo-console-password"  # noqa: S105  it stands in the README
_MARK = "（デモ）"

ACCOUNTS = (
    NewAccount("demo-operator", f"窓口 花子{_MARK}", (Role.operator,), ("市民課",)),
    NewAccount("demo-operator-2", f"佐藤 みのる{_MARK}", (Role.operator,), ("市民課",)),
    NewAccount("demo-operator-3", f"田中 さくら{_MARK}", (Role.operator,), ("税務課",)),
    NewAccount("demo-supervisor", f"責任 太郎{_MARK}", (Role.supervisor,), ("市民課", "税務課")),
    NewAccount("demo-roads", f"道路 夏子{_MARK}", (Role.operator,), ("道路課",)),
    NewAccount(
        "demo-contractor", f"除雪 正{_MARK}", (Role.contractor,), ("除雪の請負 中央（デモ）",)
    ),
    NewAccount("demo-nurse", f"保健 冬美{_MARK}", (Role.operator,), ("健康増進課",)),
    NewAccount("demo-nursery", f"保育 ゆり{_MARK}", (Role.operator,), ("こども保育課",)),
    NewAccount("demo-nursery-2", f"保育 まこと{_MARK}", (Role.supervisor,), ("こども保育課",)),
    NewAccount("demo-broadcaster", f"配信 次郎{_MARK}", (Role.broadcaster,), ("危機管理課",)),
    NewAccount("demo-approver", f"承認 春子{_MARK}", (Role.approver,), ("危機管理課",)),
    NewAccount("demo-administrator", f"管理 秋子{_MARK}", (Role.administrator,), ("総務課",)),
)


async def seed(accounts: Accounts) -> None:
    """Add the demonstration accounts that are missing; another city's desks are kept to."""
    known = {account.login for account in await accounts.all()}
    warrant = Warrant(COMMAND_LINE, "デモ用のアカウント")
    for new in ACCOUNTS:
        if new.login in known:
            continue
        desks = tuple(desk for desk in new.desks if desk in accounts.desks) or accounts.desks[:1]
        fitting = NewAccount(new.login, new.name, new.roles, desks)
        await accounts.add(fitting, warrant, demonstration_password=PASSWORD)
