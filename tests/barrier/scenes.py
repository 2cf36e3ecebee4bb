"""What hardly any drawn state holds: for each filter that only it shows, who would be told too much.

A scene lays a state on the world by hand and says who asks for what. As the site is, the oracle finds
nothing in the answer; without the filter that the scene is named after, it does: `mutations` looks,
and `test_barrier` on every run.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import sha256

from engine.domain.meetings import HELD
from engine.imports.columns import HEADINGS
from tests.barrier.answering import answers
from tests.barrier.asking import Asked
from tests.barrier.stage import Stage
from tests.barrier.world import BROUGHT_IN, NOW

#: The name of a mutation -> what lays the state, and says who asks for what.
SCENES: dict[str, Callable[[Stage], tuple[str, Asked]]] = {}
#: The same for those without which nobody is told more: where it would show if they were.
TRIED: dict[str, Callable[[Stage], tuple[str, Asked]]] = {}


def without(mutation: str, scenes: dict = SCENES):
    """Name a scene after the filter that it needs."""

    def named(scene: Callable) -> Callable:
        scenes[mutation] = scene
        return scene

    return named


def get(rule: str, path: str = "", **query) -> Asked:
    return Asked("GET", rule, path or rule, query)


# --- tasks --------------------------------------------------------------------------------------------


def _an_outsiders_task(stage: Stage) -> tuple[str, Asked]:
    """A partner has a task in a case that no citizen has let them know of."""
    task = stage.task(stage.case("2026-0001"), "start_indsats")
    stage.lies(task, "X-SKO")
    stage.db.execute("delete from consents where kind = 'videregivelse'")
    return "partner-x-sko", get("/opgaver/<task_id>", f"/opgaver/{task}")


@without("inbox_chosen access.seen_among 1")
def a_partner_chooses_a_task_without_a_consent(stage: Stage):
    """They work the task; whose it is does not exist for them."""
    whose, opened = _an_outsiders_task(stage)
    task = opened.path.rpartition("/")[2]
    return whose, get("/opgaver/valgte/<handling>", "/opgaver/valgte/bero", opgave=[task])


@without("calendar access.seen_among 1")
def a_partners_task_is_due(stage: Stage):
    whose, _ = _an_outsiders_task(stage)
    due = "2027-01-25 23:00:00.000000"
    stage.change("work_items", "desk = 'X-SKO'", due_at=due, sort_at=due)
    return whose, get("/kalender", vis="enhed")


@without("task access.parts 1")
def a_partner_opens_a_task(stage: Stage):
    return _an_outsiders_task(stage)


@without("inside: process owners")
def a_unit_takes_part_where_somebody_sees_to_the_rules(stage: Stage):
    stage.add("roles", username="procesejer-1", unit="JOB", role="procesejer")
    stage.takes_part(stage.case("2026-0010"), "JOB")
    return "procesejer-1", get("/sager")


@without("committee/beside access.parts 1")
def an_outsiders_form_asks_for_the_application_beside_it(stage: Stage):
    task = stage.task(stage.case("2026-0005"), "anvis_daekning")
    stage.lies(task, "X-SKO")
    stage.db.execute("delete from consents where kind = 'videregivelse'")
    return "partner-x-sko", get("/opgaver/<task_id>", f"/opgaver/{task}")


@without("inside: a partner's task")
def a_partner_was_given_a_task_by_name(stage: Stage):
    whose, _ = _an_outsiders_task(stage)
    stage.change("work_items", "desk = 'X-SKO'", assignee=whose)
    return whose, get("/sager")


@without("known access.may 1")
def a_form_asks_what_another_unit_has_answered(stage: Stage):
    """JOB has one task of the case; the note was written in a task of KUI's."""
    case = stage.case("2026-0010")
    task = stage.task(case, "tilbyd_aktivitet")
    stage.lies(task, "JOB")
    stage.db.execute("delete from drafts")  # what is typed goes before what is known
    return "sagsbehandler-job", get("/opgaver/<task_id>", f"/opgaver/{task}")


