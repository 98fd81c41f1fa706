// @ts-check
const gap = 6;
const edge = 8;

/**
 * Puts a panel of the top layer beside its button, inside the window. Above it only when below is no room.
 * @param {HTMLElement} panel
 * @param {HTMLElement} anchor
 * @param {'start' | 'end'} align
 */
export function place(panel, anchor, align) {
  const at = anchor.getBoundingClientRect();
  const width = panel.offsetWidth;
  const height = panel.offsetHeight;
  const wanted = align === 'end' ? at.right - width : at.left;
  const left = Math.max(edge, Math.min(wanted, innerWidth - width - edge));
  const below = innerHeight - at.bottom - gap - edge;
  const above = at.top - gap - edge;
  const up = height > below && above > below;
  panel.style.left = `${Math.round(left)}px`;
  panel.style.top = up ? 'auto' : `${Math.round(at.bottom + gap)}px`;
  panel.style.bottom = up ? `${Math.round(innerHeight - at.top + gap)}px` : 'auto';
  panel.style.maxHeight = `${Math.round(up ? above : below)}px`;
}
