/** Rectangles and polylines. */

export const right = (r) => r.x + r.width;
export const bottom = (r) => r.y + r.height;
export const midX = (r) => r.x + r.width / 2;
export const midY = (r) => r.y + r.height / 2;

export const grow = (r, by) => ({ x: r.x - by, y: r.y - by, width: r.width + 2 * by, height: r.height + 2 * by });
export const shift = (r, dx, dy) => ({ ...r, x: r.x + dx, y: r.y + dy });

export function overlaps(a, b, slack = 0) {
  return a.x + slack < right(b) && b.x + slack < right(a) && a.y + slack < bottom(b) && b.y + slack < bottom(a);
}

export function overlapArea(a, b) {
  const w = Math.min(right(a), right(b)) - Math.max(a.x, b.x);
  const h = Math.min(bottom(a), bottom(b)) - Math.max(a.y, b.y);
  return w > 0 && h > 0 ? w * h : 0;
}

export const contains = (outer, inner, slack = 0) =>
  inner.x >= outer.x - slack && inner.y >= outer.y - slack &&
  right(inner) <= right(outer) + slack && bottom(inner) <= bottom(outer) + slack;

/** Does the segment a–b pass through the inside of the rectangle? (Liang–Barsky) */
export function segmentHits(a, b, r) {
  const dx = b.x - a.x, dy = b.y - a.y;
  let from = 0, to = 1;
  for (const [p, q] of [[-dx, a.x - r.x], [dx, right(r) - a.x], [-dy, a.y - r.y], [dy, bottom(r) - a.y]]) {
    if (p === 0) {
      if (q <= 0) return false;
    } else if (p < 0) {
      from = Math.max(from, q / p);
    } else {
      to = Math.min(to, q / p);
    }
  }
  return from < to;
}

export function* segments(points) {
  for (let i = 1; i < points.length; i++) yield [points[i - 1], points[i]];
}

export const lineHits = (points, r) => [...segments(points)].some(([a, b]) => segmentHits(a, b, r));

/** Drop points in the middle of a straight run. */
export function simplify(points) {
  const kept = [];
  for (const p of points) {
    const a = kept.at(-2), b = kept.at(-1);
    if (b && b.x === p.x && b.y === p.y) continue;
    if (a && ((a.x === b.x && b.x === p.x) || (a.y === b.y && b.y === p.y))) kept.pop();
    kept.push(p);
  }
  return kept;
}

export function union(rects) {
  const x = Math.min(...rects.map((r) => r.x)), y = Math.min(...rects.map((r) => r.y));
  return { x, y, width: Math.max(...rects.map(right)) - x, height: Math.max(...rects.map(bottom)) - y };
}
