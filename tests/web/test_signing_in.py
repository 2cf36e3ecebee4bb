"""Who gets in, how long, and what strangers see."""

from __future__ import annotations

import pytest

from engine import clock


def test_a_stranger_is_sent_to_sign_in_and_back_to_where_they_were_going(app):
    client = app.test_client()
    answer = client.get("/sager?ord=2026")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/log-paa?videre=/sager?ord%3D2026")
    answer = client.post(
        "/log-paa",
        data={
            "brugernavn": "koordinator-1",
            "adgangskode": "fiktivby",
            "videre": "/sager?ord=2026",
        },
    )
    assert answer.headers["Location"] == "/sager?ord=2026"


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_signing_in_never_leads_away_from_the_site(app, target):
    answer = app.test_client().post(
        "/log-paa",
        data={"brugernavn": "koordinator-1", "adgangskode": "fiktivby", "videre": target},
    )
    assert answer.headers["Location"] == "/opgaver"


def test_a_wrong_password_and_an_unknown_user_read_the_same(app):
    client = app.test_client()
    wrong = client.post("/log-paa", data={"brugernavn": "koordinator-1", "adgangskode": "nej"})
    unknown = client.post("/log-paa", data={"brugernavn": "ingen", "adgangskode": "nej"})
    assert wrong.status_code == unknown.status_code == 401
    told = "Brugernavn eller adgangskode passer ikke."
    assert told in wrong.text and told in unknown.text


def test_signing_out_ends_the_sign_in_even_for_a_copied_cookie(app, client_of):
    client = client_of("koordinator-1")
    stolen = client.get_cookie("overligger").value
    client.post("/log-af")
    thief = app.test_client()
    thief.set_cookie("overligger", stolen)
    assert thief.get("/opgaver").status_code == 302


def test_a_sign_in_lasts_a_working_day(app, client_of):
    client = client_of("koordinator-1")
    assert client.get("/opgaver").status_code == 200
    clock._clock.advance(hours=13)
    assert client.get("/opgaver").status_code == 302


def test_a_part_of_a_page_that_asks_too_late_leads_back_to_its_page(client_of):
    client = client_of("koordinator-1")
    clock._clock.advance(hours=13)
    page = {"HX-Request": "true", "Referer": "http://localhost/opgaver?fane=mine"}
    answer = client.get("/opgaver/filtre?fane=mine", headers=page)
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/log-paa?videre=/opgaver?fane%3Dmine"


def test_what_was_written_before_the_sign_in_ended_is_shown_again(client_of):
    client = client_of("koordinator-1")
    clock._clock.advance(hours=13)
    case, words = "http://localhost/sager/2026-0001", "Hun ringede og fortalte om sit nye arbejde."
    answer = client.post(
        "/sager/2026-0001/noter", data={"tekst": words, "id": "7"}, headers={"Referer": case}
    )
    assert answer.status_code == 401
    assert words in answer.text and 'href="/log-paa?videre=/sager/2026-0001"' in answer.text
    # Another site cannot have us show its words.
    forged = client.post(
        "/sager/2026-0001/noter", data={"tekst": words}, headers={"Referer": "http://evil.example/"}
    )
    assert forged.status_code == 302 and words not in forged.text


def test_guessing_is_stopped_after_ten_tries_a_minute(site_store):
    from web.app import create_app

    guesser = create_app(site_store)
    guesser.config["WTF_CSRF_ENABLED"] = False
    client = guesser.test_client()
    answers = [
        client.post("/log-paa", data={"brugernavn": "jurist", "adgangskode": str(n)}).status_code
        for n in range(11)
    ]
    assert answers == [401] * 10 + [429]


def test_a_forged_request_is_refused(site_store):
    from web.app import create_app

    client = create_app(site_store).test_client()
    here, secret = {"Referer": "http://localhost/log-paa"}, "fire ord der er hemmelige"
    answer = client.post(
        "/log-paa", data={"brugernavn": "jurist", "adgangskode": secret}, headers=here
    )
    assert answer.status_code == 400
    assert secret not in answer.text
    assert "Intet er ændret" in answer.text
