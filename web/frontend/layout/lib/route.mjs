/**
 * Orthogonal routes between shapes: A* over the lattice spanned by the given lines.
 *
 * The lattice is sparse (centres, stubs beside shapes, tracks in the channels), so one route takes
 * milliseconds. Costs prefer few bends, no crossings, no shared line, the left-to-right sides.
 */
import { bottom, grow, midX, midY, right, simplify } from './geometry.mjs';

export const STUB = 13;
const MARGIN = STUB - 1;
const BEND = 45;
const CROSSING = 35;
const SHARED = 300;
const CROWDED = 30;
const CLOSE = 9;

const LEFT = 0, RIGHT = 1, UP = 2, DOWN = 3;
const DX = [-1, 1, 0, 0], DY = [0, 0, -1, 1];
const OPPOSITE = [RIGHT, LEFT, DOWN, UP];

/** Ports of a shape: where on its border a line may dock, and what that side costs. */
export function ports(rect, costs, { spread = false, axis } = {}) {
  const { x, y } = rect, cx = midX(rect), cy = axis === undefined ? midY(rect) : y + axis;
  const found = [];
  const add = (side, px, py, extra = 0) => {
    if (costs[side] !== undefined) found.push({ side, x: px, y: py, cost: costs[side] + extra });
  };
  add('left', x, cy), add('right', right(rect), cy), add('top', cx, y), add('bottom', cx, bottom(rect));
  if (spread) {
    const dx = Math.round(rect.width / 4), dy = Math.round(rect.height / 4);
    for (const sign of [-1, 1]) {
      // A sub-process is entered where its own straight line begins, nowhere else.
      if (axis === undefined) add('left', x, cy + sign * dy, 32), add('right', right(rect), cy + sign * dy, 32);
      add('top', cx + sign * dx, y, 32), add('bottom', cx + sign * dx, bottom(rect), 32);
    }
  }
  return found;
}

/**
 * Lines that end in the same place may run together, as water does. Lines that begin in the same
 * place share only the trunk straight out of it (x or y of their axis); others share nothing.
 */
const together = (a, b, x, y) => a.kind === b.kind && (a.target === b.target ||
  (a.axis !== undefined && a.source === b.source && !a.alone && !b.alone && (x === a.axis.x || y === a.axis.y)));

const OUTWARD = { left: LEFT, right: RIGHT, top: UP, bottom: DOWN };

/** For every line the other lines too close to it for two routes side by side. */
function neighbours(lines) {
  return lines.map((v, i) => lines.flatMap((w, k) => (k !== i && Math.abs(v - w) < CLOSE ? [k] : [])));
}

export class Router {
  /** xs, ys: candidate lines. obstacles: Map id -> rect. soft: rects that cost a little to cross. */
  constructor(xs, ys, obstacles, soft = []) {
    this.xs = [...new Set(xs)].sort((a, b) => a - b);
    this.ys = [...new Set(ys)].sort((a, b) => a - b);
    this.xi = new Map(this.xs.map((x, i) => [x, i]));
    this.yi = new Map(this.ys.map((y, i) => [y, i]));
    this.width = this.xs.length;
    this.nearX = neighbours(this.xs);
    this.nearY = neighbours(this.ys);
    const size = this.width * this.ys.length;
    this.blockRight = new Array(size);
    this.blockDown = new Array(size);
    this.softRight = new Float64Array(size);
    this.softDown = new Float64Array(size);
    this.usedRight = new Array(size);
    this.usedDown = new Array(size);
    this.taken = [];
    for (const [id, rect] of obstacles) this.#block(id, grow(rect, MARGIN));
    for (const rect of soft) this.#soften(rect, 1.5);
    // A line keeps its distance where there is room.
    for (const rect of obstacles.values()) this.#soften(grow(rect, MARGIN + 5), 0.35);
  }

