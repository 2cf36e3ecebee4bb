/**
 * Where things stand: rank (column) and row within a lane, as whole numbers.
 *
 * rank: longest path from the start, ignoring flows that lead back.
 * row: the scope is cut into chains; the longest way through takes row 0 of every lane it visits,
 * every further chain the nearest free row below the place where it branches off.
 */

export function grid(scope, laneOf) {
  const nodes = new Map(scope.nodes.map((n) => [n.id, n]));
  const host = new Map(scope.boundary.map((b) => [b.id, b.host]));
  const anchor = (id) => host.get(id) ?? id;
  const edges = scope.flows
    .filter((f) => nodes.has(anchor(f.source)) && nodes.has(f.target))
    .map((f) => ({ flow: f, from: anchor(f.source), to: f.target, aside: host.has(f.source), guest: scope.boundary.findIndex((b) => b.id === f.source) }));
  const out = group(edges, 'from'), into = group(edges, 'to');

  markBack(scope.nodes, edges, out, into);
  const ranks = rankAll(scope.nodes, out, into);
  const rows = rowAll(scope.nodes, out, into, ranks, laneOf);
  return { ranks, rows, back: new Set(edges.filter((e) => e.back).map((e) => e.flow.id)) };
}

function group(edges, end) {
  const map = new Map();
  for (const edge of edges) {
    if (!map.has(edge[end])) map.set(edge[end], []);
    map.get(edge[end]).push(edge);
  }
  return map;
}

/** Depth first from the starts, in the order of the file: a flow to an unfinished node leads back. */
function markBack(nodes, edges, out, into) {
  const state = new Map();
  const visit = (id) => {
    state.set(id, 'open');
    for (const edge of out.get(id) ?? []) {
      const seen = state.get(edge.to);
      if (seen === 'open') edge.back = true;
      else if (!seen) visit(edge.to);
    }
    state.set(id, 'done');
  };
  const roots = nodes.filter((n) => !into.has(n.id));
  roots.sort((a, b) => isStart(b) - isStart(a));
  for (const node of [...roots, ...nodes]) if (!state.has(node.id)) visit(node.id);
}

const isStart = (node) => (node.type === 'bpmn:StartEvent' ? 1 : 0);

function forward(edges = []) {
  return edges.filter((e) => !e.back);
}

function rankAll(nodes, out, into) {
  const ranks = new Map();
  const byId = new Map(nodes.map((n) => [n.id, n]));
  const rank = (id) => {
    if (!ranks.has(id)) {
      ranks.set(id, Math.max(0, ...forward(into.get(id)).map((e) => rank(e.from) + (byId.get(e.from).span ?? 1))));
    }
    return ranks.get(id);
  };
  for (const node of nodes) rank(node.id);
  // A late start (a message that joins the middle) stands just before what it leads to.
  for (const node of nodes) {
    const next = forward(out.get(node.id));
    if (!forward(into.get(node.id)).length && next.length) {
      ranks.set(node.id, Math.max(ranks.get(node.id), Math.min(...next.map((e) => ranks.get(e.to))) - (node.span ?? 1)));
    }
  }
  return ranks;
}

