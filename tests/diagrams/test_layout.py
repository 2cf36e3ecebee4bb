"""The drawing tool: what it draws is in order, and it says so when a drawing is not."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOOL = ROOT / "web" / "frontend" / "layout"
PROBE = Path(__file__).with_name("henvisning_proeve.bpmn")
PROCESSES = sorted((ROOT / "processes").rglob("*.bpmn"))


def run(script, *files):
    if not (ROOT / "web" / "frontend" / "node_modules").is_dir():
        pytest.fail("npm-pakkerne mangler: kør `npm ci` i web/frontend (eller `make test`)")
    done = subprocess.run(
        ["node", TOOL / script, *files], capture_output=True, text=True, timeout=120
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def drawn(tmp_path):
    file = tmp_path / PROBE.name
    file.write_bytes(PROBE.read_bytes())
    assert run("layout.mjs", file)[0] == 0
    return file


def without_drawing(text):
    return re.sub(r"\s*<bpmndi:BPMNDiagram.*</bpmndi:BPMNDiagram>", "", text, flags=re.S)


def test_a_diagram_without_drawing_is_reported_and_then_drawn_without_faults(drawn):
    code, said = run("check.mjs", PROBE)
    assert code == 1 and "screen_maalgruppe er ikke tegnet" in said
    assert run("check.mjs", drawn) == (0, "")


def test_drawing_changes_no_letter_of_what_the_author_wrote(drawn):
    assert without_drawing(drawn.read_text("utf-8")) == PROBE.read_text("utf-8")


def test_the_same_meaning_is_drawn_the_same_way_again(drawn):
    before = drawn.read_bytes()
    assert run("layout.mjs", drawn)[0] == 0
    assert drawn.read_bytes() == before


def shapes(text):
    found = {}
    pattern = r'bpmnElement="(\w+)"[^>]*>\s*<dc:Bounds x="([-\d.]+)" y="([-\d.]+)" width="(\d+)" height="(\d+)"'
    for name, *numbers in re.findall(pattern, text):
        x, y, width, height = map(float, numbers)
        found[name] = (x, y, width, height)
    return found


def test_the_straight_way_through_a_lane_is_straight(drawn):
    box = shapes(drawn.read_text("utf-8"))
    way = ["screen_maalgruppe", "i_maalgruppen", "forklar_tilbud", "indhent_svar", "svaret"]
    middles = {box[name][1] + box[name][3] / 2 for name in way}
    assert len(middles) == 1
    assert [box[name][0] for name in way] == sorted(box[name][0] for name in way)


def test_event_sub_processes_stand_below_the_flow_and_boundary_events_on_the_lower_edge(drawn):
    box = shapes(drawn.read_text("utf-8"))
    assert box["doedsfald_forloeb"][1] > box["uden_underretning"][1]
    x, y, width, height = box["frist_bos"]
    host = box["registrer_henvisning"]
    assert y + height / 2 == host[1] + host[3]
    assert host[0] < x and x + width < host[0] + host[2]


@pytest.mark.parametrize(
    ("move", "said"),
    [
        (("screen_maalgruppe", "forklar_tilbud"), "screen_maalgruppe dækker forklar_tilbud"),
        (("send_kvittering", "underretning"), "send_kvittering står uden for sin bane"),
        (("oplysninger_mangler", "s_samlet"), "oplysninger_mangler dækker udfyld_samtykker"),
        (("s_evne", "luk_adgang"), "s_evne rager ud af udfyld_samtykker"),
    ],
)
def test_a_shape_in_the_wrong_place_is_reported(drawn, move, said):
    text = drawn.read_text("utf-8")
    what, where = move
    x, y, *_ = shapes(text)[where]
    pattern = rf'(bpmnElement="{what}"[^>]*>\s*<dc:Bounds) x="[-\d.]+" y="[-\d.]+"'
    drawn.write_text(re.sub(pattern, rf'\1 x="{x:g}" y="{y:g}"', text), "utf-8")
    code, out = run("check.mjs", drawn)
    assert code == 1
    assert said in out


def test_a_line_through_a_foreign_shape_and_a_loose_end_are_reported(drawn):
    text = drawn.read_text("utf-8")
    edge = re.search(r'<bpmndi:BPMNEdge id="f7_di".*?</bpmndi:BPMNEdge>', text, re.S).group()
    box = shapes(text)
    y = box["i_maalgruppen"][1] + 25
    far = box["indhent_svar"][0]
    bad = re.sub(r'x="\d+" y="\d+" />\s*</bpmndi', f'x="{far:g}" y="{y:g}" /></bpmndi', edge)
    drawn.write_text(text.replace(edge, bad), "utf-8")
    code, out = run("check.mjs", drawn)
    assert code == 1
    assert "f7 går gennem forklar_tilbud" in out
    assert "f7 rammer ikke kanten af i_maalgruppen" in out


def test_broken_xml_is_refused_and_left_as_it_was(tmp_path):
    file = tmp_path / "brudt.bpmn"
    file.write_text("<bpmn:definitions><bpmn:process></bpmn:definitions>", "utf-8")
    before = file.read_bytes()
    assert run("layout.mjs", file)[0] == 1
    assert file.read_bytes() == before


def test_every_diagram_of_the_municipality_is_drawn_in_order():
    assert not PROCESSES or run("check.mjs", *PROCESSES) == (0, "")
