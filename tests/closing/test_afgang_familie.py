"""P18 and P19 in a family: one member's part ends, the others' parts stay as they were."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from engine import clock
from engine.bpmn.errors import UncaughtEscalation
from engine.domain import (
    capacity,
    consent,
    efforts,
    letters,
    meetings,
    obligations,
    people,
    plan,
)
from engine.services.departure import DoedsfaldIFremtiden, HvemIFamilien, IkkeBorgerISagen

REVIEWED = {"enheder_orienteret": True, "samtykker_gennemgaaet": True}


@pytest.fixture
def family(course):
    """Kasper, his wife Karla and their son Kaj of 10; each with a goal, and one for all."""

    def join(session, case):
        members = people.citizens(session, case.id)
        for name, born in (("Karla", date(1990, 1, 1)), ("Kaj", date(2016, 6, 1))):
            person = people.register(session, f"{name} Testmann", key=name.lower(), birth_date=born)
            people.add_party(session, case.id, person.id, "borger")
            members.append(person)
        kasper, karla, kaj = members
        for parent in (kasper, karla):
            capacity.represent(session, case, kaj.id, parent, capacity.CUSTODY)
        capacity.of(session, case, kaj.id).custody = capacity.SHARED
        consent.give(session, case, karla.id, consent.PLAN, given_by=[karla.id])
        consent.give(session, case, kaj.id, consent.PLAN, given_by=[kasper.id, karla.id])
        for person in (karla, kaj):
            _discloses(session, case, person, "X-SKO" if person is kaj else "X-RPS")
        goals = {g.key: g for g in plan.goals(session, case)}
        goals["skole"].person_id = kasper.id
        for key, person in (("job", karla), ("trivsel", kaj), ("ro", None)):
            session.add(
                plan.Goal(
                    case_id=case.id,
                    key=key,
                    person_id=person and person.id,
                    own_words=key,
                    from_version=1,
                )
            )
        efforts.add(session, case, "Jobtraening", "VOK", person_id=karla.id)
        efforts.add(session, case, "Legegruppe", "FAM", person_id=kaj.id)
        obligations.begin(session, case, "VOK", ["job"])
        plan.agree(session, case, "Karla Testmann", "ringer til lægen", None, "plan 1")
        plan.agree(session, case, "Kasper Testmann", "følger Kaj i skole", None, "plan 1")
        row = meetings.call(session, case, "k", clock.now() + timedelta(days=9), "Skole")
        meetings.invite(row, "X-RPS", "partner", "tilladt")
        meetings.invite(row, "X-SKO", "partner", "tilladt")
        meetings.invite(row, "Karla Testmann", "netvaerk", "tilladt_altid")
        letters.send(session, case, "B04", karla)
        letters.send(session, case, "B04", kasper)

    course.write(join)
    return course


def _discloses(session, case, person, to):
    consent.give(
        session,
        case,
        person.id,
        consent.DISCLOSE,
        counterpart=to,
        data_types=["helbred"],
        purpose="Samarbejde",
    )


def id_of(course, key):
    return course.read(lambda s, c: s.query(people.Person).filter_by(key=key).one().id)


def parts(course):
    """Whose goals, efforts, agreements, plan consents, letters and invitations still hold."""

    def read(session, case):
        key = {p.id: p.key for p in session.query(people.Person)}
        open_ones = session.query(plan.Agreement).filter_by(case_id=case.id, state="aaben")
        return {
            "citizens": [p.key for p in people.citizens(session, case.id)],
            "goals": sorted(g.key for g in plan.goals(session, case)),
            "efforts": sorted(e.key for e in efforts.of_case(session, case) if e.live),
            "agreements": sorted({a.who.split()[0] for a in open_ones}),
            "plan": sorted(key[r.person_id] for r in consent.in_force(session, case, consent.PLAN)),
            "letters": sorted(
                key[row.person_id] for row in letters.of_case(session, case) if not row.stopped
            ),
            "invited": [i.who for m in meetings.planned(session, case) for i in m.invited],
            "custody": [p.person.key for p in people.parties(session, case.id, capacity.CUSTODY)],
            "obliged": [row.unit for row in obligations.running(session, case)],
        }

    return course.read(read)


WHOLE = {
    "citizens": ["kasper", "karla", "kaj"],
    "goals": ["job", "ro", "skole", "trivsel"],
    "efforts": ["jobtraening", "legegruppe", "mentor", "vejledning"],
    "agreements": ["Jo", "Karla", "Kasper"],
    "plan": ["kaj", "karla", "kasper"],
    "letters": ["karla", "kasper"],
    "invited": ["X-RPS", "X-SKO", "Karla Testmann"],
    "custody": ["kasper", "karla"],
    "obliged": ["FAM", "JOB", "VOK"],
}
WITHOUT_KARLA = {
    "citizens": ["kasper", "kaj"],
    "goals": ["ro", "skole", "trivsel"],
    "efforts": ["legegruppe", "mentor", "vejledning"],
    "agreements": ["Jo", "Kasper"],
    "plan": ["kaj", "kasper"],
    "letters": ["kasper"],
    "invited": ["X-SKO"],
    "custody": ["kasper"],
    "obliged": ["FAM", "JOB"],
}


def test_a_death_ends_the_ones_part_and_leaves_the_others_alone(family):
    assert parts(family) == WHOLE
    family.begin("doedsfald", person=id_of(family, "karla"), dato="2027-01-18")
    assert parts(family) == WITHOUT_KARLA
    assert family.sag.tilstand == "PLAN_AKTIV"
    assert family.due("KP-1") == "2027-04-20"
    assert family.queues() == {"koordinator": ["revider_efter_afgang"]}
    ended = family.read(lambda s, c: {o.unit: o.ended_reason for o in obligations.of_case(s, c)})
    assert ended == {"FAM": None, "JOB": None, "VOK": "doed"}


def test_the_survivor_has_custody_alone_and_the_childs_consent_is_to_be_looked_at(family):
    family.begin("doedsfald", person=id_of(family, "karla"))

    def told(session, case):
        row = capacity.of(session, case, id_of(family, "kaj"))
        sag = family.case(session)
        from engine.domain import cases

        view = cases.view(session, sag)
        return row.custody, row.custody_proof, view["udtraadte"], view["samtykker_at_gennemgaa"]

    custody, proof, gone, review = family.read(told)
    assert custody == "alene" and "§ 15" in proof
    assert gone == "Karla Testmann er død"
    assert review == "Kaj Testmann"


def test_a_child_who_has_lost_the_only_holder_has_nobody_known(family):
    for key in ("karla", "kasper"):
        family.begin("doedsfald", person=id_of(family, key))
    row = family.read(lambda s, c: capacity.of(s, c, id_of(family, "kaj")).custody)
    assert row == "ukendt"
    assert parts(family)["citizens"] == ["kaj"]
    assert family.sag.tilstand == "PLAN_AKTIV"


def test_with_the_last_of_the_family_the_case_closes(family):
    for key in ("karla", "kaj"):
        family.begin("doedsfald", person=id_of(family, key))
    family.begin("doedsfald", person=id_of(family, "kasper"))
    assert family.sag.tilstand == "DOED"
    family.do("koordinator-1", "afslut_efter_doedsfald", enheder_orienteret=True)
    assert (family.sag.tilstand, family.sag.afslutning_aarsag) == ("AFSLUTTET", "doed")


def test_who_moves_takes_only_their_own_part_along_and_keeps_custody(family):
    family.begin("fraflytning", personer=[id_of(family, "karla")])
    moved = {"custody": ["kasper", "karla"], "letters": ["karla", "kasper"]}
    assert parts(family) == WITHOUT_KARLA | moved
    assert family.queues() == {"koordinator": ["overdrag_for_de_flyttede", "revider_efter_afgang"]}
    assert family.sag.tilstand == "PLAN_AKTIV"


def test_the_new_municipality_hears_of_the_one_who_moved_and_of_nobody_else(family):
    karla = id_of(family, "karla")
    family.begin("fraflytning", personer=[karla])
    family.do(
        "koordinator-1",
        "overdrag_for_de_flyttede",
        samtykke_til_overdragelse="ja",
        ny_kommune="Nabostrup Kommune",
        overdraget="Karlas mål",
    )
    rows = family.read(lambda s, c: consent.history(s, c))
    (given,) = [row for row in rows if row.counterpart == "Nabostrup Kommune"]
    assert (given.person_id, given.state) == (karla, "bortfaldet")
    assert parts(family)["plan"] == ["kaj", "kasper"]


@pytest.mark.parametrize(("changes", "waits"), [("ja", ["bed_om"]), ("nej", [])])
def test_the_coordinator_says_whether_the_plan_is_to_change(family, changes, waits):
    family.begin("opfoelgning")
    family.begin("doedsfald", person=id_of(family, "karla"))
    family.do("koordinator-1", "revider_efter_afgang", skal_planen_aendres=changes, **REVIEWED)
    expected = {"koordinator": ["forbered_opfoelgning"]} if waits else {}
    assert family.queues() == expected


def test_in_a_family_it_must_be_said_who(family):
    for process in ("doedsfald", "fraflytning"):
        with pytest.raises(HvemIFamilien):
            family.begin(process)
    assert parts(family) == WHOLE


def test_only_a_citizen_of_the_case_can_leave_it(family):
    stranger = family.write(lambda s, c: people.register(s, "En anden").id)
    with pytest.raises(IkkeBorgerISagen):
        family.begin("doedsfald", person=stranger)
    with pytest.raises(IkkeBorgerISagen):
        family.begin("fraflytning", personer=[id_of(family, "karla"), stranger])


def test_nobody_dies_tomorrow(family):
    with pytest.raises(DoedsfaldIFremtiden):
        family.begin("doedsfald", person=id_of(family, "karla"), dato="2027-01-21")


def test_a_draft_that_waits_for_its_answer_goes_on_without_who_left(family):
    karla = id_of(family, "karla")

    def draft(session, case):
        content = plan.accepted(session, case).content
        goals = [*content["maal"], {"titel": "Job", "noegle": "job", "person": karla}]
        extra = {"titel": "Praktik", "enhed": "JOB", "maal": "job", "person": karla}
        rest = [{**content["indsatser"][0], "maal": "skole,job"}, *content["indsatser"][1:]]
        plan.write_draft(
            session, case, "k", {**content, "maal": goals, "indsatser": [*rest, extra]}
        )

    family.write(draft)
    family.begin("doedsfald", person=karla)
    row = family.read(lambda s, c: plan.unaccepted(s, c))
    assert [g["noegle"] for g in row.content["maal"]] == ["skole"]
    assert [e["maal"] for e in row.content["indsatser"]] == [["skole"], ["skole"]]
    assert plan.is_unchanged(row)


def test_an_effort_that_ended_with_a_death_is_not_started(family):
    family.begin("doedsfald", person=id_of(family, "karla"))
    with pytest.raises(efforts.IndsatsOphoert, match="borgeren er død"):
        family.write(lambda s, c: efforts.start(s, c, efforts.find(s, c, "jobtraening")))


def test_where_only_the_dead_had_said_yes_the_plan_stops(family):
    ids = {key: id_of(family, key) for key in ("kasper", "karla", "kaj")}
    for key in ("kasper", "kaj"):
        family.write(lambda s, c, key=key: consent.lapse(s, c, "prøve", ids[key]))
    # The course around it catches what the diagram throws, and winds up.
    with pytest.raises(UncaughtEscalation, match="plan_samtykke_trukket"):
        family.begin("doedsfald", person=ids["karla"])
