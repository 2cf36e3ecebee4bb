/** The whole drawing: pools under each other, messages between them, labels. */
import { bottom, midX, midY, overlaps, right, shift, union } from './geometry.mjs';
import { placeLabels } from './labels.mjs';
import { HEADER, layoutScope } from './place.mjs';
import { Router, STUB, ports } from './route.mjs';
import { annotationSize } from './text.mjs';

const ORIGIN = { x: 160, y: 80 };
const BLACK_BOX = 60;
const POOL_GAP = 70;

/** Returns {rects: Map, edges: Map, labels: Map}, absolute. */
export function layoutDiagram(drawing) {
  const rects = new Map(), edges = new Map();
  const drawn = drawing.pools.map((pool) => (pool.scope ? layoutScope(pool.scope, { pool: true }) : null));
  const width = Math.max(600, ...drawn.map((d) => (d ? d.width + HEADER + 20 : 0)));
  let y = ORIGIN.y;
  drawing.pools.forEach((pool, i) => {
    const result = drawn[i];
    const height = result ? result.height : BLACK_BOX;
    if (pool.id) rects.set(pool.id, { x: ORIGIN.x, y, width, height });
    if (result) addPool(pool, result, { x: ORIGIN.x + (pool.id ? HEADER : 0), y, width: width - HEADER }, rects, edges);
    y += height + POOL_GAP;
  });
  looseNotes(drawing, rects, y - POOL_GAP + 30);
  routeMessages(drawing, rects, edges);
  tieNotes(drawing, rects, edges);
  return { rects, edges, labels: labelAll(drawing, rects, edges) };
}

function addPool(pool, result, { x, y, width }, rects, edges) {
  const leaves = [];
  const walk = (lanes, inset) => lanes.forEach((lane) => {
    if (lane.children.length) walk(lane.children, inset);
    else leaves.push(lane);
  });
  walk(pool.scope.lanes, 0);
  leaves.forEach((lane, i) => rects.set(lane.id, { x, y: y + result.lanes[i].y, width, height: result.lanes[i].height }));
  const parents = (lanes) => lanes.forEach((lane) => {
    if (!lane.children.length) return;
    parents(lane.children);
    rects.set(lane.id, union(lane.children.map((c) => rects.get(c.id))));
  });
  parents(pool.scope.lanes);
  for (const [id, rect] of result.rects) rects.set(id, shift(rect, x, y));
  for (const [id, points] of result.edges) edges.set(id, points.map((p) => ({ x: p.x + x, y: p.y + y })));
}

/** Notes of the collaboration stand below everything. */
function looseNotes(drawing, rects, y) {
  let x = ORIGIN.x;
  for (const note of drawing.notes) {
    const size = annotationSize(note.name);
    rects.set(note.id, { x, y, ...size });
    x += size.width + 30;
  }
}

function* scopesOf(drawing) {
  const stack = drawing.pools.map((p) => p.scope).filter(Boolean);
  while (stack.length) {
    const scope = stack.shift();
    yield scope;
    stack.push(...[...scope.nodes, ...scope.eventSubs].filter((n) => n.scope).map((n) => n.scope));
  }
}

/** id -> ids of the sub-processes around it, so that a message may enter them. */
function ancestors(drawing) {
  const around = new Map();
  const walk = (scope, chain) => {
    for (const node of [...scope.nodes, ...scope.eventSubs, ...scope.boundary]) {
      around.set(node.id, chain);
      if (node.scope) walk(node.scope, [...chain, node.id]);
    }
  };
  for (const pool of drawing.pools) if (pool.scope) walk(pool.scope, []);
  return around;
}

