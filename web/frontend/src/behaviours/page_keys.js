// Keys that work on every page: Ctrl K opens the palette, ? the sheet of keys, g then a letter goes somewhere.
const typing = (target) => target.closest('input, textarea, select, [contenteditable]');

export function pageKeys() {
  let waitingForPlace = false;
  document.addEventListener('keydown', (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
      event.preventDefault();
      openDialog('goto');
      return;
    }
    if (typing(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (waitingForPlace) {
      waitingForPlace = false;
      document.querySelector(`a[data-go="${CSS.escape(event.key)}"]`)?.click();
      return;
    }
    if (event.key === '?') openDialog('keys');
    if (event.key === 'g') waitingForPlace = true;
  });
  document.addEventListener('click', (event) => {
    const opener = event.target.closest('[data-opens]');
    if (opener) openDialog(opener.dataset.opens);
    // A click beside an open menu closes it.
    for (const open of document.querySelectorAll('details.menu[open], details.who[open], details.why[open]')) {
      if (!open.contains(event.target)) open.open = false;
    }
  });
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    const open = document.querySelector('details.menu[open], details.who[open], details.why[open]');
    if (open) {
      open.open = false;
      open.querySelector('summary').focus();
    }
  });
}

function openDialog(id) {
  const dialog = document.getElementById(id);
  if (!dialog || dialog.open) return;
  dialog.showModal();
  dialog.querySelector('input')?.select();
}
