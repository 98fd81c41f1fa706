// @ts-check
// Comments as threads: which beginnings there are, in which order, and the replies under each. Told
// twice, or late, a comment changes nothing.
import { signal } from '../core/html.js';

/** @typedef {import('./types.js').Comment} Comment */
/** @typedef {import('./types.js').Row} Row */

export function makeThreads() {
  /** @type {Map<number, import('./types.js').RowSignal>} deleted ones stay here, so that a late event does not revive them */
  const rows = new Map();
  /** Beginnings, those with the oldest last word first. */
  const ids = signal(/** @type {number[]} */ ([]));
  /** @type {Map<number, import('../core/html.js').Signal<number[]>>} */
  const under = new Map();
  const count = signal(0);

  /** @param {number} parent */
  function replies(parent) {
    let list = under.get(parent);
    if (!list) {
      list = signal(/** @type {number[]} */ ([]));
      under.set(parent, list);
    }
    return list;
  }

  /** Takes away what has neither words nor replies. @param {Comment} comment */
  function tidy(comment) {
    const top = comment.parent_id ?? comment.id;
    const list = replies(top);
    if (comment.parent_id !== null) list.value = list.value.filter((id) => id !== comment.id);
    const beginning = rows.get(top)?.peek().comment;
    if (beginning?.deleted && list.value.length === 0) ids.value = ids.value.filter((id) => id !== top);
  }

  /**
   * @param {Comment} comment
   * @param {{at?: 'foot'|'head'|'none', changedAt?: number}} [how] where a thread goes that is new here
   * @returns {'added'|'changed'|'known'}
   */
  function put(comment, { at = 'foot', changedAt = 0 } = {}) {
    const row = rows.get(comment.id);
    if (row) {
      const was = row.peek();
      if (comment.revision <= was.comment.revision) return 'known';
      row.value = { comment, changedAt: changedAt || was.changedAt, refused: '', leaving: false };
      if (comment.deleted && !was.comment.deleted) {
        count.value -= 1;
        tidy(comment);
      }
      return 'changed';
    }
    rows.set(comment.id, signal(/** @type {Row} */ ({ comment, changedAt, refused: '', leaving: false })));
    if (!comment.deleted) count.value += 1;
    const top = comment.parent_id ?? comment.id;
    if (comment.parent_id !== null && !comment.deleted) {
      const list = replies(top);
      // Ids grow with time, so the newest stands last wherever it came from.
      list.value = [...list.value, comment.id].sort((a, b) => a - b);
    }
    const empty = comment.deleted && replies(top).value.length === 0;
    if (at !== 'none' && !empty && !ids.value.includes(top)) ids.value = at === 'foot' ? [...ids.value, top] : [top, ...ids.value];
    return 'added';
  }

  return {
    rows,
    ids,
    count,
    put,
    replies,

    /** A page, newest first, before all that is here. @param {Comment[]} page @param {Comment[]} parents beginnings that are not on it */
    prepend(page, parents) {
      for (const parent of parents) put(parent, { at: 'none' });
      for (const comment of page) put(comment, { at: 'head' });
    },

    /** @param {number} id @param {Partial<Row>} change */
    change(id, change) {
      const row = rows.get(id);
      if (row) row.value = { ...row.peek(), ...change };
    },

    /** Forgets everything, also what was deleted. */
    clear() {
      rows.clear();
      under.clear();
      ids.value = [];
      count.value = 0;
    },
  };
}
