"""One verb on many tasks: each is a verb of its own, and what one refuses stops none of the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from engine.errors import Refused
from engine.store import Store


@dataclass(frozen=True)
class Result:
    """What became of one task: done, or the refusal."""

    task_id: str
    refusal: Refused | None = None

    @property
    def done(self) -> bool:
        return self.refusal is None


def each(
    store: Store, verb: Callable[..., None], task_ids: Iterable[str], *args: Any, by: str
) -> list[Result]:
    """Call the verb (claim, release, assign, hold, resume) for each task, in the order given.

    Each has a transaction and a line in the trail of its own. A refusal is a result; anything else
    that goes wrong is an incident, and the refusal that names it is the result.
    """
    results = []
    for task_id in dict.fromkeys(task_ids):
        try:
            verb(store, task_id, *args, by=by)
        except Refused as refusal:
            results.append(Result(task_id, refusal))
        else:
            results.append(Result(task_id))
    return results
