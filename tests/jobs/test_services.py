"""Calling a registered service: by name, with what it asks for."""

from __future__ import annotations

import pytest

from engine import clock, services
from engine.errors import Broken


@pytest.fixture
def context():
    return services.Context(
        session=None,
        case=None,
        actor="anna",
        on_behalf_of=None,
        now=clock.now(),
        today=clock.today(),
        process="p",
        element="e",
    )


def test_parameters_are_filled_by_name_and_the_rest_left_out(context):
    def add(context, a: int, b: int = 2):
        return {"sum": a + b}

    assert services.Service("add", add).call(context, {"a": 1, "c": 9}) == {"sum": 3}


def test_a_service_that_takes_everything_gets_everything_but_the_context(context):
    def all_of_it(context, a, **rest):
        return rest

    values = {"a": 1, "b": 2, "context": 3}
    assert services.Service("all", all_of_it).call(context, values) == {"b": 2}


def test_a_missing_value_is_an_error_that_names_service_value_and_element(context):
    def need(context, dato: str):
        return None

    with pytest.raises(Broken, match=r"need misses dato at e"):
        services.Service("need", need).call(context, {})


def test_nothing_returned_is_no_variables(context):
    assert services.Service("none", lambda context: None).call(context, {}) == {}


def test_an_unknown_service_is_named():
    with pytest.raises(services.UnknownService, match="findes_ikke"):
        services.find("findes_ikke")


def test_two_modules_cannot_take_the_same_name(monkeypatch):
    monkeypatch.setattr(services, "_services", {})

    def one(context):
        return None

    def other(context):
        return None

    other.__module__ = "somewhere.else"
    services.service("navn")(one)
    with pytest.raises(ValueError, match="two services"):
        services.service("navn")(other)
