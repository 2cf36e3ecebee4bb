"""Figures for leaders (domain.md C9, K1 to K20): each one a list of rows, and a number made of it.

A new figure is one decorated function in the file of its subject; the page, the list behind the
number, the trend and the exports follow.
"""

from engine.queries.figures import (  # noqa: F401 - each registers its figures
    citizens,
    continuity,
    endings,
    following,
    grants,
    queues,
    waiting,
)
from engine.queries.figures.figure import (
    COUNT,
    FIGURES,
    GRANTS,
    MEAN,
    MEDIAN,
    SECTIONS,
    SHARE,
    WORK,
    Figure,
    Period,
    Row,
)
from engine.queries.figures.load import Carried, carried
from engine.queries.figures.opened import Line, Opened, opened
from engine.queries.figures.overview import MONTHS, Overview, Part, Point, Shown, overview
from engine.queries.figures.scope import (
    EVERYTHING,
    MINE,
    NoSuchFigures,
    Scope,
    are_there,
    scope,
    scopes,
)
from engine.queries.figures.worked import worked

__all__ = [
    "COUNT",
    "EVERYTHING",
    "FIGURES",
    "GRANTS",
    "MEAN",
    "MEDIAN",
    "MINE",
    "MONTHS",
    "SECTIONS",
    "SHARE",
    "WORK",
    "Carried",
    "Figure",
    "Line",
    "NoSuchFigures",
    "Opened",
    "Overview",
    "Part",
    "Period",
    "Point",
    "Row",
    "Scope",
    "Shown",
    "are_there",
    "carried",
    "opened",
    "overview",
    "scope",
    "scopes",
    "worked",
]
