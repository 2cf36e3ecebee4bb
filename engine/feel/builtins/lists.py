"""Lists: looking in them, summing them up, making new ones."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import cmp_to_key
from typing import Any

from engine.feel import operators
from engine.feel.operators import order, same
from engine.feel.registry import builtin
from engine.feel.values import NUMBERS, Function, kind


def of_list_or_items(name: str, types: str = "any") -> Callable[[Callable], Callable]:
    """Register both forms: f([a, b]) and f(a, b)."""

    def register(work: Callable) -> Callable:
        builtin(f"{name}(...items: {types})")(builtin(f"{name}(list: list)")(work))
        return work

    return register


def _all_numbers(items: list[Any]) -> bool:
    return all(type(item) is Decimal for item in items)


@builtin("count(list: list)")
def count(items):
    return Decimal(len(items))


@builtin("list contains(list: list, element: any)")
def list_contains(run, items, element):
    run.spend(len(items))
    return any(same(item, element, run) for item in items)


def _extreme(run, items: list[Any], wanted: int) -> Any:
    run.spend(len(items))
    if not items:
        return None
    best = items[0]
    for item in items:
        found = order(item, best)
        if found is None:
            return None
        if found == wanted:
            best = item
    return best


@of_list_or_items("min")
def min_(run, items):
    return _extreme(run, items, -1)


@of_list_or_items("max")
def max_(run, items):
    return _extreme(run, items, 1)


@of_list_or_items("sum")
def sum_(run, items):
    """The sum of numbers, or of durations of one kind."""
    run.spend(len(items))
    if not items or not (_all_numbers(items) or _one_kind_of_duration(items)):
        return None
    total = items[0]
    for item in items[1:]:
        total = operators.add(total, item, run)
    return total


def _one_kind_of_duration(items: list[Any]) -> bool:
    kinds = {kind(item) for item in items}
    return len(kinds) == 1 and kinds <= {"days and time duration", "years and months duration"}


@of_list_or_items("mean")
def mean(run, items):
    total = sum_(run, items)
    return None if total is None else operators.divide(total, Decimal(len(items)), run)


@of_list_or_items("product")
def product(run, items):
    run.spend(len(items))
    if not items or not _all_numbers(items):
        return None
    total = Decimal(1)
    for item in items:
        total = NUMBERS.multiply(total, item)
    return total


@of_list_or_items("median")
def median(run, items):
    run.spend(len(items) * 4)
    if not items or not _all_numbers(items):
        return None
    items = sorted(items)
    middle = len(items) // 2
    if len(items) % 2:
        return items[middle]
    return NUMBERS.divide(NUMBERS.add(items[middle - 1], items[middle]), Decimal(2))


@of_list_or_items("stddev")
def stddev(run, items):
    """The sample's standard deviation, so two numbers at least."""
    average = mean(run, items)
    if len(items) < 2 or type(average) is not Decimal:
        return None
    squares = Decimal(0)
    for item in items:
        squares = NUMBERS.add(squares, NUMBERS.power(NUMBERS.subtract(item, average), 2))
    return NUMBERS.sqrt(NUMBERS.divide(squares, Decimal(len(items) - 1)))


@of_list_or_items("mode")
def mode(run, items):
    """The most frequent numbers, in order."""
    run.spend(len(items) * 4)
    if not _all_numbers(items):
        return None
    counts: dict[Decimal, int] = {}
    for item in items:
        counts[item] = counts.get(item, 0) + 1
    most = max(counts.values(), default=0)
    return sorted(item for item, times in counts.items() if times == most)


@of_list_or_items("all")
def all_(run, items):
    run.spend(len(items))
    return operators.conjunction(items)


@of_list_or_items("any")
def any_(run, items):
    run.spend(len(items))
    if any(item is True for item in items):
        return True
    return False if all(item is False for item in items) else None


@builtin("sublist(list: list, start position: number, length?: number)")
def sublist(run, items, start, length=None):
    run.spend(len(items))
    size = len(items)
    if not start or abs(start) > size:
        return None
    first = int(start) - 1 if start > 0 else size + int(start)
    if length is None:
        return items[first:]
    if length < 0 or first + length > size:
        return None
    return items[first : first + int(length)]


