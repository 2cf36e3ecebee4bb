/**
 * One scope (a process or a sub-process) from the grid to pixels: columns, rows, lanes, edges.
 *
 * Laid out twice: first with wide channels to see how many lines run in each, then with channels
 * just wide enough for them. Sub-processes are laid out before the scope that holds them.
 */
import { grid } from './grid.mjs';
import { bottom, midX, right, shift } from './geometry.mjs';
import { TRACK, routeAll } from './lines.mjs';
import { STUB } from './route.mjs';
import { annotationSize, labelSize, taskSize, textWidth, wrap, TASK_FONT } from './text.mjs';

const WIDE = { gutter: 110, gap: 110 };
const GUTTER = 40;
const GAP = 34;
const LANE_PAD = 26;
const LANE_MIN = 130;
const SUB_PAD = { left: 30, right: 30, top: 38, bottom: 26 };
export const HEADER = 30;

/** Returns {width, height, rects, edges, lanes, labels}: everything relative to the upper left corner. */
export function layoutScope(scope, { pool = false } = {}) {
  const inner = new Map();
  for (const sub of [...scope.nodes, ...scope.eventSubs].filter((n) => n.kind === 'sub')) {
    inner.set(sub.id, layoutSub(sub));
  }
  const plan = makePlan(scope, inner, pool);
  const first = draw(plan, null);
  return draw(plan, demand(first));
}

function layoutSub(sub) {
  const content = layoutScope(sub.scope);
  const foot = SUB_PAD.bottom + (sub.marker ? 14 : 0);
  const title = textWidth(sub.name ?? '', TASK_FONT) + 40;
  const width = Math.max(content.width + SUB_PAD.left + SUB_PAD.right, Math.min(title, 420));
  const titleLines = sub.name ? wrap(sub.name, width - 20, TASK_FONT).length : 0;
  const top = SUB_PAD.top + Math.max(0, titleLines - 1) * 14;
  return {
    width: round10(width),
    height: round10(content.height + top + foot),
    dx: Math.round((round10(width) - content.width) / 2), dy: top, content,
    axis: top + content.axis,
  };
}

const round10 = (n) => Math.ceil(n / 10) * 10;

/** Everything about the scope that does not depend on how wide the channels are. */
function makePlan(scope, inner, pool) {
  const leaves = pool ? leafLanes(scope.lanes) : [];
  const laneOf = laneFinder(scope, leaves);
  const hosted = new Map();
  for (const b of scope.boundary) hosted.set(b.host, [...(hosted.get(b.host) ?? []), b]);

  const size = new Map();
  for (const node of [...scope.nodes, ...scope.eventSubs]) {
    size.set(node.id, sizeOf(node, inner, hosted.get(node.id)?.length ?? 0));
    const { width } = size.get(node.id);
    node.span = node.kind === 'sub' ? Math.max(1, Math.round((width + GUTTER) / (130 + GUTTER))) : 1;
  }
  // Where the straight line enters: in the middle, or at the height of a sub-process' own first row.
  const axis = (id) => inner.get(id)?.axis ?? size.get(id).height / 2;
  const { ranks, rows, back } = grid(scope, laneOf);
  const columns = Math.max(0, ...scope.nodes.map((n) => ranks.get(n.id) + n.span));
  const notes = placeNotes(scope, ranks, rows, laneOf, size);
  return { scope, inner, pool, leaves, laneOf, hosted, size, axis, ranks, rows, back, columns, notes };
}

function sizeOf(node, inner, guests) {
  if (node.kind === 'event') return { width: 36, height: 36 };
  if (node.kind === 'gateway') return { width: 50, height: 50 };
  if (node.kind === 'sub') return { width: inner.get(node.id).width, height: inner.get(node.id).height };
  const size = taskSize(node.name ?? '', { icon: node.type !== 'bpmn:Task', marker: node.marker || node.type === 'bpmn:CallActivity' });
  return { ...size, width: Math.max(size.width, guests * 70) };
}

export function leafLanes(lanes) {
  return lanes.flatMap((lane) => (lane.children.length ? leafLanes(lane.children) : [lane]));
}

