"""Errors that a page shows beside its form, in words for staff."""

from kit.errors import ConciergeError


class FormProblemError(ConciergeError):
    """入力を確かめてください。"""

    status = 422
    code = "form_problem"
