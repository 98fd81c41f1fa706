// @ts-check
// The rows of a project. One signal a row, so that an event touches one row. The newer revision wins,
// and what was taken out does not come back by a late event.
import { signal } from '../core/html.js';
import { STATES } from '../ui/state.js';

/** @typedef {import('./types.js').Item} Item */
/** @typedef {import('./types.js').PersonRef} PersonRef */
/**
 * @typedef {object} Row
 * @property {Item} item
 * @property {number} changedAt when somebody else changed it before my eyes; 0: never, or long ago
 * @property {string} did what they did: "Ready by Jonas"
 * @property {import('../ui/state.js').ItemStateName|null} pending the state that I asked for
 * @property {string} refused why I did not get it
 * @property {{by: PersonRef|null, at: number}|null} gone somebody took it out
 */

const many = 20;
const together = 1_000;

/** Whether an answer or event says something older than what is here. @param {Item} item @param {Item} held */
function isOlder(item, held) {
  if (item.revision !== held.revision) return item.revision < held.revision;
  if (item.version !== held.version) return item.version < held.version;
  return item.version_revision < held.version_revision;
}

/** What somebody did, in two words and their name; nothing when it can't be seen. @param {Item|null} was @param {Item} item @param {PersonRef} by */
export function deed(was, item, by) {
  const name = by.name.split(' ')[0];
  if (!was) return `Added by ${name}`;
  if (was.state !== item.state)
    return item.state === 'draft' && was.state === 'ready' && was.version_revision !== item.version_revision
      ? `Edited by ${name}`
      : `${STATES[item.state]?.label ?? item.state} by ${name}`;
  if (was.version !== item.version || was.version_revision !== item.version_revision || was.title !== item.title)
    return `Edited by ${name}`;
  if (was.assignee?.id !== item.assignee?.id) return `Assigned by ${name}`;
  if (was.action !== item.action || was.conflict !== item.conflict) return `Changed by ${name}`;
  return '';
}

/** @param {{me: () => number, now: () => number}} deps */
export function makeItems({ me, now }) {
  /** @type {Map<number, import('../core/html.js').Signal<Row>>} */
  const rows = new Map();
  /** Every row that is here, in the order of the project. */
  const ids = signal(/** @type {number[]} */ ([]));
  /** The last revision of each that was taken out: one that comes back goes on from there. @type {Map<number, number>} */
  const removed = new Map();
  /** How many rows changed at once, when they are too many to look at one by one. */
  const burst = signal(0);
  /** @type {{id: number, at: number}[]} */
  let lately = [];

  /** @param {number} id @param {Partial<Row>} change */
  function change(id, change) {
    const row = rows.get(id);
    if (row) row.value = { ...row.peek(), ...change };
  }

  /** Twenty rows that glow say nothing. @param {number} id */
  function glows(id) {
    const at = now();
    lately = [...lately.filter((one) => at - one.at < together && one.id !== id), { id, at }];
    if (lately.length < many) return true;
    for (const one of lately) change(one.id, { changedAt: 0 });
    burst.value = lately.length;
    return false;
  }

  /**
   * @param {Item} item
   * @param {{actor?: PersonRef|null, anew?: boolean}} [from] actor: whose act an event told of; anew: it was just read
   * @returns {'added'|'changed'|'moved'|'known'}
   */
  function put(item, { actor = null, anew = false } = {}) {
    if (item.revision <= (removed.get(item.id) ?? 0)) return 'known';
    const row = rows.get(item.id);
    const was = row?.peek() ?? null;
    if (was && !anew && isOlder(item, was.item)) return 'known';
    const did = actor && actor.id !== me() ? deed(was?.item ?? null, item, actor) : '';
    const seen = { changedAt: did && glows(item.id) ? now() : (was?.changedAt ?? 0), did: did || (was?.did ?? '') };
    // The number of comments is counted from their own events; an item's event may be older than those.
    const comments = was && !anew ? was.item.comments : item.comments;
    const next = {
      item: { ...item, comments },
      ...seen,
      pending: was?.pending === item.state ? null : (was?.pending ?? null),
      refused: '',
      gone: null,
    };
    if (!row) {
      rows.set(item.id, signal(/** @type {Row} */ (next)));
      ids.value = [...ids.value, item.id];
      return 'added';
    }
    row.value = next;
    return was?.item.order === item.order ? 'changed' : 'moved';
  }

  /** @param {number} id */
  function drop(id) {
    rows.delete(id);
    ids.value = ids.value.filter((other) => other !== id);
  }

  return {
    rows,
    ids,
    removed,
    burst,
    put,
    change,
    drop,

    /** @param {{id: number, revision: number}} item @param {PersonRef|null} by nobody: it goes at once */
    takeOut({ id, revision }, by) {
      if ((rows.get(id)?.peek().item.revision ?? 0) > revision) return; // it is back already
      removed.set(id, revision);
      if (by && rows.has(id)) change(id, { gone: { by, at: now() }, pending: null });
      else drop(id);
    },

    /** What is here and not taken out. @returns {Item[]} */
    present() {
      return ids.value.flatMap((id) => {
        const row = rows.get(id)?.value;
        return !row || row.gone ? [] : [row.pending ? { ...row.item, state: row.pending } : row.item];
      });
    },

    sort() {
      const order = (/** @type {number} */ id) => rows.get(id)?.peek().item.order ?? 0;
      ids.value = [...ids.value].sort((a, b) => order(a) - order(b));
    },

    /** Exactly these are there, as the server just said. @param {Item[]} items */
    replace(items) {
      const there = new Set(items.map((item) => item.id));
      removed.clear();
      for (const id of [...rows.keys()]) if (!there.has(id)) rows.delete(id);
      for (const item of items) put(item, { anew: true });
      ids.value = items.map((item) => item.id);
    },
  };
}
