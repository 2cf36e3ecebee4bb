"""Contexts: reading, building and changing copies of them."""

from __future__ import annotations

from collections.abc import Mapping

from engine.feel.registry import builtin
from engine.feel.scope import MISSING, read
from engine.feel.values import wrap


@builtin("get value(m: context, key: string)")
def get_value(run, m, key):
    found = read(m, key)
    return None if found is MISSING else wrap(found, run)


@builtin("get value(m: context, keys: list)")
def get_nested_value(run, m, keys):
    """Camunda's: the value at the end of a path of keys."""
    for key in keys:
        if not isinstance(m, Mapping) or not isinstance(key, str):
            return None
        m = get_value(run, m, key)
    return m


@builtin("get entries(m: context)")
def get_entries(run, m):
    run.spend(len(m))
    return [{"key": key, "value": wrap(m[key], run)} for key in m]


@builtin("context(entries: list)")
def context(run, entries):
    run.spend(len(entries))
    result = {}
    for entry in entries:
        entry = wrap(entry, run)
        if not isinstance(entry, Mapping) or "value" not in entry:
            return None
        key = entry.get("key")
        if not isinstance(key, str) or key in result:
            return None
        result[key] = wrap(entry["value"], run)
    return result


@builtin("context put(context: context, key: string, value: any)")
def context_put(run, context, key, value):
    run.spend(len(context))
    return {**context, key: value}


@builtin("context put(context: context, keys: list, value: any)")
def context_put_nested(run, context, keys, value):
    if not keys or not all(isinstance(key, str) for key in keys):
        return None
    run.spend(len(context))
    first, *rest = keys
    if not rest:
        return {**context, first: value}
    inner = context.get(first)
    if inner is None:
        inner = {}
    if not isinstance(inner, Mapping):
        return None
    return {**context, first: context_put_nested(run, inner, rest, value)}


@builtin("context merge(contexts: list)")
def context_merge(run, contexts):
    result = {}
    for one in contexts:
        if not isinstance(one, Mapping):
            return None
        run.spend(len(one))
        result.update(one)
    return result
