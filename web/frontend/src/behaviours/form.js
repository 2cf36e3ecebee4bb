// A task's form: it saves itself as one types, and the server decides which fields show.
import htmx from 'htmx.org';

export function liveForm() {
  document.querySelector('[data-faults]')?.focus();
  const form = document.querySelector('form[data-live]');
  if (!form) return;
  const fields = form.querySelector('#felter');
  // What tells a picture of the form that is too old from one that may be drawn:
  let typed = 0; // how often something was typed
  let rows = 0; // how often rows came or went
  let asked = 0; // pictures asked for, and the newest that was drawn
  let drawn = 0;
  let unsaved = false;
  let sent = false;
  form.addEventListener('input', () => { typed += 1; unsaved = true; });
  form.addEventListener('submit', () => { sent = true; });
  // Enter in a field goes no further: a task is done by its button.
  form.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && event.target.matches('input:not([type=submit])')) event.preventDefault();
  });
  window.addEventListener('beforeunload', (event) => {
    if (unsaved && !sent) event.preventDefault();
  });
  // Where the answers are read: a request may wait in line before it is sent.
  document.addEventListener('htmx:config:request', (event) => {
    if (event.target.closest('form') === form || event.target.form === form) Object.assign(event.detail.ctx, { typed, rows, number: asked += 1 });
  });
  document.addEventListener('htmx:before:swap', (event) => {
    const { ctx } = event.detail;
    if (ctx.typed === undefined) return;
    if (ctx.target !== fields) {
      if (ctx.typed === typed) unsaved = false;
    } else if (ctx.typed === typed && ctx.rows === rows && ctx.number > drawn) {
      unsaved = false;
      drawn = ctx.number;
      if (ctx.sourceElement !== fields) rows += 1;
    } else {
      // Somebody went on meanwhile: this picture would take it back. Ask for a newer one.
      event.preventDefault();
      if (ctx.sourceElement === fields) htmx.trigger(fields, 'change');
      else ctx.sourceElement.click();
    }
  });
  document.addEventListener('htmx:after:swap', () => {
    const wanted = document.querySelector('[data-focus]');
    if (!wanted) return;
    const place = document.getElementById(wanted.dataset.focus);
    (place?.querySelector('input:not([type=hidden]), select, textarea') ?? place)?.focus();
    wanted.remove();
  });
}
