// @ts-check
// The editor of one version: loading, following, saving, and the acts of the person in front of it. Nothing here touches the page.
import { batch } from '../core/html.js';
import { makeAutosave } from './autosave.js';
import { makeEditorState, textOf } from './editor-state.js';
import { makeKept } from './kept.js';
import { byName, makeSender } from './sender.js';
import { contentTypes } from './type-store.js';

/** @typedef {import('./types.js').Content} Content */
/** @typedef {import('./types.js').Fault} Fault */
/** @typedef {import('./types.js').LiveEvent} LiveEvent */
/** @typedef {ReturnType<typeof makeEditor>} Editor */
/**
 * @typedef {object} Deps
 * @property {import('./types.js').Api} api
 * @property {import('./types.js').Follow} follow
 * @property {import('./types.js').Shelf|null} shelf
 * @property {() => {id: number, role: string}} me
 * @property {() => string} newKey
 * @property {import('./autosave.js').Clock} [clock]
 */

/**
 * @param {{contentId: number, language: string, version?: number}} where
 * @param {Deps} deps
 */
export function makeEditor({ contentId, language, version }, deps) {
  const { api } = deps;
  const state = makeEditorState(deps.me);
  const { content, phase, acting, refused } = state;
  const kept = makeKept(deps.shelf, `${deps.me().id}.${contentId}.${language}`, deps.newKey());
  let stopFollowing = () => {};
  let followed = '';
  let closed = false;

  const sender = makeSender(state, { api, newKey: deps.newKey, refresh, begun: follow });
  const autosave = makeAutosave({ due: sender.due, clock: deps.clock, save: () => sender.save().finally(keep) });

  function keep() {
    const unsaved = state.list.value.filter((field) => field.dirty.value);
    return kept.keep(
      Object.fromEntries(unsaved.map((field) => [field.name, { base: field.base.value, text: field.text.value }])),
      new Date().toISOString(),
    );
  }

  /** @param {number} [number] */
  const read = (number) => api.get(`/content/${contentId}`, { query: { language, version: number } });

  /** @param {Content} next */
  function follow(next) {
    if (!next.topic || !next.position || next.topic === followed || closed) return;
    stopFollowing();
    followed = next.topic;
    stopFollowing = deps.follow(next.topic, next.position, apply, resync);
  }

  async function load() {
    phase.value = 'loading';
    try {
      const [next, types] = await Promise.all([read(version), contentTypes(api)]);
      const type = types.get(next.type);
      if (!type) throw { code: 'internal', detail: `This site has no content type “${next.type}” any more.` };
      state.open(next, type);
      state.offer.value = kept.offered((name) => textOf(next, name));
      follow(next);
    } catch (thrown) {
      const fault = /** @type {Fault} */ (thrown);
      batch(() => {
        state.fault.value = fault;
        phase.value = fault.code === 'not_found' ? 'missing' : 'failed';
      });
    }
  }

  /** Reads this version again and merges it; unsaved words stay. @param {boolean} [anew] even if its revision is lower */
  async function reread(anew = false) {
    const next = await read(content.value?.version.number);
    state.take(next, next.version.saved_by, sender.inDoubt(), anew);
    follow(next);
    return next.position;
  }

  async function refresh() {
    try {
      await reread();
    } catch {
      // The chip tells about a lost line; the next event or save comes by here again.
    }
  }

  /** What was missed can't be told any more; after a restored backup the revision may even be lower. */
  const resync = () => reread(true);

  /** @param {LiveEvent} event */
  function apply({ type, data, actor }) {
    const now = content.value;
    if (!now || !data) return;
    const ours = type.startsWith('version.') && data.id === contentId;
    if (ours && !data.version) void refresh();
    else if (ours && data.language === language) {
      if (data.version.number !== now.version.number) void refresh();
      else if (!(sender.sending() && actor?.id === deps.me().id)) state.take(data, actor, sender.inDoubt());
    } else if (type.startsWith('item.') && data.content_id === contentId && data.language === language) itemMoved(type, data);
  }

  /**
   * An item tells what our own version cannot: that it left the project, or that live moved on past its base.
   * @param {string} type @param {{project_id: number, version?: number, conflict?: boolean}} item
   */
  function itemMoved(type, item) {
    const { version: ours } = /** @type {Content} */ (content.value);
    const held = item.project_id === ours.project_id;
    if (type === 'item.changed' && held && item.version === ours.number && Boolean(item.conflict) === state.conflict.value) return;
    void refresh();
  }

  /**
   * @template T
   * @param {'ready'|'draft'|'begin'|'work'} act @param {() => Promise<T>} work
   * @returns {Promise<T|null>}
   */
  async function doing(act, work) {
    if (acting.value) return null;
    acting.value = act;
    refused.value = null;
    try {
      return await work();
    } catch (thrown) {
      const fault = /** @type {Fault} */ (thrown);
      refused.value = fault;
      if (fault.code === 'invalid' && fault.fields) state.errors.value = byName(fault.fields);
      if (fault.code === 'conflict') void refresh();
      return null;
    } finally {
      acting.value = '';
    }
  }

  return {
    ...state,
    save: autosave.state,
    load,
    refresh,
    apply,

    /** @param {string} name @param {string} text */
    type(name, text) {
      const field = state.fields.value.get(name);
      if (!field || field.text.value === text) return;
      batch(() => {
        field.type(text);
        if (state.errors.value[name]) {
          const { [name]: _, ...rest } = state.errors.value;
          state.errors.value = rest;
        }
        if (state.contested.value.length === 0) state.stale.value = null;
      });
      keep();
      autosave.changed();
    },

    flush: () => autosave.flush(),

    /** @param {string} name */
    enter: (name) => state.fields.value.get(name)?.enter(),

    /** The caret leaves a field: what is unsaved goes out. @param {string} name */
    leave(name) {
      state.fields.value.get(name)?.leave();
      void autosave.flush();
    },

    /** @param {string} name */
    keepMine(name) {
      state.fields.value.get(name)?.keepMine();
      if (state.contested.value.length === 0) state.stale.value = null;
      void autosave.flush();
    },

    /** Answers with a function that puts my text back. @param {string} name */
    takeTheirs(name) {
      const undo = state.fields.value.get(name)?.takeTheirs() ?? (() => {});
      if (state.contested.value.length === 0) state.stale.value = null;
      keep();
      void autosave.flush();
      return () => {
        undo();
        keep();
        void autosave.flush();
      };
    },

    /** Text of an earlier visit goes back into its fields. */
    putBack() {
      const entry = state.offer.value;
      if (!entry) return;
      batch(() => {
        for (const [name, { base, text }] of Object.entries(entry.fields)) state.fields.value.get(name)?.putBack(base, text);
        state.offer.value = null;
      });
      if (keep()) kept.forget(entry);
      void autosave.flush();
    },

    throwAway() {
      if (state.offer.value) kept.forget(state.offer.value);
      state.offer.value = null;
    },

    /** Ready, or back to draft: shown at once, taken back with its reason if refused. @param {'ready'|'draft'} to */
    setState: (to) =>
      doing(to, async () => {
        const saved = await autosave.flush();
        const before = content.value;
        if (!saved || !before || state.contested.value.length > 0) return false;
        content.value = { ...before, state: to, version: { ...before.version, state: to } };
        try {
          const next = await api.post(`/content/${contentId}/versions/${before.version.number}/${to}`);
          state.take(next, next.version.saved_by, []);
          return true;
        } catch (fault) {
          if (content.value.version.revision === before.version.revision) {
            content.value = { ...content.value, state: before.state, version: { ...content.value.version, state: before.version.state } };
          }
          throw fault;
        }
      }),

    /** The text of another version of this page, to be seen beside mine. @param {number} number @returns {Promise<Content>} */
    readVersion: (number) => read(number),

    /** A new draft that begins from this version; answers with where it stands. @returns {Promise<Content|null>} */
    begin: () =>
      doing('begin', () =>
        api.post(`/content/${contentId}/versions`, { language, from: content.value?.version.number ?? null }, { key: deps.newKey() }),
      ),

    /** @param {() => Promise<any>} activate makes the holding project the active one */
    workIn: (activate) =>
      doing('work', async () => {
        await activate();
        await refresh();
        return true;
      }),

    /** Saves what is left and lets go of the topic; unsaved words stay kept. */
    close() {
      closed = true;
      stopFollowing();
      return autosave.stop();
    },
  };
}
