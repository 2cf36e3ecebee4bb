"""The deploy check: what files need of each other, of services, of queues and of rules."""

from datetime import date

import pytest

from engine import diagrams
from engine.diagrams import Queues
from tests.diagrams_deploy.small import asks, call, form, process, script, service, table, task

QUEUES = Queues({"KUI": "Ungeindsatsen", "JOB": "Beskæftigelse"})
LANES = '<laneSet id="baner"><lane id="bane" name="{}"><flowNodeRef>spoerg</flowNodeRef></lane></laneSet>'
TODAY = date(2026, 11, 22)


def check(files, existing=None, **more):
    return diagrams.check(files, existing, queues=QUEUES, today=TODAY, **more)


def found(files, existing=None, **more) -> list[tuple[str, str, str]]:
    return [(f.severity, f.element, f.rule) for f in check(files, existing, **more)]


def test_a_task_with_a_form_and_a_queue_is_fine():
    assert check({"p.bpmn": process("p", task()), "spoerg.form": form()}) == []


def test_what_is_in_force_counts_as_there():
    assert check({"p.bpmn": process("p", task())}, {"spoerg.form": form()}) == []


@pytest.mark.parametrize(
    ("element", "expected"),
    [
        (task(form=None), ("error", "spoerg", "form-missing")),
        (task(form="en_anden"), ("error", "spoerg", "form-unknown")),
        (task(queue="XYZ"), ("error", "spoerg", "queue-unknown")),
        (task(queue="KUI,JOB"), ("error", "spoerg", "queue-several")),
        (task(queue="= &quot;XYZ&quot;"), ("error", "spoerg", "queue-unknown")),
        (task(queue=""), ("error", "spoerg", "queue-missing")),
        ('<manualTask id="ring" name="Ring" />', ("error", "ring", "queue-missing")),
        (call("en_anden"), ("error", "kald", "process-unknown")),
        (call("p"), ("error", "kald", "call-cycle")),
        (service("findes_ikke"), ("error", "goer", "service-unknown")),
        (
            service("start_frist", '<zeebe:input source="KP-1" target="regl" />'),
            ("error", "goer", "service-parameter"),
        ),
        (asks("findes_ikke"), ("error", "slaa_op", "decision-unknown")),
        (script("= get value(sag.frister, &quot;KP-99&quot;)"), ("error", "regn", "rule-unknown")),
        (
            task(
                extra='<zeebe:taskListeners><zeebe:taskListener eventType="completing" '
                'type="findes_ikke" /></zeebe:taskListeners>'
            ),
            ("error", "spoerg", "service-unknown"),
        ),
    ],
)
def test_what_is_missing_is_an_error_at_its_element(element, expected):
    assert expected in found({"p.bpmn": process("p", element), "spoerg.form": form()})


@pytest.mark.parametrize(
    "queue",
    ["KUI", "KUI-leder", "Ungeindsatsen", "koordinator", "ejer-leder", "udvalg-formand", "jurist"],
)
def test_a_queue_is_a_unit_its_leaders_or_a_role(queue):
    assert QUEUES.find(queue)
    lane = process("p", task(queue=""), lanes=LANES.format(queue))
    assert check({"p.bpmn": lane, "spoerg.form": form()}) == []


def test_a_lane_that_is_no_queue_is_named():
    lane = process("p", task(queue=""), lanes=LANES.format("Borgeren"))
    (finding,) = check({"p.bpmn": lane, "spoerg.form": form()})
    assert (finding.element, finding.rule) == ("spoerg", "queue-unknown")
    assert "Borgeren" in finding.message and "KUI" in finding.action


def test_a_partner_has_no_queue():
    assert Queues.of_demo().find("X-RPS") is None
    assert Queues.of_demo().find("Socialafdeling, voksne") == "VOK"


def test_processes_that_call_each_other_in_a_ring_are_refused_with_the_ring():
    ring = {f"{a}.bpmn": process(a, call(b)) for a, b in (("a", "b"), ("b", "c"), ("c", "a"))}
    rings = [f for f in check(ring) if f.rule == "call-cycle"]
    assert [f.file for f in rings] == ["a.bpmn", "b.bpmn", "c.bpmn"]
    assert "a → b → c → a" in rings[0].message


def test_a_process_that_only_a_message_starts_cannot_be_called():
    only_message = process(
        "b",
        start='<messageEventDefinition id="m" messageRef="besked" />',
        extra='<message id="besked" name="kom" />',
    )
    assert found({"a.bpmn": process("a", call("b")), "b.bpmn": only_message}) == [
        ("error", "kald", "process-start")
    ]


def test_a_service_gets_the_parameters_it_knows():
    inputs = '<zeebe:input source="KP-1" target="regel" />'
    files = {
        "p.bpmn": process("p", service("start_frist", inputs)),
        "frister.dmn": table("frister", "kp_1|-|1|lokal"),
    }
    assert check(files) == []


def test_a_rule_that_a_service_is_given_must_stand_in_the_table():
    inputs = '<zeebe:input source="KP-7" target="regel" />'
    files = {
        "p.bpmn": process("p", service("start_frist", inputs)),
        "frister.dmn": table("frister", "kp_1|-|1|lokal"),
    }
    assert found(files) == [("error", "goer", "rule-unknown")]


def test_a_file_must_be_named_after_what_it_holds():
    assert ("error", "spoerg", "form-file-name") in found({"andet.form": form()})
    assert ("error", "andet", "dmn-file-name") in found({"andet.dmn": table()})
    assert ("error", "", "file-kind") in found({"billede.png": b"x", "spoerg.form": form()})
    twice = {"a/spoerg.form": form(), "b/spoerg.form": form()}
    assert ("error", "spoerg", "file-twice") in found(twice)


