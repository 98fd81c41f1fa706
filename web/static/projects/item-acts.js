// @ts-check
// What one does with several items at once. Each is its own request: what is refused is told with its
// reason, and the others are done.
import { batch } from '../core/html.js';

/** @typedef {import('./types.js').Item} Item */
/** @typedef {{done: number[], refused: {id: number, title: string, reason: string}[]}} Outcome */

const abreast = 4;

/**
 * @template T
 * @param {T[]} list @param {(one: T) => Promise<void>} act
 */
async function eachOf(list, act) {
  const waiting = [...list];
  const worker = async () => {
    for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) await act(one);
  };
  await Promise.all(Array.from({ length: Math.min(abreast, list.length) }, worker));
}

/** Why an item was not set ready, in words of its own fields. @param {Item} item @param {any} fault */
function reasonOf(item, fault) {
  if (fault.code === 'invalid' && item.missing.length > 0) return `${item.missing.join(' and ')} is missing`;
  const fields = Object.values(fault.fields ?? {});
  return fields.length > 0 ? fields.join(' ') : fault.message;
}

/**
 * @param {object} deps
 * @param {number} deps.projectId
 * @param {ReturnType<typeof import('./items.js').makeItems>} deps.items
 * @param {import('./types.js').Api} deps.api
 * @param {() => string} deps.newKey
 * @param {(item: Item) => void} deps.added
 * @param {import('../core/html.js').Signal<number[]>} deps.shown
 */
export function makeItemActs({ projectId, items, api, newKey, added, shown }) {
  /** @param {number[]} ids */
  const rowsOf = (ids) => ids.flatMap((id) => items.rows.get(id)?.peek() ?? []).filter((row) => !row.gone);

  /**
   * The state shows at once and returns with the reason if it is refused.
   * @param {number[]} ids
   * @returns {Promise<Outcome>}
   */
  async function setReady(ids) {
    /** @type {Outcome} */
    const outcome = { done: [], refused: [] };
    const rows = rowsOf(ids);
    batch(() => {
      for (const { item } of rows) items.change(item.id, { pending: 'ready', refused: '' });
    });
    await eachOf(rows, async ({ item }) => {
      try {
        const { version } = await api.post(`/content/${item.content_id}/versions/${item.version}/ready`);
        const row = items.rows.get(item.id)?.peek();
        if (row) items.put({ ...row.item, state: version.state, version_revision: version.revision });
        items.change(item.id, { pending: null });
        outcome.done.push(item.id);
      } catch (thrown) {
        const reason = reasonOf(item, thrown);
        items.change(item.id, { pending: null, refused: reason });
        outcome.refused.push({ id: item.id, title: item.title, reason });
      }
    });
    return outcome;
  }

  /**
   * Takes items out of the project. Their text stays, so this can be undone.
   * @param {number[]} ids
   * @returns {Promise<Outcome & {undo: () => Promise<Outcome>}>}
   */
  async function remove(ids) {
    /** @type {Outcome} */
    const outcome = { done: [], refused: [] };
    const rows = rowsOf(ids);
    const before = shown.value;
    batch(() => {
      shown.value = before.filter((id) => !ids.includes(id));
    });
    await eachOf(rows, async ({ item }) => {
      try {
        await api.del(`/projects/${projectId}/items/${item.id}`, { revision: item.revision });
      } catch (thrown) {
        const fault = /** @type {any} */ (thrown);
        if (fault.code !== 'not_found') {
          if (fault.current?.id === item.id) items.put(fault.current);
          items.change(item.id, { refused: fault.message });
          outcome.refused.push({ id: item.id, title: item.title, reason: fault.message });
          return;
        }
      }
      outcome.done.push(item.id);
      items.takeOut(item, null);
    });
    const back = new Set(outcome.refused.map(({ id }) => id));
    if (back.size > 0) shown.value = before.filter((id) => items.rows.has(id) && (back.has(id) || shown.value.includes(id)));
    const gone = rows.map(({ item }) => item).filter((item) => outcome.done.includes(item.id));
    return { ...outcome, undo: () => putBack(gone) };
  }

  /** @param {Item[]} gone @returns {Promise<Outcome>} */
  async function putBack(gone) {
    /** @type {Outcome} */
    const outcome = { done: [], refused: [] };
    await eachOf(gone, async (item) => {
      try {
        await add({ contentId: item.content_id, language: item.language, action: item.action });
        outcome.done.push(item.id);
      } catch (thrown) {
        outcome.refused.push({ id: item.id, title: item.title, reason: /** @type {any} */ (thrown).message });
      }
    });
    return outcome;
  }

  /** @param {{contentId: number, language: string, action?: string, key?: string}} what @returns {Promise<Item>} */
  async function add({ contentId, language, action = 'publish', key = newKey() }) {
    const item = await api.post(`/projects/${projectId}/items`, { content_id: contentId, language, action }, { key });
    added(item);
    return item;
  }

  return { setReady, remove, putBack, add };
}
