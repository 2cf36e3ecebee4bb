"""The story on a screen: days, deeds, reasons, and the differences; colours only where they show."""

from __future__ import annotations

import io

import pytest

from engine.scenarios import timeline

STORY = (
    """
    - {by: sagsbehandler-kui, open: afspilning, for: mads}
    - {by: sagsbehandler-kui, task: skriv, answers: {x: 60}, refused: ForStort}
    - {by: sagsbehandler-kui, task: skriv, answers: {x: 20}}
    - {by: procesejer-1, set_rule: {id: KP-4, value: 5, applies_to_running: true}}
    - at: 2026-12-23T10:00
    - {by: sagsbehandler-vok, task: hoer, answers: {svar: a}}
    - {by: sagsbehandler-kui, task: hoer, answers: {svar: a}}
    - {by: leder-kui, assign: {task: spoerg, to: koordinator-1}}
    - {at: 2027-04-23T10:00, by: koordinator-1, task: spoerg, answers: {svar: a}}
    """,
)
TOLD = """
✔ Prøve  prøve.yaml

  Mandag 23. november 2026
     1  09.00  sag       2026-0001 · Afspilning · Mads Prøvesen  sagsbehandler-kui
               opgave    Skriv → KUI
     2  09.00  afvist    X er for stort til prøven. Vælg et mindre tal, eller spørg enhedens leder. (ForStort)
                         sagsbehandler-kui
     3  09.00  løst      Skriv  sagsbehandler-kui
               regel     Hvor stort er x?: stor, rund
                         lokal beslutning
               brev      B09 Kvittering til henviser til KUI
               frist     BL-5 senest 24.11.2026 kl. 09.00
                         24 timer efter 23.11.2026: senest 24.11.2026 (BL, kapitlet om underretning)
               frist     KP-4: 10 arbejdsdage efter 23.11.2026: senest 07.12.2026 (lokal beslutning)
     4  09.00  beslutter KP-4 = 5, også for det, der er i gang  procesejer-1
               frist     KP-4 flyttes: 5 arbejdsdage efter 23.11.2026: senest 30.11.2026 (lokal beslutning),
                         før 07.12.2026

  Onsdag 23. december 2026  30 dage senere
     5  09.00  tid       Vent en måned
               opgave    Hør enheden → KUI
               opgave    Hør enheden → VOK
     6  10.00  løst      Hør enheden (VOK)  sagsbehandler-vok
     7  10.00  løst      Hør enheden (KUI)  sagsbehandler-kui
               opgave    Spørg borgeren → KUI
     8  10.00  fordelt   Spørg borgeren → koordinator-1  leder-kui

  Fredag 23. april 2027  121 dage senere
     9  10.00  løst      Spørg borgeren (Mads Prøvesen)  koordinator-1
               slut      Afspilning
"""


class Screen(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def told(play, monkeypatch):
    """What is printed of the steps, on paper or on a screen."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("COLUMNS", "110")

    def show(*parts, out=None):
        out = out or io.StringIO()
        timeline.show(play(*parts), out)
        return out.getvalue()

    return show


def test_a_story_reads_like_a_story(told):
    assert told(*STORY) == TOLD


def test_differences_come_last_with_their_step_and_path(told):
    said = told(
        "- {at: 2026-11-24, expect: {tasks: {KUI: [skriv]}}}\n- {by: sagsbehandler-kui, task: x}"
    )
    assert said.startswith("\n✘ Prøve")
    assert said.endswith(
        "\n  trin 1 · expect.tasks.KUI\n      ventet  ['skriv']\n      fundet  []\n"
        "  trin 2 · case\n      ventet  en sag\n      fundet  ingen sag er åbnet endnu\n"
    )


def test_colours_are_for_screens_only(told, monkeypatch):
    assert "\033[" not in told(*STORY)
    assert "\033[32m✔\033[0m" in told(*STORY, out=Screen())
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\033[" not in told(*STORY, out=Screen())


def test_a_narrow_screen_wraps_what_is_long(told, monkeypatch):
    monkeypatch.setenv("COLUMNS", "70")
    assert (
        max(len(line) for line in told(*STORY, out=Screen()).split("\n") if "\033" not in line)
        <= 70
    )


def test_every_event_that_is_told_has_a_danish_name():
    from engine.scenarios.telling import EVENTS

    assert EVENTS.keys() - timeline.CALLED.keys() == set()
    assert {
        "completed",
        "letter",
        "deadline",
        "refused",
        "set_rule",
        "set_budget",
        "absent",
    } <= set(timeline.CALLED)
    assert max(len(name) for name in timeline.CALLED.values()) < 10
