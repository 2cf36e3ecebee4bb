// Keys in a list of rows: j and k move, Enter opens, t takes, x chooses. A box above chooses them all.
const typing = (target) => target.closest('input:not([type=checkbox], [type=submit]), textarea, select, dialog');
const boxes = () => [...document.querySelectorAll('[data-rows] tbody input[type=checkbox]')];

export function listKeys() {
  document.addEventListener('keydown', (event) => {
    const list = document.querySelector('[data-rows]');
    if (!list || typing(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
    const rows = [...list.querySelectorAll('[data-row]')];
    const at = rows.indexOf(document.activeElement.closest('[data-row]'));
    const row = rows[at];
    const press = (selector) => row?.querySelector(selector)?.click();
    switch (event.key) {
      case 'j': focus(rows[Math.min(at + 1, rows.length - 1)]); break;
      case 'k': focus(rows[Math.max(at - 1, 0)]); break;
      case 'o': press('a[data-open]'); break;
      case 't': press('[data-take]'); break;
      case 'x': press('input[type=checkbox]'); break;
      default: return;
    }
    event.preventDefault();
  });
  const all = document.querySelector('[data-all]');
  if (!all) return;
  all.hidden = false;
  all.addEventListener('change', () => {
    for (const box of boxes()) box.checked = all.checked;
    count();
  });
  document.querySelector('[data-rows]').addEventListener('change', count);
  count();
}

function count() {
  const chosen = boxes().filter((box) => box.checked).length;
  const said = document.querySelector('[data-chosen-count]');
  if (said && chosen) said.textContent = said.dataset.chosenCount.replace('#', chosen);
}

function focus(row) {
  row?.querySelector('a[data-open]')?.focus();
}
