"""Who sees what: user × role × unit × period meets consent here, and nowhere else.

Every list, page, count, search and verb asks this room. What one may not see does not exist for one.
Sources: domain.md C8 and B4. The rule, one sentence a file:

- `reaching`: one is oneself and the absent colleagues one stands in for today, with all their roles.
- `placing`: a task of a case lies at one desk, with one person, or nowhere.
- `working`: one may work the tasks that lie where one reaches, or were given to one by name.
- `seeing`: a case exists for those who answer for it, take part in it or have a task of it now; for
  an outside partner by the citizen's consent alone; a locked one for nobody.
- `dividing`: who answers for a case sees all of it, everybody else the parts that they need.
"""

from engine.domain.access.dividing import (
    CONSENTS,
    EFFORTS,
    EVERY_PART,
    GRANTS,
    LETTERS,
    MEETINGS,
    NOTES,
    PEOPLE,
    PLAN,
    REFERRAL,
    TASKS,
    TRAIL,
    parts,
)
from engine.domain.access.placing import in_place_of, place
from engine.domain.access.reaching import WORKERS, Reach, reach, workers
from engine.domain.access.seeing import (
    answered_for,
    by_consent_alone,
    existing,
    knows,
    may_see,
    seen_among,
    takes_part_now,
    visible_cases,
    whole_cases,
)
from engine.domain.access.working import Lane, lanes, may, unlocked, visible_tasks, works

__all__ = [
    "CONSENTS",
    "EFFORTS",
    "EVERY_PART",
    "GRANTS",
    "LETTERS",
    "MEETINGS",
    "NOTES",
    "PEOPLE",
    "PLAN",
    "REFERRAL",
    "TASKS",
    "TRAIL",
    "WORKERS",
    "Lane",
    "Reach",
    "answered_for",
    "by_consent_alone",
    "existing",
    "in_place_of",
    "knows",
    "lanes",
    "may",
    "may_see",
    "parts",
    "place",
    "reach",
    "seen_among",
    "takes_part_now",
    "unlocked",
    "visible_cases",
    "visible_tasks",
    "whole_cases",
    "workers",
    "works",
]