@without("task access.visible_tasks 1")
def a_unit_does_its_task_where_another_has_one_left(stage: Stage):
    case = stage.case("2026-0002")
    task = stage.task(case, "kobl_sektorplan", "JOB")
    elsewhere = {"queue": "MIS", "desk": "MIS", "person": None, "assignee": None}
    stage.change("work_items", f"case_id = '{case}' and id != '{task}'", **elsewhere)
    path, form = f"/opgaver/{task}", answers("sektorplan")
    return "sagsbehandler-job", Asked("POST", "/opgaver/<task_id>", path, {}, form)


@without("inside: a partner's desk")
def a_partner_has_a_task_and_a_consent(stage: Stage):
    """The task gives them the plan that the citizen agreed to, and nothing more."""
    case = stage.case("2026-0001")
    stage.db.execute("delete from consents where kind = 'videregivelse'")
    stage.agreed(case, "X-SKO", ["bolig"])
    stage.lies(stage.task(case, "start_indsats"), "X-SKO")
    return "partner-x-sko", get("/sager/<nummer>", "/sager/2026-0001")


@without("inside: what others do")
def a_partner_with_a_consent_has_a_task_that_others_led_to(stage: Stage):
    case = stage.case("2026-0010")
    stage.agreed(case, "X-SKO", ["bolig"])
    task = stage.task(case, "samtykker")
    stage.lies(task, "X-SKO")
    return "partner-x-sko", get("/opgaver/<task_id>", f"/opgaver/{task}")


@without("inside: the lawyer's parts")
def a_lawyer_has_a_task(stage: Stage):
    stage.lies(stage.task(stage.case("2026-0001"), "start_indsats"), "jurist")
    return "jurist", get("/sager/<nummer>", "/sager/2026-0001")


# --- consents -----------------------------------------------------------------------------------------


@without("inside: what kind of consent")
def two_partners_were_agreed_to_for_different_things(stage: Stage):
    """The school was told of the home; the doctor, of how the citizen is."""
    case = _about_health(stage)
    stage.agreed(case, "X-GP", ["helbred"])
    return "partner-x-sko", get("/sager/<nummer>/plan", "/sager/2026-0001/plan")


@without("inside: a partner's goals")
def a_partner_opens_a_plan_of_something_else(stage: Stage):
    _about_health(stage)
    return "partner-x-sko", get("/sager/<nummer>/plan", "/sager/2026-0001/plan")


@without("case/plan plan_sight.of 1")
def a_partner_opens_a_case_whose_plan_is_of_something_else(stage: Stage):
    _about_health(stage)
    return "partner-x-sko", get("/sager/<nummer>", "/sager/2026-0001")


def _about_health(stage: Stage) -> str:
    """A case whose plan is about health, and of which the school may know the home alone."""
    case = stage.case("2026-0001")
    stage.db.execute("delete from consents where kind = 'videregivelse'")
    citizen = stage.citizen(case)
    for id_, text in stage.db.execute(
        "select id, content from plans where case_id = ?", (case,)
    ).fetchall():
        content = json.loads(text)
        for goal in content["maal"]:
            goal |= {"domaene": "helbred_fysisk", "person": citizen}
        stage.change("plans", f"id = '{id_}'", content=json.dumps(content))
    stage.agreed(case, "X-SKO", ["bolig"])
    return case


@without("people access.knows 1")
def a_partner_refers_the_one_of_a_family_who_said_no(stage: Stage):
    case = stage.case("2026-0001")
    stage.db.execute("delete from consents where kind = 'videregivelse'")
    stage.agreed(case, "X-SKO", ["bolig"])
    return "partner-x-sko", get("/henvis", person=stage.citizen(case, 1))


@without("registered access.visible_cases 1")
def somebody_is_in_another_case_as_well(stage: Stage):
    """The reader coordinates one of them."""
    query = "select name, birth_date from persons where id = ?"
    somebody = (stage.citizen(stage.case("2026-0001"), 1),)
    name, born = stage.db.execute(query, somebody).fetchone()
    form = {"navn": name, "foedt": born}
    return "koordinator-1", Asked("POST", "/personer/find", "/personer/find", {}, form)


