/** External labels: the first of a few good places that touches nothing, else the least bad one. */
import { bottom, lineHits, midX, midY, overlapArea, right, segments, grow } from './geometry.mjs';
import { labelSize } from './text.mjs';

/**
 * things: [{id, name, kind, rect | points, guests}]; obstacles: rects of shapes that a label may not
 * cover; lines: all polylines. Returns Map id -> bounds.
 */
export function placeLabels(things, obstacles, lines) {
  const placed = new Map();
  for (const thing of things) {
    let best = null;
    candidates(thing).forEach((spot, i) => {
      const room = grow(spot, 1);
      let cost = i;
      for (const rect of obstacles) cost += overlapArea(room, rect) * 2;
      for (const rect of placed.values()) cost += overlapArea(grow(room, 2), rect) * 5;
      for (const points of lines) if (lineHits(points, room)) cost += 120;
      if (!best || cost < best.cost) best = { cost, spot };
    });
    if (best) placed.set(thing.id, best.spot);
  }
  return placed;
}

function candidates(thing) {
  return thing.points ? besideLine(thing) : thing.guests ? besideGuest(thing) : besideShape(thing);
}

const at = (x, y, s) => ({ x: Math.round(x), y: Math.round(y), width: s.width, height: s.height });

function besideShape({ name, rect, kind }) {
  const found = [];
  for (const width of [96, 130, 74]) {
    const s = labelSize(name, width), cx = midX(rect);
    const above = rect.y - s.height - 4, below = bottom(rect) + 4;
    const middle = [at(cx - s.width / 2, above, s), at(cx - s.width / 2, below, s)];
    const corners = [
      at(cx - s.width - 10, above + 3, s), at(cx + 10, above + 3, s),
      at(cx - s.width - 10, below - 3, s), at(cx + 10, below - 3, s),
    ];
    const sides = [at(right(rect) + 5, midY(rect) - s.height - 4, s), at(right(rect) + 5, midY(rect) + 4, s)];
    if (kind === 'gateway') found.push(...middle, ...corners, ...sides);
    else found.push(middle[1], middle[0], ...corners.slice(2), ...corners.slice(0, 2), ...sides);
  }
  return found;
}

function besideGuest({ name, rect, guests }) {
  const found = [];
  for (const width of [guests > 1 ? 70 : 84, 60, 110]) {
    const s = labelSize(name, width), cx = midX(rect), y = bottom(rect);
    found.push(at(cx - s.width - 6, y + 1, s), at(cx + 6, y + 1, s), at(cx - s.width / 2, y + 3, s));
    found.push(at(cx - s.width - 20, y - 12, s), at(cx + 20, y - 12, s));
  }
  return found;
}

function besideLine({ name, points, isDefault, branches }) {
  const found = [];
  const s = labelSize(name), narrow = labelSize(name, 60);
  let walked = 0;
  const aside = isDefault ? 9 : 5;
  // On a trunk that others share, the name stands where the branch has turned off.
  const turned = branches && points.length > 2 && points[0].x === points[1].x;
  for (const [a, b] of segments(turned ? points.slice(1) : points)) {
    const length = Math.abs(a.x - b.x) + Math.abs(a.y - b.y);
    const flat = a.y === b.y;
    for (const size of [s, narrow]) {
      // The stroke that marks a default flow stands near its start.
      for (const along of isDefault && found.length === 0 ? [flat ? 20 : 5, 26] : [5, 18, length / 2 - (flat ? size.width : size.height) / 2]) {
        if (along < 0 || along + (flat ? size.width : size.height) > length + 14) continue;
        if (flat) {
          const x = a.x < b.x ? a.x + along : a.x - along - size.width;
          found.push(at(x, a.y - size.height - 2, size), at(x, a.y + 3, size));
        } else {
          const y = a.y < b.y ? a.y + along : a.y - along - size.height;
          found.push(at(a.x + aside, y, size), at(a.x - size.width - aside, y, size));
        }
      }
    }
    walked += length;
    // A condition belongs at the exit; far down the line nobody connects it with its question.
    if (walked > 260) break;
  }
  if (!found.length) {
    const [a, b] = points;
    found.push(at(Math.min(a.x, b.x) + 4, a.y - s.height - 3, s), at(a.x + 5, a.y + 4, s));
  }
  return found;
}
