"""A small language for limits: every rule looks at one value and reports what is wrong with it.

Property paths are written as LINE writes them: `messages[0].text` in a request body,
`/body/contents/0/text` inside a Flex container.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from emulators.line.errors import Details, Json
from kit.text import grapheme_length, utf16_length

MUST_BE_SPECIFIED = "must be specified"
MAY_NOT_BE_EMPTY = "May not be empty"
INVALID_PROPERTY = "invalid property"
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class Report:
    """The problems found so far."""

    def __init__(self, strict: bool, pointer: bool = False) -> None:
        self.strict = strict
        self.pointer = pointer
        self.details: Details = []
        self.in_flex: dict[str, Details] = {}
        """Problems inside Flex containers, by the message that holds them."""

    def add(self, path: str, message: str) -> None:
        """Note one problem."""
        self.details.append({"message": message, "property": path})

    def child(self, path: str, name: str) -> str:
        """Return the path of a property."""
        if self.pointer:
            return f"{path}/{name}"
        return f"{path}.{name}" if path else name

    def item(self, path: str, index: int) -> str:
        """Return the path of a list element."""
        return f"{path}/{index}" if self.pointer else f"{path}[{index}]"


Rule = Callable[[Report, Any, str], None]


def graphemes(least: int, most: int) -> Rule:
    """Accept text counted in user-perceived characters."""
    return string(least, most, count=grapheme_length)


def string(
    least: int = 0,
    most: int | None = None,
    *,
    count: Callable[[str], int] = utf16_length,
    pattern: str = "",
    message: str = INVALID_PROPERTY,
) -> Rule:
    """Accept text of a certain length (UTF-16 units unless told) and shape."""
    compiled = re.compile(pattern) if pattern else None

    def check(report: Report, value: Any, path: str) -> None:
        if not isinstance(value, str):
            report.add(path, INVALID_PROPERTY)
        elif least and not value:
            report.add(path, MAY_NOT_BE_EMPTY)
        elif most is not None and not least <= count(value) <= most:
            report.add(path, f"Length must be between {least} and {most}")
        elif compiled and not compiled.fullmatch(value):
            report.add(path, message)

    return check


def integer(least: int | None = None, most: int | None = None) -> Rule:
    """Accept a whole number."""
    return _ranged(least, most, (int,))


def number(least: float | None = None, most: float | None = None) -> Rule:
    """Accept any number."""
    return _ranged(least, most, (int, float))


def _ranged(least: float | None, most: float | None, kinds: tuple[type, ...]) -> Rule:
    def check(report: Report, value: Any, path: str) -> None:
        if type(value) not in kinds:
            report.add(path, INVALID_PROPERTY)
        elif (least is not None and value < least) or (most is not None and value > most):
            report.add(path, _range_message(least, most))

    return check


def _range_message(least: float | None, most: float | None) -> str:
    if least is not None and most is not None:
        return f"Must be between {least} and {most}"
    limit = f"greater than or equal to {least}" if most is None else f"at most {most}"
    return f"Must be {limit}"


def boolean(report: Report, value: Any, path: str) -> None:
    """Accept true and false."""
    if not isinstance(value, bool):
        report.add(path, INVALID_PROPERTY)


def one_of(*values: str) -> Rule:
    """Accept one of these words."""

    def check(report: Report, value: Any, path: str) -> None:
        if value not in values:
            words = ", ".join(values)
            report.add(path, f"Must be one of the following values: [{words}]")

    return check


def either(*patterns: str, words: Iterable[str] = ()) -> Rule:
    """Accept a keyword or a text of one of these shapes (`12px`, `50%`)."""
    accepted = re.compile("|".join((*map(re.escape, words), *patterns)))

    def check(report: Report, value: Any, path: str) -> None:
        if not isinstance(value, str) or not accepted.fullmatch(value):
            report.add(path, INVALID_PROPERTY)

    return check


def array(rule: Rule, least: int, most: int) -> Rule:
    """Accept a list of so many elements, each of which passes `rule`."""

    def check(report: Report, value: Any, path: str) -> None:
        if not isinstance(value, list):
            report.add(path, INVALID_PROPERTY)
        elif not least <= len(value) <= most:
            report.add(path, f"Size must be between {least} and {most}")
        else:
            for index, element in enumerate(value):
                if element is None:
                    report.add(path, "cannot contain null elements")
                else:
                    rule(report, element, report.item(path, index))

    return check


def obj(
    required: Mapping[str, Rule],
    optional: Mapping[str, Rule] | None = None,
    also: Callable[[Report, Json, str], None] | None = None,
) -> Rule:
    """Accept an object with these properties; in strict mode with no others.

    `also` sees the whole object once its properties were found in order.
    """
    rules = {**required, **(optional or {})}

    def check(report: Report, value: Any, path: str) -> None:
        if not isinstance(value, dict):
            report.add(path, INVALID_PROPERTY)
            return
        before = len(report.details)
        for name in required:
            if value.get(name) is None:
                report.add(report.child(path, name), MUST_BE_SPECIFIED)
        for name, content in value.items():
            rule = rules.get(name)
            if rule is None:
                if report.strict:
                    report.add(report.child(path, name), INVALID_PROPERTY)
            elif content is not None:
                rule(report, content, report.child(path, name))
        if also and len(report.details) == before:
            also(report, value, path)

    return check


def variant(kinds: Mapping[str, Rule], tag: str = "type") -> Rule:
    """Accept an object whose `type` names the rule for the rest."""
    known = one_of(*kinds)

    def check(report: Report, value: Any, path: str) -> None:
        if not isinstance(value, dict):
            report.add(path, INVALID_PROPERTY)
        elif value.get(tag) is None:
            report.add(report.child(path, tag), MUST_BE_SPECIFIED)
        elif not isinstance(value[tag], str) or value[tag] not in kinds:
            known(report, value[tag], report.child(path, tag))
        else:
            kinds[value[tag]](report, value, path)

    return check


def anything(_report: Report, _value: Any, _path: str) -> None:
    """Accept every value: it was checked elsewhere."""


def uri(most: int, *schemes: str) -> Rule:
    """Accept a percent-encoded address of one of these schemes."""

    def check(report: Report, value: Any, path: str) -> None:
        if not isinstance(value, str):
            report.add(path, INVALID_PROPERTY)
        elif not 1 <= utf16_length(value) <= most:
            report.add(path, f"Length must be between 1 and {most}")
        elif not value.isascii() or any(c.isspace() or not c.isprintable() for c in value):
            report.add(path, "invalid uri")
        else:
            problem = _uri_problem(value, schemes)
            if problem:
                report.add(path, problem)

    return check


def _uri_problem(value: str, schemes: tuple[str, ...]) -> str:
    try:
        parts = urlsplit(value)
        host = parts.hostname
    except ValueError:
        return "invalid uri"
    # Pictures on this machine have no certificate, and nobody else can read their requests.
    on_this_machine = parts.scheme == "http" and host in _LOOPBACK
    if parts.scheme.lower() not in schemes and not on_this_machine:
        return "invalid uri scheme"
    needs_host = parts.scheme.lower() in ("http", "https")
    return "" if (host if needs_host else parts.netloc + parts.path) else "invalid uri"


link_uri = uri(1000, "http", "https", "line", "tel")
media_url = uri(2000, "https")
COLOR = r"#(?:[0-9A-Fa-f]{6}|[0-9A-Fa-f]{8})"
