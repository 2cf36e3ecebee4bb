"""Information is obtained without consent only under a paragraph, by two people, and told."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from engine import clock
from engine.domain import consent, letters, organisation, people, without_consent
from engine.domain.without_consent import IngenHjemmel, SammeGodkender, SamtykkeFindes
from engine.events import Event

REQUEST = {
    "kilde": "Fiktivby Skole",
    "oplysningstype": "Fravær",
    "periode": "Skoleåret 2026/27",
    "formaal": "At vurdere støtten",
    "grundlag": "barn_saerlig_stoette",
    "hvorfor_ikke_samtykke": "Moderen svarer ikke",
    "noedvendigt_fordi": "Kun skolen ser barnet i hverdagen",
    "besked_skader": "nej",
}


@pytest.fixture
def child(town):
    """The case is about a child of sixteen, and somebody misses what the school knows."""
    town.consenting(uddannelse="stort")
    town.write(lambda s, c: _born(s, c, 16))
    town.tell("indhent_uden_samtykke")
    return town


def _born(session, case, years: int) -> None:
    today = clock.today()
    people.citizens(session, case.id)[0].birth_date = date(today.year - years, 1, 1)


def asked(town, **answers) -> None:
    town.do("sagsbehandler-kui", "begrund_indhentning", **(REQUEST | answers))


def approved(town) -> None:
    town.do(
        "leder-kui",
        "godkend_indhentning",
        indhentning_svar="godkendt",
        godkendelse_begrundelse="Nødvendigt",
    )


def told(town) -> list[dict]:
    return town.read(lambda s, c: [row.facts for row in letters.of_case(s, c) if row.code == "B17"])


def obtained(town) -> None:
    town.do(
        "sagsbehandler-kui",
        "indhent_uden_samtykke",
        afsendt="2026-12-02",
        oplysning_resultat="ikke_modtaget",
    )


def test_the_citizen_reads_what_was_obtained_from_whom_and_under_which_paragraph(child):
    asked(child)
    approved(child)
    assert told(child) == []
    obtained(child)
    assert told(child) == [
        {
            "kilde": "Fiktivby Skole",
            "oplysninger": "Fravær",
            "hjemmel": "Retssikkerhedsloven § 11 c",
        }
    ]
    row = child.read(lambda s, c: without_consent.of_case(s, c)[0])
    assert (row.asked_by, row.answered_by, row.row) == ("sagsbehandler-kui", "leder-kui", "barn")
    assert row.told_at is not None


def test_the_trail_names_the_paragraph_and_never_what_was_written(child):
    asked(child)
    approved(child)
    obtained(child)
    facts = child.read(
        lambda s, c: {
            row.kind: row.facts
            for row in s.scalars(select(Event).where(Event.case_id == c.id))
            if row.kind.startswith("unconsented")
        }
    )
    assert list(facts) == ["unconsented_asked", "unconsented_answered", "unconsented_obtained"]
    assert facts["unconsented_asked"]["paragraph"] == "Retssikkerhedsloven § 11 c"
    assert "skole" not in repr(facts).casefold()


def test_no_letter_goes_out_where_the_law_excepts(child):
    asked(child, besked_skader="ja", besked_skader_hvorfor="Barnet er truet")
    approved(child)
    obtained(child)
    assert told(child) == []
    row = child.read(lambda s, c: without_consent.of_case(s, c)[0])
    assert row.untold_paragraph == "Databeskyttelsesloven § 22"


def test_an_adult_is_not_covered_by_the_paragraph_for_children(child):
    child.write(lambda s, c: _born(s, c, 18))
    with pytest.raises(IngenHjemmel):
        asked(child)
    assert child.read(lambda s, c: without_consent.of_case(s, c)) == []


def test_with_a_consent_there_is_no_exception(child):
    child.write(
        lambda s, c: consent.give(
            s,
            c,
            people.citizens(s, c.id)[0].id,
            consent.OBTAIN,
            counterpart="Fiktivby Skole",
            data_types=["Fravær"],
            purpose="Planen",
        )
    )
    with pytest.raises(SamtykkeFindes):
        asked(child)


def test_whoever_asks_does_not_approve_it(child):
    asked(child)
    child.write(lambda s, c: s.add(_leads("sagsbehandler-kui")))
    with pytest.raises(SammeGodkender):
        child.do(
            "sagsbehandler-kui",
            "godkend_indhentning",
            indhentning_svar="godkendt",
            godkendelse_begrundelse="Nødvendigt",
        )


def _leads(username: str) -> organisation.Role:
    return organisation.Role(username=username, unit="KUI", role="leder")
