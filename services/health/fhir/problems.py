"""What is wrong with a resource, and how that is told to the other side."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Problem:
    """`path` is a FHIRPath-like place, `code` one of R4's issue types."""

    path: str
    code: str
    message: str


class FhirError(Exception):
    """A resource is refused; `problems` says why, never quoting what was sent."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(f"{found.path}: {found.message}" for found in problems))
        self.problems = problems

    @classmethod
    def of(cls, path: str, code: str, message: str) -> "FhirError":
        return cls([Problem(path, code, message)])


def operation_outcome(problems: list[Problem]) -> dict[str, Any]:
    """The OperationOutcome resource for a refusal."""
    return {
        "resourceType": "OperationOutcome",
        "issue": [
            {
                "severity": "error",
                "code": found.code,
                "diagnostics": found.message,
                "expression": [found.path],
            }
            for found in problems
        ],
    }
