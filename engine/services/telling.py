"""A message that only matters where somebody waits for it; elsewhere it leaves no trace."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from engine.instances import Subscription
from engine.services import Context


def tell_waiting(context: Context, message: str, *, at: str | None = None, **data: Any) -> None:
    """Send the message to this case if a flow of it waits, at this element if one is named."""
    waits = select(Subscription.id).where(
        Subscription.case_id == context.case.id, Subscription.name == message
    )
    if at is not None:
        waits = waits.where(Subscription.element == at)
    if context.session.scalar(waits.limit(1)) is not None:
        context.tell(message, data)
