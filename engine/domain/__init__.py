"""What the law talks about: one noun per file, rows and plain functions.

Every module with tables is imported here, so that the schema and the facts of `sag` are complete as
soon as the domain is.
"""

from engine.domain import (
    calendar,
    cases,
    deadlines,
    letters,
    notes,
    organisation,
    people,
    rules,
)

__all__ = [
    "calendar",
    "cases",
    "deadlines",
    "letters",
    "notes",
    "organisation",
    "people",
    "rules",
]
