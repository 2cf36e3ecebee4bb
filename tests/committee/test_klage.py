"""P11: a complaint, in any channel, also on a closed case; looked at again, then forwarded."""

import pytest

from engine.domain import cases, deadlines, grants, letters, notes
from engine.domain.complaints import BilagMangler, count_open, of_case
from engine.domain.escalation import of_case as applications
from engine.forms import FormErrors

COMPLAINT = {
    "modtaget": "2027-01-13T14:30",
    "kanal": "telefon",
    "afgoerelse": "sel",
    "indhold": "Jeg skulle have haft det hele",
    "notat": "Jonas ringede kl. 14.30 og klagede over de 36.000 kr.",
}
KEPT = {"resultat": "fastholdt", "begrundelse": "Mentor i fire måneder er nok"}
FORWARDED = {
    "klageinstans": "X-AST",
    "bilag": ["klagen", "afgoerelsen", "genvurderingen", "akter"],
    "sendt": "2027-01-20",
}
CHANGED = {
    "resultat": "aendret",
    "ekstra_beloeb": 36_000,
    "begrundelse": "Behandlingen er nødvendig",
}
SOURCES = [{"fra": "MIS", "beloeb": 14_400}, {"fra": "JOB", "beloeb": 21_600}]


@pytest.fixture
def ruled(hall):
    """60,000 of 96,000 granted and told on 17 December; it is 13 January, half past two."""
    hall.told()
    hall.at("2027-01-13T14:30")
    return hall


def complain(hall, **answers):
    hall.tell("klage_modtaget")
    hall.do("jurist", "registrer_klage", **(COMPLAINT | answers))


def forwarded(hall):
    complain(hall)
    hall.do("sagsbehandler-mis", "genvurder", **KEPT)
    hall.at("2027-01-20T09:00")
    hall.do("jurist", "fremsend", **FORWARDED)


def test_a_complaint_by_phone_is_accepted_with_a_note_and_reassessed_within_four_weeks(ruled):
    ruled.tell("klage_modtaget")
    ruled.do("jurist", "registrer_klage", **COMPLAINT)
    due = ruled.read(lambda s, c: deadlines.open_deadlines(s, c, "RSL-2")[0].due.isoformat())
    assert due == "2027-02-10"
    assert ruled.queues() == {"MIS": ["genvurder"]}
    assert [n.title for n in ruled.read(notes_of)] == ["Mundtlig klage"]
    assert ruled.read(lambda s, c: of_case(s, c)[0].in_time) is True


def notes_of(session, case):
    return [n for n in session.query(notes.Note).filter_by(case_id=case.id)]


def test_a_complaint_by_phone_without_a_note_is_refused(ruled):
    ruled.tell("klage_modtaget")
    with pytest.raises(FormErrors, match="Notat om samtalen"):
        ruled.do("jurist", "registrer_klage", **(COMPLAINT | {"notat": ""}))


def test_a_complaint_must_be_over_a_ruling_that_the_citizen_has(ruled):
    ruled.tell("klage_modtaget")
    with pytest.raises(FormErrors):
        ruled.do("jurist", "registrer_klage", **(COMPLAINT | {"afgoerelse": "bl"}))


def test_a_complaint_that_has_come_in_counts_before_it_is_registered_and_until_it_ends(ruled):
    assert ruled.read(count_open) == 0
    ruled.tell("klage_modtaget")
    assert ruled.read(count_open) == 1
    ruled.do("jurist", "registrer_klage", **COMPLAINT)
    assert ruled.read(count_open) == 1
    answer = {"resultat": "medhold", "begrundelse": "Ja", "ekstra_beloeb": 36_000}
    ruled.do("sagsbehandler-mis", "genvurder", **answer)
    ruled.do("chef-1", "anvis_daekning", kilder=SOURCES, begrundelse="Medhold")
    ruled.do("sagsbehandler-oek", "bogfoer_efter_klage", stemmer=True)
    assert ruled.read(count_open) == 0
    assert ruled.queues() == {}


