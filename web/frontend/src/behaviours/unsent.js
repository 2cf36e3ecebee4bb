// A text that was written and not sent: leaving the page asks first. A task's form saves itself.
export function unsentText() {
  const unsent = new Set();
  document.addEventListener('input', (event) => {
    const form = event.target.closest('form[method=post]:not([data-live])');
    if (form && event.target.matches('textarea')) unsent[event.target.value.trim() ? 'add' : 'delete'](form);
  });
  document.addEventListener('submit', (event) => unsent.delete(event.target));
  window.addEventListener('beforeunload', (event) => {
    if (unsent.size) event.preventDefault();
  });
}
