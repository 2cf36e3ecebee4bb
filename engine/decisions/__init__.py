"""DMN decision tables: from the bytes of a file to answers, and to a report of gaps and overlaps.

- `errors`    what can be wrong with a table
- `xml`       the hardened door that DMN files come through
- `model`     what a file says: definitions, decisions, rows; and what an answer is
- `reader`    elements and requirements of a file; `logic` reads and compiles what stands in them
- `types`     built-in types, item definitions, conversions
- `boxed`     boxed expressions; `tables` the decision table and its hit policies
- `functions` function values of FEEL, ours and theirs
- `run`       one evaluation on its way
- `deciding`  asking a decision or a service
- `coverage`  gaps, overlaps and unreachable rows, each with an example
"""

from engine.decisions.coverage import Finding, Report, report
from engine.decisions.errors import TableError
from engine.decisions.model import Answer, Decision, Definitions, Row, Service, Step
from engine.decisions.reader import read

__all__ = [
    "Answer",
    "Decision",
    "Definitions",
    "Finding",
    "Report",
    "Row",
    "Service",
    "Step",
    "TableError",
    "read",
    "report",
]