def test_overlapping_rows_are_an_error_and_gaps_a_warning():
    overlapping = table("tabel", "en|&gt;= 1|1|lokal", "to|&lt; 3|2|lokal")
    assert ("error", "en", "dmn-overlap") in found({"tabel.dmn": overlapping})
    gappy = table("tabel", "en|&gt;= 1|1|lokal")
    assert ("warning", "tabel", "dmn-gap") in found({"tabel.dmn": gappy})
    assert any(rule == "dmn" for _, _, rule in found({"tabel.dmn": table("tabel", "en|1..|1|lov")}))


def test_taking_a_field_out_of_a_form_that_a_condition_reads_names_both():
    diagram = process("p", task(), script("= if svar = 1 then &quot;gammelt_svar&quot; else 0"))
    before = {"p.bpmn": diagram, "spoerg.form": form("spoerg", "svar", "gammelt_svar")}
    (finding,) = check({"spoerg.form": form("spoerg", "andet")}, before)
    assert (finding.file, finding.element, finding.rule) == ("p.bpmn", "regn", "form-field-removed")
    assert "Feltet svar" in finding.message and "regn" in finding.message


def test_what_was_wrong_before_is_not_these_files_fault():
    before = {"gammel.bpmn": process("gammel", call("vaek"))}
    assert check({"p.bpmn": process("p", task()), "spoerg.form": form()}, before) == []


def test_a_table_that_loses_a_decision_breaks_the_process_that_asks_it():
    before = {"p.bpmn": process("p", asks("tabel")), "tabel.dmn": table()}
    new = table("tabel_2").replace(b'id="tabel_2"', b'id="ny"')
    (first, *_) = [f for f in check({"tabel.dmn": new}, before) if f.file == "p.bpmn"]
    assert (first.element, first.rule) == ("slaa_op", "decision-unknown")


WAITS = (
    '<intermediateCatchEvent id="vent"><timerEventDefinition id="t">'
    "<timeDuration>P3M</timeDuration></timerEventDefinition></intermediateCatchEvent>"
)


@pytest.mark.parametrize(
    ("dates", "outside_demo"),
    [
        ("|", ["error"]),
        ("2020-01-01|", ["error"]),
        ("2027-01-01|", ["error"]),  # within the three months that the diagram waits
        ("2027-06-01|", ["warning"]),
        ("2020-01-01|2026-11-21", []),
    ],
)
def test_unconfirmed_law_blocks_outside_demo_while_the_diagram_could_meet_it(dates, outside_demo):
    files = {
        "p.bpmn": process("p", WAITS, asks("tabel")),
        "tabel.dmn": table("tabel", f"en|-|1|KONTROL|{dates}", policy="COLLECT"),
    }
    kontrol = [f for f in check(files, demo=False) if f.rule == "kontrol"]
    assert [f.severity for f in kontrol] == outside_demo
    assert [f.severity for f in check(files, demo=True) if f.rule == "kontrol"] == [
        "warning" for _ in outside_demo
    ]
    # A diagram that comes later and asks the table in force is judged the same way.
    later = check({"p.bpmn": files["p.bpmn"]}, {"tabel.dmn": files["tabel.dmn"]}, demo=False)
    assert [f.severity for f in later if f.rule == "kontrol"] == outside_demo


def test_an_unreadable_file_is_reported_with_the_rest():
    files = {"p.bpmn": b"<a>", "x.form": b"{", "t.dmn": b"<!DOCTYPE a><a/>", "spoerg.form": form()}
    assert [(f.file, f.severity) for f in check(files)] == [
        ("p.bpmn", "error"),
        ("t.dmn", "error"),
        ("x.form", "error"),
    ]


def test_only_what_is_sound_together_is_left_of_a_workshop():
    files = {
        "a.bpmn": process("a", call("b")),
        "b.bpmn": process("b", task(form="mangler")),
        "c.bpmn": process("c", task()),
        "spoerg.form": form(),
    }
    assert set(diagrams.sound(files)) == {"c.bpmn", "spoerg.form"}


ERROR = '<error id="afvist" errorCode="afvist" />'
CAUGHT = (
    '<boundaryEvent id="greb" attachedToRef="kald"><errorEventDefinition errorRef="afvist" />'
    '</boundaryEvent><endEvent id="efter" />'
    '<sequenceFlow id="f9" sourceRef="greb" targetRef="efter" />'
)


def throwing(name: str) -> bytes:
    ends = b'<endEvent id="slut"><errorEventDefinition errorRef="afvist" /></endEvent>'
    return process(name, task(), extra=ERROR).replace(b'<endEvent id="slut" />', ends)


def test_an_error_that_nobody_catches_is_a_warning_at_the_event_that_throws_it():
    files = {"p.bpmn": throwing("p"), "spoerg.form": form()}
    assert found(files) == [("warning", "slut", "thrown-uncaught")]
    files["q.bpmn"] = process("q", call("p"))
    assert found(files) == [("warning", "slut", "thrown-uncaught")]


def test_an_error_that_the_calling_process_catches_is_fine():
    caller = process("q", call("p") + CAUGHT, extra=ERROR)
    assert found({"p.bpmn": throwing("p"), "q.bpmn": caller, "spoerg.form": form()}) == []


def test_a_table_that_cannot_be_read_shows_its_fault_and_no_gap():
    broken = table("t", "en|1|1").replace(b"<text>x</text>", b"<text>x +</text>")
    assert {rule for _, _, rule in found({"t.dmn": broken})} == {"dmn"}
