// Beside a text field marked data-lix stands how hard its text is to read, while it is being written.
const PAUSE = 600; // milliseconds without typing before the server is asked

export function readability() {
  const token = () => document.querySelector('meta[name=csrf], input[name=csrf_token]')?.value ?? '';
  const asked = new WeakMap();

  function place(field) {
    const id = `lix-${field.id || field.name}`;
    let found = document.getElementById(id);
    if (!found) {
      found = document.createElement('p');
      found.id = id;
      found.className = 'hint lix-beside';
      found.setAttribute('aria-live', 'polite');
      field.after(found);
    }
    return found;
  }

  async function judge(field) {
    const text = field.value.trim();
    const beside = place(field);
    if (!text) { beside.replaceChildren(); return; }
    const answer = await fetch(field.dataset.lix || '/laeselighed', {
      method: 'POST',
      headers: { 'X-CSRFToken': token(), 'HX-Request': 'true' },
      body: new URLSearchParams({ tekst: text }),
    }).catch(() => null);
    if (!answer?.ok || field.value.trim() !== text) return;
    beside.innerHTML = await answer.text();
  }

  function later(field) {
    clearTimeout(asked.get(field));
    asked.set(field, setTimeout(() => judge(field), PAUSE));
  }

  document.addEventListener('input', (event) => {
    if (event.target.matches?.('textarea[data-lix]')) later(event.target);
  });
  const all = () => document.querySelectorAll('textarea[data-lix]').forEach((field) => {
    if (field.value && !document.getElementById(`lix-${field.id || field.name}`)?.textContent) judge(field);
  });
  document.addEventListener('htmx:after:swap', all);
  all();
}
