"""What the law talks about: one noun per file, rows and plain functions.

Every module with tables is imported here, so that the schema and the facts of `sag` are complete as
soon as the domain is.
"""

from engine.domain import (
    appointment,
    assessment,
    calendar,
    case_roles,
    cases,
    deadlines,
    delegation,
    efforts,
    letters,
    meetings,
    notes,
    obligations,
    organisation,
    people,
    plan,
    rules,
    sector_plans,
)

__all__ = [
    "appointment",
    "assessment",
    "calendar",
    "case_roles",
    "cases",
    "deadlines",
    "delegation",
    "efforts",
    "letters",
    "meetings",
    "notes",
    "obligations",
    "organisation",
    "people",
    "plan",
    "rules",
    "sector_plans",
]