# --- delegated competence -----------------------------------------------------------------------------


@without("delegations access.seen_among 1")
def a_unit_lets_somebody_decide_in_a_case_that_its_leader_does_not_see(stage: Stage):
    return "leder-job", get("/delegationer")


@without("delegations access.visible_tasks 1")
def another_unit_is_asked_to_let_somebody_decide(stage: Stage):
    """Each leader sees what their own unit is asked."""
    task = stage.task(stage.case("2026-0008"), "giv_delegation")
    stage.lies(task, "JOB-leder")
    return "leder-fam", get("/delegationer")


@without("delegation access.existing 1")
def what_a_unit_lets_somebody_decide_is_in_a_locked_case(stage: Stage):
    case = stage.case("2026-0008")
    stage.lock(case)
    stage.change("delegations", f"case_id = '{case}'", unit="JOB")
    return "leder-job", get("/delegationer")


# --- the committee ------------------------------------------------------------------------------------


@without("committee/room access.visible_tasks 1")
def the_chair_may_not_register_what_was_decided(stage: Stage):
    """The task lies with the secretary; the chair sees the item."""
    query = (
        "select i.meeting_id, i.number from agenda_items i join applications a"
        " on a.id = i.application_id where a.case_id = ? and i.ratifies"
    )
    meeting, number = stage.db.execute(query, (stage.case("2026-0002"),)).fetchone()
    stage.change("agenda_items", f"meeting_id = '{meeting}'", postponed_because="proevet")
    path = f"/udvalg/{meeting}/punkt/{number}"
    return "udvalg-formand", get("/udvalg/<committee_meeting_id>/punkt/<number>", path)


@without("committee/calendar access.parts 1")
def an_outsider_is_the_secretary_and_has_the_task(stage: Stage):
    task = stage.task(stage.case("2026-0004"), "saet_paa_dagsorden")
    stage.lies(task, "X-SKO")
    stage.add("roles", username="partner-x-sko", unit="VIS", role="udvalg_sekretaer")
    return "partner-x-sko", get("/udvalg")


# --- papers and meetings ------------------------------------------------------------------------------


@without("papers access.visible_cases 1")
def a_unit_takes_part_in_a_locked_case(stage: Stage):
    case = stage.case("2026-0001")
    stage.lock(case)
    stage.takes_part(case, "JOB")
    title = stage.one("select title from documents where case_id = ? and part = 'moeder'", case)
    return "sagsbehandler-job", get("/noter", ord=title)


@without("calendar access.whole_cases 1")
def a_duty_is_due_in_a_locked_case(stage: Stage):
    """The reader coordinates it; their own calendar follows an address of theirs."""
    stage.lock(stage.case("2026-0008"))
    feed = {"username": "koordinator-4", "holds": "mine", "made_at": "2026-12-01 08:00:00.000000"}
    stage.add("calendar_feeds", token_hash=sha256(b"adresse").hexdigest(), **feed)
    return "koordinator-4", get("/kalender/<token>.ics", "/kalender/adresse.ics")


@without("papers access.visible_cases 3")
def somebody_wrote_a_note_in_a_case_that_is_locked(stage: Stage):
    case = stage.case("2026-0001")
    stage.lock(case)
    query = "select author, title from notes where case_id = ? and author = 'sagsbehandler-mis'"
    writer, title = stage.db.execute(query, (case,)).fetchone()
    return writer, get("/noter", ord=title)


@without("inside: what is said of a meeting")
def a_partner_is_invited_to_a_meeting(stage: Stage):
    case = stage.case("2026-0001")
    stage.agreed(case, "X-SKO", ["bolig"])
    stage.change("meetings", f"case_id = '{case}'", state=HELD)
    return "partner-x-sko", _a_meeting(stage, "2026-0001")


