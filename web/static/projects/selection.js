// @ts-check
// Which rows are selected. Shift selects from the last one to this one.
import { computed, signal } from '../core/html.js';

/** @param {import('../core/html.js').Signal<number[]>} shown in their order */
export function makeSelection(shown) {
  const chosen = signal(/** @type {Set<number>} */ (new Set()));
  /** What was selected and then vanished is not selected any more. */
  const ids = computed(() => shown.value.filter((id) => chosen.value.has(id)));
  /** @type {number|null} */
  let anchor = null;

  return {
    ids,
    /** @param {number} id */
    has: (id) => chosen.value.has(id),

    /** @param {number} id @param {boolean} [range] */
    toggle(id, range = false) {
      const next = new Set(chosen.value);
      const from = anchor === null ? -1 : shown.value.indexOf(anchor);
      const to = shown.value.indexOf(id);
      if (range && from >= 0 && to >= 0) {
        for (const between of shown.value.slice(Math.min(from, to), Math.max(from, to) + 1)) next.add(between);
      } else if (next.has(id)) next.delete(id);
      else next.add(id);
      anchor = id;
      chosen.value = next;
    },

    all() {
      chosen.value = new Set(shown.value);
    },

    clear() {
      chosen.value = new Set();
      anchor = null;
    },
  };
}