function rowAll(nodes, out, into, ranks, laneOf) {
  const byId = new Map(nodes.map((n) => [n.id, n]));
  const rows = new Map();
  const busy = new Map(); // lane -> row -> [[from, to]]
  const last = (id) => ranks.get(id) + (byId.get(id).span ?? 1) - 1;

  const depth = new Map();
  const toEnd = (id) => {
    if (!depth.has(id)) {
      depth.set(id, 0);
      depth.set(id, 1 + Math.max(0, ...forward(out.get(id)).map((e) => (e.aside ? 0 : toEnd(e.to)))));
    }
    return depth.get(id);
  };
  for (const node of nodes) toEnd(node.id);

  /** The way on from here that is still unplaced: the longest, and the author's first among equals. */
  const nextOf = (id) => {
    const ways = forward(out.get(id)).filter((e) => !e.aside && !rows.has(e.to));
    return ways.sort((a, b) => depth.get(b.to) - depth.get(a.to))[0]?.to;
  };

  const free = (lane, row, from, to) =>
    !(busy.get(lane)?.get(row) ?? []).some(([a, b]) => a <= to && from <= b);
  const take = (lane, row, from, to) => {
    if (!busy.has(lane)) busy.set(lane, new Map());
    if (!busy.get(lane).has(row)) busy.get(lane).set(row, []);
    busy.get(lane).get(row).push([from, to]);
  };

  /**
   * Of three ways out of a gateway one goes straight on, one down and one up, so that no two share a
   * corner; best the one that comes back.
   */
  const goesAbove = ({ from }, chain) => {
    const ways = out.get(from) ?? [];
    if (byId.get(from).kind !== 'gateway' || ways.length < 3) return false;
    const home = rows.get(from);
    // What hangs on a boundary event drops down, and would have to cross the straight line.
    if (chain.some((id) => (out.get(id) ?? []).some((e) => e.aside))) return false;
    const placed = ways.filter((e) => rows.has(e.to) && laneOf(e.to) === laneOf(from));
    if (placed.some((e) => rows.get(e.to) < home)) return false;
    // Of many ways the default one, whose stroke must not stand on a trunk that it shares.
    const own = ways.find((e) => e.flow.isDefault && !e.back && rows.get(e.to) !== home);
    if (ways.length > 3 && own && placed.some((e) => rows.get(e.to) === home)) return own.to === chain[0];
    if (ways.some((e) => e.back)) return false;
    const returns = chain.some((id) => (out.get(id) ?? []).some((e) => e.back));
    const down = ways.some((e) => rows.has(e.to) && (laneOf(e.to) > laneOf(from) || (laneOf(e.to) === laneOf(from) && rows.get(e.to) > home)));
    return placed.some((e) => rows.get(e.to) === home) && (returns || down);
  };

  /** The rows between a gateway and its branch, in the gateway's own column: its trunk runs there. */
  const trunk = (id, row) => {
    const home = rows.get(id), step = row > home ? 1 : -1;
    return row === home ? [] : Array.from({ length: Math.abs(row - home) - 1 }, (_, i) => home + step * (i + 1));
  };

  const place = (first) => {
    // The chain: on through the graph for as long as it stays in this lane.
    const lane = laneOf(first);
    const chain = [first];
    for (let next = nextOf(first); next !== undefined && laneOf(next) === lane; next = nextOf(next)) chain.push(next);
    const start = ranks.get(first);
    let from = start, to = last(chain.at(-1));
    let wish = 0, below = false, above = false, gateway = null;
    const before = forward(into.get(first)).filter((e) => rows.has(e.from) && laneOf(e.from) === lane);
    if (before.length) {
      const near = before.sort((a, b) => rows.get(a.from) - rows.get(b.from))[0];
      wish = rows.get(near.from);
      if (byId.get(near.from).kind === 'gateway') gateway = near.from;
      below = near.aside;
      if (below) wish += 1;
      else above = goesAbove(near, chain);
      // On the same row the way from the branching must be free; on another one its column as well.
      from = Math.min(start, last(near.from) + (below ? 0 : 1));
    }
    // Where it joins something placed already in this lane, its row must be free up to there.
    for (const e of forward(out.get(chain.at(-1)))) {
      if (rows.has(e.to) && laneOf(e.to) === lane) to = Math.max(to, ranks.get(e.to) - 1);
    }
    let row = above ? wish - 1 : wish;
    const fits = (r) => free(lane, r, r === wish && !below ? from : Math.min(from, start - (before.length ? 1 : 0)), to);
    while (!fits(row)) row++;
    if (!below && !above) for (let up = wish - 1; up >= 0 && row > wish; up--) if (fits(up)) row = up;
    for (const id of chain) rows.set(id, row);
    take(lane, row, from, to);
    if (gateway) for (const r of trunk(gateway, row)) take(lane, r, last(gateway), last(gateway));
    return chain;
  };

  /** Follow the main way through all lanes, then whatever is left, in the order of reading. */
  const follow = (id) => {
    for (let at = id; at !== undefined && !rows.has(at);) at = nextOf(place(at).at(-1));
  };
  const starts = nodes.filter((n) => !forward(into.get(n.id)).length);
  starts.sort((a, b) => isStart(b) - isStart(a) || depth.get(b.id) - depth.get(a.id));
  if (starts.length) follow(starts[0].id);
  const rest = [...nodes].sort((a, b) => ranks.get(a.id) - ranks.get(b.id));
  for (;;) {
    // Boundary events first: what they lead to hugs its host, other branches have a longer way anyhow.
    const ready = nextGuest(rest, rows, into)
      ?? rest.find((n) => !rows.has(n.id) && forward(into.get(n.id)).some((e) => rows.has(e.from) && (out.get(e.from)).length > 3))
      ?? rest.find((n) => !rows.has(n.id) && forward(into.get(n.id)).some((e) => rows.has(e.from)))
      ?? rest.find((n) => !rows.has(n.id));
    if (!ready) break;
    follow(ready.id);
  }
  return rows;
}

/** Of what hangs on the boundary events of one host, the rightmost first: so no line crosses another. */
function nextGuest(rest, rows, into) {
  const ready = rest.filter((n) => !rows.has(n.id)).flatMap((n) =>
    forward(into.get(n.id)).filter((e) => e.aside && rows.has(e.from)).map((edge) => ({ n, edge })));
  if (!ready.length) return undefined;
  const same = ready.filter(({ edge }) => edge.from === ready[0].edge.from);
  return same.sort((a, b) => b.edge.guest - a.edge.guest)[0].n;
}
