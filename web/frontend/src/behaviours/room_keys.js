// In the committee's room the arrows go to the item before and the item after.
const typing = (target) => target.closest('input, textarea, select, dialog, [contenteditable]');

export function roomKeys() {
  document.addEventListener('keydown', (event) => {
    if (typing(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
    const wanted = { ArrowLeft: 'a[data-previous]', ArrowRight: 'a[data-next]' }[event.key];
    if (wanted) document.querySelector(wanted)?.click();
  });
}
