"""Putting files into use: versions, releases, and what a running case keeps."""

import hashlib
from datetime import timedelta

import pytest
from sqlalchemy import select

from engine import audit, clock, diagrams, forms, tables
from engine.diagrams import DeployRefused, MayNotDeploy, UnknownProcess
from engine.domain import organisation
from engine.events import Event
from engine.tables import UnknownDecision
from tests.diagrams_deploy.small import asks, call, form, process, table, task

FILES = {
    "ydre.bpmn": process("ydre", call("indre")),
    "indre.bpmn": process("indre", task()),
    "fremmed.bpmn": process("fremmed", asks("tabel")),
    "spoerg.form": form(),
    "tabel.dmn": table("tabel", "alle|-|1|lokal", policy="COLLECT"),
}


def deploy(store, files, **more):
    return store.write(lambda session: diagrams.deploy(session, files, by="procesejer-1", **more))


def release(store, name):
    with store.reading() as session:
        return diagrams.current_release(session, name).id


def test_a_release_holds_what_the_process_reaches_and_nothing_else(municipal):
    deploy(municipal, FILES)
    with municipal.reading() as session:
        outer = diagrams.current_release(session, "ydre")
        reach = [d.file for d in diagrams.members(session, outer.id)]
        assert reach == ["indre.bpmn", "ydre.bpmn", "spoerg.form"]
        assert set(diagrams.program(session, outer.id).processes) == {"ydre", "indre"}
        assert diagrams.form(session, outer.id, "spoerg").id == "spoerg"
        assert tables.decide(session, "tabel", {"x": 1}).value == [1]


def test_a_changed_form_makes_a_new_release_and_the_old_one_keeps_its_own(municipal):
    deploy(municipal, FILES)
    before = {name: release(municipal, name) for name in ("ydre", "indre", "fremmed")}
    deploy(municipal, {"spoerg.form": form("spoerg", "andet")})
    after = {name: release(municipal, name) for name in before}
    assert [name for name in before if before[name] != after[name]] == ["ydre", "indre"]
    with municipal.reading() as session:
        old = diagrams.form(session, before["ydre"], "spoerg")
        new = diagrams.form(session, after["ydre"], "spoerg")
        assert [c.key for c in (*old.inputs, *new.inputs)] == ["svar", "andet"]


def test_an_unchanged_file_gets_no_new_version(municipal):
    deploy(municipal, FILES)
    first = release(municipal, "ydre")
    deploy(municipal, FILES)
    assert release(municipal, "ydre") == first
    with municipal.reading() as session:
        versions = {d.version for d in diagrams.members(session, first)}
    assert versions == {1}


def test_a_table_is_not_pinned_and_the_one_in_force_answers(municipal):
    deploy(municipal, FILES)
    first = release(municipal, "fremmed")
    deploy(municipal, {"tabel.dmn": table("tabel", "alle|-|2|lokal", policy="COLLECT")})
    assert release(municipal, "fremmed") == first
    with municipal.reading() as session:
        assert tables.decide(session, "tabel", {"x": 1}).value == [2]


def test_one_session_sees_its_own_deployment_at_once(municipal):
    deploy(municipal, FILES)
    new = {"tabel.dmn": table("tabel", "alle|-|3|lokal", policy="COLLECT")}

    def both(session):
        before = tables.decide(session, "tabel", {"x": 1}).value
        diagrams.deploy(session, new, by="procesejer-1")
        return before, tables.decide(session, "tabel", {"x": 1}).value

    assert municipal.write(both) == ([1], [3])


def test_one_bad_file_and_nothing_is_deployed(municipal):
    with pytest.raises(DeployRefused) as refused:
        deploy(municipal, {**FILES, "fjerde.bpmn": process("fjerde", call("vaek"))})
    assert [(f.file, f.element) for f in refused.value.findings] == [("fjerde.bpmn", "kald")]
    with municipal.reading() as session:
        assert diagrams.published(session) == {}
        with pytest.raises(UnknownProcess, match="ydre"):
            diagrams.current_release(session, "ydre")
        with pytest.raises(UnknownDecision):
            tables.table(session, "tabel")


def test_a_warning_must_be_accepted_and_is_remembered(municipal):
    unnamed = {**FILES, "indre.bpmn": FILES["indre.bpmn"].replace(' name="Spørg"'.encode(), b"")}
    with pytest.raises(DeployRefused, match="1 advarsel, som"):
        deploy(municipal, unnamed)
    deployment = deploy(municipal, unnamed, accept_warnings=True)
    assert [w["rule"] for w in deployment.warnings] == ["no-name"]
    assert deployment.deployed_by == "procesejer-1"


