// The palette: the arrows walk through what was found, Enter opens the first of it. An answer that
// comes late does not take the focus away, and Enter waits for it.
export function palette() {
  const dialog = document.getElementById('goto');
  if (!dialog) return;
  const words = dialog.querySelector('input');
  const found = dialog.querySelector('#goto-found');
  const links = () => [...found.querySelectorAll('a')];
  let shown = words.value; // the words that the list answers
  let opening = false; // Enter was pressed before its answer had come
  let held = null; // the address of the link that had the focus when the list was drawn anew

  dialog.addEventListener('keydown', (event) => {
    const all = links();
    const at = all.indexOf(document.activeElement);
    if (event.key === 'ArrowDown') all[Math.min(at + 1, all.length - 1)]?.focus();
    else if (event.key === 'ArrowUp') (all[at - 1] ?? words).focus();
    else if (event.key === 'Enter' && at < 0) open();
    else return;
    event.preventDefault();
  });
  dialog.addEventListener('close', () => { opening = false; });
  words.addEventListener('input', () => { opening = false; });
  words.addEventListener('htmx:config:request', ({ detail }) => { detail.ctx.words = words.value; });
  words.addEventListener('htmx:before:swap', () => {
    const link = document.activeElement?.closest('#goto-found a');
    held = link && link.getAttribute('href');
  });
  words.addEventListener('htmx:after:swap', ({ detail }) => {
    shown = detail.ctx.words;
    if (held !== null) {
      const same = links().find((link) => link.getAttribute('href') === held);
      (same ?? links()[0] ?? words).focus();
      held = null;
    }
    if (opening) open();
  });

  function open() {
    opening = words.value !== shown;
    if (!opening) links()[0]?.click();
  }
}
