"""Whole request bodies, and the error that LINE answers for what is wrong in them."""

from emulators.line.errors import Json, LineError
from emulators.line.validation.messages import messages
from emulators.line.validation.narrowcasts import demographic, recipient
from emulators.line.validation.rich_menus import alias_change, new_alias, rich_menu
from emulators.line.validation.rules import (
    Report,
    Rule,
    array,
    boolean,
    integer,
    obj,
    string,
    variant,
)

_unit = string(pattern=r"[a-zA-Z0-9_]{1,30}")
_silent = {"notificationDisabled": boolean}
_units = {"customAggregationUnits": array(_unit, 0, 1)}
_user_ids = array(string(1), 1, 500)
_description = string(1, 120)
_uploaded = {"audiences": array(obj({"id": string(1)}), 0, 10_000), "uploadDescription": string()}
_batch_operation = variant(
    {
        "link": obj({"type": string(), "from": string(1), "to": string(1)}),
        "unlink": obj({"type": string(), "from": string(1)}),
        "unlinkAll": obj({"type": string()}),
    }
)
_BODIES: dict[str, Rule] = {
    "reply": obj({"replyToken": string(1), "messages": messages}, _silent),
    "push": obj({"to": string(1), "messages": messages}, {**_silent, **_units}),
    "multicast": obj({"to": array(string(1), 1, 500), "messages": messages}, {**_silent, **_units}),
    "broadcast": obj({"messages": messages}, _silent),
    "narrowcast": obj(
        {"messages": messages},
        {
            **_silent,
            "recipient": recipient,
            "filter": obj({}, {"demographic": demographic}),
            "limit": obj(
                {},
                {
                    "max": integer(1),
                    "upToRemainingQuota": boolean,
                    "forbidPartialDelivery": boolean,
                },
            ),
        },
    ),
    "validate": obj({"messages": messages}),
    "audience": obj({"description": _description}, {**_uploaded, "isIfaAudience": boolean}),
    "audience_addition": obj(
        {"audienceGroupId": integer(1), "audiences": _uploaded["audiences"]}, _uploaded
    ),
    "audience_of_clicks": obj(
        {"description": _description, "requestId": string(1)}, {"clickUrl": string(0, 2000)}
    ),
    "audience_of_views": obj({"description": _description, "requestId": string(1)}),
    "audience_description": obj({"description": _description}),
    "rich_menu_batch": obj(
        {"operations": array(_batch_operation, 1, 1000)}, {"resumeRequestKey": string(1, 100)}
    ),
    "rich_menu": rich_menu,
    "new_alias": new_alias,
    "alias_change": alias_change,
    "bulk_link": obj({"richMenuId": string(1), "userIds": _user_ids}),
    "bulk_unlink": obj({"userIds": _user_ids}),
    "webhook_endpoint": obj({"endpoint": string(0, 500)}),
    "webhook_test": obj({}, {"endpoint": string(0, 500)}),
    "read_token": obj({"markAsReadToken": string(1)}),
}


def check_body(kind: str, body: Json, strict: bool) -> None:
    """Raise LineError 400 with every problem of a request body; `kind` names its rules."""
    report = Report(strict)
    try:
        _BODIES[kind](report, body, "")
    except RecursionError as error:
        raise LineError(400, "The request body is nested too deeply") from error
    raise_problems(report)


def raise_problems(report: Report) -> None:
    """Raise LineError 400 unless the report is empty."""
    if report.details:
        count = len(report.details)
        raise LineError(400, f"The request body has {count} error(s)", details=report.details)
    for where, details in report.in_flex.items():
        # LINE writes a no-break space after the closing bracket.
        message = f"A message ({where})\u00a0in the request body is invalid"
        raise LineError(400, message, details=details)
