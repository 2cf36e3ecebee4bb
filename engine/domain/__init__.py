"""What the law talks about: one noun per file, rows and plain functions.

Every module with tables is imported here, so that the schema and the facts of `sag` are complete as
soon as the domain is.
"""

from engine.domain import (
    appointment,
    assessment,
    budget,
    calendar,
    capacity,
    case_roles,
    cases,
    concerns,
    consent,
    deadlines,
    delegation,
    efforts,
    letters,
    meetings,
    notes,
    obligations,
    offers,
    organisation,
    people,
    plan,
    referral,
    rules,
    screening,
    sector_plans,
)

__all__ = [
    "appointment",
    "assessment",
    "budget",
    "calendar",
    "capacity",
    "case_roles",
    "cases",
    "concerns",
    "consent",
    "deadlines",
    "delegation",
    "efforts",
    "letters",
    "meetings",
    "notes",
    "obligations",
    "offers",
    "organisation",
    "people",
    "plan",
    "referral",
    "rules",
    "screening",
    "sector_plans",
]
