"""The report against the plain way: try every input of a grid that is finer than the cells."""

from __future__ import annotations

from datetime import date
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from engine import decisions
from engine.decisions import TableError

DAY = date(2026, 11, 23)
ENDS = range(0, 4)
GRID = [n / 2 for n in range(-2, 9)]
WORDS = ["a", "b", "c"]

numbers = st.one_of(
    st.just("-"),
    st.builds("{} {}".format, st.sampled_from(["<", "<=", ">", ">="]), st.sampled_from(ENDS)),
    st.builds(
        "{}{}..{}{}".format,
        st.sampled_from("[("),
        st.sampled_from([0, 1]),
        st.sampled_from([2, 3]),
        st.sampled_from("])"),
    ),
    st.builds("not({})".format, st.sampled_from(ENDS)),
    st.builds("{}, {}".format, st.sampled_from(ENDS), st.sampled_from(ENDS)),
)
words = st.one_of(
    st.just("-"),
    st.builds('"{}"'.format, st.sampled_from(WORDS)),
    st.builds('not("{}")'.format, st.sampled_from(WORDS)),
    st.just('"a", "b"'),
)
rows = st.lists(st.tuples(numbers, words), min_size=1, max_size=5)


def table(tests: list[tuple[str, str]]) -> decisions.Definitions:
    def cell(id_: str, text: str) -> str:
        escaped = text.replace("<", "&lt;").replace(">", "&gt;")
        return f'<inputEntry id="{id_}"><text>{escaped}</text></inputEntry>'

    rules = "".join(
        f'<rule id="r{n}">{cell(f"r{n}x", x)}{cell(f"r{n}y", y)}'
        f'<outputEntry id="r{n}o"><text>{n}</text></outputEntry></rule>'
        for n, (x, y) in enumerate(tests)
    )
    allowed = '<inputValues id=\'iv\'><text>"a", "b", "c"</text></inputValues>'
    return decisions.read(
        f"""<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="f" namespace="n">
        <decision id="t" name="t"><variable name="t"/><decisionTable id="tt" hitPolicy="UNIQUE">
        <input id="ix"><inputExpression id="ex" typeRef="number"><text>x</text></inputExpression>
        </input><input id="iy"><inputExpression id="ey" typeRef="string"><text>y</text>
        </inputExpression>{allowed}</input><output id="o"/>{rules}
        </decisionTable></decision></definitions>""".encode()
    )


@settings(max_examples=60, deadline=None)
@given(rows)
def test_a_finding_is_reported_exactly_when_some_input_shows_it(tests):
    definitions = table(tests)
    gaps = overlaps = 0
    for x, y in product(GRID, WORDS):
        try:
            gaps += not definitions.decide("t", {"x": x, "y": y}, on=DAY).matched
        except TableError:
            overlaps += 1
    found = decisions.report(definitions, "t", on=DAY)
    assert bool(found.gaps) == bool(gaps)
    assert bool(found.overlaps) == bool(overlaps)
