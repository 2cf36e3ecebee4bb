"""A sitting: who is there, who leaves an item, each one's own vote, and the minutes of it all."""

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.exc import DBAPIError

from engine import casework, clock
from engine.domain import access, agenda, ballots, committee, minutes
from engine.domain.agenda import PunktetErAfgjort
from engine.domain.ballots import Ballot, Vote
from engine.domain.escalation import of_case
from engine.domain.hearings import PartshoeringMangler
from engine.events import Event
from tests.committee.conftest import ADVICE, AGENDA, PARTLY, SPLIT
from tests.committee.test_calendar import MEMBERS, plan

LEADER = "udvalg-sekretaer"
THERE = ["udvalg-1", "udvalg-2", "udvalg-3"]


@pytest.fixture
def room(hall):
    """The meeting of 17 December with one item, whose papers are ready; three of five are there."""
    hall.meeting = plan(hall)
    hall.at_the_table()
    hall.item = hall.read(lambda s, c: agenda.item_of(s, of_case(s, c)[0]).id)
    casework.note_present(hall.store, hall.meeting, THERE, by=LEADER)
    return hall


def propose(room, result="delvist", amount=60000, reason="Fire måneder er nok", by=LEADER):
    return casework.open_vote(room.store, room.item, result, reason, amount=amount, by=by)


def vote(room, ballot, **votes):
    for name, said in votes.items():
        casework.cast_vote(room.store, ballot, said, by=name.replace("_", "-"))


def ballot_of(room, ballot):
    return room.read(lambda s, c: s.get(Ballot, ballot))


def carried(room):
    ballot = propose(room)
    vote(room, ballot, udvalg_1="for", udvalg_2="for", udvalg_3="imod")
    assert casework.close_vote(room.store, ballot, by=LEADER) == "vedtaget"
    return ballot


def test_a_vote_needs_that_somebody_noted_who_is_there(hall):
    plan(hall)
    hall.at_the_table()
    hall.item = hall.read(lambda s, c: agenda.item_of(s, of_case(s, c)[0]).id)
    with pytest.raises(ballots.MoedetErIkkeBegyndt):
        propose(hall)


def test_with_one_member_disqualified_and_the_quorum_lost_the_vote_cannot_be_opened(room):
    casework.disqualify(room.store, room.item, "udvalg-3", "Min svoger", by="udvalg-3")
    with pytest.raises(ballots.IkkeBeslutningsdygtigt, match="2 habile medlemmer"):
        propose(room)
    # The deputy sits in the seat of the one who left the item.
    casework.note_present(
        room.store, room.meeting, THERE, {"udvalg-formand": "udvalg-3"}, by=LEADER
    )
    ballot = propose(room)
    assert ballot_of(room, ballot).able == ["udvalg-1", "udvalg-2", "udvalg-formand"]


def test_a_deputy_of_somebody_who_is_there_takes_no_part(room):
    casework.note_present(
        room.store, room.meeting, THERE, {"udvalg-formand": "udvalg-3"}, by=LEADER
    )
    assert ballot_of(room, propose(room)).able == THERE


def test_who_is_disqualified_leaves_the_item_and_the_case(room):
    assert room.read(lambda s, c: access.may_see(s, "udvalg-3", c))
    with pytest.raises(committee.KunSekretaerOgFormand):
        casework.disqualify(room.store, room.item, "udvalg-3", "hans svoger", by="udvalg-2")
    with pytest.raises(agenda.GrundMangler):
        casework.disqualify(room.store, room.item, "udvalg-3", " ", by="udvalg-3")
    casework.disqualify(room.store, room.item, "udvalg-3", "Min svoger", by=LEADER)
    assert not room.read(lambda s, c: access.may_see(s, "udvalg-3", c))
    casework.note_present(room.store, room.meeting, MEMBERS, by=LEADER)
    ballot = propose(room)
    with pytest.raises(ballots.StemmerIkke):
        casework.cast_vote(room.store, ballot, "for", by="udvalg-3")


def test_a_hearing_that_is_owed_keeps_the_vote_from_being_opened(hall):
    hall.meeting = plan(hall)
    hall.at_the_table(papers={"nye_ugunst": "ja"})
    hall.item = hall.read(lambda s, c: agenda.item_of(s, of_case(s, c)[0]).id)
    casework.note_present(hall.store, hall.meeting, THERE, by=LEADER)
    with pytest.raises(PartshoeringMangler):
        propose(hall)
    casework.postpone_item(hall.store, hall.item, "Borgeren er ikke hørt", by=LEADER)


