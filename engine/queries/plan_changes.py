"""What a new version of a plan adds, changes and leaves out, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.queries import labels, words

ADDED, CHANGED, GONE = "nyt", "aendret", "udgaaet"

TEXTS = {
    "samlet_situation": "Den samlede situation",
    "halv_side": "Det vigtigste på en halv side",
    "borgerens_holdning": "Borgerens holdning og ønsker",
    "hjaelp_udefra": "Hjælp fra andre end kommunen",
}
FIELDS = {
    "titel": "navnet",
    "art": "slagsen",
    "under": "det mål, det hører under,",
    "faglig_tekst": "den faglige uddybning",
    "domaene": "området",
    "prioritet": "prioriteten",
    "frist": "dagen, det skal være nået,",
    "skala": "måden at se fremdrift på",
    "person": "hvem det gælder,",
    "indsatstype": "slagsen",
    "lov": "loven",
    "paragraf": "paragraffen",
    "enhed": "enheden",
    "leverandoer": "leverandøren",
    "ansvarlig": "den ansvarlige",
    "maal": "målene, den støtter,",
    "start": "starten",
    "slut": "slutningen",
    "afhaenger_af": "det, den kommer efter,",
    "beloeb": "beløbet",
    "oekonomi": "hvem der betaler,",
    "kraever_bevilling": "om den kræver en bevilling,",
    "kraever_afgoerelse": "om den kræver en afgørelse,",
}


@dataclass(frozen=True)
class Change:
    """One difference. `before` and `after` are empty where only one of them is."""

    kind: str
    part: str
    what: str
    before: str = ""
    after: str = ""


def between(
    old: Mapping[str, Any], new: Mapping[str, Any], say: Callable[[str, Any], str]
) -> list[Change]:
    """The differences part by part; `say(field, value)` writes a value as people say it."""
    found = []
    for part, name in (("maal", "Mål"), ("indsatser", "Indsats")):
        found += _rows(name, old.get(part) or [], new.get(part) or [], say)
    found += _agreements(old.get("aftaler") or [], new.get("aftaler") or [], say)
    for key, name in TEXTS.items():
        before, after = (old.get(key) or "").strip(), (new.get(key) or "").strip()
        if before != after:
            kind = ADDED if not before else GONE if not after else CHANGED
            found.append(Change(kind, name, name, before, after))
    return found


def _rows(name: str, old: list, new: list, say: Callable[[str, Any], str]) -> list[Change]:
    was, now = ({row["noegle"]: row for row in rows} for rows in (old, new))
    found = [Change(ADDED, name, now[key]["titel"]) for key in now if key not in was]
    for key in now:
        for what, named in FIELDS.items() if key in was else ():
            before, after = (say(what, row.get(what)) for row in (was[key], now[key]))
            if before != after:
                title = now[key]["titel"]
                text = f"{title}: {named.rstrip(',')}"
                found.append(
                    Change(CHANGED, name, text, before or "ikke skrevet", after or "ikke skrevet")
                )
    return found + [Change(GONE, name, was[key]["titel"]) for key in was if key not in now]


def _agreements(old: list, new: list, say: Callable[[str, Any], str]) -> list[Change]:
    def told(row: Mapping[str, Any]) -> str:
        day = say("hvornaar", row.get("hvornaar"))
        return f"{row['hvem']}: {row['hvad']}" + (f" (senest {day})" if day else "")

    was, now = [told(row) for row in old], [told(row) for row in new]
    found = [Change(ADDED, "Aftale", text) for text in now if text not in was]
    return found + [Change(GONE, "Aftale", text) for text in was if text not in now]


def in_words(what: str, value: Any, names: Mapping[str, str]) -> str:
    """A value of a goal or an effort for people; `names` are those of units, persons, goals and efforts."""
    if value in (None, "", [], False):
        return ""
    if what in ("frist", "start", "slut", "hvornaar"):
        return words.day(value)
    if what in ("maal", "afhaenger_af"):
        return ", ".join(names.get(key, key) for key in value)
    if what == "beloeb":
        return words.kroner(value)
    if value is True:
        return "ja"
    tables = {
        "art": labels.GOAL_KINDS,
        "domaene": labels.FIELDS_OF_LIFE,
        "lov": labels.LAWS,
        "indsatstype": labels.EFFORT_KINDS,
    }
    if what in tables:
        return labels.of(tables[what], value)
    return names.get(value, value) if what in ("under", "person", "enhed") else str(value)
