// @ts-check
// What is said in a project, or on one of its items. Applied twice, an event changes nothing.
import { batch, signal } from '../core/html.js';
import { makeOutgoing } from './outgoing.js';
import { makeReading } from './reading.js';
import { makeShelf } from './shelf.js';
import { makeThreads } from './threads.js';

/** @typedef {import('./types.js').Comment} Comment */
/** @typedef {import('./types.js').LiveEvent} LiveEvent */
/** @typedef {ReturnType<typeof makeComments>} Comments */
/**
 * @typedef {object} Deps
 * @property {import('./types.js').Api} api
 * @property {import('./types.js').Follow} follow
 * @property {() => string} newKey
 * @property {() => import('./types.js').PersonRef} me
 * @property {import('./types.js').Shelf|null} shelf
 * @property {() => number} [now]
 */

const PAGE = 100;

/**
 * @param {{projectId: number, itemId: number|null}} where without an item: everything in the project
 * @param {Deps} deps
 */
export function makeComments({ projectId, itemId }, { api, follow, newKey, me, shelf, now = Date.now }) {
  const kept = makeShelf(shelf, `${me().id}.${projectId}.${itemId ?? 'all'}`);
  const threads = makeThreads();
  const reading = makeReading(threads, kept, () => me().id);
  const outgoing = makeOutgoing({ send, arrived: (comment) => arrive(comment), newKey, kept, now });
  const phase = signal(/** @type {'loading'|'ready'|'missing'|'failed'} */ ('loading'));
  const fault = signal(/** @type {any} */ (null));
  const older = signal(/** @type {string|null} */ (null));
  const more = signal(/** @type {'idle'|'loading'|'failed'} */ ('idle'));
  /** How many words of others came while this is open; for those who listen. */
  const arrivals = signal(0);
  let stop = () => {};

  /** @param {string|null} after */
  const read = (after) => api.get(`/projects/${projectId}/comments`, { query: { item: itemId, limit: PAGE, after } });

  /** @param {import('./types.js').Unsent} unsent */
  function send({ key, parentId, itemId: item, body }) {
    const words = parentId === null ? { body, item_id: item } : { body, parent_id: parentId };
    return api.post(`/projects/${projectId}/comments`, words, { key });
  }

  /** @param {any} answer */
  function fill(answer) {
    batch(() => {
      threads.prepend(answer.items, answer.parents ?? []);
      older.value = answer.next;
      phase.value = 'ready';
    });
  }

  async function load() {
    phase.value = 'loading';
    try {
      const answer = await read(null);
      fill(answer);
      reading.begin();
      stop();
      stop = follow(`project:${projectId}`, answer.position, apply, resync);
    } catch (thrown) {
      const problem = /** @type {any} */ (thrown);
      batch(() => {
        fault.value = problem;
        phase.value = problem.code === 'not_found' ? 'missing' : 'failed';
      });
    }
  }

  async function resync() {
    const answer = await read(null);
    batch(() => {
      threads.clear();
      fill(answer);
    });
    return answer.position;
  }

  /**
   * A comment as the server knows it, from whichever side it came first.
   * @param {Comment} comment @param {import('./types.js').PersonRef|null} [actor] set when an event told of it
   */
  function arrive(comment, actor) {
    const others = Boolean(actor && actor.id !== me().id);
    const was = threads.rows.get(comment.id)?.peek().comment;
    if (!was && itemId !== null && comment.item_id !== itemId) return;
    batch(() => {
      if (comment.author.id === me().id) outgoing.drop(comment.client_key);
      const outcome = threads.put(comment, { changedAt: others ? now() : 0 });
      if (outcome !== 'added' || !others || comment.deleted) return;
      arrivals.value += 1;
      reading.arrived(comment.id);
    });
  }

  /** @param {LiveEvent} event */
  function apply({ type, data, actor }) {
    if (type.startsWith('comment.')) arrive(data, actor);
    else if (type === 'project.deleted') phase.value = 'missing';
  }

  /** @param {number} id @returns {Comment|undefined} */
  const known = (id) => threads.rows.get(id)?.peek().comment;

  /**
   * Settled and reopened show at once, and turn back with the reason if refused.
   * @param {number} id @param {boolean} settled
   */
  async function settle(id, settled) {
    const before = known(id);
    if (!before) return false;
    const mark = settled ? { resolved_at: new Date(now()).toISOString(), resolved_by: me() } : { resolved_at: null, resolved_by: null };
    threads.change(id, { comment: { ...before, ...mark }, refused: '' });
    try {
      arrive(await api.post(`/comments/${id}/${settled ? 'resolve' : 'reopen'}`));
      return true;
    } catch (thrown) {
      const current = known(id);
      if (current && current.revision === before.revision)
        threads.change(id, { comment: before, refused: /** @type {any} */ (thrown).message });
      return false;
    }
  }

  /**
   * A change of my words. A revision that only somebody's "settled" has moved on is no reason to refuse.
   * @param {number} id
   * @param {(revision: number) => Promise<any>} act
   */
  async function based(id, act) {
    const before = /** @type {Comment} */ (known(id));
    try {
      return await act(before.revision);
    } catch (thrown) {
      const { code, current } = /** @type {any} */ (thrown);
      if (code !== 'stale' || !current || current.deleted || current.body !== before.body) throw thrown;
      arrive(current);
      return act(current.revision);
    }
  }

  return {
    projectId,
    itemId,
    phase,
    fault,
    older,
    more,
    arrivals,
    reading,
    kept,
    load,
    apply,
    resync,
    rows: threads.rows,
    threads: threads.ids,
    replies: threads.replies,
    count: threads.count,
    unsent: outgoing.list,
    again: outgoing.again,
    discard: outgoing.drop,
    resolve: (/** @type {number} */ id) => settle(id, true),
    reopen: (/** @type {number} */ id) => settle(id, false),

    /** @param {{body: string, parentId?: number|null, itemId?: number|null}} words */
    add: ({ body, parentId = null, itemId: item = itemId }) => outgoing.add({ body, parentId, itemId: item }),

    /** @param {number} id @param {string} body @returns {Promise<any>} what refused it, or null */
    async edit(id, body) {
      try {
        arrive(await based(id, (revision) => api.patch(`/comments/${id}`, { body }, { revision })));
        return null;
      } catch (thrown) {
        const { current } = /** @type {any} */ (thrown);
        if (current?.id === id) arrive(current);
        return thrown;
      }
    },

    /** @param {number} id */
    async remove(id) {
      threads.change(id, { leaving: true, refused: '' });
      try {
        await based(id, (revision) => api.del(`/comments/${id}`, { revision }));
      } catch (thrown) {
        const problem = /** @type {any} */ (thrown);
        if (problem.code !== 'not_found') {
          threads.change(id, { leaving: false, refused: problem.message });
          return false;
        }
      }
      const comment = known(id);
      if (comment && !comment.deleted)
        batch(() => threads.put({ ...comment, deleted: true, body: '', html: '', quote: '', revision: comment.revision + 1 }));
      return true;
    },

    async loadOlder() {
      if (!older.value || more.value === 'loading') return false;
      more.value = 'loading';
      try {
        fill(await read(older.value));
        more.value = 'idle';
        return true;
      } catch {
        more.value = 'failed';
        return false;
      }
    },

    /** @param {string} words @returns {Promise<(import('./types.js').PersonRef & {role: string})[]>} */
    people: async (words) => (await api.get(`/projects/${projectId}/people`, { query: { q: words } })).items,

    close: () => stop(),
  };
}