@pytest.mark.parametrize(
    ("result", "amount", "reason"),
    [("delvist", None, "x"), ("delvist", 96000, "x"), ("noget", 1, "x"), ("afslag", None, " ")],
)
def test_a_proposal_says_what_is_voted_on(room, result, amount, reason):
    with pytest.raises(ballots.ForslagPasserIkke):
        propose(room, result, amount, reason)


def test_a_member_may_change_their_mind_until_the_vote_is_closed(room):
    ballot = propose(room)
    with pytest.raises(ballots.AfstemningErAaben):
        propose(room)
    with pytest.raises(ballots.IngenHarStemt):
        casework.close_vote(room.store, ballot, by=LEADER)
    vote(room, ballot, udvalg_1="imod", udvalg_2="for", udvalg_3="imod")
    vote(room, ballot, udvalg_1="for")
    with pytest.raises(committee.KunSekretaerOgFormand):
        casework.close_vote(room.store, ballot, by="udvalg-1")
    assert casework.close_vote(room.store, ballot, by=LEADER) == "vedtaget"
    with pytest.raises(ballots.AfstemningenErLukket):
        casework.cast_vote(room.store, ballot, "imod", by="udvalg-1")


def test_after_closing_no_route_changes_a_vote(room):
    ballot = carried(room)
    late = insert(Vote).values(
        id="x", ballot_id=ballot, member="udvalg-3", number=9, vote="for", cast_at=clock.now()
    )
    for change in (late, update(Ballot).values(closed_at=None), update(Vote).values(vote="for")):
        with pytest.raises(DBAPIError):
            room.write(lambda s, c, change=change: s.execute(change))


def test_the_trail_tells_that_one_voted_and_not_how(room):
    ballot = propose(room)
    vote(room, ballot, udvalg_1="imod")

    def told(session, case):
        query = select(Event).where(Event.case_id == case.id, Event.kind == "vote_cast")
        return [(event.actor, event.facts) for event in session.scalars(query)]

    assert room.read(told) == [("udvalg-1", {"ballot": ballot})]


def test_the_chairs_vote_decides_a_tie(room):
    there = ["udvalg-1", "udvalg-2", "udvalg-3"]
    casework.note_present(
        room.store, room.meeting, there, {"udvalg-formand": "udvalg-5"}, by=LEADER
    )
    fallen = propose(room)
    vote(room, fallen, udvalg_1="for", udvalg_2="for", udvalg_3="imod", udvalg_formand="imod")
    assert casework.close_vote(room.store, fallen, by=LEADER) == "forkastet"
    ballot = propose(room, amount=50000)
    vote(room, ballot, udvalg_1="imod", udvalg_2="for", udvalg_3="imod", udvalg_formand="for")
    assert casework.close_vote(room.store, ballot, by="udvalg-formand") == "vedtaget"


def test_a_vote_lapses_when_those_who_vote_are_others(room):
    ballot = propose(room)
    vote(room, ballot, udvalg_1="for")
    casework.note_present(room.store, room.meeting, MEMBERS, by=LEADER)
    assert ballot_of(room, ballot).outcome == "bortfaldet"
    again = propose(room)
    casework.disqualify(room.store, room.item, "udvalg-1", "Min søster", by="udvalg-1")
    assert ballot_of(room, again).outcome == "bortfaldet"


def test_what_is_registered_is_what_was_voted(room):
    carried(room)
    with pytest.raises(PunktetErAfgjort):
        propose(room)
    others = [{"medlem": "udvalg-1", "stemme": "imod"}, {"medlem": "udvalg-2", "stemme": "for"}]
    for wrong, refusal in (
        ({"stemmer": others}, ballots.AndreStemmer),
        ({"til_stede": MEMBERS}, ballots.AndreStemmer),
        ({"beloeb_bevilget": 50000}, ballots.AndetResultat),
        ({"resultat": "afslag"}, ballots.AndetResultat),
        ({"resultat": "udskudt"}, ballots.AndetResultat),
    ):
        with pytest.raises(refusal):
            room.do(LEADER, "beslutning", **(PARTLY | wrong))
    cast = [
        {"medlem": "udvalg-1", "stemme": "for"},
        {"medlem": "udvalg-2", "stemme": "for"},
        {"medlem": "udvalg-3", "stemme": "imod"},
    ]
    room.do(LEADER, "beslutning", **(PARTLY | {"stemmer": cast, "til_stede": THERE}))


