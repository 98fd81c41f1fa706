// @ts-check
// Why an act is not possible now: the cause, then the cure.
import { preflightOf } from './preflight.js';

/** @param {import('./types.js').May|undefined} may @returns {string|null} */
export const refusal = (may) => (may && !may.allowed ? (may.reason ?? 'You may not do this here').replace(/\.$/, '') : null);

/** @param {import('./overview-store.js').Overview} store @returns {string|null} */
export function whyNotPublish(store) {
  const refused = refusal(store.may.value.publish);
  if (refused) return refused;
  const { ready, total } = store.preflight.value;
  if (ready > 0) return null;
  if (store.present.value.length === 0) return 'Nothing is in the project yet';
  return total === 0 ? 'Everything is out already' : 'Nothing is ready yet. Set items ready first';
}

/** @param {import('./overview-store.js').Overview} store @param {number[]} ids @returns {{ids: number[], reason: string|null}} which of them can be set ready */
export function readyable(store, ids) {
  const refused = refusal(store.may.value.set_ready ?? store.may.value.publish);
  if (refused) return { ids: [], reason: refused };
  const items = store.present.value.filter((item) => ids.includes(item.id));
  const open = items.filter((item) => item.state === 'draft' || item.state === 'in_review' || item.state === 'rejected');
  if (open.length > 0) return { ids: open.map((item) => item.id), reason: null };
  return {
    ids: [],
    reason:
      preflightOf(items).total === 0
        ? 'Published already'
        : items.length === 1
          ? 'It is ready already'
          : `All ${items.length} are ready already`,
  };
}

/** @param {import('./overview-store.js').Overview} store @param {number[]} ids @returns {string|null} */
export function whyNotRemove(store, ids) {
  const refused = refusal(store.may.value.add_items);
  if (refused) return refused;
  return store.present.value.some((item) => ids.includes(item.id) && item.locked)
    ? 'The project is going out. Wait until it is done'
    : null;
}
