"""A whole meeting of the committee, with everybody at a browser of their own."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from engine import casework, clock
from engine.domain import agenda, minutes
from engine.domain.agenda import AgendaItem
from engine.domain.ballots import Ballot
from engine.domain.committee import CommitteeMeeting
from engine.domain.escalation import Application
from engine.domain.grants import Grant
from engine.instances import WorkItem
from engine.scenarios import read
from engine.scenarios.player import Played, Player
from engine.store import new_id
from tests.browser.eyes import faults, too_wide
from tests.browser.hands import STORIES, fill

#: A vote, counted from the first page that one sees after signing in.
MOST_CLICKS = 3


class Story:
    """S03, played beside the browser except for what the committee does itself."""

    def __init__(self, told, store, virtual):
        self.player = Player(told, store, virtual, Played(told))
        assert self.player.prepare(), self.player.played.failures
        self.steps = iter(told.steps)

    def until(self, task: str) -> None:
        """Everything before the step that works the task, which is left to the browser."""
        for step in self.steps:
            if step.get("task") == task:
                if step.at is not None:
                    self.player.passage.to(step.at)
                return
            assert self.player.take(step), self.player.played.failures


@pytest.fixture
def story(site):
    told = read(STORIES / "s03_jonas.yaml")
    # It begins before the site's own day: the site follows the story's clock.
    with clock.travelling(told.starts_at) as virtual:
        yield Story(told, site.store, virtual)


def look(page: Page, name: str) -> None:
    """Clean for axe, no wider than the screen; and a picture, where a folder for them is named."""
    folder = os.environ.get("OVERLIGGER_PICTURES")
    if folder:
        width = page.viewport_size["width"]
        page.screenshot(path=Path(folder) / f"committee-{name}-{width}.png", full_page=True)
    assert faults(page) == []
    assert not too_wide(page), name


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def plan_and_put_on_the_agenda(page: Page) -> None:
    page.goto("/udvalg")
    expect(page.get_by_text("Mentor", exact=False).first).to_be_visible()
    page.get_by_label("Hvornår er mødet?").fill("2026-12-17T10:00")
    page.get_by_label("Hvornår lukker papirerne?").fill("2026-12-14T12:00")
    page.get_by_label("Hvor?").fill("Mødelokale 3")
    page.get_by_label("Rita Formand").select_option("stedfortraeder")
    look(page, "calendar")
    press(page, "Planlæg mødet")
    expect(page.get_by_role("heading", name="Møde 17. december 2026 kl. 10.00")).to_be_visible()
    page.goto("/udvalg")
    page.get_by_role("link", name="Åbn opgaven").click()
    expect(page.locator("[name=moededato]")).to_have_value("2026-12-17T10:00")
    fill(page, {"punkt": "Mentor og ekstra behandling", "inhabilitet": "nej"})
    page.locator(".task-actions button.button-primary").click()
    expect(page.get_by_text("er gjort").first).to_be_visible()


def the_room(page: Page) -> None:
    page.goto("/udvalg")
    page.get_by_role("link", name="17. december 2026 kl. 10.00").click()
    page.get_by_role("link", name="Gå til første punkt").click()


def vote(page: Page, said: str, dissent: str = "") -> None:
    """From the first page to the vote, every click counted."""
    page.goto("/opgaver")
    page.evaluate("sessionStorage.setItem('clicks', '0')")
    count = (
        "addEventListener('click', () => sessionStorage.clicks = +sessionStorage.clicks + 1, true)"
    )
    for place, there in (
        (page.get_by_role("navigation", name="Hovedmenu").get_by_text("Udvalg"), "**/udvalg"),
        (page.get_by_role("link", name="Gå til punkt 1"), "**/punkt/1"),
    ):
        page.evaluate(count)
        place.click()
        page.wait_for_url(there)
    page.evaluate(count)
    page.get_by_role("button", name=said, exact=True).click()
    chosen = page.locator(".vote-button[aria-pressed=true]")
    expect(chosen).to_have_text(f"✓ {said}")
    assert int(page.evaluate("sessionStorage.clicks")) <= MOST_CLICKS
    if dissent:
        page.get_by_text("Skriv en mindretalsudtalelse").click()
        page.get_by_label("Din udtalelse").fill(dissent)
        # What one is writing stays when the page has asked what is new.
        page.evaluate(
            """addEventListener('htmx:finally:request', ({target}) => {
                 if (target.id === 'afstemning') document.documentElement.dataset.asked = 'yes'; })"""
        )
        expect(page.locator("html[data-asked]")).to_have_count(1)
        expect(page.get_by_label("Din udtalelse")).to_have_value(dissent)
        chosen.click()


def _and_another_item(session) -> None:
    """A second application of the same case on the agenda, its papers ready."""
    first = session.scalars(select(Application)).one()
    columns = {c.name: getattr(first, c.name) for c in Application.__table__.columns}
    second = Application(**(columns | {"id": new_id(), "what": "En støttekontaktperson"}))
    session.add(second)
    session.flush()
    held = session.scalars(select(CommitteeMeeting)).one()
    agenda.put_on(session, held, second, "Støttekontaktperson", []).ready_at = clock.now()


def test_the_arrows_go_from_item_to_item_and_a_page_tells_where_the_others_are(
    site, sign_in, story
):
    story.until("beslutning")
    site.store.write(_and_another_item)
    with site.store.reading() as session:
        held = session.scalars(select(CommitteeMeeting)).one()
        second = session.scalars(select(AgendaItem).where(AgendaItem.number == 2)).one()
    page = sign_in("udvalg-1", width=1366)
    page.goto(f"/udvalg/{held.id}/punkt/1")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("heading", name="Støttekontaktperson", level=1)).to_be_visible()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("heading", name="Mentor og ekstra behandling")).to_be_visible()
    there = ["udvalg-1", "udvalg-2", "udvalg-3"]
    casework.note_present(site.store, held.id, there, by="udvalg-formand")
    casework.open_vote(site.store, second.id, "afslag", "Nej", by="udvalg-formand")
    expect(page.get_by_text("Udvalget stemmer om et andet punkt nu")).to_be_visible()
    page.get_by_role("link", name="Gå til punkt 2").click()
    expect(page.get_by_role("button", name="Imod", exact=True)).to_be_visible()


def test_a_whole_meeting(site, sign_in, story):
    story.until("saet_paa_dagsorden")
    plan_and_put_on_the_agenda(sign_in("udvalg-sekretaer"))
    story.until("beslutning")
    assert f"{clock.local(clock.now()):%Y-%m-%d %H.%M}" == "2026-12-17 10.00"

    secretary = sign_in("udvalg-sekretaer")
    ane, ove = sign_in("udvalg-1", width=1920), sign_in("udvalg-2", width=360)
    tea, kaj = sign_in("udvalg-3"), sign_in("udvalg-4")
    secretary.goto("/udvalg")
    secretary.get_by_role("link", name="17. december 2026 kl. 10.00").click()
    for name in ("Ane Medlem", "Ove Medlem", "Tea Medlem", "Kaj Medlem"):
        secretary.get_by_label(name, exact=True).check()
    press(secretary, "Notér, hvem der er til stede")
    look(secretary, "meeting")

    for page in (secretary, ane, ove, tea, kaj):
        the_room(page)
        expect(page.get_by_text("Beslutningsdygtigt")).to_be_visible()
    expect(ane.get_by_text("Ingen udtalelse")).to_be_visible()

    # One of them knows the citizen, leaves the item, and has no case any more.
    kaj.get_by_text("Jeg er inhabil i punktet").click()
    kaj.get_by_label("Hvorfor?").fill("Han er min nabo")
    press(kaj, "Notér inhabiliteten")
    expect(kaj.get_by_text("Du er inhabil i punktet")).to_be_visible()
    expect(kaj.get_by_text("Jonas")).to_have_count(0)
    expect(ane.get_by_text("Kaj Medlem (Han er min nabo)")).to_be_visible()

    secretary.get_by_text("Stem om et forslag").click()
    secretary.get_by_label("Bevilg en del af beløbet").check()
    secretary.get_by_label("Beløb, hvis det er en del (kr.)").fill("60.000")
    secretary.get_by_role("textbox", name="Begrundelse").fill(
        "Mentor i fire måneder er nok til at nå målet"
    )
    look(secretary, "proposal")
    press(secretary, "Åbn afstemningen")
    # The others' pages follow by themselves.
    expect(ane.get_by_role("button", name="For", exact=True)).to_be_visible()
    look(ane, "room")
    look(ove, "room-phone")
    vote(ane, "For")
    vote(ove, "For")
    vote(tea, "Imod", "Hele beløbet er nødvendigt")
    look(ove, "voted-phone")
    expect(secretary.get_by_text("3 af 3 har stemt")).to_be_visible()
    press(secretary, "Luk afstemningen")
    expect(ove.get_by_text("2 for, 1 imod")).to_be_visible()
    expect(ove.get_by_text("Hele beløbet er nødvendigt")).to_be_visible()
    expect(ane.get_by_text("2 for, 1 imod")).to_be_visible()
    look(ane, "decided")

    secretary.get_by_role("link", name="Registrér beslutningen").click()
    expect(secretary.locator("[name=resultat][value=delvist]")).to_be_checked()
    # Who bears it is proposed as the units pay into the line.
    expect(secretary.locator("[name='fordeling[0].enhed']")).to_have_value("JOB")
    expect(secretary.locator("[name='fordeling[0].procent']")).to_have_value("40")
    fill(secretary, {"noedvendigt_behov": "nej", "grunde": ["faglig_vurdering"]})
    secretary.locator(".task-actions button.button-primary").click()
    expect(secretary.get_by_text("er gjort").first).to_be_visible()

    secretary.goto("/udvalg")
    secretary.get_by_role("link", name="17. december 2026 kl. 10.00", exact=True).click()
    secretary.get_by_role("link", name="Referat", exact=True).click()
    press(secretary, "Skriv og forsegl referatet")
    expect(secretary.get_by_text("Referatet stemmer med de afgivne stemmer")).to_be_visible()
    for page in (ane, ove):
        page.goto(secretary.url)
        press(page, "Godkend referatet")
        expect(page.get_by_text("Dit svar på referatet er gemt")).to_be_visible()
    look(ove, "minutes")
    kaj.goto(secretary.url)
    expect(kaj.get_by_text("Du var inhabil i punktet")).to_be_visible()
    expect(kaj.get_by_text("Mentor")).to_have_count(0)

    with site.store.reading() as session:
        grant = session.scalars(select(Grant)).one()
        assert (grant.result, grant.amount, grant.dissent) == (
            "delvist",
            60000,
            "Tea Medlem: Hele beløbet er nødvendigt",
        )
        ballot = session.scalars(select(Ballot)).one()
        assert ballot.able == ["udvalg-1", "udvalg-2", "udvalg-3"]
        row = minutes.of(session, session.scalars(select(CommitteeMeeting)).one())
        assert minutes.holds(session, row)
        assert set(minutes.standing(session, row)) == {"udvalg-1", "udvalg-2"}
        waiting = session.scalars(select(WorkItem.element).where(WorkItem.state == "open"))
        assert "afgoerelse" in set(waiting)
