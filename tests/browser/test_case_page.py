"""The case's page on a desk: what one must know of a case is seen before anything is scrolled."""

from __future__ import annotations

from datetime import datetime

from playwright.sync_api import expect

#: While Jonas' grant waits for the committee: the case has people, consent, a plan and money.
WITH_MONEY = datetime(2026, 12, 1, 8)


def test_six_things_of_a_case_are_seen_at_once(site, sign_in):
    site.play("s03_jonas", WITH_MONEY)
    page = sign_in("koordinator-3")
    page.goto("/sager/2026-0001")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Jonas Fantasi")
    seen = {
        "status": page.get_by_role("list", name="Sagens vej"),
        "next deadline": page.locator(".case-next"),
        "people": page.get_by_role("region", name="Hvem er med"),
        "consent": page.get_by_role("region", name="Samtykke"),
        "plan": page.get_by_role("region", name="Planen"),
        "budget": page.get_by_role("region", name="Bevillinger"),
    }
    for name, part in seen.items():
        box = part.bounding_box()
        assert box and box["y"] + box["height"] <= 768, (name, box)