@builtin("append(list: list, ...item: any)")
def append(run, items, new):
    run.spend(len(items) + len(new))
    return items + new


@builtin("concatenate(...list: list)")
def concatenate(run, lists):
    result: list[Any] = []
    for items in lists:
        run.spend(len(items))
        result += items
    return result


@builtin("insert before(list: list, position: number, newItem: any)")
def insert_before(run, items, position, new):
    run.spend(len(items))
    place = _place(items, position)
    return None if place is None else [*items[:place], new, *items[place:]]


@builtin("remove(list: list, position: number)")
def remove(run, items, position):
    run.spend(len(items))
    place = _place(items, position)
    return None if place is None else items[:place] + items[place + 1 :]


@builtin("list replace(list: list, position: number, newItem: any)")
def list_replace(run, items, position, new):
    run.spend(len(items))
    place = _place(items, position)
    return None if place is None else [*items[:place], new, *items[place + 1 :]]


@builtin("list replace(list: list, match: function, newItem: any)")
def list_replace_matching(run, items, match, new):
    result = []
    for item in items:
        truth = match.invoke(run, [item, new])
        if type(truth) is not bool:
            return None
        result.append(new if truth else item)
    return result


def _place(items: list[Any], position: Decimal) -> int | None:
    """The index from 0 of a position from 1 or, negative, from the end; None outside."""
    if not position or abs(position) > len(items):
        return None
    place = int(position)
    return place - 1 if place > 0 else len(items) + place if place else None


@builtin("reverse(list: list)")
def reverse(run, items):
    run.spend(len(items))
    return items[::-1]


@builtin("index of(list: list, match: any)")
def index_of(run, items, match):
    run.spend(len(items))
    return [Decimal(place) for place, item in enumerate(items, 1) if same(item, match, run)]


@builtin("distinct values(list: list)")
def distinct_values(run, items):
    result: list[Any] = []
    for item in items:
        run.spend(len(result) + 1)
        if not any(same(item, seen, run) for seen in result):
            result.append(item)
    return result


@builtin("duplicate values(list: list)")
def duplicate_values(run, items):
    """Camunda's: each value that stands in the list more than once."""
    seen: list[Any] = []
    result: list[Any] = []
    for item in items:
        run.spend(len(seen) + len(result) + 1)
        if not any(same(item, other, run) for other in seen):
            seen.append(item)
        elif not any(same(item, other, run) for other in result):
            result.append(item)
    return result


@builtin("union(...list: list)")
def union(run, lists):
    return distinct_values(run, concatenate(run, lists))


@builtin("flatten(list: list)")
def flatten(run, items):
    result: list[Any] = []
    waiting = list(reversed(items))
    while waiting:
        run.spend(1)
        item = waiting.pop()
        if isinstance(item, list):
            run.spend(len(item))
            waiting.extend(reversed(item))
        else:
            result.append(item)
    return result


@builtin("sort(list: list, precedes?: function)")
def sort(run, items, precedes: Function | None = None):
    """In order, or in the order that the function tells: whether its first comes first."""
    failed = False

    def compare(a: Any, b: Any) -> int:
        nonlocal failed
        run.spend(2)
        if precedes is None:
            found = order(a, b)
            failed = failed or found is None
            return found or 0
        if precedes.invoke(run, [a, b]) is True:
            return -1
        return 1 if precedes.invoke(run, [b, a]) is True else 0

    result = sorted(items, key=cmp_to_key(compare))
    return None if failed else result


@builtin("partition(list: list, size: number)")
def partition(run, items, size):
    """Camunda's: the list in pieces of that size."""
    run.spend(len(items))
    length = int(size) if size < len(items) else len(items)
    if size < 1:
        return None
    return [items[start : start + length] for start in range(0, len(items), length or 1)]


@builtin("is empty(list: list)")
def is_empty(items):
    """Camunda's."""
    return not items
