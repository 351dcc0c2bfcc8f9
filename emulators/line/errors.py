"""Refusals in LINE's words, with the reason that LINE keeps to itself."""

from typing import Any

from kit.errors import ConciergeError

Json = dict[str, Any]
Details = list[dict[str, str]]

NOT_FOUND = "Not found"
RATE_LIMITED = "The API rate limit has been exceeded. Try again later."
MONTHLY_LIMIT = "You have reached your monthly limit."
NOT_AUTHENTICATED = (
    "Authentication failed. Confirm that the access token in the authorization header is valid."
)


class LineError(ConciergeError):
    """LINE refuses the request. Read the details in the emulator's journal."""

    code = "line_refused"

    def __init__(
        self,
        status: int,
        message: str,
        *,
        details: Details | None = None,
        reason: str = "",
        extra: Json | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        """`reason` goes to the journal only; `extra` joins the body, `headers` the answer."""
        super().__init__(message)
        self.http_status = status
        self.details = details or []
        self.reason = reason or _in_words(message, self.details)
        self.extra = extra or {}
        self.headers = headers or {}

    def body(self) -> Json:
        """Return the error body as LINE shapes it; an empty list of details is left out."""
        body: Json = {"message": self.message}
        if self.details:
            body["details"] = self.details
        return body | self.extra


class ControlError(ConciergeError):
    """The control API cannot do that. Correct the request and send it again."""

    code = "emulator_refused"

    def __init__(self, status: int, message: str) -> None:
        """`message` says what to correct."""
        super().__init__(message)
        self.http_status = status


def invalid_property(name: str) -> LineError:
    """Return the refusal of an id in a request body (LINE names no line or column here)."""
    return LineError(
        400, f"The property, {name}, in the request body is invalid (line: -, column: -)"
    )


def invalid_parameter(name: str) -> LineError:
    """Return the refusal of an id in a path or query."""
    return LineError(400, f"The value for the '{name}' parameter is invalid")


def _in_words(message: str, details: Details) -> str:
    found = "; ".join(f"{d.get('property', '')}: {d.get('message', '')}" for d in details)
    return f"{message} [{found}]" if found else message
