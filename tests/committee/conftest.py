"""Jonas' case: a plan runs, a coordinator in VOK works it, and the committee sits in Fiktivby.

`asked` brings an application to the committee's table; the verbs are those of `Town`.
"""

from __future__ import annotations

from datetime import date, datetime

import pytest

from engine import clock
from engine.domain import budget, cases, consent, people
from tests import warm
from tests.conftest import copied
from tests.coordination.conftest import Town

STARTED = datetime(2026, 11, 26, 9)
LINE = "faelles-2026"


class Hall(Town):
    """The town, seen from the committee."""

    def ready(self) -> str:
        """Jonas' case with an active plan and koordinator-3."""

        def make(session) -> str:
            case = cases.create(
                session,
                "koordinering",
                owner_unit="VOK",
                referred_by="MIS",
                koordinator="koordinator-3",
                stedfortraeder="koordinator-4",
            )
            person = people.register(session, "Jonas Fantasi", "881294-0003", key="jonas")
            people.add_party(session, case.id, person.id, "borger")
            consent.give(session, case, person.id, consent.PLAN)
            case.tilstand = "PLAN_AKTIV"
            return case.nummer

        self.nummer = self.store.write(make)
        return self.nummer

    def queues(self) -> dict[str, list[str]]:
        """What waits where, but for what the sweep says of a case without its spine."""
        found = {
            queue: [element for element in elements if element != "sag_uden_fremtid"]
            for queue, elements in super().queues().items()
        }
        return {queue: elements for queue, elements in found.items() if elements}

    def apply(self, **answers) -> None:
        """F24, on a run of the diagram of its own."""
        self.start("visitation")
        self.do("koordinator-3", "indstilling", **(APPLICATION | answers))

    def on_agenda(self, **answers) -> None:
        """Recommended by the leader and put on the agenda of 17 December."""
        self.apply(**answers)
        self.do("leder-vok", "ledergodkend", **ADVICE)
        self.do("udvalg-sekretaer", "saet_paa_dagsorden", **AGENDA)

    def at_the_table(self, papers: dict | None = None, **answers) -> None:
        """The units have spoken, the papers are ready, the meeting has come."""
        self.on_agenda(**answers)
        for unit in ("MIS", "JOB"):
            self.do(f"sagsbehandler-{unit.lower()}", "udtalelse", item=unit, **OPINION)
        self.do("udvalg-sekretaer", "goer_sagen_klar", **(PAPERS | (papers or {})))
        self.at("2026-12-17T10:00")

    def ruled(self, **ruling) -> None:
        """A ruling for each law."""
        self.do("sagsbehandler-mis", "afgoerelse", item="SEL", **(RULING | ruling))
        self.do("sagsbehandler-job", "afgoerelse", item="LAB", **(RULING | ruling))

    def told(self) -> None:
        """60,000 of the 96,000 were granted on professional grounds, booked and told."""
        self.line_has(60_000)
        self.at_the_table()
        self.do("udvalg-sekretaer", "beslutning", **PARTLY)
        self.ruled(resultat="delvist", **REASONS)
        self.do("sagsbehandler-oek", "bogfoer", stemmer=True)

    def line_has(self, total: int, line: str = LINE) -> None:
        decided = {"decided_by": "Byrådet", "decided_on": date(2026, 10, 8), "by": "system"}
        self.store.write(lambda session: budget.keep_shares(session, line, total, **decided))

    def balance(self, line: str = LINE) -> dict[str, int]:
        with self.store.reading() as session:
            return {k: float(v) for k, v in budget.balance(session, line).items()}


@pytest.fixture
def hall(fiktivby, database_file):
    """The municipality on Thursday 26 November 2026, with Jonas' case ready."""
    with copied(fiktivby, database_file) as url, clock.travelling(STARTED) as virtual:
        store = warm.store(url)
        found = Hall(store, virtual)
        found.ready()
        yield found
        store.close()


APPLICATION = {
    "hvad_soeges": "Mentor og ekstra behandling i seks måneder",
    "hvorfor_ud_over_raaderum": "Det går på tværs af to enheder og over lederens grænse",
    "maal_i_planen": "Stoffri hverdag og et arbejde",
    "ydelser": [
        {"ydelse": "Ekstra stofmisbrugsbehandling", "lov": "SEL", "enhed": "MIS"},
        {"ydelse": "Mentor", "lov": "LAB", "enhed": "JOB"},
    ],
    "beloeb": 96000,
    "varighed": 6,
    "haster": "nej",
    "alternativer": "Gruppebehandling er forsøgt og hjalp ikke",
    "konsekvens_ved_nej": "Tilbagefald",
    "borgerens_holdning": "Jeg vil gerne",
    "ugunst": "nej",
}
ADVICE = {"anbefaling": "anbefales", "begrundelse": "Det er nødvendigt", "egen_finansiering": "nej"}
AGENDA = {
    "moededato": "2026-12-17T10:00",
    "papirfrist": "2026-12-10T12:00",
    "medlemmer": ["udvalg-1", "udvalg-2", "udvalg-3", "udvalg-4", "udvalg-5"],
    "inhabilitet": "nej",
}
OPINION = {
    "anbefaling": "anbefales",
    "faglig_begrundelse": "Det virker",
    "hjemmel": "Serviceloven § 101",
}
PAPERS = {"oplyst": True, "nye_ugunst": "nej"}
SPLIT = [{"enhed": "MIS", "procent": 40}, {"enhed": "JOB", "procent": 60}]
PARTLY = {
    "resultat": "delvist",
    "beloeb_bevilget": 60000,
    "noedvendigt_behov": "nej",
    "grunde": ["faglig_vurdering"],
    "partshoering": "ikke_noedvendig",
    "fordeling": SPLIT,
    "begrundelse": "Mentor i fire måneder er nok",
}
GRANTED = {
    "resultat": "bevilget",
    "beloeb_bevilget": 96000,
    "noedvendigt_behov": "ja",
    "partshoering": "ikke_noedvendig",
    "fordeling": SPLIT,
    "begrundelse": "Behovet er nødvendigt",
}
REFUSED = {
    "resultat": "afslag",
    "noedvendigt_behov": "nej",
    "grunde": ["faglig_vurdering"],
    "partshoering": "ikke_noedvendig",
    "begrundelse": "Behandlingen kan gives i det almindelige tilbud",
}
POSTPONED = {"resultat": "udskudt", "partshoering": "mangler", "begrundelse": "Høring mangler"}
RULING = {"resultat": "bevilget", "afgoerelse_tekst": "Du får hjælpen."}
REASONS = {
    "begrundelse_regler": "Serviceloven § 101",
    "begrundelse_fakta": "Du har fået behandling i et år",
    "begrundelse_hensyn": "Vi har lagt vægt på, hvad der virker",
}
HEARING = {"oplysninger": "Udeblivelser i efteråret", "maade": "skriftligt"}
REMARKS = {
    "svar": "ja",
    "bemaerkninger": "Jeg var syg",
    "vurdering": "Det taler ikke imod bevillingen",
}