def test_nothing_is_registered_over_an_open_or_fallen_vote(room):
    ballot = propose(room)
    for answers in (PARTLY, {"resultat": "udskudt", "partshoering": "mangler", "begrundelse": "x"}):
        with pytest.raises(ballots.AfstemningErAaben):
            room.do(LEADER, "beslutning", **answers)
    vote(room, ballot, udvalg_1="imod", udvalg_2="imod")
    casework.close_vote(room.store, ballot, by=LEADER)
    with pytest.raises(ballots.ForslagetFaldt):
        room.do(LEADER, "beslutning", **PARTLY)


def test_the_minutes_are_sealed_over_the_votes_and_approved_by_those_who_were_there(room):
    with pytest.raises(minutes.PunkterMangler, match="Punkt 1"):
        casework.write_minutes(room.store, room.meeting, by=LEADER)
    carried(room)
    casework.write_minutes(room.store, room.meeting, "Mødet sluttede kl. 11", by=LEADER)
    with pytest.raises(minutes.ReferatetErSkrevet):
        casework.write_minutes(room.store, room.meeting, by=LEADER)
    with pytest.raises(minutes.IkkeMed):
        casework.answer_minutes(room.store, room.meeting, "godkendt", by="udvalg-5")
    casework.answer_minutes(room.store, room.meeting, "godkendt", by="udvalg-1")
    with pytest.raises(minutes.IndsigelseUdenTekst):
        casework.answer_minutes(room.store, room.meeting, "indsigelse", by="udvalg-2")
    casework.answer_minutes(
        room.store, room.meeting, "indsigelse", "Jeg gik kl. 10.30", by="udvalg-2"
    )

    def stands(session, case):
        row = session.scalars(select(minutes.Minutes)).one()
        said = {name: found.answer for name, found in minutes.standing(session, row).items()}
        return minutes.holds(session, row), said

    assert room.read(stands) == (True, {"udvalg-1": "godkendt", "udvalg-2": "indsigelse"})
    room.do(LEADER, "beslutning", **PARTLY)
    assert room.read(stands)[0]
    room.write(lambda s, c: setattr(s.get(agenda.AgendaItem, room.item), "title", "Andet"))
    assert not room.read(stands)[0]


URGENT = {
    "resultat": "bevilget",
    "beloeb_bevilget": 96000,
    "noedvendigt_behov": "ja",
    "partshoering": "ikke_noedvendig",
    "fordeling": SPLIT,
    "begrundelse": "Det kan ikke vente",
}


def granted_urgently(hall):
    hall.apply(haster="ja", haster_hvorfor="Han mister boligen i morgen")
    hall.do("udvalg-formand", "formand_bevilger", **URGENT)


def agenda_of(hall, meeting):
    def read(session, case):
        held = session.get(committee.CommitteeMeeting, meeting)
        return [(item.ratifies, item.id) for item in agenda.of(session, held)]

    return hall.read(read)


def test_an_urgent_grant_comes_first_on_the_next_agenda_until_it_is_ratified(hall):
    first = plan(hall, "2026-12-03T10:00", "2026-11-30T12:00")
    hall.apply()
    hall.do("leder-vok", "ledergodkend", **ADVICE)
    early = {"moededato": "2026-12-03T10:00", "papirfrist": "2026-11-30T12:00"}
    hall.do(LEADER, "saet_paa_dagsorden", **(AGENDA | early))
    granted_urgently(hall)
    assert [ratifies for ratifies, _id in agenda_of(hall, first)] == [True, False]
    # Nobody took it up, so the next meeting begins with it.
    hall.at("2026-12-05T10:00")
    second = plan(hall)
    assert [ratifies for ratifies, _id in agenda_of(hall, second)] == [True]
    hall.at("2026-12-17T10:00")
    casework.note_present(hall.store, second, THERE, by=LEADER)
    hall.item = agenda_of(hall, second)[0][1]
    ballot = propose(hall, "godkendt", None, "")
    vote(hall, ballot, udvalg_1="imod", udvalg_2="imod", udvalg_3="for")
    assert casework.close_vote(hall.store, ballot, by=LEADER) == "forkastet"
    with pytest.raises(ballots.AndreStemmer):
        hall.do(LEADER, "godkend_hastebevilling", godkendt="ja")
    hall.do(LEADER, "godkend_hastebevilling", godkendt="nej", begrundelse="Det kunne vente")
    assert agenda_of(hall, plan(hall, "2027-01-14T10:00", "2027-01-07T12:00")) == []