@without("notices_told papers.meetings 1")
def somebody_is_named_to_a_meeting_that_is_not_theirs_to_see(stage: Stage):
    """They take part in the case; who is invited is units, and called by name are the others."""
    case = stage.case("2026-0001")
    stage.takes_part(case, "JOB")
    stage.change("meetings", f"case_id = '{case}'", called_by="sagsbehandler-mis")
    return "sagsbehandler-job", get("/beskeder")


@without("inside: invited as a process owner")
def a_unit_is_invited_where_somebody_sees_to_the_rules(stage: Stage):
    """They see the case by another unit, which is not invited."""
    case = stage.case("2026-0001")
    stage.takes_part(case, "PSY")
    stage.add("roles", username="sagsbehandler-psy", unit="FAM", role="procesejer")
    stage.change("meetings", f"case_id = '{case}'", called_by="sagsbehandler-mis")
    return "sagsbehandler-psy", get("/kalender", vis="enhed", uger="52")


@without("notices access.seen_among 1")
def what_somebody_wrote_is_granted_in_a_case_that_is_locked(stage: Stage):
    case = stage.case("2026-0005")
    stage.lock(case)
    yesterday = NOW.replace(day=NOW.day - 1, tzinfo=None).isoformat(" ", "microseconds")
    stage.change("grants", f"case_id = '{case}'", decided_at=yesterday)
    return "koordinator-3", get("/beskeder")


# --- what is due --------------------------------------------------------------------------------------


@without("inbox_next access.existing 1")
def the_next_day_is_in_a_locked_case(stage: Stage):
    """The reader answers for it alone, and has nothing to do."""
    return _only_a_locked_case(stage)


@without("inbox_next access.existing 2")
def the_only_day_is_in_a_locked_case(stage: Stage):
    return _only_a_locked_case(stage)


def _only_a_locked_case(stage: Stage) -> tuple[str, Asked]:
    case = stage.case("2026-0008")
    stage.change("cases", "koordinator = 'udvalg-1'", koordinator=None)
    stage.change("cases", f"id = '{case}'", koordinator="udvalg-1")
    stage.lock(case)
    return "udvalg-1", get("/opgaver")


# --- nothing is told without them ---------------------------------------------------------------------


@without("pages/imports access.may_see 1", TRIED)
def somebody_brings_in_a_case_of_another_unit(stage: Stage):
    told = {key: BROUGHT_IN.get(key, "") for key in HEADINGS if key != "goal"}
    told |= {"old_number": "G-9", "name": "Frode Fiktiv", "goals": BROUGHT_IN["goal"]}
    return "administrator", Asked("POST", "/overfoer/sag", "/overfoer/sag", {}, told)


@without("papers access.parts 1", TRIED)
def a_unit_writes_a_note(stage: Stage):
    case = stage.case("2026-0001")
    stage.takes_part(case, "JOB")
    form = {"tekst": "proevet", "art": "notat", "med": "", "id": "0" * 36}
    path = "/sager/2026-0001/noter"
    return "sagsbehandler-job", Asked("POST", "/sager/<nummer>/noter", path, {}, form)


@without("papers access.parts 3", TRIED)
def a_unit_opens_a_meeting_that_nobody_coordinates(stage: Stage):
    case = stage.case("2026-0001")
    stage.takes_part(case, "FAM")
    stage.change("cases", f"id = '{case}'", koordinator=None)
    return "sagsbehandler-fam", _a_meeting(stage, "2026-0001")


@without("task access.may 2", TRIED)
def a_partner_opens_a_task_that_another_has(stage: Stage):
    whose, asked = _an_outsiders_task(stage)
    stage.change("work_items", "desk = 'X-SKO'", assignee="partner-x-gp")
    return whose, asked


@without("task access.may 3", TRIED)
def a_partner_looks_to_whom_a_task_may_be_given(stage: Stage):
    return _an_outsiders_task(stage)


def _a_meeting(stage: Stage, nummer: str) -> Asked:
    query = "select id from meetings where case_id = ? order by at desc"
    meeting = stage.one(query, stage.case(nummer))
    return get("/sager/<nummer>/moeder/<meeting_id>", f"/sager/{nummer}/moeder/{meeting}")
