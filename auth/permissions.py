"""What each role of staff may do: the one table of roles and permissions, and the four eyes."""

from collections.abc import Iterable
from enum import StrEnum

from kit.errors import ConciergeError


class Permission(StrEnum):
    """What pages and routes ask for. Roles only bundle them."""

    metrics_read = "metrics.read"
    """Counts and the fate of messages, without their words."""
    conversations_read = "conversations.read"
    conversations_answer = "conversations.answer"
    conversations_assign = "conversations.assign"
    reports_handle = "reports.handle"
    reports_crew = "reports.crew"
    """What is to be cleared in a contractor's own area, and no more of it than a crew needs."""
    residents_tasks = "residents.tasks"
    """Tasks such as a resident whom the register does not tell apart."""
    residents_read = "residents.read"
    """A resident's record, with a reason, in the access log."""
    procedures_counter = "procedures.counter"
    """The list that a resident shows at the counter by a code of half an hour."""
    procedures_edit = "procedures.edit"
    """What the guide through procedures asks and lists; it takes two to publish a change."""
    faq_edit = "faq.edit"
    broadcast_prepare = "broadcast.prepare"
    broadcast_approve = "broadcast.approve"
    developers_manage = "developers.manage"
    """Who may offer skills from outside, and which of them citizens reach."""
    staff_manage = "staff.manage"
    audit_read = "audit.read"


class Role(StrEnum):
    """The roles; an account has at least one."""

    operator = "operator"
    supervisor = "supervisor"
    broadcaster = "broadcaster"
    approver = "approver"
    administrator = "administrator"
    contractor = "contractor"

    @property
    def label(self) -> str:
        """How pages call it."""
        return _LABELS[self]


_LABELS = {
    Role.operator: "窓口担当",
    Role.supervisor: "責任者",
    Role.broadcaster: "配信担当",
    Role.approver: "配信の承認者",
    Role.administrator: "管理者",
    Role.contractor: "請負業者",
}

_OPERATOR = frozenset(
    {
        Permission.metrics_read,
        Permission.conversations_read,
        Permission.conversations_answer,
        Permission.reports_handle,
        Permission.residents_tasks,
        Permission.residents_read,
        Permission.procedures_counter,
    }
)

# Administrators keep accounts. They read no resident's matter unless they hold a further role.
PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.operator: _OPERATOR,
    Role.supervisor: _OPERATOR
    | {
        Permission.conversations_assign,
        Permission.procedures_edit,
        Permission.faq_edit,
        Permission.developers_manage,
    },
    Role.broadcaster: frozenset({Permission.metrics_read, Permission.broadcast_prepare}),
    Role.approver: frozenset({Permission.metrics_read, Permission.broadcast_approve}),
    Role.administrator: frozenset(
        {Permission.metrics_read, Permission.staff_manage, Permission.audit_read}
    ),
    # Not of the city's own: no figures, no conversations.
    Role.contractor: frozenset({Permission.reports_crew}),
}


# Who holds a role with one of these could give themselves all the others, or speak to everybody.
SENSITIVE = frozenset(
    {Permission.staff_manage, Permission.audit_read, Permission.broadcast_approve}
)


class SamePersonError(ConciergeError):
    """ご自分で用意した内容は、ご自分では承認できません。ほかの承認者に依頼してください。"""

    status = 409
    code = "same_person"


def permissions_of(roles: Iterable[Role]) -> frozenset[Permission]:
    """Return what holders of these roles may do."""
    return frozenset().union(*(PERMISSIONS[role] for role in roles))


def is_sensitive(role: Role) -> bool:
    """Tell whether it takes two administrators to give this role to somebody."""
    return bool(PERMISSIONS[role] & SENSITIVE)


def check_four_eyes(prepared_by: str, approved_by: str) -> None:
    """Raise SamePersonError when one account prepared and approves what goes to many."""
    if prepared_by == approved_by:
        raise SamePersonError
