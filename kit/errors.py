"""One base class for everything that goes wrong on purpose; a subclass per case."""

from datetime import datetime
from typing import ClassVar


class ConciergeError(Exception):
    """Something went wrong. Please try again."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal_error"

    def __init__(self, message: str | None = None, **context: object) -> None:
        """`message` says what to do next; the docstring of the class is the default."""
        self.message = message or (type(self).__doc__ or "").strip()
        self.context = context
        self.told_code = self.code
        """The code in the answer; another package's own, where it refused the call."""
        super().__init__(self.message)


class NotFoundError(ConciergeError):
    """There is nothing under that address. Check the identifier."""

    status = 404
    code = "not_found"


class InvalidInputError(ConciergeError):
    """The request cannot be read. Correct the named field and send it again."""

    status = 400
    code = "invalid_input"


class UnauthorizedError(ConciergeError):
    """Valid credentials are needed here. Send them in the Authorization header."""

    status = 401
    code = "unauthorized"


class PayloadTooLargeError(ConciergeError):
    """The request body is too large. Send less at once."""

    status = 413
    code = "payload_too_large"


class UnavailableError(ConciergeError):
    """A part of the service does not answer right now. Try again in a moment."""

    status = 503
    code = "unavailable"

    until: datetime | None = None
    """The instant from which on it makes sense to try again, where that is known."""


class ForbiddenError(ConciergeError):
    """That is not allowed. Ask somebody who may."""

    status = 403
    code = "forbidden"


class ConflictError(ConciergeError):
    """Something else was faster. Look at the present state and try again."""

    status = 409
    code = "conflict"


class GoneError(ConciergeError):
    """That is over. Begin again."""

    status = 410
    code = "gone"


class TooManyRequestsError(ConciergeError):
    """Too much at once. Wait a little and try again."""

    status = 429
    code = "too_many_requests"


class IllegalTransitionError(ConciergeError):
    """That step is not allowed from the present state."""

    status = 409
    code = "illegal_transition"


_BY_STATUS: dict[int, type[ConciergeError]] = {
    401: UnauthorizedError,
    403: ForbiddenError,
    404: NotFoundError,
    409: ConflictError,
    410: GoneError,
    413: PayloadTooLargeError,
    429: TooManyRequestsError,
}


def refused(status: int, code: str, message: str) -> ConciergeError:
    """Return the error by which another package refused a call.

    It is of the class that has this code and status, where this process knows one that needs
    nothing but a message; otherwise of the class of the status, and InvalidInputError for others.
    """
    kind = _by_code(ConciergeError, status, code) or _BY_STATUS.get(status, InvalidInputError)
    error = kind(message or None)
    error.told_code = code or kind.code
    return error


def _by_code(base: type[ConciergeError], status: int, code: str) -> type[ConciergeError] | None:
    for kind in base.__subclasses__():
        is_plain = kind.__init__ is ConciergeError.__init__
        if is_plain and (kind.code, kind.status) == (code, status):
            return kind
        found = _by_code(kind, status, code)
        if found is not None:
            return found
    return None
