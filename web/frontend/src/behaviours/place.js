// Coming back to a list lands where one left it: on the same row, or on the one that took its place.
const key = () => `row:${location.pathname}${location.search}`;
const rows = () => [...document.querySelectorAll('[data-row]')];

function remember(row) {
  if (row) sessionStorage.setItem(key(), JSON.stringify([row.id, rows().indexOf(row), scrollY]));
}

function land() {
  const left = sessionStorage.getItem(key());
  if (!left) return;
  sessionStorage.removeItem(key());
  const [id, at, scroll] = JSON.parse(left);
  const all = rows();
  const row = document.getElementById(id) ?? all[Math.min(at, all.length - 1)];
  scrollTo(0, scroll);
  row?.querySelector('a[data-open]')?.focus();
}

export function keepPlace() {
  document.addEventListener('click', (event) => {
    if (event.target.closest('a[data-open]')) remember(event.target.closest('[data-row]'));
  });
  document.addEventListener('submit', (event) => {
    if (event.submitter) remember(event.submitter.closest('[data-row]') ?? event.target.querySelector('[data-row]:has(input:checked)'));
  });
  // A page that the browser kept as it was comes back without loading.
  addEventListener('pageshow', land);
}