  #each(rect, onRight, onDown) {
    const { xs, ys, width } = this;
    for (let j = 0; j < ys.length; j++) {
      for (let i = 0; i < width; i++) {
        const inY = ys[j] > rect.y && ys[j] < bottom(rect), inX = xs[i] > rect.x && xs[i] < right(rect);
        if (inY && i + 1 < width && xs[i] < right(rect) && xs[i + 1] > rect.x) onRight(j * width + i, xs[i + 1] - xs[i]);
        if (inX && j + 1 < ys.length && ys[j] < bottom(rect) && ys[j + 1] > rect.y) onDown(j * width + i, ys[j + 1] - ys[j]);
      }
    }
  }

  #block(id, rect) {
    this.#each(rect, (at) => (this.blockRight[at] ??= []).push(id), (at) => (this.blockDown[at] ??= []).push(id));
  }

  #soften(rect, weight) {
    this.#each(rect, (at, length) => (this.softRight[at] += weight * length), (at, length) => (this.softDown[at] += weight * length));
  }

  /**
   * Route one edge. from, to: lists of ports; through: obstacle ids that do not block this edge.
   * Returns the points, or null when there is no way.
   */
  route(edge, from, to, through = new Set()) {
    const { xs, ys, width } = this;
    const goal = new Map();
    const start = [];
    for (const port of from) {
      const cell = this.#stub(port);
      if (cell !== null) start.push({ cell, dir: OUTWARD[port.side], cost: port.cost + this.#portCost(port, edge, 'out'), port });
    }
    for (const port of to) {
      const cell = this.#stub(port);
      if (cell === null) continue;
      const key = cell * 4 + OPPOSITE[OUTWARD[port.side]];
      const cost = port.cost + this.#portCost(port, edge, 'in');
      if (!goal.has(key) || goal.get(key).cost > cost) goal.set(key, { cost, port });
    }
    if (!start.length || !goal.size) return null;
    const box = [...goal.values()].reduce((b, { port }) => ({
      x0: Math.min(b.x0, port.x), x1: Math.max(b.x1, port.x), y0: Math.min(b.y0, port.y), y1: Math.max(b.y1, port.y),
    }), { x0: Infinity, x1: -Infinity, y0: Infinity, y1: -Infinity });
    const guess = (cell) => {
      const x = xs[cell % width], y = ys[Math.floor(cell / width)];
      return Math.max(0, box.x0 - x, x - box.x1) + Math.max(0, box.y0 - y, y - box.y1) - 2 * STUB;
    };

    const best = new Map(), parent = new Map(), heap = new Heap();
    for (const s of start) {
      const key = s.cell * 4 + s.dir;
      if (!(best.get(key) <= s.cost)) {
        best.set(key, s.cost);
        parent.set(key, { port: s.port });
        heap.push(key, s.cost + guess(s.cell));
      }
    }
    const END = -1;
    const done = new Set();
    let reached = null;
    while (heap.size) {
      const key = heap.pop();
      if (key === END) break;
      if (done.has(key)) continue;
      done.add(key);
      const cost = best.get(key), dir = key % 4, cell = (key - dir) / 4;
      // Entering the goal's stub may need one last turn; the goal is keyed by the way it is entered.
      for (let turn = 0; turn < 4; turn++) {
        if (turn === OPPOSITE[dir]) continue;
        const end = goal.get(cell * 4 + turn);
        if (!end) continue;
        const total = cost + end.cost + (turn === dir ? 0 : BEND);
        if (!reached || total < reached.total) {
          reached = { total, key, port: end.port };
          heap.push(END, total);
        }
      }
      for (let next = 0; next < 4; next++) {
        if (next === OPPOSITE[dir]) continue;
        const step = this.#step(edge, cell, next, dir, through);
        if (step === null) continue;
        const to = (cell + DX[next] + DY[next] * width) * 4 + next;
        const sum = cost + step;
        if (best.get(to) <= sum) continue;
        best.set(to, sum);
        parent.set(to, { key });
        heap.push(to, sum + guess((to - next) / 4));
      }
    }
    if (!reached) return null;
    const cells = [];
    let key = reached.key, first;
    for (;;) {
      cells.push(Math.floor(key / 4));
      const p = parent.get(key);
      if (p.port) { first = p.port; break; }
      key = p.key;
    }
    cells.reverse();
    this.#occupy(edge, cells);
    this.taken.push({ ...first, edge, way: 'out' }, { ...reached.port, edge, way: 'in' });
    const points = cells.map((c) => ({ x: xs[c % width], y: ys[Math.floor(c / width)] }));
    return simplify([{ x: first.x, y: first.y }, ...points, { x: reached.port.x, y: reached.port.y }]);
  }

  #stub(port) {
    const dir = OUTWARD[port.side];
    const i = this.xi.get(port.x + DX[dir] * STUB), j = this.yi.get(port.y + DY[dir] * STUB);
    return i === undefined || j === undefined ? null : j * this.width + i;
  }

  /** A corner of a gateway that already carries a line is a bad place for the next one. */
  #portCost(port, edge, way) {
    let cost = 0;
    for (const other of this.taken) {
      if (other.x !== port.x || other.y !== port.y) continue;
      if (other.way === 'in' && way === 'in' && edge.kind === other.edge.kind) cost += edge.kind === 'message' ? 90 : 20;
      else if (other.way === 'out' && way === 'out') cost += port.side === 'right' || edge.alone || other.edge.alone ? 240 : 40;
      else cost += 220;
    }
    return cost;
  }

  #step(edge, cell, next, dir, through) {
    const { xs, ys, width } = this;
    const i = cell % width, j = Math.floor(cell / width);
    if ((next === LEFT && i === 0) || (next === RIGHT && i === width - 1)) return null;
    if ((next === UP && j === 0) || (next === DOWN && j === ys.length - 1)) return null;
    const flat = next === LEFT || next === RIGHT;
    const at = next === LEFT ? cell - 1 : next === UP ? cell - width : cell;
    const blocks = flat ? this.blockRight[at] : this.blockDown[at];
    if (blocks && blocks.some((id) => !through.has(id))) return null;
    const length = flat ? xs[(at % width) + 1] - xs[at % width] : ys[Math.floor(at / width) + 1] - ys[Math.floor(at / width)];
    let cost = length + (flat ? this.softRight[at] : this.softDown[at]);
    const x = flat ? undefined : xs[i], y = flat ? ys[j] : undefined;
    for (const user of (flat ? this.usedRight[at] : this.usedDown[at]) ?? []) {
      cost += together(user, edge, x, y) ? 0.15 * length : SHARED + 8 * length;
    }
    for (const k of flat ? this.nearY[j] : this.nearX[Math.floor(at % width)]) {
      const beside = flat ? k * width + (at % width) : Math.floor(at / width) * width + k;
      for (const user of (flat ? this.usedRight[beside] : this.usedDown[beside]) ?? []) {
        if (user.target !== edge.target) cost += CROWDED + 2 * length;
      }
    }
    if (next !== dir) cost += BEND;
    cost += this.#touching(edge, cell, next, dir);
    return cost;
  }

  /** What it costs to pass other lines in this point. */
  #touching(edge, cell, next, dir) {
    const { width } = this;
    const flatUsers = this.#users(cell, true), steepUsers = this.#users(cell, false);
    const flat = next === LEFT || next === RIGHT;
    let cost = 0;
    const x = this.xs[cell % width], y = this.ys[Math.floor(cell / width)];
    const foreign = (user) => !together(user, edge, x, y);
    if (next === dir) {
      for (const user of flat ? steepUsers : flatUsers) if (foreign(user)) cost += CROSSING / 2;
    } else {
      for (const user of [...flatUsers, ...steepUsers]) if (foreign(user)) cost += CROSSING;
    }
    return cost;
  }

  #users(cell, flat) {
    const i = cell % this.width;
    const [used, before] = flat ? [this.usedRight, i > 0 ? cell - 1 : -1] : [this.usedDown, cell - this.width];
    const a = used[cell], b = before >= 0 ? used[before] : undefined;
    return a ? (b ? [...a, ...b] : a) : (b ?? []);
  }

  /** Tell the router of a line drawn elsewhere. Its corners must be on the lattice. */
  occupy(edge, points) {
    for (let n = 1; n < points.length; n++) {
      const a = points[n - 1], b = points[n];
      const i0 = this.#index(this.xs, Math.min(a.x, b.x)), i1 = this.#index(this.xs, Math.max(a.x, b.x));
      const j0 = this.#index(this.ys, Math.min(a.y, b.y)), j1 = this.#index(this.ys, Math.max(a.y, b.y));
      for (let i = i0; i < i1; i++) (this.usedRight[j0 * this.width + i] ??= []).push(edge);
      for (let j = j0; j < j1; j++) (this.usedDown[j * this.width + i0] ??= []).push(edge);
    }
  }

  #index(lines, value) {
    const at = lines.findIndex((v) => v >= value);
    return at < 0 ? lines.length - 1 : at;
  }

  #occupy(edge, cells) {
    for (let n = 1; n < cells.length; n++) {
      const a = Math.min(cells[n - 1], cells[n]), b = Math.max(cells[n - 1], cells[n]);
      const used = b - a === 1 ? this.usedRight : this.usedDown;
      (used[a] ??= []).push(edge);
    }
  }
}

class Heap {
  #keys = [];
  #costs = [];
  get size() { return this.#keys.length; }
  push(key, cost) {
    const keys = this.#keys, costs = this.#costs;
    let i = keys.length;
    keys.push(key), costs.push(cost);
    while (i > 0) {
      const up = (i - 1) >> 1;
      if (costs[up] <= cost) break;
      keys[i] = keys[up], costs[i] = costs[up];
      i = up;
    }
    keys[i] = key, costs[i] = cost;
  }
  pop() {
    const keys = this.#keys, costs = this.#costs;
    const top = keys[0], key = keys.pop(), cost = costs.pop(), size = keys.length;
    if (size) {
      let i = 0;
      for (;;) {
        let child = 2 * i + 1;
        if (child >= size) break;
        if (child + 1 < size && costs[child + 1] < costs[child]) child++;
        if (costs[child] >= cost) break;
        keys[i] = keys[child], costs[i] = costs[child];
        i = child;
      }
      keys[i] = key, costs[i] = cost;
    }
    return top;
  }
}
