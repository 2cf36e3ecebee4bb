"""Running cases from a spreadsheet: read, tried without saving anything, and brought in one by one."""

from engine.imports.kept import (
    BATCH,
    FilenErVaek,
    Import,
    ImportResult,
    choose,
    find,
    keep,
    pending,
    take,
    unsealed,
)
from engine.imports.reading import IkkeEtRegneark, Line, ManglerKolonner, lines
from engine.imports.template import template
from engine.imports.understanding import Fault, Found, understand

__all__ = [
    "BATCH",
    "Fault",
    "FilenErVaek",
    "Found",
    "IkkeEtRegneark",
    "Import",
    "ImportResult",
    "Line",
    "ManglerKolonner",
    "choose",
    "find",
    "keep",
    "lines",
    "pending",
    "take",
    "template",
    "understand",
    "unsealed",
]