/** The lane that names the node; else that of what leads to it, so that nothing falls outside. */
function laneFinder(scope, leaves) {
  const found = new Map();
  leaves.forEach((lane, i) => lane.members.forEach((id) => found.set(id, i)));
  const host = new Map(scope.boundary.map((b) => [b.id, b.host]));
  for (let round = 0; round < scope.nodes.length; round++) {
    let changed = false;
    for (const { source, target } of scope.flows) {
      const from = found.get(host.get(source) ?? source);
      if (from !== undefined && !found.has(target)) found.set(target, from), (changed = true);
      else if (from === undefined && found.has(target)) found.set(host.get(source) ?? source, found.get(target)), (changed = true);
    }
    if (!changed) break;
  }
  return (id) => found.get(id) ?? 0;
}

/** Notes stand above what they explain (below where that is taken), in rows of their own. */
function placeNotes(scope, ranks, rows, laneOf, size) {
  const host = new Map(scope.boundary.map((b) => [b.id, b.host]));
  const flows = new Map(scope.flows.map((f) => [f.id, f.source]));
  const taken = [];
  const placed = [];
  for (const note of scope.notes) {
    size.set(note.id, note.kind === 'note' ? annotationSize(note.name) : { width: 36, height: 50 });
    const ends = scope.ties.flatMap((t) => (t.source === note.id ? [t.target] : t.target === note.id ? [t.source] : []));
    const about = ends.map((id) => flows.get(id) ?? id).map((id) => host.get(id) ?? id).find((id) => ranks.has(id));
    const rank = about === undefined ? 0 : ranks.get(about), lane = about === undefined ? 0 : laneOf(about);
    const base = about === undefined ? 0 : rows.get(about);
    const last = rank + (size.get(note.id).width > 150 ? 1 : 0);
    const free = (row) => !taken.some((t) => t.lane === lane && t.row === row && t.rank <= last && rank <= t.last);
    const below = ends.some((id) => host.has(id));
    const row = (below ? [0.5, -0.5, 0.75, -0.75] : [-0.5, 0.5, -0.75, 0.75]).map((d) => base + d).find(free) ?? base + 0.9;
    taken.push({ lane, row, rank, last });
    placed.push({ ...note, about, rank, lane, row });
  }
  return placed;
}

/** How many lines ran in each channel of a first drawing. */
function demand(result) {
  const count = (channels, axis, other) => channels.map(({ from, to }) => {
    const used = new Set();
    for (const points of result.own.values()) {
      for (let i = 1; i < points.length; i++) {
        const a = points[i - 1], b = points[i];
        if (a[axis] === b[axis] && Math.abs(a[other] - b[other]) > STUB && a[axis] > from && a[axis] < to) used.add(a[axis]);
      }
    }
    return used.size;
  });
  return { gutters: count(result.channels.x, 'x', 'y'), gaps: count(result.channels.y, 'y', 'x') };
}

function draw(plan, need) {
  const across = columnsOf(plan, need);
  const down = rowsOf(plan, need, across);
  const rects = new Map();
  const { scope, size, axis, ranks, rows, laneOf } = plan;

  for (const node of scope.nodes) {
    const s = size.get(node.id), y = down.centre(laneOf(node.id), rows.get(node.id)) - axis(node.id);
    const col = across.columns[ranks.get(node.id)];
    const x = node.span > 1 ? col.x : col.x + (col.width - s.width) / 2;
    rects.set(node.id, { x: Math.round(x), y: Math.round(y), ...s });
  }
  for (const note of plan.notes) {
    const s = size.get(note.id), col = across.columns[note.rank] ?? { x: 0 };
    const about = rects.get(note.about);
    const x = about ? Math.min(about.x, Math.round(midX(about) - 20)) : col.x;
    rects.set(note.id, { x, y: Math.round(down.centre(note.lane, note.row) - s.height / 2), ...s });
  }
  for (const { id, x, y } of down.shelved) rects.set(id, { x, y, ...size.get(id) });
  placeBoundary(plan, rects);

  const routed = routeAll(plan, rects, across, down);
  const result = {
    width: down.width ?? across.width, height: down.height, rects, edges: new Map(routed), own: routed,
    axis: down.axis, lanes: down.lanes, channels: { x: across.channels, y: down.channels }, lines: { xs: routed.xs, ys: routed.ys },
  };
  addInner(plan, result);
  return result;
}

