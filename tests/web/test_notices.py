"""The bell and the page of notices."""

from __future__ import annotations

import re
from datetime import date, datetime

from flask import render_template_string

from engine.domain.organisation import Absence
from engine.queries import notices_kinds
from engine.queries.notices_kinds import Notice


def is_deputy(store) -> None:
    away = Absence(
        username="koordinator-2",
        deputy="koordinator-1",
        first_day=date(2026, 11, 23),
        last_day=date(2026, 11, 27),
    )
    store.write(lambda session: session.add(away))


def test_the_bell_counts_what_is_new_until_it_has_been_seen(client_of, site_store):
    is_deputy(site_store)
    client = client_of("koordinator-1")
    assert 'hx-get="/beskeder/antal"' in client.get("/opgaver").text
    assert re.search(r'class="count">1<', client.get("/beskeder/antal").text)
    page = client.get("/beskeder").text
    assert "Du er stedfortræder for Bo Samordner" in page
    keys = re.findall(r'name="besked" value="([^"]+)"', page)
    answer = client.post("/beskeder/set", data={"besked": [*keys, "noget:andet"]})
    assert answer.status_code == 303
    assert 'class="count"' not in client.get("/beskeder/antal").text
    page = client.get("/beskeder").text
    assert "Ingen nye beskeder" in page
    assert "Du er stedfortræder for Bo Samordner" in page  # it still goes on
    assert "Du er stedfortræder" not in client_of("koordinator-3").get("/beskeder").text


WHEN = datetime(2026, 11, 23, 9)
#: What each kind of notice says to whom it concerns, and where it leads.
SAID = {
    "frist": (
        {"what": "Send planen", "due": WHEN, "percent": 80},
        "80 % af tiden er gået",
        "/opgaver/t",
    ),
    "koe": (
        {"queue": "KUI", "desk": "KUI", "count": 50, "more": True, "percent": 100},
        "50+ opgaver, som ingen har taget, er over fristen",
        "/opgaver?fane=ikke_fordelt",
    ),
    "overskredet": (
        {
            "count": 3,
            "lines": [{"unit": "KUI", "count": 3, "numbers": ["2026-0007"], "more": True}],
        },
        "3 frister er overskredet i det, du leder",
        "/sager/2026-0007",
    ),
    "stedfortraeder": ({"who": "Bo", "until": WHEN}, "Du er stedfortræder for Bo", "/opgaver"),
    "stedfortraeder_slut": ({"who": "Bo"}, "Du er ikke længere stedfortræder for Bo", None),
    "samtykke": ({}, "Et samtykke er trukket tilbage i en sag, du er med i", "/sager/2026-0001"),
    "intet_svar": ({"unit": "KUI"}, "KUI svarede ikke på et udkast", "/sager/2026-0001"),
    "bevilling": ({"result": "afslag"}, "En ansøgning har fået afslag", "/sager/2026-0001"),
    "delegation": (
        {"law": "Barnets lov", "unit": "FAM", "taken": True, "because": "Loven er ændret"},
        "FAM afgør det selv fra nu af. Grunden er: Loven er ændret",
        "/delegationer",
    ),
    "moede": (
        {"when": WHEN, "all_day": False, "moved": True, "meeting": "m"},
        "Et møde er flyttet",
        "/sager/2026-0001/moeder/m",
    ),
    "udvalgsmoede": (
        {"when": WHEN, "before": None, "cancelled": True, "because": "sygdom", "meeting": "m"},
        "Et møde i visitationsudvalget er aflyst",
        "/udvalg/m",
    ),
    "kontrol": (
        {"name": "Klage", "rule": "RSL-1", "count": 2},
        "2 frister løber efter den (RSL-1)",
        None,
    ),
    "frist_flyttet": (
        {"name": "Opfølgning"},
        "en frist er flyttet: Opfølgning",
        "/sager/2026-0001",
    ),
}


def drawn(app, kind: str, nummer: str | None = "2026-0001") -> str:
    facts = SAID[kind][0]
    task = "t" if kind == "frist" else None
    notice = Notice(f"{kind}:1", kind, WHEN, "c", task, facts, nummer, "Mads Prøvesen")
    with app.test_request_context():
        template = "{% from 'parts/notice.html' import line %}{{ line(n) }}"
        return " ".join(render_template_string(template, n=notice).split())


def test_each_notice_says_what_has_come_and_leads_to_where_one_does_something(app):
    kinds = {
        value
        for name, value in vars(notices_kinds).items()
        if name.isupper() and isinstance(value, str)
    }
    assert kinds == set(SAID)
    for kind, (_facts, words, link) in SAID.items():
        page = drawn(app, kind, "2026-0001" if "2026-0001" in str(link) else None)
        assert words in page, kind
        links = re.findall(r'href="([^"]+)"', page)
        assert links == [link] * bool(link), kind


def test_a_notice_without_a_case_that_one_may_see_names_and_opens_none(app):
    for kind in ("samtykke", "intet_svar"):
        page = drawn(app, kind, nummer=None)
        assert "Mads" not in page and "href" not in page, kind
    assert "Du har ikke længere adgang" in drawn(app, "samtykke", nummer=None)
