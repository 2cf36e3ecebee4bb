"""The bell and the page of notices."""

from __future__ import annotations

import re
from datetime import date

from engine.domain.organisation import Absence


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