def test_too_late_is_noted_and_goes_on_all_the_same(ruled):
    ruled.at("2027-01-15T09:00")
    complain(ruled, modtaget="2027-01-15T08:00")
    assert ruled.read(lambda s, c: of_case(s, c)[0].in_time) is False
    assert ruled.queues() == {"MIS": ["genvurder"]}


def test_what_is_upheld_is_forwarded_with_reasons_and_files(ruled):
    complain(ruled)
    ruled.do("sagsbehandler-mis", "genvurder", **KEPT)
    assert ruled.queues() == {"JUR": ["fremsend"]}
    with pytest.raises(BilagMangler, match="sagens akter"):
        ruled.do("jurist", "fremsend", **(FORWARDED | {"sendt": "2027-01-13", "bilag": ["klagen"]}))
    ruled.do("jurist", "fremsend", **(FORWARDED | {"sendt": "2027-01-13"}))
    assert ruled.read(lambda s, c: deadlines.open_deadlines(s, c, "RSL-2")) == []
    sent = ruled.read(lambda s, c: [(x.code, x.unit) for x in letters.of_case(s, c)])
    assert sent[-2:] == [("B14", "X-AST"), ("B14", None)]
    assert ruled.queues() == {}


def test_a_changed_ruling_is_covered_by_the_units_and_the_shared_line_stays_within_its_total(ruled):
    forwarded(ruled)
    ruled.tell("ast_afgoerelse")
    ruled.do("jurist", "indarbejd", **CHANGED)
    assert ruled.queues() == {"DIR": ["anvis_daekning"]}
    ruled.do("chef-1", "anvis_daekning", kilder=SOURCES, begrundelse="Ankestyrelsen")
    ruled.do("sagsbehandler-oek", "bogfoer_efter_klage", stemmer=True)
    shared = ruled.balance()
    assert (shared["granted"], shared["total"], shared["free"]) == (60_000, 60_000, 0)
    assert ruled.balance("mis-2027")["granted"] == 14_400
    assert ruled.balance("job-2027")["granted"] == 21_600
    assert ruled.read(lambda s, c: grants.of(s, applications(s, c)[0]).amount) == 96_000
    assert ruled.read(count_open) == 0


def test_upheld_by_the_appeals_body_ends_the_complaint(ruled):
    forwarded(ruled)
    ruled.tell("ast_afgoerelse")
    ruled.do("jurist", "indarbejd", resultat="stadfaestet", begrundelse="Rigtig afgørelse")
    assert ruled.queues() == {}
    assert ruled.read(count_open) == 0


def test_sent_back_begins_a_new_visitation(ruled):
    forwarded(ruled)
    ruled.tell("ast_afgoerelse")
    ruled.do("jurist", "indarbejd", resultat="hjemvist", begrundelse="Ikke oplyst nok")
    assert ruled.queues() == {"koordinator": ["indstilling"]}


def test_partly_upheld_is_booked_first_and_the_rest_forwarded_when_the_citizen_insists(ruled):
    complain(ruled)
    answer = {"resultat": "delvist", "begrundelse": "Lidt mere", "ekstra_beloeb": 10_000}
    ruled.do("sagsbehandler-mis", "genvurder", **answer, borger_fastholder="ja")
    ruled.do("chef-1", "anvis_daekning", kilder=[{"fra": "MIS", "beloeb": 10_000}], begrundelse="x")
    ruled.do("sagsbehandler-oek", "bogfoer_efter_klage", stemmer=True)
    assert ruled.queues() == {"JUR": ["fremsend"]}


def test_one_may_complain_in_a_case_that_is_closed(ruled):
    ruled.write(lambda s, c: cases.move(c, "AFSLUTTET"))
    complain(ruled)
    assert ruled.queues() == {"MIS": ["genvurder"]}
