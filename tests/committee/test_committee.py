"""The committee decides when enough of it is there, impartial, and of one mind."""

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from engine.domain import access, agenda, ballots, committee
from engine.domain.agenda import IngenHabileMedlemmer
from engine.domain.ballots import Ballot, IkkeBeslutningsdygtigt, IntetFlertal, StemmerIkke, Vote
from engine.domain.committee import MoedeErHoldt, PapirfristEfterMoede
from engine.domain.escalation import of_case
from tests.committee.conftest import ADVICE, AGENDA, PARTLY, POSTPONED


def decide(hall, **answers):
    hall.do("udvalg-sekretaer", "beslutning", **(PARTLY | answers))


def voted(**votes):
    return [{"medlem": f"udvalg-{number[1:]}", "stemme": v} for number, v in votes.items()]


def disqualified(hall, *members):
    def change(session, case):
        item = agenda.item_of(session, of_case(session, case)[0])
        item.disqualified = dict.fromkeys(members, "egen søster")

    hall.write(change)


def test_with_one_member_disqualified_and_the_quorum_lost_nothing_is_decided(hall):
    hall.at_the_table()
    disqualified(hall, "udvalg-3")
    with pytest.raises(IkkeBeslutningsdygtigt, match="2 habile medlemmer"):
        decide(hall, til_stede=["udvalg-1", "udvalg-2", "udvalg-3"])
    decide(hall, til_stede=["udvalg-1", "udvalg-2", "udvalg-3", "udvalg-4"])


def test_a_point_may_be_postponed_without_a_quorum(hall):
    hall.at_the_table()
    hall.do("udvalg-sekretaer", "beslutning", **POSTPONED, til_stede=["udvalg-1"])
    assert hall.queues() == {"udvalg-sekretaer": ["saet_paa_dagsorden"]}


@pytest.mark.parametrize(
    "votes",
    [
        voted(_5="for"),
        voted(_1="for") + voted(_1="for"),
        [{"medlem": "udvalg-formand", "stemme": "for"}],
    ],
)
def test_only_those_who_are_there_and_impartial_vote_and_once(hall, votes):
    hall.at_the_table()
    disqualified(hall, "udvalg-5")
    with pytest.raises(StemmerIkke):
        decide(hall, stemmer=votes)


def test_a_result_needs_a_majority(hall):
    hall.at_the_table()
    with pytest.raises(IntetFlertal, match="2 stemmer for og 2 imod"):
        decide(hall, stemmer=voted(_1="for", _2="for", _3="imod", _4="imod", _5="undlader"))
    decide(hall, stemmer=voted(_1="for", _2="for", _3="imod", _4="undlader", _5="undlader"))


def test_votes_are_sealed_and_cannot_be_changed_afterwards(hall):
    hall.at_the_table()
    decide(hall, stemmer=voted(_1="for", _2="for", _3="imod"))

    def sealed(session, case):
        ballot = session.scalars(select(Ballot)).one()
        return ballot.hash == ballots.seal(session, ballot)

    assert hall.read(sealed)
    for change in (
        update(Vote).values(vote="for"),
        update(Ballot).values(outcome="forkastet"),
        update(Ballot).values(closed_at=None),
        delete(Vote),
        delete(Ballot),
    ):
        with pytest.raises(DBAPIError):
            hall.write(lambda s, c, change=change: s.execute(change))


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"papirfrist": "2026-12-17T10:00"}, PapirfristEfterMoede),
        ({"moededato": "2026-11-26T08:45", "papirfrist": "2026-11-26T08:00"}, MoedeErHoldt),
        ({"papirfrist": "2026-11-26T08:00"}, committee.PapirerneErLukket),
        (
            {"medlemmer": ["udvalg-1"], "inhabilitet": "ja", "inhabile": ["udvalg-1"]},
            IngenHabileMedlemmer,
        ),
    ],
)
def test_an_agenda_that_cannot_be_is_refused(hall, wrong, refusal):
    hall.apply()
    hall.do("leder-vok", "ledergodkend", **ADVICE)
    with pytest.raises(refusal):
        hall.do("udvalg-sekretaer", "saet_paa_dagsorden", **(AGENDA | wrong))


def test_two_cases_on_one_meeting_are_numbered(hall):
    hall.on_agenda()
    hall.on_agenda()

    def numbers(session, case):
        rows = of_case(session, case)
        items = [agenda.item_of(session, row) for row in rows]
        return sorted(i.number for i in items), len({i.meeting_id for i in items})

    assert hall.read(numbers) == ([1, 2], 1)


def sees(hall, user):
    return hall.read(lambda s, c: access.may_see(s, user, c))


def test_impartial_members_may_read_the_case_until_the_meeting_is_over(hall):
    hall.apply()
    hall.do("leder-vok", "ledergodkend", **ADVICE)
    assert not sees(hall, "udvalg-1")
    agenda = AGENDA | {"inhabilitet": "ja", "inhabile": ["udvalg-2"]}
    hall.do("udvalg-sekretaer", "saet_paa_dagsorden", **agenda)
    assert sees(hall, "udvalg-1")
    assert not sees(hall, "udvalg-2")
    hall.at("2026-12-18T12:00")
    assert sees(hall, "udvalg-1")
    hall.at("2026-12-19T00:01")
    assert not sees(hall, "udvalg-1")


def test_a_unit_asked_for_its_opinion_only_sees_the_case_until_it_is_decided(hall):
    hall.on_agenda(enheder_til_udtalelse=["PSY", "MIS"])
    assert sees(hall, "sagsbehandler-psy")
    hall.at("2026-12-10T12:00")
    hall.do("udvalg-sekretaer", "goer_sagen_klar", oplyst=True, nye_ugunst="nej")
    hall.at("2026-12-17T10:00")
    decide(hall)
    assert not sees(hall, "sagsbehandler-psy")
    assert sees(hall, "sagsbehandler-mis")
