"""No expression reaches Python: whatever is written, the answer is a FEEL value or a FeelError."""

import sys
import time
from collections.abc import Mapping

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from engine import feel
from engine.feel.limits import MAX_VALUE
from engine.feel.registry import BUILTINS

# What Python reports when code touches files, processes, the network, modules or its own insides.
FORBIDDEN = (
    "import",
    "exec",
    "compile",
    "open",
    "os.",
    "subprocess.",
    "socket.",
    "ctypes.",
    "shutil.",
    "pickle.",
    "marshal.",
    "code.",
    "object.__getattr__",
    "object.__setattr__",
    "sys._getframe",
)
_events: list[str] | None = None


def _listen(event, args):
    if _events is None or not event.startswith(FORBIDDEN):
        return
    # Time zones are data files, and known by name before they are opened.
    if event == "open" and "zoneinfo" in str(args[0]):
        return
    _events.append(f"{event} {args}")


sys.addaudithook(_listen)


class Spy(Mapping):
    """A context that notes what it is asked for."""

    def __init__(self, values):
        self.values = values
        self.asked = set()

    def __getitem__(self, key):
        self.asked.add(key)
        return self.values[key]

    def __iter__(self):
        return iter(self.values)

    def __len__(self):
        return len(self.values)


CONTEXT = {
    "x": 3,
    "navn": "Åse",
    "liste": [1, 2, [3]],
    "borger": {"navn": "Bo", "alder": 34, "fulde navn": "Bo B"},
    "tom": None,
    "frist": "2026-12-20",
}

ATOMS = [
    *("0 1 2 -1 0.5 1e300 1E6000 10**9 99999999999999999999".split()),
    '"a" "aaaaaaaaaaaaaaaaaaaaaaaa" "(a+)+$" "2026-12-20" "P1Y" "10:00:00@Europe/Copenhagen" ""',
    '"{0.__class__}" "%s" "\\ud800" "__class__" "../../etc/passwd" @"2026-02-29" @"P1D" true false',
    "x navn liste borger tom frist item partial ? ukendt fulde navn __class__ __globals__ __import__",
    "self os sys eval exec open lambda import",
]
WORDS = [
    *(" ".join(ATOMS).split()),
    *(
        "+ - * / ** = != < <= > >= . .. , : ( ) [ ] { } ] [ -> ` if then else for in return some "
        "every satisfies function external and or between instance of list< context< not( null"
    ).split(),
    *BUILTINS,
]

tokens = st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join)


def _combine(inner):
    """Expressions that are well formed, so that evaluation is reached and not only the parser."""
    two = st.tuples(inner, inner)
    operators = st.sampled_from("+ - * / ** = != < >= and or".split())
    return st.one_of(
        st.tuples(inner, operators, inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        st.tuples(st.sampled_from(sorted(BUILTINS)), st.lists(inner, max_size=4)).map(
            lambda t: f"{t[0]}({', '.join(t[1])})"
        ),
        st.lists(inner, max_size=4).map(lambda items: f"[{', '.join(items)}]"),
        two.map(lambda t: f"{t[0]}[{t[1]}]"),
        two.map(lambda t: f"[{t[0]}..{t[1]}]"),
        two.map(lambda t: f"(for i in {t[0]} return {t[1]})"),
        two.map(lambda t: f"(for i in {t[0]}..{t[1]} return partial)"),
        two.map(lambda t: f"(some i in {t[0]} satisfies {t[1]})"),
        two.map(lambda t: f"{{a: {t[0]}, b: a, c: {t[1]}}}"),
        two.map(lambda t: f"(function(i, j) {t[0]})({t[1]}, {t[1]})"),
        st.tuples(inner, st.sampled_from(["a", "year", "__class__", "call", "names"])).map(
            lambda t: f"({t[0]}).{t[1]}"
        ),
        st.tuples(inner, inner, inner).map(lambda t: f"(if {t[0]} then {t[1]} else {t[2]})"),
        two.map(lambda t: f"({t[0]} in {t[1]})"),
        inner.map(lambda a: f"string({a})"),
    )


VALUES = st.sampled_from(
    '0 1 2 -1 0.5 1E6000 1E-6000 99999999999 "a" "aaaaaaaaaaaaaaaaaaaaaaaaaaaa" "(a+)+$" "(a|a)*b" '
    '"2026-12-20" "P1Y" "" @"2026-12-20" @"2026-12-20T10:00:00Z" @"10:00:00" @"P1D" @"P1Y" true null '
    "x navn liste borger tom item partial i __class__ __builtins__ sum sort [1..100000] (1..2)".split()
)
well_formed = st.recursive(VALUES, _combine, max_leaves=25)


def _is_feel(value, left):
    left[0] -= 1
    assert left[0] >= 0
    feel.kind(value)
    if isinstance(value, list):
        return all(_is_feel(item, left) for item in value)
    if isinstance(value, dict):
        return all(isinstance(key, str) and _is_feel(value[key], left) for key in value)
    return True


def _check(work):
    """Run it: a value of ours or a FeelError, soon, and without a trace outside."""
    global _events
    _events = []
    start = time.thread_time()
    try:
        assert _is_feel(work(), [2 * MAX_VALUE])
    except feel.FeelError as error:
        assert error.reason
        assert 0 <= error.position <= len(error.text)
    finally:
        events, _events = _events, None
    assert events == []
    assert time.thread_time() - start < 10


def _warm_up():
    # The grammar is a file, read once; that is not the expression's doing.
    feel.evaluate('date and time("2026-01-01T10:00:00@Europe/Copenhagen")', {})
    feel.parse_unary_tests("1")
    feel.evaluate('matches("a", "a")', {})


_warm_up()
thorough = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None
)


@thorough
@given(tokens | st.text(max_size=80))
@example("__import__('os').system('true')")
@example('{0.__class__}"."')
@example("().__class__.__bases__[0].__subclasses__()")
def test_no_text_reaches_python(text):
    spy = Spy(CONTEXT)
    _check(lambda: feel.evaluate(text, spy))
    assert all(isinstance(name, str) for name in spy.asked)


@thorough
@given(well_formed)
def test_no_well_formed_expression_hangs_or_escapes(text):
    _check(lambda: feel.evaluate(text, CONTEXT))


@thorough
@given(tokens | well_formed, VALUES)
def test_no_unary_test_hangs_or_escapes(text, value):
    _check(lambda: feel.parse_unary_tests(text).matches(value, CONTEXT))


@thorough
@given(
    st.text(alphabet='()[]{}^$\\|.?*+,-abdDwWsSpPiIcC012<>=!:&~#"\n', max_size=30),
    st.text("ab1 ", max_size=40),
)
def test_no_pattern_hangs_or_escapes(pattern, text):
    given_ = {"m": pattern, "t": text}
    _check(lambda: feel.evaluate('[matches(t, m), replace(t, m, "x"), split(t, m)]', given_))
