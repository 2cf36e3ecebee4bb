"""The properties that the engine reads: misspelt or misplaced, they would silently mean nothing."""

import pytest

from engine import diagrams
from engine.diagrams import properties
from tests.diagrams_deploy.small import form, process, task

RIGHT = {"efter_lukning": "fortsaetter", "modtages_af": "alle", "uden_tid": "tilladt"}


def said(name: str, value: str) -> str:
    inner = f'<zeebe:property name="{name}" value="{value}" />'
    return f"<zeebe:properties>{inner}</zeebe:properties>"


def extended(name: str, value: str) -> str:
    return f"<extensionElements>{said(name, value)}</extensionElements>"


def guard(extension: str) -> str:
    """A task with a timer on its boundary that carries the extension."""
    return (
        task()
        + '<boundaryEvent id="rykker" name="Ryk" attachedToRef="spoerg" cancelActivity="false">'
        + extension
        + '<timerEventDefinition id="ur"><timeDate>= svar</timeDate></timerEventDefinition>'
        + '</boundaryEvent><endEvent id="rykket" name="Rykket" />'
        + '<sequenceFlow id="fr" sourceRef="rykker" targetRef="rykket" />'
    )


def found(element: str, of_process: str = "") -> list[tuple[str, str]]:
    files = {"p.bpmn": process("p", element, lanes=of_process), "spoerg.form": form()}
    wrong = [f for f in diagrams.check(files) if f.rule.startswith("property")]
    assert all(f.severity == "error" for f in wrong)
    return [(f.element, f.rule) for f in wrong]


def test_every_property_the_engine_reads_is_known():
    assert {name: set(known.values) for name, known in properties.KNOWN.items()} == {
        name: {value} for name, value in RIGHT.items()
    }


def test_in_their_places_they_are_fine():
    assert found(task(), extended("efter_lukning", "fortsaetter")) == []
    assert found(task(), extended("modtages_af", "alle")) == []
    assert found(guard(extended("uden_tid", "tilladt"))) == []


@pytest.mark.parametrize("value", ["fortsætter", "Fortsaetter", "ja", ""])
def test_a_misspelt_value_is_an_error(value):
    assert found(task(), extended("efter_lukning", value)) == [("p", "property-value")]
    assert found(task(), extended("modtages_af", value)) == [("p", "property-value")]
    assert found(guard(extended("uden_tid", value))) == [("rykker", "property-value")]


@pytest.mark.parametrize("name", RIGHT)
def test_in_a_wrong_place_they_are_errors(name):
    assert found(task(extra=said(name, RIGHT[name]))) == [("spoerg", "property-place")]


@pytest.mark.parametrize("name", ["efter_lukningen", "Uden_tid", "modtagesaf"])
def test_a_name_that_is_nearly_ours_is_an_error(name):
    assert found(task(), extended(name, "x")) == [("p", "property-name")]


def test_a_property_of_the_municipalitys_own_is_left_alone():
    assert found(task(), extended("farve", "blå")) == []
