// @ts-check
// How a save goes out: on the revision it began from, as a new draft when the version is out already,
// and what each answer means. It never sends my text over one of theirs that I have not decided about.

/** @typedef {import('./editor-state.js').EditorState} EditorState */
/** @typedef {import('./types.js').Content} Content */
/** @typedef {import('./types.js').Fault} Fault */

/** Without an answer nobody knows whether the server took it. */
const IN_DOUBT = new Set(['offline', 'timeout']);
/** Somebody who saves this often against us is a machine: leave it to the next try. */
const ROUNDS = 4;

/**
 * @param {EditorState} state
 * @param {{api: import('./types.js').Api, newKey: () => string, refresh: () => Promise<void>, begun: (content: Content) => void}} deps
 */
export function makeSender(state, { api, newKey, refresh, begun }) {
  /** What I sent and have no answer to, since the last answer: the server may hold any of it. @type {Record<string, string>[]} */
  let doubts = [];
  /** A new draft whose request has no answer yet: repeated word for word, so that it is never made twice. */
  let beginning = /** @type {{key: string, body: any, sent: Record<string, string>}|null} */ (null);
  let sending = false;

  const due = () => {
    const mode = state.mode.value;
    return (mode === 'edit' || mode === 'begin') && state.list.value.some((field) => field.toSend() !== field.server());
  };

  const values = () => Object.fromEntries(state.list.value.map((field) => [field.name, field.toSend()]));

  /** @param {Record<string, string>} all */
  function bodyOf(all) {
    const { slug, ...fields } = all;
    return { slug, fields };
  }

  /** @param {Content} content @param {Record<string, string>} all */
  async function put(content, all) {
    doubts.push(all);
    const answer = await api.put(`/content/${content.id}/versions/${content.version.number}`, bodyOf(all), {
      revision: content.version.revision,
    });
    doubts = [];
    state.taken(answer, all);
  }

  /** @param {Content} content @param {Record<string, string>} all */
  async function begin(content, all) {
    beginning ??= { key: newKey(), body: { language: content.language, from: content.version.number, ...bodyOf(all) }, sent: all };
    const mine = beginning;
    try {
      const answer = await api.post(`/content/${content.id}/versions`, mine.body, { key: mine.key });
      beginning = null;
      state.taken(answer, mine.sent);
      begun(answer);
    } catch (fault) {
      if (!IN_DOUBT.has(/** @type {Fault} */ (fault).code ?? '')) beginning = null;
      throw fault;
    }
  }

  /** @param {Fault} fault whether another try at once makes sense */
  async function settle(fault) {
    if (fault.code === 'stale' && fault.current) {
      const by = fault.current.version.saved_by;
      state.take(fault.current, by, doubts);
      doubts = [];
      if (state.contested.value.length > 0) state.stale.value = { by, at: fault.current.version.saved_at };
      return true;
    }
    if (fault.code === 'conflict') {
      // Published, or taken by another project, since we looked: what is right now decides how, and whether, to save.
      const before = state.mode.value;
      await refresh();
      doubts = [];
      return state.mode.value !== before;
    }
    if (fault.code === 'invalid' && fault.fields) state.errors.value = byName(fault.fields);
    return false;
  }

  /** Sends what is unsaved; throws the fault that stopped it. */
  async function save() {
    sending = true;
    try {
      for (let round = 0; due(); round += 1) {
        const content = /** @type {Content} */ (state.content.value);
        try {
          if (state.mode.value === 'begin') await begin(content, values());
          else await put(content, values());
          return;
        } catch (thrown) {
          const fault = /** @type {Fault} */ (thrown);
          if (!(await settle(fault)) || round === ROUNDS) throw fault;
        }
      }
    } finally {
      sending = false;
    }
  }

  return {
    due,
    save,
    /** My last words that the server may or may not have. */
    inDoubt: () => doubts,
    sending: () => sending,
  };
}

/** "fields.title" and "title" mean the same field. @param {Record<string, string>} faults */
export function byName(faults) {
  return Object.fromEntries(Object.entries(faults).map(([name, words]) => [name.replace(/^fields\./, ''), words]));
}
