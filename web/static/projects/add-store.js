// @ts-check
// Finding content for a project, and what stands in the way of taking it.
import { signal } from '../core/html.js';

/** @typedef {import('../content/types.js').Content} Content */
/** @typedef {ReturnType<typeof makeAdding>} Adding */
/** @typedef {{kind: 'here', itemId: number|null}|{kind: 'free'}|{kind: 'live'}|{kind: 'held', name: string, projectId: number, itemId: number|null}} Standing */

/** @param {Content} content @param {number} projectId @returns {Standing} */
export function standingOf(content, projectId) {
  const { version } = content;
  const out = version.state === 'published' || version.state === 'previously_published';
  if (out) return { kind: 'live' };
  const holders = content.held_by ?? [];
  const here =
    holders.find((holder) => holder.project_id === projectId && holder.version === version.number) ??
    (version.project_id === projectId ? { item_id: version.item_id } : null);
  if (here) return { kind: 'here', itemId: here.item_id };
  const other = holders.find((holder) => holder.version === version.number) ?? content.locked ?? null;
  if (other) return { kind: 'held', name: other.name, projectId: other.project_id, itemId: other.item_id };
  return { kind: 'free' };
}

/** @param {Content} content */
export const keyOf = ({ id, language }) => `${id}.${language}`;

/**
 * @param {object} deps
 * @param {import('./types.js').Api} deps.api
 * @param {() => string} deps.newKey
 * @param {(what: {contentId: number, language: string, key: string}) => Promise<any>} deps.add
 * @param {() => Promise<void>} deps.activate makes this my active project, where new drafts go
 */
export function makeAdding({ api, newKey, add, activate }) {
  const found = signal(/** @type {Content[]|null} */ (null));
  const fault = signal(/** @type {any} */ (null));
  const words = signal('');
  const more = signal(false);
  /** @type {import('../core/html.js').Signal<Record<string, {state: 'busy'|'added'|'refused', reason: string, itemId: number|null}>>} */
  const acts = signal({});
  /** @type {Map<string, string>} the same key for an act and its repeats */
  const keys = new Map();
  let turn = 0;

  /** @param {string} what */
  const key = (what) => {
    const held = keys.get(what) ?? newKey();
    keys.set(what, held);
    return held;
  };

  /** @param {string} name @param {{state: 'busy'|'added'|'refused', reason?: string, itemId?: number|null}} act */
  const mark = (name, { state, reason = '', itemId = null }) => {
    acts.value = { ...acts.value, [name]: { state, reason, itemId } };
  };

  /** @param {string} text */
  async function search(text) {
    const mine = ++turn;
    words.value = text;
    fault.value = null;
    try {
      const answer = await api.get('/content', { query: { q: text.trim() || null, limit: 30 } });
      if (mine !== turn) return;
      found.value = answer.items;
      more.value = answer.next !== null;
    } catch (thrown) {
      if (mine === turn) fault.value = thrown;
    }
  }

  /** @param {Content} content @param {() => Promise<number|null>} act */
  async function doing(content, act) {
    const name = keyOf(content);
    if (acts.value[name]?.state === 'busy') return;
    mark(name, { state: 'busy' });
    try {
      mark(name, { state: 'added', itemId: await act() });
    } catch (thrown) {
      mark(name, { state: 'refused', reason: /** @type {any} */ (thrown).message });
    }
  }

  return {
    found,
    fault,
    words,
    more,
    acts,
    search,

    /** @param {Content} content */
    take: (content) =>
      doing(content, async () => (await add({ contentId: content.id, language: content.language, key: key(`add ${keyOf(content)}`) })).id),

    /** A draft of one's own from what is there, for this project. @param {Content} content */
    draftFrom: (content) =>
      doing(content, async () => {
        await activate();
        const made = await api.post(
          `/content/${content.id}/versions`,
          { language: content.language, from: content.version.number },
          { key: key(`draft ${keyOf(content)}.${content.version.number}`) },
        );
        return made.version.item_id;
      }),

    /** @param {{title: string, language: string}} page @returns {Promise<Content>} */
    async create({ title, language }) {
      await activate();
      return api.post(
        '/content',
        { type: 'page', parent_id: null, slug: '', language, fields: { title } },
        { key: key(`page ${language} ${title}`) },
      );
    },
  };
}
