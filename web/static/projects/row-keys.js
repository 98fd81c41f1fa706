// @ts-check
// Moving through rows by keyboard: the focus stands on a row's title, which is its link.

/** The row that has the focus. @param {HTMLElement|null} body @returns {number|null} */
export function rowAt(body) {
  const row = document.activeElement?.closest('[data-row]');
  return row instanceof HTMLElement && body?.contains(row) ? Number(row.dataset.row) : null;
}

/** @param {HTMLElement|null} body @param {1|-1} step */
export function moveRow(body, step) {
  const links = /** @type {HTMLElement[]} */ ([...(body?.querySelectorAll('[data-row] [data-title]') ?? [])]);
  if (links.length === 0) return;
  const row = document.activeElement?.closest('[data-row]');
  const at = links.findIndex((link) => row?.contains(link));
  const next = at < 0 ? (step > 0 ? 0 : links.length - 1) : at + step;
  links[Math.max(0, Math.min(next, links.length - 1))].focus();
}

/** After a row went: the one that took its place. @param {HTMLElement|null} body @param {number} index */
export function focusRow(body, index) {
  const links = /** @type {HTMLElement[]} */ ([...(body?.querySelectorAll('[data-row] [data-title]') ?? [])]);
  links[Math.max(0, Math.min(index, links.length - 1))]?.focus();
}
