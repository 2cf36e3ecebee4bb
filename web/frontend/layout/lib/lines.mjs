/** The sequence flows of one scope: which lines the router may use, in which order, from which side to which. */
import { bottom, midX, midY, right } from './geometry.mjs';
import { Router, STUB, ports } from './route.mjs';
import { labelSize } from './text.mjs';

export const TRACK = 13;

/** Lines in a channel, evenly spread. */
function tracks({ from, to }) {
  const count = Math.max(1, Math.floor((to - from - 2 * 16) / TRACK) + 1);
  const step = (to - from) / (count + 1);
  return Array.from({ length: count }, (_, i) => Math.round(from + (i + 1) * step));
}

/** Every sequence flow of a scope: straight ones first, then the near, then the far, then what leads back. */
export function routeAll(plan, rects, across, down) {
  const { scope, ranks, rows, laneOf, back, hosted } = plan;
  const xs = [], ys = [];
  const fixedX = new Set(), fixedY = new Set();
  const kind = new Map([...scope.nodes, ...scope.boundary].map((n) => [n.id, n.kind]));
  const docking = (id, spreads = true) => ({
    spread: spreads && ['task', 'sub'].includes(kind.get(id)), axis: plan.inner.has(id) ? plan.axis(id) : undefined,
  });
  for (const [id, rect] of rects) {
    for (const port of ports(rect, { left: 0, right: 0, top: 0, bottom: 0 }, docking(id))) {
      const sx = port.x + (port.side === 'left' ? -STUB : port.side === 'right' ? STUB : 0);
      const sy = port.y + (port.side === 'top' ? -STUB : port.side === 'bottom' ? STUB : 0);
      fixedX.add(sx), fixedY.add(sy);
    }
  }
  xs.push(...fixedX), ys.push(...fixedY);
  const clear = (value, fixed, by) => ![...fixed].some((f) => f !== value && Math.abs(f - value) < by);
  for (const channel of across.channels) xs.push(...tracks(channel).filter((v) => clear(v, fixedX, 9)));
  for (const channel of down.channels) ys.push(...tracks(channel).filter((v) => clear(v, fixedY, 9)));
  const height = down.height;
  const lines = { xs: xs.filter((x) => x >= 0 && x <= (down.width ?? across.width)), ys: ys.filter((y) => y >= 4 && y <= height - 4) };

  const soft = [];
  for (const node of scope.nodes) {
    if (!node.name || (node.kind !== 'gateway' && node.kind !== 'event')) continue;
    const rect = rects.get(node.id), s = labelSize(node.name);
    const y = node.kind === 'gateway' ? rect.y - s.height - 4 : bottom(rect) + 4;
    soft.push({ x: midX(rect) - s.width / 2, y, ...s });
  }
  const router = new Router(lines.xs, lines.ys, rects, soft);

  const host = new Map(scope.boundary.map((b) => [b.id, b.host]));
  const anchor = (id) => host.get(id) ?? id;
  const known = scope.flows.filter((f) => rects.has(f.source) && rects.has(f.target));
  const far = (f) => {
    const a = anchor(f.source), b = f.target;
    const sameRow = laneOf(a) === laneOf(b) && rows.get(a) === rows.get(b) && !host.has(f.source);
    return (back.has(f.id) ? 1000 : 0) + (sameRow ? 0 : 100) + (host.has(f.source) ? -50 : 0) +
      Math.abs((ranks.get(b) ?? 0) - (ranks.get(a) ?? 0)) + 5 * Math.abs(laneOf(a) - laneOf(b));
  };
  const order = known.map((f, i) => ({ f, i, far: far(f) })).sort((a, b) => a.far - b.far || a.i - b.i);
  const ways = (id) => (kind.get(id) === 'gateway' ? scope.flows.filter((f) => f.source === id).length : 0);
  const edges = new Map();
  for (const { f } of order) {
    const from = rects.get(f.source), to = rects.get(f.target);
    const edge = { id: f.id, source: f.source, target: f.target, kind: 'flow', alone: f.isDefault, axis: { x: midX(from), y: midY(from) } };
    const points = router.route(edge,
      ports(from, sourceCosts(f, kind, host, back), docking(f.source, back.has(f.id))),
      ports(to, targetCosts(f, kind, back, ways(f.target)), docking(f.target)));
    edges.set(f.id, points ?? fallback(from, to));
  }
  edges.xs = lines.xs, edges.ys = lines.ys;
  return edges;
}

function sourceCosts(flow, kind, host, back) {
  if (host.has(flow.source)) return { bottom: 0 };
  if (back.has(flow.id)) return { top: 0, bottom: 0, right: 30, left: 120 };
  return kind.get(flow.source) === 'gateway'
    ? { right: 0, bottom: 5, top: 5, left: 250 }
    : { right: 0, bottom: 50, top: 50, left: 300 };
}

function targetCosts(flow, kind, back, ways) {
  // A gateway with three ways out needs its corners for them.
  if (ways > 2) return { left: 0, top: 140, bottom: 140, right: 400 };
  if (back.has(flow.id)) return { top: 0, bottom: 0, left: 40, right: 120 };
  return kind.get(flow.target) === 'gateway'
    ? { left: 0, top: 10, bottom: 10, right: 250 }
    : { left: 0, top: 50, bottom: 50, right: 250 };
}

/** Never seen in practice: no way through; a straight line is better than none. */
function fallback(a, b) {
  return [{ x: right(a), y: midY(a) }, { x: b.x, y: midY(b) }];
}
