"""Promises over the whole site: who gets in, what is said, and in which words."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.web.fiktivby import played_into
from web import catalogue
from web.app import create_app

WEB = Path(catalogue.WEB)
TEMPLATES = sorted((WEB / "templates").rglob("*.html"))


@pytest.fixture(scope="module")
def rules(fiktivby):
    from engine.store import Store

    store = Store(f"sqlite:///{fiktivby}")
    app = create_app(store)
    yield app, [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]
    store.close()


#: What anybody may open, and why.
OPEN = {
    "sign_in.show": "the door itself",
    "sign_in.enter": "the door itself",
    "accessibility.show": "the law wants it public",
    "calendar.feed": "a secret address, for calendars that cannot sign in",
}


def test_every_page_demands_sign_in_but_those_named_here(rules):
    app, found = rules
    marked = {
        rule.endpoint
        for rule in found
        if getattr(app.view_functions[rule.endpoint], "open_to_all", False)
    }
    assert marked <= OPEN.keys()
    client = app.test_client()
    app.config["WTF_CSRF_ENABLED"] = False
    for rule in found:
        if rule.endpoint in marked:
            continue
        values = {name: "1" for name in rule.arguments}
        address = rule.rule
        for name in values:
            address = re.sub(rf"<(?:[^:<>]+:)?{name}>", "1", address)
        method = "GET" if "GET" in rule.methods else "POST"
        answer = client.open(address, method=method)
        assert answer.status_code == 302, f"{method} {address} {answer.status_code}"
        assert answer.headers["Location"].startswith("/log-paa"), address


def test_what_changes_something_is_never_a_get(rules):
    _app, found = rules
    for rule in found:
        assert not ({"GET", "POST"} <= rule.methods), f"{rule.rule}: one address, one act"


def test_every_text_stands_in_the_catalogue():
    assert catalogue.TEMPLATE.read_bytes() == catalogue.gathered(), (
        "write it anew: python -c 'from web import catalogue; catalogue.write()'"
    )


class _Words(HTMLParser):
    """Text and spoken attributes of a template that no `_()` stands round."""

    SPOKEN = frozenset({"aria-label", "title", "placeholder", "alt"})

    def __init__(self):
        super().__init__()
        self.found: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag, attrs):
        self.silent += tag in ("script", "style", "kbd")
        self.found += [value for name, value in attrs if name in self.SPOKEN and value]

    def handle_endtag(self, tag):
        self.silent -= tag in ("script", "style", "kbd")

    def handle_data(self, data):
        if not self.silent:
            self.found.append(data)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_a_template_says_nothing_outside_the_catalogue(template):
    source = template.read_text(encoding="utf-8")
    source = re.sub(r"\{%-?\s*trans.*?endtrans\s*-?%\}", "", source, flags=re.DOTALL)
    source = re.sub(r"\{% set \w+ %\}.*?\{% endset %\}", "", source, flags=re.DOTALL)
    source = re.sub(r"\{% block width %\}.*?\{% endblock %\}", "", source)
    source = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", source, flags=re.DOTALL)
    words = _Words()
    words.feed(source)
    said = [text.strip() for text in words.found if re.search(r"[A-Za-zÆØÅæøå]{2,}", text)]
    said = [text for text in said if text not in ("Overligger", "– Overligger")]
    assert not said, said


def _unsigned(page: str) -> str:
    """The page without its tokens, which differ by the second."""
    return re.sub(r'(Token": "|csrf_token" value=")[^"]*', r"\1", page)


STRANGERS = ("sagsbehandler-sun", "procesejer-1", "administrator", "partner-x-gp")


@pytest.mark.parametrize("stranger", STRANGERS)
def test_a_case_does_not_exist_for_who_has_no_part_in_it(app, client_of, site_store, stranger):
    played_into(site_store, "s01_mads")
    client = client_of(stranger)
    case = "/sager/2026-0001"
    for address in (case, f"{case}/historik", f"{case}/forloeb", f"{case}/forloeb/plan.bpmn"):
        answer = client.get(address)
        assert answer.status_code == 404, address
        assert "Mads" not in answer.text
    nothing = client.get("/sager/2026-9999")
    assert _unsigned(client.get(case).text) == _unsigned(nothing.text)
    for address in ("/sager", "/sager?ord=mads", "/opgaver", "/gaa-til?ord=mads"):
        assert "Mads" not in client.get(address).text, address
