// @ts-check
// The list of all content, newest page after page. A row is one item in one language.
import { batch, signal } from '../core/html.js';
import { isAbove } from '../core/position.js';

/** @typedef {import('./types.js').Content} Content */
/** @typedef {import('./types.js').Fault} Fault */
/** @typedef {ReturnType<typeof makeContentList>} ContentList */
/** @typedef {{content: Content, changedAt: number, by: string}} Row */

const PAGE = 50;

/** @param {{id: number, language: string}} row */
const keyOf = (row) => `${row.id}.${row.language}`;

/** @param {{api: import('./types.js').Api, follow: import('./types.js').Follow, me: () => number}} deps */
export function makeContentList({ api, follow, me }) {
  /** @type {Map<string, import('../core/html.js').Signal<Row>>} */
  const rows = new Map();
  const keys = signal(/** @type {string[]} */ ([]));
  /** New ones that do not stand in the list yet, because it goes on below or a filter is set. */
  const waiting = signal(/** @type {string[]} */ ([]));
  const phase = signal(/** @type {'loading'|'ready'|'failed'} */ ('loading'));
  const fault = signal(/** @type {Fault|null} */ (null));
  const next = signal(/** @type {string|null} */ (null));
  const more = signal(/** @type {'idle'|'loading'|'failed'} */ ('idle'));
  const filter = signal('');
  let position = '';
  let asked = 0;
  let stop = () => {};

  /** @param {Content} content @param {import('./types.js').PersonRef|null} [actor] whose act it is, when it just happened */
  function put(content, actor) {
    const key = keyOf(content);
    const row = rows.get(key);
    const other = actor && actor.id !== me();
    if (!row) {
      rows.set(key, signal({ content, changedAt: other ? Date.now() : 0, by: other ? actor.name : '' }));
      return true;
    }
    const was = row.value.content.version;
    const newer = content.version.number > was.number || (content.version.number === was.number && content.version.revision > was.revision);
    // A list that was read again may know more about the same revision (who holds it); an event never does.
    if (!newer && actor !== undefined) return false;
    if (!newer && (content.version.number < was.number || content.version.revision < was.revision)) return false;
    row.value = {
      content: { ...row.value.content, ...content },
      changedAt: other ? Date.now() : row.value.changedAt,
      by: other ? actor.name : row.value.by,
    };
    return true;
  }

  /** @param {string|null} after */
  const read = (after) => api.get('/content', { query: { limit: PAGE, q: filter.value.trim() || null, after } });

  /** @param {any} answer @param {boolean} first */
  function fill(answer, first) {
    batch(() => {
      for (const content of answer.items) put(content);
      const found = answer.items.map(keyOf);
      keys.value = first ? found : [...keys.value, ...found.filter((/** @type {string} */ key) => !keys.value.includes(key))];
      next.value = answer.next;
      phase.value = 'ready';
      if (first) {
        waiting.value = [];
        position = answer.position;
      }
    });
  }

  async function load() {
    const turn = ++asked;
    phase.value = 'loading';
    try {
      const answer = await read(null);
      if (turn !== asked) return;
      fill(answer, true);
      stop();
      stop = follow('content', answer.position, apply, resync);
    } catch (thrown) {
      if (turn !== asked) return;
      batch(() => {
        fault.value = /** @type {Fault} */ (thrown);
        phase.value = 'failed';
      });
    }
  }

  async function resync() {
    rows.clear();
    const answer = await read(null);
    fill(answer, true);
    return answer.position;
  }

  /** @param {import('./types.js').LiveEvent} event */
  function apply({ id, type, data, actor }) {
    if (isAbove(id, position) === false || !data?.version) return;
    if (type !== 'content.created' && type !== 'version.saved' && type !== 'version.changed') return;
    const key = keyOf(data);
    put(data, actor);
    if (keys.value.includes(key) || waiting.value.includes(key) || type !== 'content.created') return;
    if (next.value || filter.value.trim()) waiting.value = [...waiting.value, key];
    else keys.value = [...keys.value, key];
  }

  return {
    rows,
    keys,
    waiting,
    phase,
    fault,
    next,
    more,
    filter,
    load,
    apply,
    resync,

    /** @param {string} words */
    search(words) {
      filter.value = words;
      return load();
    },

    async loadMore() {
      if (!next.value || more.value === 'loading') return;
      const turn = asked;
      more.value = 'loading';
      try {
        const answer = await read(next.value);
        if (turn === asked) fill(answer, false);
        more.value = 'idle';
      } catch {
        more.value = 'failed';
      }
    },

    close: () => stop(),
  };
}

/**
 * A page that is to be made. The same key until the server has answered, so that it is made once.
 * @param {{api: import('./types.js').Api, newKey: () => string}} deps
 */
export function makeNewPage({ api, newKey }) {
  const busy = signal(false);
  const fault = signal(/** @type {Fault|null} */ (null));
  let key = newKey();
  let last = '';
  return {
    busy,
    fault,
    /** @param {{title: string, slug: string, language: string}} page @returns {Promise<Content|null>} */
    async create({ title, slug, language }) {
      if (busy.value) return null;
      const body = { type: 'page', parent_id: null, slug, language, fields: { title } };
      const text = JSON.stringify(body);
      if (text !== last) key = newKey();
      last = text;
      busy.value = true;
      fault.value = null;
      try {
        return await api.post('/content', body, { key });
      } catch (thrown) {
        fault.value = /** @type {Fault} */ (thrown);
        return null;
      } finally {
        busy.value = false;
      }
    },
  };
}

/** The last part of an address, made from a title as the server makes it. @param {string} title */
export function slugOf(title) {
  return title
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/ß/g, 'ss')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
}
