// @ts-check
import { html, useEffect, useState } from '../core/html.js';

const patience = 150;

/** True after a moment: what loads faster than that needs no skeleton. */
export function useLate() {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), patience);
    return () => clearTimeout(timer);
  }, []);
  return late;
}

/**
 * Rows at their true height; the bars come after a moment, the room is there at once.
 * @param {{rows?: number, row?: 'row' | 'project' | 'entry', label?: string}} props
 */
export function Skeleton({ rows = 8, row = 'row', label = 'Loading' }) {
  const late = useLate();
  return html`<div class="skeleton ${late ? 'skeleton-late' : ''}" role="status" aria-busy="true" aria-label=${label}>
    ${Array.from({ length: rows }, (_, index) => html`<div key=${index} class="skeleton-row skeleton-${row}"><span></span><span></span><span></span></div>`)}
  </div>`;
}
