"""One step: everything that one verb does, inside one transaction.

A step loads the instances it needs, lets them run, delivers what they throw, and writes the
difference: instance, work items, timers, subscriptions, variables, events. The caller commits.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import bpmn, clock, diagrams, events
from engine.casework import journal, keeping, saving, undated
from engine.casework.host import CaseHost
from engine.domain import cases
from engine.domain.cases import Case
from engine.events import Entry
from engine.instances import RUNNING, WITH_STATE, Instance, Subscription
from engine.store import new_id


def drain(lines: list) -> list:
    """What has been written since last time; the list is left empty."""
    taken = list(lines)
    lines.clear()
    return taken


class Run:
    """One instance in memory during a step, and what it looked like before."""

    def __init__(self, step: Step, instance: Instance, case: Case):
        self.instance, self.case = instance, case
        self.host = CaseHost(step, self)
        self.flow: bpmn.Flow | None = None
        self.before = saving.Picture()
        #: All answers of a start form, for the services of this step only.
        self.told: Mapping[str, Any] = {}
        #: What the form of the task being completed asks: an older answer is no answer to it.
        self.asked: frozenset[str] = frozenset()

    def serve(self, work: bpmn.WorkItem) -> None:
        """Run the service that waits as a job, and let the diagram go on."""
        try:
            result = self.host.serve(work.call)
        except bpmn.BpmnError as error:
            self.flow.fail(work.id, error)
        else:
            self.flow.resume(work.id, result)


@dataclass(frozen=True)
class Message:
    """Something thrown, on its way to whoever waits."""

    case: Case | None  # where it was thrown; a signal from outside was thrown nowhere
    kind: str  # message | signal
    name: str
    key: str | None
    data: Mapping[str, Any]
    origin: str | None = None  # the instance it left, for signals: they were heard there already


class Step:
    """One verb at work. Ends with `save()`; whoever opened the transaction commits it."""

    def __init__(
        self,
        session: Session,
        actor: str,
        on_behalf_of: str | None = None,
        job_id: int | None = None,
    ):
        self.session, self.actor, self.on_behalf_of = session, actor, on_behalf_of
        self.job_id = job_id
        self.now = clock.now()
        #: Work that this step completed, and work that certainly has no hold to take away.
        self.done: set[str] = set()
        self.never_held: set[str] = set()
        self.runs: dict[str, Run] = {}
        self._cases: dict[str, Case] = {}
        self._entries: dict[str, list[Entry]] = {}
        self._noted: list[tuple[Case, Entry]] = []
        self._people: dict[str, tuple] = {}
        self._standing: dict[str, tuple] = {}
        self._messages: deque[Message] = deque()
        self._starts: deque[tuple[Case, str, dict]] = deque()

    def case(self, case: Case) -> Case:
        """Take part in a case whose row the caller has locked."""
        if case.id not in self._cases:
            self._cases[case.id] = case
            self._people[case.id] = saving.people(case)
            self._standing[case.id] = keeping.standing(case)
        return case

    def taking_part(self) -> list[Case]:
        """The cases of this step so far."""
        return list(self._cases.values())

    def standing(self, case: Case) -> tuple:
        """How the case stood when the step took it in."""
        return self._standing[case.id]

    def lock(self, case_id: str) -> Case:
        """The case, its row locked for the rest of the transaction."""
        if case_id not in self._cases:
            query = select(Case).where(Case.id == case_id).with_for_update()
            self.case(self.session.scalars(query).one())
        return self._cases[case_id]

    def load(self, instance_id: str) -> Run:
        """The instance in memory, its case and its row locked."""
        if instance_id in self.runs:
            return self.runs[instance_id]
        query = (
            select(Instance, Case)
            .join(Case, Case.id == Instance.case_id)
            .where(Instance.id == instance_id)
            .options(*WITH_STATE)
            .with_for_update()
        )
        instance, case = self.session.execute(query).one()
        return self.run_of(instance, self.case(case))

    def run_of(self, instance: Instance, case: Case) -> Run:
        """Wake an instance whose row, state and case are at hand and locked."""
        run = Run(self, instance, self.case(case))
        program = diagrams.program(self.session, instance.release_id)
        run.flow = bpmn.Flow.load(program, run.host, instance.state, instance.scopes)
        run.before = saving.Picture.of(run.flow)
        self.runs[instance.id] = run
        return run

    def start(
        self,
        case: Case,
        process: str,
        variables: Mapping[str, Any] | None = None,
        message: str | None = None,
        told: Mapping[str, Any] | None = None,
        start_event: str | None = None,
    ) -> Run:
        """Start a process on a case, under the release that is in force now.

        `told`: all answers of the start form, seen by the services of this step only.
        """
        release = diagrams.current_release(self.session, process)
        program = diagrams.program(self.session, release.id)
        instance = Instance(
            id=new_id(),
            case_id=case.id,
            process=process,
            release_id=release.id,
            status=RUNNING,
            started_at=self.now,
            started_by=self.actor,
        )
        run = self.runs[instance.id] = Run(self, instance, self.case(case))
        run.told = dict(told or {})
        run.flow = bpmn.Flow.start(
            program,
            run.host,
            process=process,
            variables=variables,
            message=message,
            start_event=start_event,
        )
        noted, self._noted = self._noted, []
        for which, entry in noted:
            self.note(which, entry)
        return run

    def start_by(
        self, kind: str, name: str, data: Mapping[str, Any], case: Case | None = None
    ) -> bool:
        """Start what a message or signal starts: on the case, else on one without a citizen."""
        starts = diagrams.own_starts(self.session, kind, name)
        for start in starts:
            on = case or self.case(cases.create(self.session, "andet"))
            if case is None:
                self.record(on, "case_opened", process=start.process, message=name)
            self.start(
                on,
                start.process,
                data,
                message=name if kind == "message" else None,
                start_event=start.element,
            )
        return bool(starts)

    def note(self, case: Case, entry: Entry) -> None:
        """Put an event behind what the flows of this case have done so far."""
        self._gather()
        if any(run.flow is None for run in self.runs.values()):
            # A flow that is just starting tells what it did when it has come to rest.
            self._noted.append((case, entry))
        else:
            self._entries.setdefault(case.id, []).append(entry)

    def record(self, case: Case, kind: str, content: Mapping | None = None, **columns) -> None:
        """As `note`, with the actor filled in. `columns` are those of `Entry`; others are facts."""
        known = {name: columns.pop(name) for name in saving.ENTRY_COLUMNS if name in columns}
        entry = Entry(kind, self.actor, self.on_behalf_of, **known, facts=columns, content=content)
        self.note(case, entry)

    def send(
        self,
        case: Case,
        name: str,
        data: Mapping[str, Any],
        *,
        key: str | None = None,
        kind: str = "message",
        origin: str | None = None,
    ) -> None:
        """Something is to be delivered after the flow has come to rest."""
        self._messages.append(Message(case, kind, name, key, data, origin))

    def start_later(self, case: Case, process: str, variables: Mapping[str, Any]) -> None:
        """A further process on the case, after the flow has come to rest."""
        self._starts.append((case, process, dict(variables)))

    def starting(self) -> list[tuple[Case, str, dict]]:
        """The further processes that are to be started."""
        return list(self._starts)

    def written(self, kind: str) -> list[tuple[Case, Entry]]:
        """The events of one kind that the step has brought so far."""
        self._gather()
        lines = [(self._cases[id_], line) for id_, found in self._entries.items() for line in found]
        return [(case, line) for case, line in lines if line.kind == kind]

    def settle(self) -> None:
        """Deliver what was thrown and start what was asked for, until all is quiet."""
        while True:
            self._gather()
            if self._messages:
                message = self._messages.popleft()
                heard = self.deliver(message)
                if message.kind == "signal":
                    self.start_by("signal", message.name, message.data)
                elif not heard:
                    self.record(message.case, "message_unheard", message=message.name)
            elif self._starts:
                case, process, variables = self._starts.popleft()
                self.start(case, process, variables)
            else:
                return

    def deliver(self, message: Message) -> bool:
        """Give a message to whoever waits for it; False when nobody does."""
        heard = False
        for instance_id, waiting in self.waiting(message).items():
            run = self.load(instance_id)
            # What was delivered a moment ago may have ended the wait.
            left = waiting & {s.id for s in run.flow.subscriptions}
            if message.kind == "signal":
                run.flow.signal(message.name, dict(message.data))
            elif left:
                run.flow.tell(message.name, dict(message.data), among=left)
            else:
                continue
            heard = True
        return heard

    def waiting(self, message: Message) -> dict[str, set[str]]:
        """Who waits: subscriptions by instance; of this case first, else by the key.

        Of those in one instance the innermost hears a message, so that new information brings a
        waiting follow-up forward and does not also become a task. A signal goes to everybody who
        waits, in every case, in the order of their cases.
        """
        rows = self._subscriptions(message)
        if message.kind == "signal":
            chosen = [row for row in rows if row.instance_id != message.origin]
        else:
            here = [row for row in rows if row.case_id == message.case.id]
            keyed = [row for row in rows if message.key is not None and row.key == message.key]
            chosen = [row for row in keyed if row in here] or here or keyed
        found: dict[str, set[str]] = {}
        for row in chosen:
            found.setdefault(row.instance_id, set()).add(row.id)
        return found

    def _subscriptions(self, message: Message) -> list[Subscription]:
        query = select(Subscription).where(
            Subscription.kind == message.kind, Subscription.name == message.name
        )
        if message.kind == "message":
            mine = Subscription.case_id == message.case.id
            query = query.where(mine | (Subscription.key == message.key) if message.key else mine)
        rows = [
            row
            for row in self.session.scalars(query.order_by(Subscription.case_id, Subscription.id))
            if row.instance_id not in self.runs
        ]
        for run in self.runs.values():
            rows += [
                Subscription(
                    id=waiting.id,
                    instance_id=run.instance.id,
                    case_id=run.case.id,
                    kind=waiting.kind,
                    name=waiting.name,
                    key=saving.as_text(waiting.key),
                )
                for waiting in run.flow.subscriptions
                if (waiting.kind, waiting.name) == (message.kind, message.name)
            ]
        return sorted(rows, key=lambda row: row.case_id)

    def _gather(self) -> None:
        """Take over what the flows have thrown and written since last time."""
        for run in self.runs.values():
            if run.flow is None:
                continue
            self._entries.setdefault(run.case.id, []).extend(
                journal.entries(self, run, drain(run.flow.journal))
            )
            for thrown in drain(run.flow.outgoing):
                self.send(
                    run.case,
                    thrown.name,
                    thrown.data,
                    key=thrown.key,
                    kind=thrown.kind,
                    origin=run.instance.id,
                )

    def save(self) -> None:
        """Write the difference that the step has made."""
        self.settle()
        undated.look(self)
        keeping.look(self)
        self.settle()
        with self.session.no_autoflush:
            for run in self.runs.values():
                saving.save(self, run)
            for case_id, case in self._cases.items():
                saving.follow_people(self.session, case, self._people[case_id])
                entries = self._entries.get(case_id)
                if entries:
                    events.append(self.session, case, entries)
                case.revision += 1
        self.session.flush()
