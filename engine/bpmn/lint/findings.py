"""What the lint has to say about a file, and where."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field


@dataclass(frozen=True)
class Finding:
    """One remark: `severity` is error (blocks) or warning (needs a confirmation).

    `element` is the id that a modeler can point at, empty where the whole file is meant;
    `message` and `action` are Danish: what is wrong, and what to do instead.
    """

    file: str
    element: str
    severity: str
    rule: str
    message: str
    action: str

    def as_dict(self) -> dict[str, str]:
        """The object of the command line's `--json`."""
        return asdict(self)


#: More of one severity than this helps nobody; a hostile file could have thousands.
_MOST = 200


@dataclass
class Report:
    """Collects the findings of one file, each only once."""

    file: str
    findings: list[Finding] = field(default_factory=list)
    #: Characters of FEEL that have been parsed; see `texts`.
    feel_read: int = 0
    _seen: set[Finding] = field(default_factory=set)
    _counts: Counter[str] = field(default_factory=Counter)

    def error(self, element: str, rule: str, message: str, action: str) -> None:
        self._add(element, "error", rule, message, action)

    def warning(self, element: str, rule: str, message: str, action: str) -> None:
        self._add(element, "warning", rule, message, action)

    def _add(self, *finding: str) -> None:
        found = Finding(self.file, *finding)
        if found in self._seen or self._counts[found.severity] >= _MOST:
            return
        self._seen.add(found)
        self._counts[found.severity] += 1
        self.findings.append(found)
