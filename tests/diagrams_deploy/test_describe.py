"""The page of processes: every id that somebody may need, and the committed page is current."""

import json

from engine import diagrams
from tests.diagrams_deploy.small import asks, call, process, service, table, task

FORM = json.dumps(
    {
        "id": "spoerg",
        "components": [
            {
                "type": "radio",
                "key": "svar",
                "label": "Hvad | siger borgeren?",
                "values": [{"label": "Ja", "value": "ja"}, {"label": "Nej", "value": "nej"}],
                "validate": {"required": True},
            },
            {
                "type": "dynamiclist",
                "path": "maal",
                "properties": {"sag": "true"},
                "components": [
                    {
                        "type": "textfield",
                        "key": "titel",
                        "label": "Titel",
                        "conditional": {"hide": '=svar = "nej"'},
                        "validate": {"required": True, "maxLength": 80},
                    }
                ],
            },
        ],
    }
).encode()


def test_the_page_names_tasks_queues_forms_services_calls_and_tables():
    page = diagrams.describe(
        {
            "ydre.bpmn": process("ydre", call("indre"), asks("tabel")),
            "indre.bpmn": process("indre", task(), service("start_frist")),
            "spoerg.form": FORM,
            "tabel.dmn": table(),
        }
    )
    for line in (
        "- Calls: [indre](#indre)",
        "- Called by: [ydre](#ydre)",
        "- Asks: `tabel` → `svar`",
        "| `spoerg` | Spørg | `KUI` | [spoerg](#form-spoerg) |  |  |",
        "Shown at `indre/spoerg`.",
        "| `svar` | radio | Hvad \\| siger borgeren? | yes | `ja`, `nej` |  |",
        "| `maal[].titel` | textfield | Titel | when shown | ≤ 80 chars, hidden when "
        '`=svar = "nej"` | sag |',
        "| `tabel` | Tabel | unique | `x` | 1 |",
    ):
        assert line in page.splitlines(), line
    assert "| `start_frist` | `goer` |" in page


def test_the_same_files_give_the_same_page():
    assert diagrams.describe(diagrams.shipped()) == diagrams.describe(diagrams.shipped())
