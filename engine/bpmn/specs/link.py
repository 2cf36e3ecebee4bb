"""Link events: a throw continues at the catch of the same name; the parser draws the flow."""

from __future__ import annotations

from engine.bpmn.specs.base import Node


class LinkCatch(Node):
    """Where a link comes out."""