function routeMessages(drawing, rects, edges) {
  if (!drawing.messages.length) return;
  const pools = new Set(drawing.pools.map((p) => p.id));
  const around = ancestors(drawing);
  const obstacles = new Map([...around.keys()].map((id) => [id, rects.get(id)]).filter(([, r]) => r));
  for (const note of [...scopesOf(drawing)].flatMap((s) => s.notes)) obstacles.set(note.id, rects.get(note.id));
  const xs = [], ys = [];
  for (const rect of obstacles.values()) {
    for (const port of ports(rect, { left: 0, right: 0, top: 0, bottom: 0 }, { spread: rect.width > 60 })) {
      xs.push(port.x + (port.side === 'left' ? -STUB : port.side === 'right' ? STUB : 0));
      ys.push(port.y + (port.side === 'top' ? -STUB : port.side === 'bottom' ? STUB : 0));
    }
    xs.push(rect.x - 20, right(rect) + 20);
  }
  for (const points of edges.values()) for (const p of points) xs.push(p.x), ys.push(p.y);
  for (const id of pools) {
    const r = rects.get(id);
    for (const d of [STUB, 26, 39, 52]) ys.push(r.y - d, bottom(r) + d);
  }
  const range = union([...pools].map((id) => rects.get(id)));
  const router = new Router(
    xs.filter((x) => x > range.x + HEADER && x < right(range)), ys, obstacles);
  for (const [id, points] of edges) router.occupy({ id, kind: 'flow', target: id }, points);

  const far = (m) => Math.abs(midY(rects.get(m.source)) - midY(rects.get(m.target)));
  const known = drawing.messages.filter((m) => rects.has(m.source) && rects.has(m.target));
  for (const m of [...known].sort((a, b) => far(a) - far(b))) {
    const from = rects.get(m.source), to = rects.get(m.target);
    const up = midY(to) < midY(from);
    const dock = (id, rect, side) => (pools.has(id) ? alongPool(router.xs, rect, side) : nodePorts(rect, side));
    const through = new Set([...(around.get(m.source) ?? []), ...(around.get(m.target) ?? [])]);
    const points = router.route({ id: m.id, kind: 'message', target: m.target }, dock(m.source, from, up ? 'top' : 'bottom'),
      dock(m.target, to, up ? 'bottom' : 'top'), through);
    edges.set(m.id, points ?? [{ x: midX(from), y: up ? from.y : bottom(from) }, { x: midX(from), y: up ? bottom(to) : to.y }]);
  }
}

function alongPool(xs, rect, side) {
  const y = side === 'top' ? rect.y : bottom(rect);
  return xs.filter((x) => x > rect.x + HEADER + 20 && x < right(rect) - 20).map((x) => ({ side, x, y, cost: 0 }));
}

function nodePorts(rect, side) {
  const other = side === 'top' ? 'bottom' : 'top';
  return ports(rect, { [side]: 0, [other]: 120, left: 90, right: 90 }, { spread: rect.width > 60 });
}

/** A note's tie is a short straight line between the two nearest sides. */
function tieNotes(drawing, rects, edges) {
  const scopes = [...scopesOf(drawing)];
  const ties = [...drawing.ties, ...scopes.flatMap((s) => s.ties)];
  const notes = new Set([...drawing.notes, ...scopes.flatMap((s) => s.notes)].map((n) => n.id));
  for (const tie of ties) {
    const end = (id) => rects.get(id) ?? pointOn(edges.get(id));
    const a = end(tie.source), b = end(tie.target);
    if (!a || !b) continue;
    const points = straight(a, b, notes.has(tie.source) ? a : notes.has(tie.target) ? b : null);
    edges.set(tie.id, points);
  }
}

function pointOn(points) {
  if (!points) return null;
  const [a, b] = points;
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, width: 0, height: 0 };
}

function straight(a, b, note) {
  if (!overlaps({ ...a, x: 0, width: 1 }, { ...b, x: 0, width: 1 })) {
    const low = a.y > b.y;
    const from = Math.max(a.x, b.x), to = Math.min(right(a), right(b));
    // The open bracket of a note is on its left: a tie that starts there looks deliberate.
    const x = from <= to ? (note ? Math.round(Math.max(from, Math.min(note.x + 20, to))) : (from + to) / 2) : null;
    return [
      { x: x ?? midX(a), y: low ? a.y : bottom(a) }, { x: x ?? midX(b), y: low ? bottom(b) : b.y },
    ];
  }
  const before = a.x < b.x;
  return [{ x: before ? right(a) : a.x, y: midY(a) }, { x: before ? b.x : right(b), y: midY(b) }];
}

