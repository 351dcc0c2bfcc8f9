"""One base class for everything that goes wrong on purpose; a subclass per case."""

from typing import ClassVar


class ConciergeError(Exception):
    """Something went wrong. Please try again."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal_error"

    def __init__(self, message: str | None = None, **context: object) -> None:
        """`message` says what to do next; the docstring of the class is the default."""
        self.message = message or (type(self).__doc__ or "").strip()
        self.context = context
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


class IllegalTransitionError(ConciergeError):
    """That step is not allowed from the present state."""

    status = 409
    code = "illegal_transition"
