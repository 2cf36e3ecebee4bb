"""One case as its page shows it; each part of the page has a file of its name."""

from engine.queries.case.overview import Overview, overview

__all__ = ["Overview", "overview"]