/** x of every column. */
function columnsOf({ scope, size, ranks, columns, pool, leaves, notes }, need) {
  const widths = new Array(columns).fill(36), mins = new Array(columns + 1).fill(GUTTER);
  for (const node of scope.nodes) {
    if (node.span > 1) continue;
    const s = size.get(node.id), r = ranks.get(node.id);
    let foot = s.width;
    if (node.kind !== 'task' && node.name) foot = Math.max(foot, labelSize(node.name).width + 8);
    widths[r] = Math.max(widths[r], foot);
  }
  // Room for a condition on a flow that leaves to the right.
  const at = new Map(scope.nodes.map((n) => [n.id, n]));
  for (const flow of scope.flows) {
    const node = at.get(flow.source);
    if (!flow.name || !node) continue;
    const r = ranks.get(node.id) + node.span - 1;
    const slack = node.span > 1 ? 0 : (widths[r] - size.get(node.id).width) / 2;
    mins[r + 1] = Math.max(mins[r + 1], labelSize(flow.name).width + 26 - slack);
  }
  for (const node of scope.nodes.filter((n) => n.span > 1)) {
    const r = ranks.get(node.id), end = r + node.span;
    let room = 0;
    for (let c = r; c < end; c++) room += widths[c] + (c > r ? mins[c] : 0);
    if (room < size.get(node.id).width) widths[end - 1] += size.get(node.id).width - room;
  }
  const gutters = mins.map((min, c) => {
    const wanted = need ? 2 * 16 + Math.max(0, need.gutters[c] - 1) * TRACK : WIDE.gutter;
    return Math.max(c === 0 || c === columns ? 20 : min, need && !need.gutters[c] && (c === 0 || c === columns) ? 0 : wanted);
  });
  let x = pool ? (leaves.length ? HEADER : 0) + 10 : 0;
  const cols = [], channels = [];
  for (let c = 0; c < columns; c++) {
    channels.push({ from: x, to: x + gutters[c] });
    x += gutters[c];
    cols.push({ x, width: widths[c] });
    x += widths[c];
  }
  channels.push({ from: x, to: x + gutters[columns] });
  x += gutters[columns];
  if (!pool) {
    // Nothing may stand out of a sub-process: labels and notes may be wider than their columns.
    const over = Math.max(0, ...notes.map((n) => (cols[n.rank]?.x ?? 0) + size.get(n.id).width - x));
    x += over;
  }
  return { columns: cols, channels, width: Math.round(x), need: need?.gutters };
}

