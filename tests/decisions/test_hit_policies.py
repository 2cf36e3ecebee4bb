"""Every hit policy, the validity of rows, and what is allowed in the columns."""

from __future__ import annotations

from datetime import date

import pytest

from engine.decisions import Answer, TableError


@pytest.fixture
def ask(tables):
    definitions = tables("hit_policies.dmn")

    def decide(table: str, **context) -> Answer:
        return definitions.decide(table, context, on=context.pop("on", None))

    return decide


def test_unique_gives_its_one_row(ask):
    answer = ask("unique", alder=40)
    assert (answer.value, answer.rules, answer.matched) == ("voksen", ("u_voksen",), True)


def test_unique_refuses_two_rows_and_names_them_and_the_input(ask):
    with pytest.raises(TableError, match=r"u_ung, u_voksen .*alder = 20") as refused:
        ask("unique", alder=20)
    assert refused.value.element == "unique_t"


def test_no_row_is_no_match_and_never_an_answer(ask):
    answer = ask("unique", alder=None)
    assert (answer.value, answer.rules, answer.matched) == (None, (), False)


def test_any_takes_rows_that_agree_and_refuses_rows_that_do_not(ask):
    assert ask("any", alder=20).value == "ja"
    assert ask("any", alder=20).rules == ("a_1", "a_2")
    with pytest.raises(TableError, match="a_2, a_3"):
        ask("any", alder=70)


def test_first_takes_the_uppermost_row(ask):
    assert ask("first", alder=20).rules == ("f_ung",)
    assert ask("first", alder=70).value == "voksen"


def test_priority_takes_the_best_output(ask):
    assert ask("priority", alder=70).rules == ("p_gammel",)
    assert ask("priority", alder=20).value == "voksen"


def test_rule_order_lists_the_rows_as_they_stand(ask):
    assert ask("rule_order", alder=70).value == ["voksen", "gammel"]


def test_output_order_lists_the_best_output_first(ask):
    answer = ask("output_order", alder=70)
    assert answer.value == ["gammel", "voksen"]
    assert answer.rules == ("o_gammel", "o_voksen")


def test_collect_lists_and_is_an_empty_list_without_rows(ask):
    assert ask("collect", alder=20).value == ["ung", "voksen"]
    nothing = ask("collect", alder=None)
    assert (nothing.value, nothing.matched) == ([], False)


@pytest.mark.parametrize(
    ("table", "value", "nothing"),
    [("sum", 25, None), ("min", 5, None), ("max", 20, None), ("count", 2, 0)],
)
def test_collect_computes(ask, table, value, nothing):
    answer = ask(table, alder=70)
    assert answer.value == value
    assert answer.rules == (f"{table}_2", f"{table}_3")
    assert ask(table, alder=None).value == nothing


def test_several_columns_give_an_object_and_cells_may_compute(ask):
    assert ask("several", alder=17).value == {"svar": "barn", "note": 18}


def test_the_default_stands_in_where_no_row_fires_but_is_no_match(ask):
    answer = ask("with_default", alder=40)
    assert (answer.value, answer.rules, answer.matched) == ("andet", (), False)


@pytest.mark.parametrize(
    ("on", "rules"),
    [
        (date(2023, 12, 31), ("gammel_regel",)),
        (date(2024, 1, 1), ("ny_regel",)),
        (date(2026, 6, 30), ("ny_regel",)),
        (date(2026, 7, 1), ()),
    ],
)
def test_a_row_exists_from_its_first_to_its_last_day(ask, on, rules):
    assert ask("dated", alder=1, on=on).rules == rules


def test_a_value_that_the_column_does_not_allow_is_refused(ask):
    assert ask("allowed", farve="roed").value == "stop"
    with pytest.raises(TableError, match="groen"):
        ask("allowed", farve="groen")


def test_an_answer_that_the_column_does_not_allow_is_refused_with_its_row(ask):
    with pytest.raises(TableError, match="flyv") as refused:
        ask("allowed", farve="blaa")
    assert refused.value.element == "al_2"


def test_a_value_of_the_wrong_type_is_refused(ask):
    with pytest.raises(TableError, match="number"):
        ask("unique", alder="tyve")


def test_dates_come_in_as_iso_text_or_as_dates(ask):
    assert ask("day", dag="2025-12-31").value == "foer"
    assert ask("day", dag=date(2026, 1, 1)).value == "efter"


def test_an_unknown_decision_is_refused(ask):
    with pytest.raises(TableError, match="ingen beslutning"):
        ask("ukendt")
