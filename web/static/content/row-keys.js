// @ts-check
/** Moves the focus to the title of the next row, or of the one before. @param {HTMLElement|null} body @param {1|-1} step */
export function moveIn(body, step) {
  const links = /** @type {HTMLElement[]} */ ([...(body?.querySelectorAll('.content-title a') ?? [])]);
  const row = document.activeElement?.closest('.content-row');
  const at = links.findIndex((link) => row?.contains(link));
  const next = at < 0 ? (step > 0 ? 0 : links.length - 1) : at + step;
  links[Math.max(0, Math.min(next, links.length - 1))]?.focus();
}
