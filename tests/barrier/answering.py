"""What a form is answered with: the first of each choice, a word in each text, a day to come."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

FORMS = Path(__file__).parents[2] / "forms"
DAY = "2027-02-01"


@cache
def answers(form_id: str | None) -> dict[str, Any]:
    """Name of a field -> what is posted in it, for all fields of the form that have to be filled."""
    file = FORMS / f"{form_id}.form"
    if not file.exists():
        return {}
    return dict(_filled(json.loads(file.read_text(encoding="utf-8"))["components"]))


def _filled(components: list[dict], before: str = "") -> Iterator[tuple[str, Any]]:
    for component in components:
        inside, key = component.get("components", []), component.get("key") or component.get("path")
        if component["type"] == "dynamiclist":
            yield from _filled(inside, f"{before}{key}[0].")
        elif inside:
            yield from _filled(inside, before)
        elif key and component.get("validate", {}).get("required"):
            yield before + key, _value(component)


def _value(component: dict) -> Any:
    match component["type"]:
        case "radio" | "select" | "checklist" | "taglist":
            return (component.get("values") or [{"value": "FAM"}])[0]["value"]
        case "checkbox":
            return "true"
        case "number":
            return "1"
        case "datetime":
            return f"{DAY}T10:00" if component.get("subtype") == "datetime" else DAY
    return "proevet"