/** y of every row, lane by lane; event sub-processes stand on shelves at the foot of a lane. */
function rowsOf(plan, need, across) {
  const { scope, size, rows, laneOf, leaves, notes, pool } = plan;
  const count = Math.max(1, leaves.length);
  const extents = Array.from({ length: count }, () => new Map());
  const extend = (lane, row, up, dn) => {
    const e = extents[lane].get(row) ?? { up: 0, down: 0 };
    extents[lane].set(row, { up: Math.max(e.up, up), down: Math.max(e.down, dn) });
  };
  for (const node of scope.nodes) {
    const { up, dn } = reach(node, plan);
    extend(laneOf(node.id), rows.get(node.id), up, dn);
  }
  for (const note of notes) extend(note.lane, note.row, size.get(note.id).height / 2, size.get(note.id).height / 2);

  const left = pool ? (leaves.length ? HEADER : 0) + 30 : 20;
  const room = Math.max(across.width, left + Math.max(0, ...scope.eventSubs.map((s) => size.get(s.id).width)) + 30);
  const shelves = Array.from({ length: count }, () => []);
  for (const sub of scope.eventSubs) {
    const named = leaves.findIndex((l) => l.members.has(sub.id));
    const lane = named >= 0 ? named : count - 1;
    const s = size.get(sub.id);
    let shelf = shelves[lane].at(-1);
    if (!shelf || shelf.x + s.width + 30 > room) {
      shelf = { x: left, height: 0, subs: [] };
      shelves[lane].push(shelf);
    }
    shelf.subs.push({ id: sub.id, x: shelf.x });
    shelf.x += s.width + 40;
    shelf.height = Math.max(shelf.height, s.height);
  }

  let y = 0, channel = 0;
  const channels = [], lanes = [], centres = [], shelved = [];
  const gap = (min) => {
    const n = need?.gaps[channel++];
    const height = need ? Math.max(min, n ? 2 * 15 + (n - 1) * TRACK : 0) : WIDE.gap;
    channels.push({ from: y, to: y + height });
    y += height;
  };
  for (let lane = 0; lane < count; lane++) {
    const top = y;
    const centre = new Map();
    const order = [...extents[lane].keys()].sort((a, b) => a - b);
    gap(pool ? LANE_PAD : 6);
    order.forEach((row, i) => {
      // A note hugs what it explains.
      if (i > 0) gap(Number.isInteger(row) && Number.isInteger(order[i - 1]) ? GAP : 20);
      const e = extents[lane].get(row);
      centre.set(row, y + e.up);
      y += e.up + e.down;
    });
    for (const shelf of shelves[lane]) {
      if (order.length || shelf !== shelves[lane][0]) gap(GAP);
      shelved.push(...shelf.subs.map((s) => ({ ...s, y: Math.round(y) })));
      y += shelf.height;
    }
    gap(pool ? LANE_PAD : 6);
    const name = leaves[lane]?.name;
    const least = pool ? Math.max(LANE_MIN, name ? Math.min(260, textWidth(name, TASK_FONT) + 24) : 0) : 0;
    if (y - top < least) {
      const extra = (least - (y - top)) / 2;
      for (const [row, c] of centre) centre.set(row, c + extra);
      for (const s of shelved) if (shelves[lane].some((sh) => sh.subs.some((o) => o.id === s.id))) s.y += extra;
      y = top + least;
    }
    y = Math.round(y);
    lanes.push({ y: top, height: y - top });
    centres.push(centre);
  }
  return {
    centre: (lane, row) => Math.round(centres[lane].get(row)), shelved, lanes, channels, height: y,
    axis: Math.round(centres[0].get(0) ?? y / 2),
    width: scope.eventSubs.length ? Math.round(room) : undefined,
  };
}

/** How far a node and its label reach above and below the middle of its row. */
function reach(node, { size, hosted, axis }) {
  const half = axis(node.id), rest = size.get(node.id).height - half;
  if (node.kind === 'gateway') return { up: half + (node.name ? labelSize(node.name).height + 6 : 0), dn: half };
  if (node.kind === 'event') return { up: half, dn: half + (node.name ? labelSize(node.name).height + 6 : 0) };
  const guests = hosted.get(node.id) ?? [];
  const feet = guests.map((g) => 18 + (g.name ? guestLabel(g, guests.length).height : 0));
  return { up: half, dn: rest + Math.max(0, ...feet) };
}

export const guestLabel = (guest, count) => labelSize(guest.name, count > 1 ? 70 : 84);

/** Boundary events sit on the lower edge, in the order of the file; a single one to the right. */
function placeBoundary({ hosted }, rects) {
  for (const [hostId, guests] of hosted) {
    const host = rects.get(hostId);
    if (!host) continue;
    const pitch = Math.min(140, host.width / guests.length);
    guests.forEach((guest, i) => {
      const fromRight = guests.length === 1 ? Math.min(36, host.width / 4) : pitch * (guests.length - i - 0.5);
      rects.set(guest.id, { x: Math.round(right(host) - fromRight - 18), y: bottom(host) - 18, width: 36, height: 36 });
    });
  }
}

/** Put the finished sub-processes into their boxes. */
function addInner({ inner }, result) {
  for (const [id, { content, dx, dy }] of inner) {
    const box = result.rects.get(id);
    if (!box) continue;
    const x = box.x + dx, y = box.y + dy;
    for (const [child, rect] of content.rects) result.rects.set(child, shift(rect, x, y));
    for (const [edge, points] of content.edges) result.edges.set(edge, points.map((p) => ({ x: p.x + x, y: p.y + y })));
  }
}
