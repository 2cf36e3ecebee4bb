/** How wide and high a label will be drawn, without a browser: the metrics of Arial. */

// Advance widths in thousandths of the font size (Arial and its free twin Liberation Sans agree).
const WIDTHS = {};
const table = {
  191: "'", 222: "ijl", 278: " .,:;!/\\|ftI[]", 333: '()-r`', 355: '"', 389: '*', 469: '^',
  500: 'cksvxyzJ', 556: 'abdeghnopqu0123456789$?_#Lå–éü', 584: '+<>=~', 611: 'FTZø', 667: 'ABEKPSVXYÅ&',
  722: 'wCDHNRU', 778: 'GOQØ', 833: 'mM', 889: 'æ%', 944: 'W', 1000: 'Æ—…', 1015: '@',
};
for (const [width, letters] of Object.entries(table)) {
  for (const letter of letters) WIDTHS[letter] = Number(width);
}

export const LINE_HEIGHT = 1.2;
export const TASK_FONT = 12;
export const LABEL_FONT = 11;

export function textWidth(text, size) {
  let sum = 0;
  for (const letter of text) sum += WIDTHS[letter] ?? 600;
  return sum * size / 1000;
}

/**
 * The lines into which bpmn-js breaks a text in a box of that width, by its own rule (diagram-js
 * util/Text): it judges by the share of letters, so it breaks earlier than the width demands.
 */
export function wrap(text, width, size) {
  const rest = text.split(/\r?\n/), lines = [];
  while (rest.length) {
    const original = rest.shift();
    let line = original;
    for (let w = textWidth(line, size); line.length > 1 && w > width; w = textWidth(line.trimEnd(), size)) {
      line = shorten(line, line.length * width / w);
    }
    if (line.length < original.length) rest.unshift(original.slice(line.length).trim());
    lines.push(line.trimEnd());
  }
  return lines;
}

function shorten(line, letters) {
  const kept = [];
  let length = 0;
  for (const part of line.split(/(\s|-)/g)) {
    if (part.length + length >= letters) {
      if (part === '-') kept.pop();
      break;
    }
    kept.push(part);
    length += part.length;
  }
  return kept.join('').trimEnd() ? kept.join('') : line.slice(0, Math.max(Math.round(letters - 1), 1));
}

/** Does a break in these lines fall inside a word? */
function cutsWord(text, lines) {
  const words = new Set(text.split(/\s+|(?<=-)/));
  return lines.join(' ').split(/\s+|(?<=-)/).some((word) => !words.has(word));
}

export const longestWord = (text, size) =>
  Math.max(0, ...text.split(/(?<=[\s-])/).map((word) => textWidth(word.trimEnd(), size)));

const sizes = new Map();

/** Size of an external label (events, gateways, flows): few lines, then as narrow as they allow. */
export function labelSize(text, width = 96) {
  const key = `${width} ${text}`;
  if (!sizes.has(key)) sizes.set(key, fitLabel(text, width));
  return sizes.get(key);
}

function fitLabel(text, width) {
  const least = Math.ceil(longestWord(text, LABEL_FONT));
  let best = null;
  for (let w = least; w <= Math.max(width, least) || !best; w += 2) {
    const lines = wrap(text, w, LABEL_FONT);
    if (cutsWord(text, lines)) continue;
    if (!best || lines.length < best.lines) best = { lines: lines.length, width: w };
  }
  // Two pixels in hand: browsers differ, and a label that wraps once more is ugly.
  return { width: best.width + 2, height: Math.ceil(best.lines * LABEL_FONT * LINE_HEIGHT) + 1 };
}

/** Size of a task: grows only where a long Danish compound or a long name demands it. */
export function taskSize(name, { icon = false, marker = false } = {}) {
  const padding = 15;
  let width = Math.max(130, Math.ceil((longestWord(name, TASK_FONT) + padding) / 10) * 10);
  while (cutsWord(name, wrap(name, width - padding, TASK_FONT)) && width < 400) width += 10;
  const lines = wrap(name, width - padding, TASK_FONT).length;
  // The type's icon sits in the upper left corner and the marker at the foot: text keeps clear.
  const room = Math.max(icon && lines > 3 ? 34 : 0, marker && lines > 2 ? 46 : 0);
  const height = Math.max(80, Math.ceil((lines * TASK_FONT * LINE_HEIGHT + 12 + room) / 10) * 10);
  return { width, height };
}

export function annotationSize(text) {
  const width = Math.min(220, Math.max(100, Math.ceil(textWidth(text, TASK_FONT) / 3) + 30, longestWord(text, TASK_FONT) + 16));
  const lines = wrap(text, width - 12, TASK_FONT).length;
  return { width: Math.ceil(width), height: Math.max(30, Math.ceil(lines * TASK_FONT * LINE_HEIGHT) + 12) };
}
