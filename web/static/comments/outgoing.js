// @ts-check
// My comments on their way: shown at once, and kept until the server has them. A key names each, so
// that a repeat is the same comment.
import { signal } from '../core/html.js';

/** @typedef {import('./types.js').Unsent} Unsent */
/** @typedef {import('./types.js').Comment} Comment */

/**
 * @param {object} deps
 * @param {(unsent: Unsent) => Promise<Comment>} deps.send
 * @param {(comment: Comment) => void} deps.arrived
 * @param {() => string} deps.newKey
 * @param {import('./shelf.js').KeptWords} deps.kept
 * @param {() => number} deps.now
 */
export function makeOutgoing({ send, arrived, newKey, kept, now }) {
  const list = signal(/** @type {Unsent[]} */ (remembered()));

  /** What was not sent when the page was left is offered again. @returns {Unsent[]} */
  function remembered() {
    try {
      const left = JSON.parse(kept.read('unsent') || '[]');
      return Array.isArray(left) ? left.map((unsent) => ({ ...unsent, status: 'failed', fault: null })) : [];
    } catch {
      return [];
    }
  }

  /** @param {Unsent[]} next */
  function set(next) {
    list.value = next;
    const words = next.map(({ key, parentId, itemId, body, since }) => ({ key, parentId, itemId, body, since }));
    kept.write('unsent', words.length > 0 ? JSON.stringify(words) : '');
  }

  /** @param {string} key @param {Partial<Unsent>} change */
  const change = (key, change) => set(list.value.map((unsent) => (unsent.key === key ? { ...unsent, ...change } : unsent)));

  /** @param {Unsent} unsent */
  async function go(unsent) {
    try {
      arrived(await send(unsent));
      return true;
    } catch (fault) {
      change(unsent.key, { status: 'failed', fault });
      return false;
    }
  }

  return {
    list,

    /** @param {{body: string, parentId: number|null, itemId: number|null}} words */
    add(words) {
      /** @type {Unsent} */
      const unsent = { ...words, key: newKey(), since: now(), status: 'sending', fault: null };
      set([...list.value, unsent]);
      return go(unsent);
    },

    /** @param {string} key */
    again(key) {
      const unsent = list.value.find((other) => other.key === key);
      if (!unsent || unsent.status === 'sending') return Promise.resolve(false);
      change(key, { status: 'sending', fault: null, since: now() });
      return go(unsent);
    },

    /** The server has it, or I don't want it any more. @param {string|null} key */
    drop(key) {
      if (key && list.value.some((unsent) => unsent.key === key)) set(list.value.filter((unsent) => unsent.key !== key));
    },
  };
}
