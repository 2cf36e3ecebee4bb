"""What people read: every refusal tells what happened and what to do, every service what it does."""

import importlib
import inspect
import pkgutil
import re

import pytest

import engine
from engine import services
from engine.errors import Refused

for module in pkgutil.walk_packages(engine.__path__, "engine."):
    if ".migrations" not in module.name:
        importlib.import_module(module.name)


def refusals(cls=Refused) -> list[type[Refused]]:
    found = [cls]
    for below in cls.__subclasses__():
        found += refusals(below)
    return sorted(set(found), key=lambda c: (c.__module__, c.__name__))


@pytest.mark.parametrize(
    "refusal",
    [cls for cls in refusals() if cls.__module__.startswith("engine.")],
    ids=lambda cls: cls.__name__,
)
def test_a_refusal_speaks_whole_danish_sentences(refusal):
    text = inspect.cleandoc(refusal.__dict__.get("__doc__") or "").replace("\n", " ")
    assert text, "a refusal without words"
    assert text[0].isupper() or text[0] == "{"
    assert text[-1] in ".:"
    assert not re.search(r"\b(the|is|cannot|must|not found|instance|token|workflow)\b", text), text
    assert not re.search(r"\b(aa|oe|ae)[a-zæøå]*\b", text), "æ, ø and å are letters"


def test_every_service_tells_process_owners_what_it_does():
    services.load()
    for name, found in sorted(services._services.items()):
        assert re.fullmatch(r"[a-z0-9_]+", name), name
        assert found.description, f"{name} has no docstring"
        assert found.description.rstrip().endswith("."), name
