// @ts-check
// Where an item stands in its project: before and after what, how much is said about it, and whether it still belongs there.
import { batch, computed, signal } from '../core/html.js';
import { isAbove, lowest } from '../core/position.js';

/** @typedef {import('./types.js').Item} Item */
/** @typedef {import('./types.js').Fault} Fault */
/** @typedef {ReturnType<typeof makePlace>} Place */

const PAGE = 200;

/**
 * @param {{projectId: number, itemId: number}} where
 * @param {{api: import('./types.js').Api, follow: import('./types.js').Follow}} deps
 */
export function makePlace({ projectId, itemId }, { api, follow }) {
  const phase = signal(/** @type {'loading'|'ready'|'missing'|'failed'} */ ('loading'));
  const fault = signal(/** @type {Fault|null} */ (null));
  const item = signal(/** @type {Item|null} */ (null));
  const projectName = signal('');
  /** The project's items in their order. @type {import('../core/html.js').Signal<number[]>} */
  const ids = signal(/** @type {number[]} */ ([]));
  /** Comments that I have seen added or deleted: told twice, they count once. @type {Map<number, number>} */
  const counted = new Map();
  const comments = signal(0);
  let countedAt = '';
  const gone = signal(/** @type {{by: import('./types.js').PersonRef|null, project: boolean}|null} */ (null));
  let stop = () => {};

  const index = computed(() => ids.value.indexOf(itemId));

  /** The overview holds the first items in their order; the others come page by page. @param {any} overview */
  async function order(overview) {
    ids.value = overview.items.map((/** @type {Item} */ row) => row.id);
    for (let after = overview.items_next; after; ) {
      const page = await api.get(`/projects/${projectId}/items`, { query: { limit: PAGE, after } });
      ids.value = [
        ...ids.value,
        ...page.items.map((/** @type {Item} */ row) => row.id).filter((/** @type {number} */ id) => !ids.value.includes(id)),
      ];
      after = page.next;
    }
  }

  /** @returns {Promise<string>} the position below which nothing is missing */
  async function read() {
    const [row, overview] = await Promise.all([api.get(`/projects/${projectId}/items/${itemId}`), api.get(`/projects/${projectId}`)]);
    batch(() => {
      item.value = row;
      comments.value = row.comments;
      counted.clear();
      countedAt = row.position ?? overview.position;
      projectName.value = overview.name;
      phase.value = 'ready';
    });
    void order(overview).catch(() => {});
    return lowest([countedAt, overview.position]) ?? overview.position;
  }

  async function load() {
    phase.value = 'loading';
    try {
      const position = await read();
      stop();
      stop = follow(`project:${projectId}`, position, apply, read);
      return item.value;
    } catch (thrown) {
      const problem = /** @type {Fault} */ (thrown);
      batch(() => {
        fault.value = problem;
        phase.value = problem.code === 'not_found' ? 'missing' : 'failed';
      });
      return null;
    }
  }

  /** @param {string} position @param {any} comment @param {1|-1} step */
  function count(position, comment, step) {
    if (isAbove(position, countedAt) === false) return;
    const before = counted.get(comment.id) ?? 0;
    if (comment.item_id !== itemId || before === step || (step === 1 && before === -1)) return;
    counted.set(comment.id, step);
    comments.value = Math.max(0, comments.value + step);
  }

  /** @param {any} came an item, as an event tells of it */
  function know(came) {
    if (came.id === itemId && item.value && came.revision >= item.value.revision) item.value = { ...item.value, ...came };
  }

  /** @param {import('./types.js').LiveEvent} event */
  function apply({ id, type, data, actor }) {
    switch (type) {
      case 'item.added':
        if (!ids.value.includes(data.id)) ids.value = [...ids.value, data.id];
        if (data.id === itemId) gone.value = null; // it was taken out and is back
        know(data);
        break;
      case 'item.changed':
        know(data);
        break;
      case 'item.removed':
        ids.value = ids.value.filter((other) => other !== data.id);
        if (data.id === itemId) gone.value = { by: actor, project: false };
        break;
      case 'comment.added':
        count(id, data, 1);
        break;
      case 'comment.deleted':
        count(id, data, -1);
        break;
      case 'project.changed':
        projectName.value = data.name ?? projectName.value;
        break;
      case 'project.deleted':
        gone.value = { by: actor, project: true };
        break;
    }
  }

  return {
    projectId,
    itemId,
    phase,
    fault,
    item,
    projectName,
    comments,
    gone,
    ids,
    index,
    load,
    apply,
    previous: computed(() => (index.value > 0 ? ids.value[index.value - 1] : null)),
    next: computed(() => (index.value >= 0 && index.value < ids.value.length - 1 ? ids.value[index.value + 1] : null)),
    close: () => stop(),
  };
}
