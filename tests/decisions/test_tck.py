"""The public conformance cases of DMN. The figures are printed at the end of the run."""

from __future__ import annotations

import pytest
import tck

PROMISED = {2: 95, 3: 75}
"""Per compliance level, the least share of test cases in percent."""


@pytest.mark.skipif(not tck.CORPUS.is_dir(), reason=f"the DMN TCK is not at {tck.CORPUS}")
@pytest.mark.parametrize("level", PROMISED)
def test_the_conformance_cases_of_a_level_answer_as_expected(level, record_property):
    models, wrong, total = {}, [], 0
    for case in tck.cases(level):
        total += 1
        if case.model not in models:
            models[case.model] = tck.load(case)
        got = tck.answers(models[case.model], case)
        if not all(tck.same(value, got[name]) for name, value in case.expected.items()):
            wrong.append(f"{case}: expected {case.expected}, got {got}")
    share = 100 * (total - len(wrong)) / total
    record_property("dmn-tck", f"level {level}: {total - len(wrong)} of {total} ({share:.1f} %)")
    assert share >= PROMISED[level], "\n".join(wrong[:20])
