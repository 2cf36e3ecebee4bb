"""What the lint has to say about a file, and where."""

from __future__ import annotations

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


@dataclass
class Report:
    """Collects the findings of one file, each only once."""

    file: str
    findings: list[Finding] = field(default_factory=list)

    def error(self, element: str, rule: str, message: str, action: str) -> None:
        self._add(element, "error", rule, message, action)

    def warning(self, element: str, rule: str, message: str, action: str) -> None:
        self._add(element, "warning", rule, message, action)

    def _add(self, *finding: str) -> None:
        found = Finding(self.file, *finding)
        if found not in self.findings:
            self.findings.append(found)
