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

/** The lines into which bpmn-js breaks a text that may be `width` wide. */
export function wrap(text, width, size) {
  const lines = [];
  for (const paragraph of text.split(/\r?\n/)) {
    let line = '';
    for (const word of paragraph.split(/(?<=[\s-])/)) {
      if (line && textWidth((line + word).trimEnd(), size) > width) {
        lines.push(line.trimEnd());
        line = word;
      } else {
        line += word;
      }
    }
    lines.push(line.trimEnd());
  }
  return lines;
}

export const longestWord = (text, size) =>
  Math.max(0, ...text.split(/(?<=[\s-])/).map((word) => textWidth(word.trimEnd(), size)));

/** Size of an external label (events, gateways, flows): as narrow as `width` allows, even lines. */
export function labelSize(text, width = 96) {
  const limit = Math.max(width, longestWord(text, LABEL_FONT));
  const lines = wrap(text, limit, LABEL_FONT);
  const widest = Math.max(...lines.map((line) => textWidth(line, LABEL_FONT)));
  return {
    // Two pixels in hand: a browser rounds, and a label that wraps once more is ugly.
    width: Math.ceil(widest) + 3,
    height: Math.ceil(lines.length * LABEL_FONT * LINE_HEIGHT) + 1,
  };
}

/** Size of a task: grows only where a long Danish compound or a long name demands it. */
export function taskSize(name, { icon = false, marker = false } = {}) {
  const padding = 16;
  const word = longestWord(name, TASK_FONT);
  const width = Math.max(130, Math.ceil((word + padding) / 10) * 10);
  const lines = wrap(name, width - padding, TASK_FONT).length;
  // The type's icon sits in the upper left corner and the marker at the foot: text keeps clear.
  const room = (icon && lines > 3 ? 34 : 0) + (marker ? 26 : 0);
  const height = Math.max(80, Math.ceil((lines * TASK_FONT * LINE_HEIGHT + 12 + room) / 10) * 10);
  return { width, height };
}

export function annotationSize(text) {
  const width = Math.min(220, Math.max(100, Math.ceil(textWidth(text, TASK_FONT) / 3) + 30, longestWord(text, TASK_FONT) + 16));
  const lines = wrap(text, width - 12, TASK_FONT).length;
  return { width: Math.ceil(width), height: Math.max(30, Math.ceil(lines * TASK_FONT * LINE_HEIGHT) + 12) };
}