def test_every_deployment_stands_in_the_systems_chain(municipal):
    unnamed = {**FILES, "indre.bpmn": FILES["indre.bpmn"].replace(' name="Spørg"'.encode(), b"")}
    deployment = deploy(municipal, unnamed, accept_warnings=True)
    deploy(municipal, {**unnamed, "spoerg.form": form("spoerg", "andet")}, accept_warnings=True)
    with municipal.reading() as session:
        query = select(Event).where(Event.kind == "deployed").order_by(Event.seq)
        first, second = session.scalars(query).all()
        assert (first.case_id, first.actor) == ("system", "procesejer-1")
        assert first.facts["deployment"] == deployment.id
        assert len(first.facts["files"]) == len(FILES)
        assert first.facts["warnings"] == [
            {"file": "indre.bpmn", "element": "spoerg", "rule": "no-name"}
        ]
        (changed,) = second.facts["files"]
        assert (changed["kind"], changed["key"], changed["version"]) == ("form", "spoerg", 2)
        content = form("spoerg", "andet")
        assert changed["checksum"] == hashlib.sha256(content).hexdigest()
        assert audit.verify(session)["ok"]


@pytest.mark.parametrize("by", ["sagsbehandler-kui", "leder-kui", "findes-ikke"])
def test_only_process_owners_and_administrators_deploy(municipal, by):
    with pytest.raises(MayNotDeploy, match=f"^{by} kan ikke .* procesejer-1, procesejer-2"):
        municipal.write(lambda session: diagrams.deploy(session, FILES, by=by))
    with municipal.reading() as session:
        assert diagrams.published(session) == {}
    for entitled in ("procesejer-2", "administrator", "system"):
        municipal.write(lambda session, by=entitled: diagrams.deploy(session, FILES, by=by))


def test_a_role_that_is_over_lets_nobody_deploy(municipal):
    def end(session):
        held = select(organisation.Role).where(organisation.Role.username == "procesejer-2")
        for role in session.scalars(held):
            role.valid_to = clock.today() - timedelta(days=1)

    municipal.write(end)
    with pytest.raises(MayNotDeploy, match=r"administrator, procesejer-1\. "):
        municipal.write(lambda session: diagrams.deploy(session, FILES, by="procesejer-2"))


def test_accepting_warnings_accepts_no_errors(municipal):
    with pytest.raises(DeployRefused):
        deploy(municipal, {"p.bpmn": process("p", call("vaek"))}, accept_warnings=True)


def test_unconfirmed_law_is_deployed_in_demo_only(municipal):
    kontrol = {"tabel.dmn": table("tabel", "en|-|1|KONTROL", policy="COLLECT")}
    with pytest.raises(DeployRefused, match="1 fejl"):
        deploy(municipal, kontrol, accept_warnings=True)
    deploy(municipal, kontrol, accept_warnings=True, demo=True)


def test_a_process_is_found_by_the_message_that_starts_it(municipal):
    starts = process(
        "klage",
        start='<messageEventDefinition id="m" messageRef="besked" />',
        extra='<message id="besked" name="klage_modtaget" />',
    )
    deploy(municipal, {"klage.bpmn": starts})
    with municipal.reading() as session:
        assert diagrams.started_by(session, "klage_modtaget") == "klage"
        assert diagrams.started_by(session, "noget_andet") is None


def test_what_starts_by_itself_is_listed(municipal):
    cycle = '<timerEventDefinition id="t"><timeCycle>R/P1M</timeCycle></timerEventDefinition>'
    heard = '<signalEventDefinition id="s" signalRef="alarm_1" />'
    signal = '<signal id="alarm_1" name="alarm" />'
    deploy(
        municipal,
        {
            "maanedlig.bpmn": process("maanedlig", start=cycle),
            "kaldt.bpmn": process("kaldt", start=heard, extra=signal),
        },
    )
    with municipal.reading() as session:
        (timer,) = diagrams.own_starts(session, "timer")
        assert (timer.process, timer.element, timer.timer) == ("maanedlig", "start", "R/P1M")
        assert [s.process for s in diagrams.own_starts(session, "signal", "alarm")] == ["kaldt"]
        assert diagrams.own_starts(session, "signal", "andet") == []


def test_going_back_to_an_earlier_text_is_a_third_version(municipal, virtual_clock):
    deploy(municipal, FILES)
    virtual_clock.advance(days=1)
    deploy(municipal, {"spoerg.form": form("spoerg", "andet")})
    deploy(municipal, {"spoerg.form": form()})
    with municipal.reading() as session:
        outer = diagrams.current_release(session, "ydre").id
        (shown,) = (d for d in diagrams.members(session, outer) if d.kind == "form")
        assert (shown.version, shown.deployed_at) == (3, clock.now())


def test_a_form_can_be_checked_as_the_release_has_it(municipal):
    deploy(municipal, FILES)
    with municipal.reading() as session:
        shown = diagrams.form(session, diagrams.current_release(session, "indre").id, "spoerg")
    assert forms.check(shown, {"svar": "ja"}).variables == {"svar": "ja"}


def test_a_deployment_knows_how_many_files_were_new(municipal):
    def brought(files):
        made = deploy(municipal, files)
        with municipal.reading() as session:
            return diagrams.brought(session, made)

    assert [brought(FILES), brought(FILES)] == [len(FILES), 0]
    assert brought({**FILES, "q.bpmn": process("q", task())}) == 1
