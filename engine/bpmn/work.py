"""Work that waits for somebody: a person's task, or a service that runs as a job."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.bpmn.host import ServiceCall


@dataclass(frozen=True)
class WorkItem:
    """`id` stays the same as long as the work is open: claims and drafts hang on it.

    `kind` is user, manual or service. `queue` is one queue or a lane's name, worked out once
    when the work came up, as `due`, `follow_up` (aware UTC; a date alone is its midnight in
    Copenhagen) and `priority` are. `item` is the multi-instance item it concerns. A service has
    its `call` and how many `retries` its job gets.
    """

    id: str
    kind: str
    process: str
    element: str
    name: str
    queue: str | None
    form_id: str | None
    scope_id: str
    item: Any = None
    priority: int | None = None
    due: datetime | None = None
    follow_up: datetime | None = None
    retries: int | None = None
    call: ServiceCall | None = None
