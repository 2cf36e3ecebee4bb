"""The functions of the standard (DMN 1.5, 10.3.4) and a few of Camunda's, by subject."""

from engine.feel.builtins import contexts, lists, logic, numbers, ranges, strings, temporal

__all__ = ["contexts", "lists", "logic", "numbers", "ranges", "strings", "temporal"]
