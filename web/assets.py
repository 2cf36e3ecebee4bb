"""What npm and esbuild made of `web/frontend`, by the names of its entry files."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from engine.errors import Refused

DIST = Path(__file__).parent / "static" / "dist"


class NotBuilt(Refused):
    """Sidernes udseende er ikke bygget. Kør make run, eller npm ci && npm run build i web/frontend."""


@dataclass(frozen=True)
class Asset:
    """The addresses of one entry's script, its style and the scripts that it needs."""

    js: str
    css: str | None
    preload: tuple[str, ...]


def read(dist: Path = DIST) -> dict[str, Asset]:
    """Every entry by its name. Raises NotBuilt."""
    try:
        manifest = json.loads((dist / "manifest.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise NotBuilt from None
    return {
        name: Asset(
            js=_address(entry["js"]),
            css=entry["css"] and _address(entry["css"]),
            preload=tuple(_address(path) for path in entry["preload"]),
        )
        for name, entry in manifest.items()
    }


def _address(path: str) -> str:
    return f"/static/dist/{path}"
