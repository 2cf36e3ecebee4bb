"""Random nets of tasks and gateways, and an interpreter of them that knows nothing of ours.

Tokens lie on flows or in tasks; the rules are those of BPMN 2.0, chapter 13. Every choice is a
variable named by its flow, so that both sides choose the same.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from random import Random
from xml.sax.saxutils import quoteattr


@dataclass
class Net:
    kinds: dict[str, str] = field(default_factory=dict)
    flows: dict[str, tuple[str, str]] = field(default_factory=dict)

    def node(self, kind: str) -> str:
        name = f"{kind}_{len(self.kinds)}"
        self.kinds[name] = kind
        return name

    def flow(self, source: str, target: str) -> None:
        self.flows[f"f{len(self.flows)}"] = (source, target)

    def out(self, node: str) -> list[str]:
        return [f for f, (source, _) in self.flows.items() if source == node]

    def into(self, node: str) -> list[str]:
        return [f for f, (_, target) in self.flows.items() if target == node]

    def choices(self) -> list[str]:
        split = [n for n, kind in self.kinds.items() if kind in ("xor", "or")]
        return [f for n in split if len(self.out(n)) > 1 for f in self.out(n)[1:]]

    def xml(self) -> bytes:
        tags = {"task": "userTask", "xor": "exclusiveGateway", "and": "parallelGateway",
                "or": "inclusiveGateway", "start": "startEvent", "end": "endEvent"}  # fmt: skip
        lines = []
        for name, kind in self.kinds.items():
            default = self.out(name)[0] if name in self._splits() else None
            mark = f" default={quoteattr(default)}" if default else ""
            lines.append(f'<bpmn:{tags[kind]} id="{name}"{mark}/>')
        for flow, (source, target) in self.flows.items():
            kind = 'xsi:type="bpmn:tFormalExpression"'
            text = f"= {flow}" if flow in self.choices() else ""
            condition = f"<bpmn:conditionExpression {kind}>{text}</bpmn:conditionExpression>"
            ends = f'sourceRef="{source}" targetRef="{target}"'
            inner = condition if text else ""
            lines.append(f'<bpmn:sequenceFlow id="{flow}" {ends}>{inner}</bpmn:sequenceFlow>')
        return (
            '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
            'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="d" targetNamespace="x">'
            f'<bpmn:process id="net" isExecutable="true">{"".join(lines)}</bpmn:process>'
            "</bpmn:definitions>"
        ).encode()

    def _splits(self) -> set[str]:
        return {self.flows[f][0] for f in self.choices()}


def random_net(random: Random) -> Net:
    """Blocks in blocks, with loops, and with flows that leave a block for the end."""
    net = Net()
    start, end = net.node("start"), net.node("end")

    def block(depth: int) -> tuple[str, str]:
        what = random.choice(["task", "row", "xor", "and", "or", "loop"] if depth else ["task"])
        if what == "task":
            one = net.node("task")
            return one, one
        if what == "row":
            first, second = block(depth - 1), block(depth - 1)
            net.flow(first[1], second[0])
            return first[0], second[1]
        if what == "loop":
            into, out, inner = net.node("xor"), net.node("xor"), block(depth - 1)
            net.flow(into, inner[0])
            net.flow(inner[1], out)
            after = net.node("task")
            net.flow(out, after)
            net.flow(out, into)
            return into, after
        split, join = net.node(what), net.node(what)
        for _ in range(random.randint(2, 3)):
            inner = block(depth - 1)
            net.flow(split, inner[0])
            if what == "or" and random.random() < 0.3:
                leave = net.node("xor")
                net.flow(inner[1], leave)
                net.flow(leave, join)
                net.flow(leave, end)
            else:
                net.flow(inner[1], join)
        return split, join

    first, last = block(3)
    net.flow(start, first)
    net.flow(last, end)
    return net


class Stalled(Exception):
    """Tokens wait at joins for others that cannot come."""


class Game:
    """The interpreter."""

    def __init__(self, net: Net, chosen: dict[str, bool]):
        self.net, self.chosen = net, dict(chosen)
        self.on: Counter[str] = Counter(net.out(next(n for n in net.kinds if "start" in n)))
        self.busy: Counter[str] = Counter()
        self.settle()

    def complete(self, task: str, chosen: dict[str, bool]) -> None:
        self.chosen.update(chosen)
        self.busy[task] -= 1
        self.on.update(self.net.out(task))
        self.settle()

    def open(self) -> list[str]:
        return sorted(self.busy.elements())

    def settle(self) -> None:
        while self._move() or self._inclusive():
            pass
        if self.on.total() and not self.busy.total():
            raise Stalled

    def _move(self) -> bool:
        for flow in list(+self.on):
            node = self.net.flows[flow][1]
            kind, into = self.net.kinds[node], self.net.into(node)
            if kind == "and" and not all(self.on[f] for f in into):
                continue
            if kind == "or" and len(into) > 1:
                continue
            self.on.subtract(into if kind == "and" else [flow])
            self.on = +self.on
            if kind == "task":
                self.busy[node] += 1
            else:
                self.on.update(self._ways(node, kind))
            return True
        return False

    def _ways(self, node: str, kind: str) -> list[str]:
        out = self.net.out(node)
        if kind in ("and", "end") or len(out) < 2:
            return out
        true = [f for f in out[1:] if self.chosen[f]]
        return (true[:1] if kind == "xor" else true) or out[:1]

    def _inclusive(self) -> bool:
        for node, kind in self.net.kinds.items():
            into = self.net.into(node) if kind == "or" else []
            full = {f for f in into if self.on[f]}
            if len(into) > 1 and full and not self._awaited(node, set(into), full):
                self.on.subtract(full)
                self.on = +self.on
                self.on.update(self._ways(node, kind))
                return True
        return False

    def _awaited(self, gateway: str, into: set[str], full: set[str]) -> bool:
        tokens = [f for f in +self.on if f not in into]
        tokens += [f for task in +self.busy for f in self.net.out(task)]
        for token in tokens:
            reached, todo = {token}, [token]
            while todo:
                node = self.net.flows[todo.pop()][1]
                if node != gateway:
                    more = [f for f in self.net.out(node) if f not in reached]
                    reached.update(more)
                    todo.extend(more)
            if reached & (into - full) and not reached & full:
                return True
        return False