function labelAll(drawing, rects, edges) {
  const scopes = [...scopesOf(drawing)];
  const shapes = scopes.flatMap((s) => [...s.nodes, ...s.boundary, ...s.eventSubs, ...s.notes]);
  const lines = [...edges.values()];
  const flows = scopes.flatMap((s) => s.flows), pools = new Set(drawing.pools.map((p) => p.id));
  const obstacles = shapes.filter((n) => n.kind !== 'sub').map((n) => rects.get(n.id));
  // The frame and the title of a sub-process are no place for a label either.
  for (const sub of shapes.filter((n) => n.kind === 'sub')) {
    const r = rects.get(sub.id);
    obstacles.push({ x: r.x, y: r.y, width: r.width, height: sub.name ? 26 : 4 }, { x: r.x, y: bottom(r) - 3, width: r.width, height: 6 });
    obstacles.push({ x: r.x - 3, y: r.y, width: 6, height: r.height }, { x: right(r) - 3, y: r.y, width: 6, height: r.height });
  }
  for (const pool of drawing.pools) if (pool.id && !pool.scope) obstacles.push(rects.get(pool.id));
  for (const lane of scopes.flatMap((s) => s.lanes)) {
    const r = rects.get(lane.id);
    if (r) obstacles.push({ x: r.x, y: r.y - 2, width: r.width, height: 4 }, { x: r.x, y: r.y, width: HEADER, height: r.height });
  }

  const named = (list) => list.filter((n) => n.name && rects.has(n.id)).map((n) => ({ ...n, rect: rects.get(n.id) }));
  const guests = scopes.flatMap((s) => s.boundary.map((b) => ({ ...b, guests: s.boundary.filter((o) => o.host === b.host).length })));
  const things = [
    ...named(shapes.filter((n) => n.kind === 'gateway')),
    ...named(shapes.filter((n) => n.kind === 'event' && !n.host)),
    ...named(guests),
    ...named(shapes.filter((n) => n.kind === 'data')),
    ...flows.filter((f) => f.name && edges.has(f.id)).map((f) => ({ ...f, ...ownPart(f, flows, edges) })),
    ...drawing.messages.filter((m) => m.name && edges.has(m.id)).map((m) => ({ ...m, points: nearPool(edges.get(m.id), pools.has(m.source)) })),
  ];
  return placeLabels(things, obstacles, lines);
}

/** A message's name reads best in the open between the pools: at the end that touches one. */
function nearPool(points, fromPool) {
  return fromPool ? points : [...points].reverse();
}

/** The part of a flow that it does not share with another way out of the same place. */
function ownPart(flow, flows, edges) {
  const points = edges.get(flow.id);
  const siblings = flows.filter((f) => f !== flow && f.source === flow.source && edges.has(f.id)).map((f) => edges.get(f.id));
  let shared = 0;
  for (const other of siblings) {
    let n = 0;
    while (n < points.length && n < other.length && points[n].x === other[n].x && points[n].y === other[n].y) n++;
    if (n === 0) continue;
    const a = points[n - 1], b = points[n], c = other[n];
    if (!b || !c) continue;
    // From the last common corner both may still run the same way for a while.
    const same = (a.x === b.x && a.x === c.x && Math.sign(b.y - a.y) === Math.sign(c.y - a.y)) ||
      (a.y === b.y && a.y === c.y && Math.sign(b.x - a.x) === Math.sign(c.x - a.x));
    if (!same) { shared = Math.max(shared, n - 1); continue; }
    const reach = (p) => Math.abs(p.x - a.x) + Math.abs(p.y - a.y);
    shared = Math.max(shared, reach(b) > reach(c) ? n - 1 + reach(c) / (reach(b) + 1) : n);
  }
  const from = Math.floor(shared);
  if (from >= points.length - 1) return { points };
  const rest = points.slice(from);
  if (shared > from) {
    const t = shared - from, a = rest[0], b = rest[1];
    rest[0] = { x: a.x + (b.x - a.x) * t, y: a.y + (b.y - a.y) * t };
  }
  return { points: rest, branches: shared > 0 };
}
